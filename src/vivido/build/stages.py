"""Stages of a Containerfile and what each instruction sees: which variables are declared, and their values.

Rules of scope (Dockerfile reference, “Understand how ARG and FROM interact”): an ARG before the first FROM is seen by FROM
lines only, until a stage repeats it; a stage inherits ENV from the stage it is built on, never ARG; ENV hides ARG.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from vivido.build.containerfile import Instruction
from vivido.build.expand import expand


@dataclass(frozen=True)
class Step:
    """An instruction with what it sees.

    Attributes:
        instruction: As it was read.
        stage: Number of its stage from 0; -1 before the first FROM.
        values: The declared variables and their values at this place; None where no value is known.
        declared: What it declares itself, as ARG or ENV.
    """

    instruction: Instruction
    stage: int
    values: Mapping[str, str | None]
    declared: Mapping[str, str | None] = field(default_factory=dict[str, str | None])

    def expand(self, text: str) -> str:
        """Return text with the variables replaced that this instruction sees."""
        return expand(text, self.values.get, self.instruction.escape)


@dataclass(frozen=True)
class Stage:
    """One `FROM`.

    Attributes:
        name: What follows `AS`, in lower case; empty where it has none.
        base: The image or stage it is built on, variables expanded.
        raw: The same as it is written.
        step: The FROM itself.
    """

    name: str
    base: str
    raw: str
    step: Step


@dataclass
class _Scope:
    """What a stage declares: arguments and environment apart, since only the latter is inherited."""

    arguments: dict[str, str | None] = field(default_factory=dict[str, str | None])
    environment: dict[str, str | None] = field(default_factory=dict[str, str | None])

    @property
    def values(self) -> dict[str, str | None]:
        return {**self.arguments, **self.environment}


def steps(instructions: tuple[Instruction, ...], args: Mapping[str, str]) -> Iterator[Step]:
    """Go through a Containerfile as a builder would with these build arguments."""
    scopes, outside, names = list[_Scope](), _Scope(), dict[str, int]()
    for instruction in instructions:
        if instruction.keyword == "FROM":
            step = Step(instruction, len(scopes), outside.values)
            name, base, _ = _from(step)
            inherited = scopes[names[base.lower()]].environment if base.lower() in names else {}
            names |= {name: len(scopes)} if name else {}
            scopes.append(_Scope(environment=dict(inherited)))
            yield step
            continue
        scope = scopes[-1] if scopes else outside
        step = Step(instruction, len(scopes) - 1, scope.values)
        yield replace(step, declared=_declare(step, scope, outside, args))


def stages(walked: tuple[Step, ...]) -> tuple[Stage, ...]:
    """Return the stages in order."""
    return tuple(Stage(*_from(step), step) for step in walked if step.instruction.keyword == "FROM")


def chain(of: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Return the stages that the image consists of: the last one and those it is built on, last first."""
    found, index = list[Stage](), len(of) - 1
    while index >= 0:
        found.append(of[index])
        base = of[index].base.lower()
        index = next((i for i in range(index - 1, -1, -1) if of[i].name == base and base), -1)
    return tuple(found)


def contributing(walked: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps that can change the image: not those of a stage that nothing takes anything from.

    A stage for development or tests beside the real one is such; what precedes the first FROM always counts.
    """
    of, needed = stages(walked), set[int]()
    waiting = {len(of) - 1}
    while waiting:
        stage = waiting.pop()
        needed.add(stage)
        named = {step.expand(name).lower() for step in walked if step.stage == stage for name in _takes_from(step)}
        found = {i for i in range(stage) if of[i].name in named or str(i) in named}
        waiting |= found - needed
    return tuple(step for step in walked if step.stage in needed | {-1})


def _takes_from(step: Step) -> Iterator[str]:
    instruction = step.instruction
    if instruction.keyword == "FROM":
        yield _from(step)[2]
    for flag, value in instruction.flags:
        if flag == "from":
            yield value
        elif flag == "mount":
            yield from (part.removeprefix("from=") for part in value.split(",") if part.startswith("from="))


def _from(step: Step) -> tuple[str, str, str]:
    words = step.instruction.words
    raw = words[0] if words else ""
    named = len(words) == 3 and words[1].upper() == "AS"
    return words[2].lower() if named else "", step.expand(raw), raw


def _declare(step: Step, scope: _Scope, outside: _Scope, args: Mapping[str, str]) -> dict[str, str | None]:
    declared = dict[str, str | None]()
    for key, raw in step.instruction.pairs:
        value = None if raw is None else step.expand(raw)
        if step.instruction.keyword == "ENV":
            declared[key] = scope.environment[key] = value
        elif step.instruction.keyword == "ARG":
            default = outside.arguments.get(key) if value is None else value
            declared[key] = scope.arguments[key] = args.get(key, default)
    return declared
