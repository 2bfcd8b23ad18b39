"""Which words name an environment, and which variables choose one.

The difference that matters is between a *place* (`APP_ENV=production`: where it runs) and a *mode* (`NODE_ENV=production`: how
it is compiled). A place in an image means another image per environment; a mode is the same for all of them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_PLACES = frozenset(
    ["production", "prod", "staging", "stg", "preprod", "pre-prod", "preproduction", "pre-production", "uat"],
)
"""Words that name a place wherever they stand: in a tag, a file's name, a host."""

_ALONE = frozenset(
    [
        "development",
        "develop",
        "dev",
        "testing",
        "test",
        "qa",
        "acceptance",
        "integration",
        "demo",
        "live",
        "stage",
        "sandbox",
        "canary",
        "preview",
        "local",
    ]
)
"""Words that name a place only where they stand alone: `test/` and `-dev` mean too many other things."""

_MODES = frozenset(("", "production", "prod", "development", "develop", "dev", "test"))
_MODE_VARIABLES = frozenset(
    ("NODE_ENV", "BABEL_ENV", "RAILS_ENV", "RACK_ENV", "MIX_ENV", "JEKYLL_ENV", "HUGO_ENV", "FLASK_ENV")
)
_NO_SELECTORS = frozenset(
    [
        "VIRTUAL_ENV",
        "CONDA_ENV",
        "CONDA_ENVIRONMENT",
        "CONDA_DEFAULT_ENV",
        "MAMBA_ENV",
        "BASH_ENV",
        "UV_PROJECT_ENVIRONMENT",
    ]
)
_SELECTOR = re.compile(r"(?:.*_)?(?:ENV|ENVIRONMENT)(?:_NAME)?")
_SOMETIMES = frozenset(
    [
        "STAGE",
        "APP_STAGE",
        "DEPLOY_STAGE",
        "TIER",
        "PROFILE",
        "PROFILES",
        "DEPLOY_TARGET",
        "SPRING_PROFILES_ACTIVE",
        "MODE",
        "APP_MODE",
    ]
)
_BRANCH = frozenset(
    ["BRANCH", "GIT_BRANCH", "BRANCH_NAME", "CI_COMMIT_REF_NAME", "CI_COMMIT_BRANCH", "GITHUB_REF_NAME", "CI_BRANCH"]
)
_SETTINGS = re.compile(r"(?:.*_)?(?:PROFILES?|SETTINGS|SETTINGS_MODULE|CONFIG|CONFIG_FILE|PROFILES_ACTIVE)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SEPARATOR = re.compile(r"[^a-z0-9]+")


def is_mode(variable: str, value: str) -> bool:
    """Say whether a variable with this value is a build mode: `NODE_ENV=production` is, `NODE_ENV=staging` is not."""
    return variable.upper() in _MODE_VARIABLES and value.lower() in _MODES


def mode_variable(variable: str) -> bool:
    """Say whether a variable is one that frameworks use for a build mode."""
    return variable.upper() in _MODE_VARIABLES


def selects(variable: str) -> bool:
    """Say whether a variable's name alone says that it chooses an environment: `ENV`, `APP_ENV`, `DEPLOY_ENVIRONMENT`."""
    name = variable.upper()
    return name not in _NO_SELECTORS | _MODE_VARIABLES and _SELECTOR.fullmatch(name) is not None


def may_select(variable: str) -> bool:
    """Say whether a variable chooses an environment if its value names one: `STAGE`, `PROFILE`, those of `selects`."""
    return selects(variable) or variable.upper() in _SOMETIMES | _MODE_VARIABLES


def names_branch(variable: str) -> bool:
    """Say whether a variable carries the name of a Git branch."""
    return variable.upper() in _BRANCH


def names_settings(variable: str) -> bool:
    """Say whether a variable tells an application which settings to load."""
    return _SETTINGS.fullmatch(variable.upper()) is not None


@dataclass(frozen=True)
class Environments:
    """The names of environments that are looked for: the project's own and the usual ones.

    Attributes:
        configured: The project's, in lower case.
    """

    configured: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str]) -> "Environments":
        """Make them of the names in the configuration file."""
        return cls(frozenset(n.lower() for n in names))

    def named(self, value: str) -> bool:
        """Say whether a value is, as a whole, an environment's name."""
        return value.strip().lower() in self.configured | _PLACES | _ALONE

    def chosen_by(self, variable: str, values: Mapping[str, str | None]) -> bool:
        """Say whether a declared variable chooses an environment: by its name, unless its value is something else.

        `ARG ENV` does, `ARG VIRTUAL_ENV=/opt/venv` and `ARG ENV=bookworm` do not.
        """
        if variable not in values or not selects(variable):
            return False
        value = values[variable]
        return not value or self.named(value)

    def mentioned(self, text: str) -> str:
        """Return the environment's name that text contains as words of its own, empty where there is none.

        Words that mean other things as well (`test`, `dev`) and short names of the project's own do not count here.
        """
        words = f"-{_SEPARATOR.sub('-', _CAMEL.sub('-', text).lower())}-"
        own = {_SEPARATOR.sub("-", name) for name in self.configured - _ALONE if len(name) > 3}
        return next((n for n in sorted(own | _PLACES, key=lambda n: (-len(n), n)) if f"-{n}-" in words), "")

    def in_host(self, text: str) -> str:
        """Return the environment's name in the host of a URL, empty where text is no URL or names none."""
        if "://" not in text:
            return ""
        try:
            host = urlsplit(text).hostname or ""
        except ValueError:
            return ""
        return self.mentioned(host)
