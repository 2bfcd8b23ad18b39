"""The real kubectl and Helm say what a file means; Vivido's reader says the same, or refuses, and then says why."""

import json
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from yaml_traps import FILES, SCALARS

from vivido.model.problem import Problem
from vivido.render.objects import read_objects

TRAPS = {**{f"value {text!r}": data for text, data in SCALARS.items()}, **FILES}

TWICE = "kubectl --validate=strict and every API server refuse it too; which of the two counts depends on who reads"
LOST = "kubectl replaces or drops a part of it without a word"
TAG = "a tag of its own means something to whoever wrote it, and nothing to kubectl"
STRICTER = {
    **dict.fromkeys(
        ("value '{a: 1, a: 2}'", "value '\\n   b: 1\\n   b: 2'", "a key twice", "JSON with a key twice"), TWICE
    ),
    **dict.fromkeys(("a key twice, written otherwise", "keys that become one", "merge twice"), TWICE),
    **dict.fromkeys(
        ("keys that become one, by bool", "keys that become one, by base"), "which wins changes from run to run"
    ),
    **dict.fromkeys(("bytes that are no text", "value '!!binary /w=='", "JSON with a lone surrogate"), LOST),
    **dict.fromkeys(("an end", "a version later"), f"{LOST}: everything up to the next “---”"),
    **dict.fromkeys(("value '!a b'", "value '!local x'", "value '!!timestamp 2024-01-01'"), TAG),
    "UTF-16": "Git, diff and every other tool on the way take it for binary",
    "a byte order mark between": "it cannot be seen, and other readers refuse it",
    "a list without kinds": "the kind of each object has to be written where the object is",
    "a list of nothing": "`items:` without items is a mistake",
    "a kind that ends like a list, of objects": "kubectl makes objects of a kind out of it that was never written",
}
"""What kubectl reads and Vivido refuses."""


def mine(data: bytes) -> tuple[tuple[dict[str, Any], ...], tuple[Problem, ...]]:
    return read_objects(data, "a.yaml")


ACCEPTED = sorted(name for name, data in TRAPS.items() if not mine(data)[1])
REFUSED = sorted(TRAPS.keys() - set(ACCEPTED) - STRICTER.keys())


def kubectl(*files: Path) -> subprocess.CompletedProcess[str]:
    named = [part for file in files for part in ("-f", str(file))]
    command = ["kubectl", "label", "--local", *named, "vivido=asks", "-o", "json"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def read(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Return the objects that kubectl printed, without the label that it was asked for."""
    assert done.returncode == 0, done.stderr
    rest, found, decoder = done.stdout.strip(), list[dict[str, Any]](), json.JSONDecoder()
    while rest:
        one, end = decoder.raw_decode(rest)
        rest = rest[end:].strip()
        labels = one["metadata"]["labels"]
        del labels["vivido"]
        if not labels:
            del one["metadata"]["labels"]
        found.append(one)
    return found


def same(value: Any) -> Any:
    """Return data to compare: Go prints numbers beyond 53 bits as the float that they are."""
    if isinstance(value, dict):
        return {key: same(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [same(part) for part in value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return ("number", float(value)) if is_number and abs(value) > 2**53 else value


def written(where: Path, names: Iterable[str]) -> list[Path]:
    files = [where / f"{number:03}.yaml" for number, _ in enumerate(names)]
    for file, name in zip(files, names, strict=True):
        file.write_bytes(TRAPS[name])
    return files


def test_the_tables_are_about_traps_that_there_are() -> None:
    assert STRICTER.keys() <= TRAPS.keys()
    assert not STRICTER.keys() & set(ACCEPTED)
    assert len(ACCEPTED) > 150
    assert len(REFUSED) > 60


@pytest.mark.parametrize("name", sorted(TRAPS.keys() - set(ACCEPTED)))
def test_what_is_refused_says_where_and_what_to_do(name: str) -> None:
    for problem in mine(TRAPS[name])[1]:
        assert problem.message
        assert problem.hint
        assert problem.where.startswith("a.yaml")


@pytest.mark.real("kubectl")
def test_what_is_read_is_what_kubectl_reads(tmp_path: Path) -> None:
    with_objects = [name for name in ACCEPTED if mine(TRAPS[name])[0]]
    theirs = read(kubectl(*written(tmp_path, with_objects)))
    ours = [(name, one) for name in with_objects for one in mine(TRAPS[name])[0]]
    assert [(name, same(one)) for (name, _), one in zip(ours, theirs, strict=True)] == [(n, same(o)) for n, o in ours]


@pytest.mark.real("kubectl")
def test_a_file_without_objects_is_empty_for_kubectl_too(tmp_path: Path) -> None:
    empty = [name for name in ACCEPTED if not mine(TRAPS[name])[0]]
    assert empty
    for file in written(tmp_path, empty):
        assert kubectl(file).stdout == ""


@pytest.mark.real("kubectl")
def test_what_is_refused_kubectl_refuses(tmp_path: Path) -> None:
    files = written(tmp_path, REFUSED)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(kubectl, files))
    assert [name for name, one in zip(REFUSED, done, strict=True) if one.returncode == 0] == []


@pytest.mark.real("kubectl")
def test_what_is_refused_more_strictly_kubectl_reads(tmp_path: Path) -> None:
    names = sorted(STRICTER.keys() - {"a list of nothing"})
    assert len(read(kubectl(*written(tmp_path, names)))) >= len(names)


# What Helm's own cut at `---`, or its look at the head of each document, makes something else of.
SINGLE = [
    name
    for name in ACCEPTED
    if len(mine(TRAPS[name])[0]) == 1 and b"---" not in TRAPS[name] and b"List" not in TRAPS[name]
]
# JSON has escapes that go-yaml does not know, and Helm reads everything as YAML.
NOT_HELMS = {"JSON", "JSON with a pair"}


@pytest.mark.real("helm", "helm3", "kubectl")
@pytest.mark.parametrize("program", ["helm", "helm3"])
def test_what_helm_puts_out_is_read_as_kubectl_reads_it(program: str, tmp_path: Path) -> None:
    chart = tmp_path / "chart"
    (chart / "traps").mkdir(parents=True)
    (chart / "templates").mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: traps\nversion: 1.0.0\n")
    names = [name for name in SINGLE if name not in NOT_HELMS]
    for file in written(chart / "traps", names):
        (chart / "templates" / file.name).write_text(f'{{{{ .Files.Get "traps/{file.name}" }}}}\n')
    done = subprocess.run([program, "template", "traps", str(chart)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    (tmp_path / "out.yaml").write_bytes(done.stdout)
    found, problems = mine(done.stdout)
    assert problems == ()
    theirs = read(kubectl(tmp_path / "out.yaml"))
    assert [same(one) for one in found] == [same(one) for one in theirs]
    assert len(found) == len(names)


@pytest.mark.real("helm", "helm3")
@pytest.mark.parametrize("program", ["helm", "helm3"])
def test_helm_reads_values_as_the_reader_does(program: str, tmp_path: Path) -> None:
    chart = tmp_path / "chart"
    (chart / "traps").mkdir(parents=True)
    (chart / "templates").mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: traps\nversion: 1.0.0\n")
    files = written(chart / "traps", SINGLE)
    asked = "".join(f'  "{f.name}": {{{{ .Files.Get "traps/{f.name}" | fromYaml | toJson | quote }}}}\n' for f in files)
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
    (chart / "templates" / "all.yaml").write_text(head + asked)
    done = subprocess.run([program, "template", "traps", str(chart)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    said = mine(done.stdout)[0][0]["data"]
    wrong = {n: said[f.name] for n, f in zip(SINGLE, files, strict=True) if "Error" in json.loads(said[f.name])}
    ours = {n: same(mine(TRAPS[n])[0][0]) for n in SINGLE if n not in wrong}
    assert {n: same(json.loads(said[f.name])) for n, f in zip(SINGLE, files, strict=True) if n not in wrong} == ours
    assert wrong.keys() == NOT_HELMS
