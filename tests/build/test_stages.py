from vivido.build.containerfile import parse
from vivido.build.stages import chain, contributing, stages, steps

TEXT = """\
ARG VERSION=1
FROM base:${VERSION} AS build
RUN no version here
ARG VERSION
ENV KEPT=$VERSION
ARG OWN=x
FROM build AS next
RUN inherits
FROM --platform=$BUILDPLATFORM other
COPY --from=next a b
"""


def walked(text: str = TEXT, **args: str):
    return tuple(steps(parse(text), args))


def test_an_argument_before_the_first_from_is_seen_by_from_and_by_who_repeats_it():
    run = next(s for s in walked() if s.instruction.value == "no version here")
    assert run.values == {}
    assert stages(walked())[0].base == "base:1"
    env = next(s for s in walked() if s.instruction.keyword == "ENV")
    assert env.expand("$VERSION") == "1"


def test_a_given_argument_wins_over_its_default():
    assert stages(walked(VERSION="7"))[0].base == "base:7"
    assert next(s for s in walked(VERSION="7") if s.instruction.keyword == "ENV").expand("$VERSION") == "7"


def test_a_stage_inherits_environment_and_never_arguments():
    inherits = next(s for s in walked() if s.instruction.value == "inherits")
    assert inherits.values == {"KEPT": "1"}
    copy = walked()[-1]
    assert copy.values == {}
    assert copy.stage == 2


def test_environment_hides_an_argument_of_the_same_name():
    steps_ = walked("FROM scratch\nENV A=env\nARG A=arg\nRUN x")
    assert steps_[-1].values == {"A": "env"}


def test_the_chain_is_what_the_last_stage_is_built_on():
    text = "FROM a AS Base\nFROM b AS tools\nFROM base AS final\nCOPY --from=tools x y"
    assert [s.name for s in chain(stages(walked(text)))] == ["final", "base"]
    assert chain(()) == ()


def test_only_what_the_last_stage_takes_from_contributes():
    text = """\
ARG V
FROM a AS dead
RUN dead
FROM b AS built
RUN built
FROM c AS Mounted
RUN mounted
FROM d
RUN by-number
FROM built AS base
FROM base
COPY --from=3 x y
RUN --mount=type=cache --mount=type=bind,from=mounted,target=/m make
"""
    runs = [s.instruction.value for s in contributing(walked(text)) if s.instruction.keyword == "RUN"]
    assert runs == ["built", "mounted", "by-number", "make"]
    assert contributing(walked(text))[0].instruction.keyword == "ARG"
    assert contributing(walked("ARG A")) == walked("ARG A")
    assert contributing(()) == ()


def test_a_stage_name_is_known_only_below_it():
    text = "FROM later AS first\nFROM x AS later\nFROM later"
    assert [s.base for s in chain(stages(walked(text)))] == ["later", "x"]


def test_a_from_without_image_is_a_stage_without_base():
    assert [(s.base, s.name) for s in stages(walked("FROM\nFROM x AS"))] == [("", ""), ("x", "")]
