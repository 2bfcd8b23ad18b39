"""Finding what makes an image depend on the environment it is built for.

Such an image cannot be built once: production would run other bytes than those that staging tested. Each rule is a function of one
step; what it finds is a refusal with the reason and the way out. A comment directly above an instruction lets it
pass, with a reason that reviewers see: `# vivido: allow env-stage: every environment runs this stage`.
"""

import re
import shlex
from collections.abc import Iterator, Mapping

from vivido.build.containerfile import parse
from vivido.build.expand import used
from vivido.build.files import file_problems
from vivido.build.names import (
    Environments,
    is_mode,
    may_select,
    mode_variable,
    names_branch,
    names_settings,
    selects,
)
from vivido.build.stages import Step, chain, contributing, stages, steps
from vivido.model.problem import Problem

_COMPARED = re.compile(r"\$\{?(\w+)[^\s\"'=!]*[\"']?\s*(?:=|==|!=|=~|-eq)\s*[\"']?([\w-]+)")
_CASE = re.compile(r"\bcase\s+[\"']?\$\{?(\w+)")
_ASSIGNED = re.compile(r"(?<![\w-])([A-Za-z_]\w*)=[\"']?([\w-]+)")
_OPTION = re.compile(r"(?:--(?:mode|configuration|env|environment|profile)[= ]|\b(?:build|compile|bundle)[:-])([\w-]+)")
_COMMAND = re.compile(r"(?:--(?:env|environment|profile|stage)[=\s\",]+|-Dspring\.profiles\.active=)([\w-]+)")
_RUNTIME = "Read it when the container starts: from an environment variable or a file that each environment's configuration sets."


def environment_dependence(
    text: str, args: Mapping[str, str], environments: tuple[str, ...], file: str = "Containerfile"
) -> tuple[Problem, ...]:
    """Return everything in a Containerfile that makes the image depend on an environment. Stages that no image needs do not count.

    Args:
        text: The Containerfile.
        args: The build arguments that the configuration file sets.
        environments: The names of the project's environments; the usual ones are known besides.
        file: Its path in the repository, for `where` (`file:line`) and because it can name an environment itself.
    """
    names = Environments.of(environments)
    walked = contributing(tuple(steps(parse(text), args)))
    found = [*_arguments_given(args, names), *_file_name(file, names)]
    for step in walked:
        found += (_place(p, step, file) for p in _judge(step, names) if not _allowed(p, step))
    found += (_place(p, s, file) for s, p in _stages(walked, names) if not _allowed(p, s))
    found += (_place(p, s, file) for s, p in file_problems(walked, names) if not _allowed(p, s))
    return tuple(sorted(dict.fromkeys(found), key=_order))


def command_dependence(command: str, environments: tuple[str, ...]) -> tuple[Problem, ...]:
    """Return what in a user's own build command chooses an environment: `--target production`, `--build-arg ENV=…`."""
    names, found = Environments.of(environments), list[Problem]()
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        words = command.split()
    for option, value in _options(words):
        key, _, given = value.partition("=")
        if option == "--target" and (names.named(value) or names.mentioned(value)):
            found.append(_stage_problem(value, "the build command chooses the stage"))
        elif option == "--build-arg" and (problem := _argument(key, given, names)):
            found.append(problem)
        elif option in ("-f", "--file"):
            found += _file_name(value, names)
    return tuple(Problem(p.code, p.message, p.hint, "build.command") for p in found)


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    for word, following in zip(words, [*words[1:], ""], strict=False):
        name, equals, value = word.partition("=")
        yield (name, value) if equals and name.startswith("--") else (word, following)


def _order(problem: Problem) -> tuple[int, str]:
    line = problem.where.rpartition(":")[2]
    return (int(line) if line.isdigit() else 0, problem.code)


def _place(problem: Problem, step: Step, file: str) -> Problem:
    return Problem(problem.code, problem.message, problem.hint, f"{file}:{step.instruction.line}")


def _allowed(problem: Problem, step: Step) -> bool:
    return problem.code.removeprefix("build.") in step.instruction.allowed


def _judge(step: Step, names: Environments) -> Iterator[Problem]:
    rules = {"ARG": _arg, "ENV": _env, "LABEL": _label, "RUN": _run, "FROM": _base, "CMD": _cmd, "ENTRYPOINT": _cmd}
    rule = rules.get(step.instruction.keyword)
    return rule(step, names) if rule else iter(())


def _arguments_given(args: Mapping[str, str], names: Environments) -> Iterator[Problem]:
    for key, value in args.items():
        if problem := _argument(key, value, names):
            yield Problem(problem.code, problem.message, problem.hint, f"build.args.{key}")


def _arg(step: Step, names: Environments) -> Iterator[Problem]:
    for key, raw in step.instruction.pairs:
        value = step.declared[key]
        # Repeated to take the value from before the first FROM, or from the configuration file: judged there.
        if raw is None and value is not None:
            continue
        if problem := _argument(key, value or "", names):
            yield problem


def _argument(key: str, value: str, names: Environments) -> Problem | None:
    if is_mode(key, value):
        return None
    if names_branch(key):
        why = f"the build argument {key} carries a branch, and a branch stands for an environment"
    elif selects(key) and (not value or names.named(value)):
        why = f"the build argument {key} chooses an environment"
    elif (may_select(key) and names.named(value)) or (names_settings(key) and names.mentioned(value)):
        why = f"the build argument {key}={value} names an environment"
    elif place := names.in_host(value):
        why = f"the build argument {key} holds the address of {place}"
    else:
        return None
    return Problem("build.env-argument", f"{why}: the image would differ between environments", _RUNTIME)


def _env(step: Step, names: Environments) -> Iterator[Problem]:
    for key, raw in step.instruction.pairs:
        value = step.expand(raw or "")
        through = next((v for v in used(raw or "") if names.chosen_by(v, step.values)), "")
        if is_mode(key, value) and not through:
            continue
        if may_select(key) and names.named(value):
            why = f"ENV {key}={value} bakes an environment into the image"
        elif through:
            why = f"ENV {key} is made of ${through}, which chooses an environment"
        elif names_settings(key) and names.mentioned(value):
            why = f"ENV {key}={value} bakes the settings of {names.mentioned(value)} into the image"
        elif place := names.in_host(value):
            why = f"ENV {key} bakes the address of {place} into the image"
        else:
            continue
        yield Problem("build.env-baked", why, f"Leave {key} out and set it in each environment's configuration.")


def _label(step: Step, names: Environments) -> Iterator[Problem]:
    for key, raw in step.instruction.pairs:
        last, value = key.strip("\"'").rpartition(".")[2].replace("-", "_"), step.expand(raw or "")
        if selects(last) and (names.named(value) or any(names.chosen_by(v, step.values) for v in used(raw or ""))):
            yield Problem("build.env-baked", f"LABEL {key} bakes an environment into the image", "Leave the label out.")


def _cmd(step: Step, names: Environments) -> Iterator[Problem]:
    found = next((v for v in _COMMAND.findall(step.instruction.value) if names.named(v)), "")
    if found:
        why = f"{step.instruction.keyword} starts the application as “{found}” wherever it runs"
        yield Problem("build.env-baked", why, _RUNTIME)


def _run(step: Step, names: Environments) -> Iterator[Problem]:
    text = "\n".join((step.instruction.value, *step.instruction.heredocs))
    why = next(_run_reasons(text, step, names), "")
    if why:
        hint = "Build the same for every environment; choose when the container starts."
        yield Problem("build.env-run", f"RUN {why}: the image would differ between environments", hint)


def _run_reasons(text: str, step: Step, names: Environments) -> Iterator[str]:
    yield from (f"depends on ${v}" for v in used(text) if names.chosen_by(v, step.values))
    for variable, value in _COMPARED.findall(text):
        if not mode_variable(variable) and names.named(value):
            yield f"compares ${variable} with “{value}”"
    for variable in _CASE.findall(text):
        if not mode_variable(variable) and any(names.named(w) for w in re.findall(r"([\w-]+)\s*[|)]", text)):
            yield f"branches on ${variable}"
    yield from _run_literals(text, names)


def _run_literals(text: str, names: Environments) -> Iterator[str]:
    for variable, value in _ASSIGNED.findall(text):
        if may_select(variable) and names.named(value) and not is_mode(variable, value):
            yield f"sets {variable}={value}"
    for value in _OPTION.findall(text):
        # `--mode production` is how bundlers are told to optimise; `--mode staging` is a place.
        if names.named(value) and not is_mode("NODE_ENV", value):
            yield f"builds for “{value}”"


def _base(step: Step, names: Environments) -> Iterator[Problem]:
    words = step.instruction.words
    raw = words[0] if words else ""
    image = step.expand(raw)
    head, slash, rest = image.partition("/")
    # A registry's host says where the image is kept, not what is in it.
    path = rest if slash and ("." in head or ":" in head) else image
    tag = path.partition("@")[0].rpartition(":")[2] if ":" in path else ""
    variable = next((v for v in used(raw) if names.chosen_by(v, step.values) or names_branch(v)), "")
    if variable:
        why = f"the base image “{raw}” depends on ${variable}"
    elif names.named(tag) and not names.named(path):
        why = f"the base image “{image}” is the one of “{tag}”"
    elif (place := names.mentioned(path)) and image.lower() != place:
        why = f"the base image “{image}” is the one of “{place}”"
    else:
        return
    yield Problem("build.env-base", why, "Build on one base image for all environments, named by its digest.")


def _stages(walked: tuple[Step, ...], names: Environments) -> Iterator[tuple[Step, Problem]]:
    for stage in chain(stages(walked)):
        if names.named(stage.name) or names.mentioned(stage.name):
            yield stage.step, _stage_problem(stage.name, "the image is made of the stage")


def _stage_problem(stage: str, how: str) -> Problem:
    message = f"{how} “{stage}”, which names an environment: a build for another environment would choose another stage"
    hint = "Name it for what it is (`AS runtime`) and let every environment run it; what differs belongs in its configuration."
    return Problem("build.env-stage", message, hint)


def _file_name(file: str, names: Environments) -> list[Problem]:
    name = file.rpartition("/")[2]
    place = names.mentioned(name) or next((p for p in name.split(".")[1:] if names.named(p)), "")
    if not place:
        return []
    hint = "Keep one Containerfile for all environments."
    return [Problem("build.env-file", f"{name} builds an image for “{place}” only", hint, file)]
