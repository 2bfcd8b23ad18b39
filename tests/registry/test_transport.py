"""TLS or not, redirects, proxies, and what an import costs."""

import json
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from registry.places import Connect
from vivido.errors import Error, InputError, RefusedError, UnreachableError
from vivido.model.reference import Reference, Repository, parse_reference
from vivido.process import run
from vivido.registry.blobs import put_blob, read_blob
from vivido.registry.client import Client
from vivido.registry.exchange import Ask
from vivido.registry.options import Options
from vivido.registry.resolve import resolve
from vivido.registry.tags import tags
from vivido.testing.registry_faults import Fault
from vivido.testing.registry_image import push_image
from vivido.testing.registry_memory import MemoryRegistry, memory_registry


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that is its own authority."""
    directory = tmp_path_factory.mktemp("tls")
    made = run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test registry"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-addext", "keyUsage=critical,digitalSignature,keyCertSign"),
            *("-keyout", str(directory / "key.pem"), "-out", str(directory / "ca.pem")),
        ]
    )
    assert made.returncode == 0, made.complaint
    return directory


@pytest.fixture
def tls(authority: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "ca.pem", authority / "key.pem")
    return context


@pytest.mark.real("openssl")
def test_trusts_a_private_authority_that_is_named(connect: Connect, authority: Path, tls: ssl.SSLContext) -> None:
    with memory_registry(tls=tls, auth="bearer") as registry:
        repository = Repository(registry.host, "shop/web")
        registry.gate.pull_without_login = True
        registry.state.kept("shop/web").tags["1.0"] = "sha256:x"
        trusting = connect(registry.host, plain_http=frozenset(), ca_file=authority / "ca.pem")
        assert tags(trusting, repository) == ("1.0",)
        with pytest.raises(UnreachableError) as untrusted:
            tags(connect(registry.host, plain_http=frozenset()), repository)
        assert untrusted.value.code == "registry.tls"
        assert "authority" in untrusted.value.hint


def test_an_authority_that_cannot_be_read_is_named(connect: Connect, memory: MemoryRegistry, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    for file in (tmp_path / "empty.pem", tmp_path / "missing.pem"):
        with pytest.raises(InputError, match=file.name) as wrong:
            tags(connect(memory.host, plain_http=frozenset(), ca_file=file), Repository(memory.host, "a"))
        assert wrong.value.code == "registry.ca-file"


def test_plain_http_is_spoken_only_where_it_is_allowed(memory: MemoryRegistry, connect: Connect) -> None:
    with pytest.raises(UnreachableError) as refused:
        resolve(connect(memory.host, plain_http=frozenset(), retries=0), Reference(Repository(memory.host, "a"), "1"))
    assert refused.value.code == "registry.tls"
    assert memory.requests == []


def test_a_redirect_to_plain_http_is_refused(memory: MemoryRegistry, connect: Connect, repository: Repository) -> None:
    with memory_registry() as elsewhere:
        memory.fail(Fault(status=307, headers={"Location": f"http://{elsewhere.host}/v2/?signature=s3cret"}))
        with pytest.raises(RefusedError) as refused:
            tags(connect(memory.host), repository)
        assert refused.value.code == "registry.plain-http"
        assert "s3cret" not in str(refused.value) + refused.value.hint
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    "location",
    ["ftp://x/", "http://[::1", "http://127.0.0.1:99999999/", "http:///nowhere", "mailto:a", "https://1.2.3.999/"],
)
def test_a_redirect_to_nowhere_is_malformed(
    memory: MemoryRegistry, connect: Connect, repository: Repository, location: str
) -> None:
    memory.fail(Fault(status=307, headers={"Location": location}, times=-1))
    with pytest.raises(Error) as wrong:
        tags(connect(memory.host), repository)
    assert wrong.value.code == "registry.malformed"


def test_redirects_without_end_are_malformed(memory: MemoryRegistry, connect: Connect, repository: Repository) -> None:
    memory.fail(Fault(status=307, headers={"Location": "/v2/round"}, times=-1))
    with pytest.raises(Error, match="5 redirects"):
        tags(connect(memory.host), repository)
    assert len(memory.requests) == 6


def test_a_push_follows_only_redirects_that_keep_it(
    memory: MemoryRegistry, connect: Connect, repository: Repository
) -> None:
    client = connect(memory.host)
    memory.fail(Fault("POST", status=307, headers={"Location": f"/v2/{repository.path}/blobs/uploads/?moved=1"}))
    blob = put_blob(client, repository, b"x", "text/plain")
    assert read_blob(client, repository, blob) == b"x"
    memory.fail(Fault("POST", status=302, headers={"Location": "/elsewhere"}))
    with pytest.raises(Error, match="302 to a POST"):
        put_blob(client, repository, b"y", "text/plain")


def test_a_redirect_without_a_place_is_an_answer(
    memory: MemoryRegistry, connect: Connect, repository: Repository
) -> None:
    memory.fail(Fault(status=307))
    with pytest.raises(Error, match="307"):
        tags(connect(memory.host), repository)


def test_goes_through_the_proxy_of_the_environment(
    memory: MemoryRegistry, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://{memory.host}")
    with pytest.raises(Error):
        tags(connect("registry.example.com"), Repository("registry.example.com", "shop/web"))
    assert memory.requests[0].path.startswith("http://registry.example.com/v2/shop/web/tags/list")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    push_image(connect(memory.host), Repository(memory.host, "shop/web"), "1.0")
    assert memory.requests[-1].path == "/v2/shop/web/manifests/1.0"


def test_docker_hub_answers_elsewhere_than_it_is_called() -> None:
    with Client(Options()) as client:
        nginx = parse_reference("nginx").repository
        address = client.address(Ask("GET", nginx, "manifests/latest", ""))
    assert address == "https://registry-1.docker.io/v2/library/nginx/manifests/latest"


def test_importing_the_verbs_loads_no_http() -> None:
    names = ("attach", "blobs", "client", "config", "copy", "manifests", "referrers", "resolve", "tags")
    code = "import json, sys\n" + "".join(f"import vivido.registry.{name}\n" for name in names)
    code += "print(json.dumps([m for m in ('httpx2', 'ssl', 'asyncio') if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert json.loads(done.stdout) == []
