"""`none`: Git only. Something else brings the committed configuration to life, and Vivido does not look at it."""

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from vivido.model.problem import Problem
from vivido.targets.interface import Desired, Live, TargetContext


class NoneOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """No options: the promotion ends with its commit."""


class NoneTarget:
    """A target that does nothing and claims nothing."""

    def check(self, desired: Desired) -> tuple[Problem, ...]:
        """Nothing stands in the way of nothing."""
        return ()

    def stage(self, desired: Desired) -> None:
        """Do nothing."""

    def switch(self, desired: Desired) -> None:
        """Do nothing."""

    def settle(self, keep: str) -> None:
        """Do nothing."""

    def current(self) -> Live:
        """Say that it cannot tell."""
        return Live("", "", {}, None, "Git only: what runs there is not looked at")


class NoneKind:
    """The kind `none`."""

    options: ClassVar[type[msgspec.Struct]] = NoneOptions
    shorthand: ClassVar[str] = ""

    def pulls(self, options: NoneOptions) -> bool:
        """Say that it does: whatever brings the commits to life reads them from the branch."""
        return True

    def open(
        self, options: NoneOptions, context: TargetContext, environment: str, environ: Mapping[str, str]
    ) -> NoneTarget:
        """Make the target of one environment."""
        return NoneTarget()
