"""What makes a second build of the same commit another image: said as warnings, never refused."""

import re
from collections.abc import Iterator, Mapping

from vivido.build.containerfile import parse
from vivido.build.stages import Stage, Step, stages, steps
from vivido.model.problem import Problem

_CLOCK = re.compile(r"(?:\$\(|`|^|[;&|]\s*)\s*(date\b|git\s+(?:rev-parse|describe|log)\b)")


def build_warnings(text: str, args: Mapping[str, str], file: str = "Containerfile") -> tuple[Problem, ...]:
    """Return what would make another build of the same commit another image.

    `build.base-unpinned`: a base image without digest; `build.add-unchecked`: `ADD` of a URL without checksum;
    `build.clock`: the time or Git's state read while building. `where` is `file:line`.
    """
    walked = tuple(steps(parse(text), args))
    found = [*_bases(stages(walked)), *(hit for step in walked for hit in _step(step))]
    found.sort(key=lambda hit: hit[0].instruction.line)
    return tuple(Problem(p.code, p.message, p.hint, f"{file}:{s.instruction.line}") for s, p in found)


def base_images(text: str, args: Mapping[str, str]) -> tuple[str, ...]:
    """Return the images from elsewhere that a Containerfile builds on or copies from, each once."""
    walked = tuple(steps(parse(text), args))
    return tuple(dict.fromkeys(image for _, image in _foreign(stages(walked), walked)))


def _foreign(of: tuple[Stage, ...], walked: tuple[Step, ...]) -> Iterator[tuple[Step, str]]:
    names = {s.name for s in of if s.name}
    for index, stage in enumerate(of):
        before = {s.name for s in of[:index]}
        if stage.base and stage.base != "scratch" and stage.base.lower() not in before:
            yield stage.step, stage.base
    for step in walked:
        image = step.instruction.flag("from") if step.instruction.keyword == "COPY" else ""
        if image and not image.isdigit() and image.lower() not in names:
            yield step, image


def _bases(of: tuple[Stage, ...]) -> Iterator[tuple[Step, Problem]]:
    for step, image in _foreign(of, ()):
        if "@sha256:" not in image:
            message = f"the base image {image} is named without its digest and can change under the same commit"
            yield step, Problem("build.base-unpinned", message, f"Write {image}@sha256:…")


def _step(step: Step) -> Iterator[tuple[Step, Problem]]:
    instruction = step.instruction
    remote = any("://" in word for word in instruction.words[:-1])
    if instruction.keyword == "ADD" and remote and not instruction.flag("checksum"):
        hint = "Add --checksum=sha256:… to it."
        yield step, Problem("build.add-unchecked", "ADD takes a file from a URL without a checksum", hint)
    text = "\n".join((instruction.value, *instruction.heredocs))
    if instruction.keyword == "RUN" and (found := _CLOCK.search(text)):
        hint = "Take it from SOURCE_DATE_EPOCH or from the image's labels."
        yield step, Problem("build.clock", f"RUN reads `{found[1]}`: each build gives another image", hint)
