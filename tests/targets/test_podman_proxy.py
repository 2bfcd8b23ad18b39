"""HAProxy alone: what it does while the network that it serves comes and goes."""

import os
from pathlib import Path

import pytest

from vivido.targets.podman.program import Podman
from vivido.targets.podman.proxy.inner import Inner
from vivido.targets.podman.proxy.process import Proxy
from vivido.targets.podman.proxy.serving import Route, Serving
from vivido.targets.podman.proxy.traffic import Traffic

AWAY = "10.249.255.254"
"""An address that no interface has."""


@pytest.mark.real("haproxy")
@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's HAProxy listens in a network namespace of Podman's")
def test_it_starts_while_an_address_is_away(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path, {})
    traffic = Traffic(proxy, Inner(Proxy(tmp_path, {}, name="inner")))
    route = Route("web", 8080, "", "http", AWAY, 0, None, ())
    try:
        traffic.switch(Serving("1", "release", (route,)))
        assert traffic.alive()
    finally:
        traffic.stop()
    assert proxy.running() == ()


def test_a_complaint_of_podmans_about_the_machine_is_no_word_of_a_containers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "podman"
    program.write_text('#!/bin/sh\n[ -n "$PODMAN_IGNORE_CGROUPSV1_WARNING" ] || echo cgroups-v1 >&2\necho served\n')
    program.chmod(0o755)
    monkeypatch.delenv("PODMAN_IGNORE_CGROUPSV1_WARNING", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    done = Podman(tmp_path / "state", {}).attempt("logs", "web")
    assert (done.stdout, done.stderr) == (b"served\n", b"")
