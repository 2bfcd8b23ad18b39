"""The real registry that the tests stand on starts, counts and stops."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from vivido.errors import ToolError
from vivido.testing.registry import LOGIN, registry_server


@pytest.mark.real("docker-registry")
def test_serves_and_logs_requests(tmp_path: Path) -> None:
    with registry_server(tmp_path / "r") as server, urllib.request.urlopen(f"http://{server.host}/v2/") as answer:
        assert answer.status == 200
        assert server.requests()[-1] == ("GET", "/v2/", 200)


@pytest.mark.real("docker-registry")
def test_stops_with_its_context_and_comes_back_on_the_same_port(tmp_path: Path) -> None:
    with registry_server(tmp_path) as server:
        host = server.host
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://{host}/v2/")
    with registry_server(tmp_path, port=int(host.rpartition(":")[2])) as again:
        assert again.host == host


@pytest.mark.real("docker-registry")
def test_asks_for_a_password(tmp_path: Path) -> None:
    with registry_server(tmp_path, auth=LOGIN) as server:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://{server.host}/v2/")
        assert refused.value.code == 401
        refused.value.close()
        auths = LOGIN.auths(server.host)["auths"]
        assert isinstance(auths, dict)
        request = urllib.request.Request(
            f"http://{server.host}/v2/", headers={"Authorization": f"Basic {auths[server.host]['auth']}"}
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310  a URL of our own
            assert answer.status == 200


@pytest.mark.real("docker-registry")
def test_says_why_it_did_not_start(tmp_path: Path) -> None:
    with registry_server(tmp_path / "a") as server:
        taken = int(server.host.rpartition(":")[2])
        with pytest.raises(ToolError, match="in use"), registry_server(tmp_path / "b", port=taken):
            pass


def test_says_where_the_program_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError) as missing, registry_server(tmp_path):
        pass
    assert missing.value.code == "tool.missing"
