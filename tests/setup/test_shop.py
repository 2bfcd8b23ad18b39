"""The example application, without containers: its own tests, its acceptance tests, and what the demo's changes do to it."""

import os
import socketserver
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest

from vivido.gates.kinds import KINDS as GATES
from vivido.testing.serving import serving

ROOT = Path(__file__).resolve().parents[2]
CHANGES = ROOT / "tools/demo/changes"


@contextmanager
def _served(service: Path, environ: dict[str, str]) -> Generator[str]:
    """Serve a service as its container does: one process for each connection."""
    full = {**os.environ, "APP": str(service), "BASE": str(service.parent / "base"), **environ}

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            command = ["busybox", "sh", "app.sh"]
            subprocess.run(command, cwd=service, env=full, stdin=self.request, stdout=self.request, check=False)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = False
        block_on_close = True

    with serving(Server(("127.0.0.1", 0), Handler)) as address:
        yield f"http://{address}"


@contextmanager
def _open(shop: Path) -> Generator[str]:
    database = {
        "DATABASE_URL": f"file://{shop}/data",
        "DATABASE_PASSWORD": "for the test",
        "DISCOUNT_PERCENT": "10",
        "LOG_LEVEL": "warning",
    }
    subprocess.run(["busybox", "sh", shop / "api/migrate.sh"], env={**os.environ, **database}, check=True)
    with _served(shop / "api", database) as api, _served(shop / "web", {"API_URL": api, "LOG_LEVEL": "warning"}) as web:
        yield web


def _unit_tests(shop: Path) -> list[int]:
    return [
        subprocess.run(["sh", shop / service / "test.sh"], capture_output=True, check=False).returncode
        for service in ("api", "web")
    ]


def _accepted(shop: Path) -> ElementTree.Element:
    report = shop / "report.xml"
    with _open(shop) as url:
        command = [sys.executable, shop / "acceptance/run.py", "--url", url, "--junit", report]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    suite = ElementTree.fromstring(report.read_text())  # noqa: S314 our own report
    assert (done.returncode == 0) is (suite.get("failures") == "0"), done.stdout
    return suite


def _change(shop: Path, name: str) -> None:
    with (CHANGES / f"{name}.patch").open() as patch:
        subprocess.run(["git", "apply"], cwd=shop, stdin=patch, check=True)


@pytest.mark.real("busybox")
def test_the_shop_passes_its_unit_and_acceptance_tests(shop: Path) -> None:
    assert _unit_tests(shop) == [0, 0]
    suite = _accepted(shop)
    assert (suite.get("tests"), suite.get("failures")) == ("5", "0")


@pytest.mark.real("busybox")
def test_whole_euros_pass_every_unit_test_and_fail_the_acceptance_tests(shop: Path) -> None:
    _change(shop, "whole-euros")
    assert _unit_tests(shop) == [0, 0]
    failures = [case.get("name") for case in _accepted(shop) if case.find("failure") is not None]
    assert failures == ["two teas cost what the list says", "from three pieces on there is a discount"]


@pytest.mark.real("busybox")
def test_advice_passes_everything(shop: Path) -> None:
    _change(shop, "advice")
    assert _unit_tests(shop) == [0, 0]
    assert _accepted(shop).get("failures") == "0"


def test_acceptance_fails_where_nobody_answers(shop: Path) -> None:
    command = [sys.executable, shop / "acceptance/run.py", "--url", "http://127.0.0.1:1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "0 of 5 passed" in done.stdout


@pytest.mark.real("kubectl")
def test_the_overlays_differ_where_real_ones_do(shop: Path) -> None:
    def rendered(service: str, environment: str) -> set[str]:
        command = ["kubectl", "kustomize", shop / "deploy" / service / "overlays" / environment]
        return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines())

    dev, production = rendered("api", "dev"), rendered("api", "production")
    assert {"  DATABASE_URL: file:///data/production", "  LOG_LEVEL: warning", "  replicas: 2"} <= production - dev
    assert {"  DATABASE_URL: file:///data/dev", "  LOG_LEVEL: debug", "  replicas: 1"} <= dev - production
    assert "  SHOP_NAME: Tea and mugs" in rendered("web", "production")


def test_the_configuration_is_short_and_names_gates_that_there_are(shop: Path) -> None:
    lines = (shop / "vivido.yaml").read_text().splitlines()
    assert len(lines) <= 30
    used = {line.strip().removeprefix("- ").partition(":")[0] for line in lines if line.strip().startswith("- ")}
    assert used == {"run", "http", "approve"} <= set(GATES)
