"""Configuration that cannot be: what people are told of it by every command that renders, and that nothing is half-written."""

from collections.abc import Mapping

import pytest

from vivido.testing.miniature import Miniature

pytestmark = pytest.mark.real("ssh-keygen", "git", "helm", "kubectl")
ENVIRONMENTS = ("dev", "staging")
CHART = {
    "Chart.yaml": b"apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "values.yaml": b"image: {repository: web, tag: none}\n",
    "templates/app.yaml": b"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n"
    b'      image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n',
}
Files = Mapping[str, bytes]


def _chart(template: bytes) -> Files:
    return {**CHART, "templates/bad.yaml": template}


CASES: tuple[tuple[str, Files, str, str], ...] = (
    ("a template that fails", _chart(b'a: 1\nb: {{ fail "no database" }}\n'), "templates/bad.yaml:2:6", "no database"),
    (
        "a chart that loops",
        _chart(b'{{ define "x" }}{{ include "x" . }}{{ end }}\n{{ include "x" . }}\n'),
        "templates/bad.yaml:1:20",
        "includes itself without end",
    ),
    ("a large manifest", {"bad.yaml": b"a: %s\n" % (b"x" * (100 << 20))}, "bad.yaml", "the limit is"),
    (
        "an overlay that reaches outside",
        {"kustomization.yaml": b"resources:\n  - ../../../../etc/hostname\n"},
        "kustomization.yaml:2:5",
        "leaves the repository",
    ),
    ("a binary file", {"bad.yaml": b"\x89PNG\r\n\x1a\n\0\0\xff"}, "bad.yaml:1:1", "no UTF-8"),
)


def _bad(mini: Miniature, files: Files) -> None:
    """Let every environment's configuration of `web` be these files, and nothing else."""
    here = [line for line in mini.tree() if line.startswith("deploy/web/")]
    wanted = {f"deploy/web/{e}/{name}": content for e in ENVIRONMENTS for name, content in files.items()}
    mini.commit({**dict.fromkeys(here), **wanted}, "Break it")


def test_every_command_says_where_it_is_and_nothing_is_written(mini: Miniature) -> None:
    for what, files, where, said in CASES:
        _bad(mini, files)
        mini.release("v1")
        commits = mini.log()
        for command in (("promote", "dev", "--yes"), ("diff", "dev"), ("parity", "dev", "staging", "--at", "main")):
            ran = mini.run(*command)
            told = ran.out + ran.err
            # A comparison that could not be made ends with 11; parity goes on with what it can judge, and says what it could not.
            expected = {"promote": {3}, "diff": {11}, "parity": {10, 11}}[command[0]]
            assert ran.code in expected, (what, command, told[-2000:])
            assert command[0] != "parity" or "unjudged" in told, (what, told)
            assert where in "".join(told.split()), (what, command, told[-2000:])
            assert said in " ".join(told.split()), (what, command, told[-2000:])
            assert len(told) < 3000, (what, command)
            assert "Traceback" not in told
        assert mini.log() == commits, what
        assert mini.good("history", "dev", "-o", "json").json() == [], what
        assert mini.applied == []
    # And when it is mended, it goes.
    _bad(
        mini,
        {
            "app.yaml": CHART["templates/app.yaml"].replace(
                b"{{ .Values.image.repository }}:{{ .Values.image.tag }}", b"web:none"
            )
        },
    )
    release = mini.release("v2")
    mini.good("promote", "dev", "--release", release, "--yes")
