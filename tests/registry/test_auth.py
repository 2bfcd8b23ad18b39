"""Who we say we are, to whom, and to whom never."""

import base64
import json
from pathlib import Path

import pytest

from registry.places import Clock, Connect
from vivido.errors import Error, ForbiddenError, RefusedError, UnreachableError
from vivido.model.reference import Reference, Repository
from vivido.registry.blobs import put_blob, read_blob
from vivido.registry.client import Client
from vivido.registry.copy import copy
from vivido.registry.options import Options
from vivido.registry.resolve import resolve
from vivido.registry.tags import delete_tag, tag, tags
from vivido.testing.registry import LOGIN, Login
from vivido.testing.registry_faults import Fault
from vivido.testing.registry_image import push_image
from vivido.testing.registry_memory import MemoryRegistry, memory_registry

WRONG = Login("promoter", "a wrong secret", "")
PAIR = base64.b64encode(f"{LOGIN.user}:{LOGIN.password}".encode()).decode()


def _tokens(registry: MemoryRegistry) -> list[str]:
    return [request.path for request in registry.requests if request.path.startswith("/token")]


def test_asks_for_one_token_per_grant_and_keeps_it(connect: Connect) -> None:
    with memory_registry(auth="bearer") as registry:
        client, repository = connect(registry.host, login=LOGIN), Repository(registry.host, "shop/web")
        image = push_image(client, repository, "1.0")
        tag(client, repository, image.digest, "staging")
        tags(client, repository)
        assert len(_tokens(registry)) == 1, "a token that may push may pull"
        assert "scope=repository%3Ashop%2Fweb%3Apull%2Cpush" in _tokens(registry)[0]
        assert "service=test+registry" in _tokens(registry)[0]
        delete_tag(client, repository, "staging")
        assert "delete" in _tokens(registry)[1]


def test_a_retag_with_a_token_costs_two_requests_more(connect: Connect) -> None:
    with memory_registry(auth="bearer") as registry:
        repository = Repository(registry.host, "shop/web")
        push_image(connect(registry.host, login=LOGIN), repository, "1.0")
        registry.requests.clear()
        tag(connect(registry.host, login=LOGIN), repository, "1.0", "staging")
        asked = [(r.method, r.path.partition("?")[0], r.status) for r in registry.requests]
        assert asked == [
            ("GET", "/v2/shop/web/manifests/1.0", 401),
            ("GET", "/token", 200),
            ("GET", "/v2/shop/web/manifests/1.0", 200),
            ("PUT", "/v2/shop/web/manifests/staging", 201),
        ]


def test_sharing_asks_for_both_repositories_in_one_token(connect: Connect) -> None:
    with memory_registry(auth="bearer") as registry:
        client = connect(registry.host, login=LOGIN)
        dev, production = Repository(registry.host, "dev/web"), Repository(registry.host, "production/web")
        push_image(client, dev, "1.0")
        copy(client, Reference(dev, "1.0"), Reference(production, "1.0"))
        last = _tokens(registry)[-1]
        assert "scope=repository%3Adev%2Fweb%3Apull&scope=repository%3Aproduction%2Fweb%3Apull%2Cpush" in last
        assert all(r.method == "POST" or "/blobs/" not in r.path for r in registry.requests[-4:])


def test_a_token_is_renewed_before_it_ends(connect: Connect, clock: Clock) -> None:
    with memory_registry(auth="bearer") as registry:
        client, repository = connect(registry.host, login=LOGIN), Repository(registry.host, "shop/web")
        push_image(client, repository, "1.0")
        clock.at += 269 * 1_000_000
        tags(client, repository)
        assert len(_tokens(registry)) == 1
        clock.at += 2 * 1_000_000
        tags(client, repository)
        assert len(_tokens(registry)) == 2


def test_a_token_that_ended_early_is_renewed_once(connect: Connect) -> None:
    with memory_registry(auth="bearer") as registry:
        client, repository = connect(registry.host, login=LOGIN), Repository(registry.host, "shop/web")
        push_image(client, repository, "1.0")
        registry.gate.given.clear()
        assert tags(client, repository) == ("1.0",)
        assert len(_tokens(registry)) == 2


def test_public_images_are_read_without_a_login_and_not_written(connect: Connect) -> None:
    with memory_registry(auth="bearer") as registry:
        repository = Repository(registry.host, "shop/web")
        image = push_image(connect(registry.host, login=LOGIN), repository, "1.0")
        nobody = connect(registry.host)
        assert resolve(nobody, Reference(repository, "1.0")) == image.descriptor
        with pytest.raises(ForbiddenError) as refused:
            tag(nobody, repository, "1.0", "production")
        assert refused.value.code == "registry.unauthorized"
        assert f"docker login {registry.host}" in refused.value.hint


@pytest.mark.parametrize("auth", ["basic", "bearer"])
def test_a_wrong_password_is_forbidden_and_never_shown(connect: Connect, auth: str) -> None:
    with memory_registry(auth=auth) as registry:  # type: ignore[arg-type]
        repository = Repository(registry.host, "shop/web")
        for login in (WRONG, None):
            with pytest.raises(ForbiddenError) as refused:
                put_blob(connect(registry.host, login=login), repository, b"x", "text/plain")
            assert refused.value.code == "registry.unauthorized"
            assert "docker login" in refused.value.hint
            assert WRONG.password not in _whole(refused.value)


@pytest.mark.parametrize("auth", ["basic", "bearer"])
def test_no_secret_is_shown_when_the_registry_repeats_it(connect: Connect, auth: str) -> None:
    with memory_registry(auth=auth) as registry:  # type: ignore[arg-type]
        client, repository = connect(registry.host, login=LOGIN), Repository(registry.host, "shop/web")
        put_blob(client, repository, b"x", "text/plain")
        said = json.dumps({"errors": [{"code": "DENIED", "message": f"no: {LOGIN.password} {PAIR} token-1 at all"}]})
        registry.fail(Fault(status=403, body=said.encode(), times=-1))
        with pytest.raises(ForbiddenError) as refused:
            tags(client, repository)
        assert "at all" in refused.value.message
        for secret in (LOGIN.password, PAIR, *registry.gate.given):
            assert secret not in _whole(refused.value)


def test_an_identity_token_is_exchanged_by_post(tmp_path: Path) -> None:
    with memory_registry(auth="bearer") as registry:
        config = tmp_path / "config.json"
        config.write_text(json.dumps({"auths": {registry.host: {"identitytoken": registry.gate.identity_token}}}))
        with Client(Options(plain_http=frozenset({registry.host}), docker_config=config)) as client:
            push_image(client, Repository(registry.host, "shop/web"), "1.0")
        assert {r.method for r in registry.requests if r.path == "/token"} == {"POST"}
        assert not any(registry.gate.identity_token in r.path for r in registry.requests)


def test_a_registry_token_is_used_as_it_is(tmp_path: Path) -> None:
    with memory_registry(auth="bearer") as registry:
        registry.gate.given["ready-made"] = {("shop/web", "pull"), ("shop/web", "push")}
        config = tmp_path / "config.json"
        config.write_text(json.dumps({"auths": {registry.host: {"registrytoken": "ready-made"}}}))
        with Client(Options(plain_http=frozenset({registry.host}), docker_config=config)) as client:
            push_image(client, Repository(registry.host, "shop/web"), "1.0")
            registry.gate.given.clear()
            with pytest.raises(ForbiddenError):
                tags(client, Repository(registry.host, "shop/web"))
        assert _tokens(registry) == []


def test_a_login_for_a_part_of_the_registry_is_used_there_alone(tmp_path: Path) -> None:
    with memory_registry(auth="basic") as registry:
        config = tmp_path / "auth.json"
        config.write_text(json.dumps({"auths": {f"{registry.host}/shop": {"auth": PAIR}}}))
        with Client(Options(plain_http=frozenset({registry.host}), docker_config=config)) as client:
            push_image(client, Repository(registry.host, "shop/web"), "1.0")
            with pytest.raises(ForbiddenError):
                tags(client, Repository(registry.host, "bank/web"))


# Redirects


@pytest.mark.parametrize("auth", ["basic", "bearer"])
def test_no_credentials_after_a_redirect_to_another_host(connect: Connect, auth: str) -> None:
    with memory_registry(auth=auth) as registry, memory_registry() as storage:  # type: ignore[arg-type]
        repository = Repository(registry.host, "shop/web")
        client = connect(registry.host, storage.host, login=LOGIN)
        blob = put_blob(client, repository, b"the bytes", "text/plain")
        storage.state.kept("x").blobs[blob.digest] = b"the bytes"
        signed = f"http://user:secret@{storage.host}/v2/x/blobs/{blob.digest}?signature=s3cret"
        registry.fail(Fault("GET", "/blobs/", status=307, headers={"Location": signed}))
        assert read_blob(client, repository, blob) == b"the bytes"
        (there,) = storage.requests
        assert "authorization" not in there.headers
        assert there.path.endswith("?signature=s3cret")


def test_credentials_do_not_come_back_after_a_redirect_there_and_back(connect: Connect) -> None:
    with memory_registry(auth="basic") as registry, memory_registry() as other:
        repository = Repository(registry.host, "shop/web")
        client = connect(registry.host, other.host, login=LOGIN)
        blob = put_blob(client, repository, b"x", "text/plain")
        registry.fail(Fault("GET", "/blobs/", status=307, headers={"Location": f"http://{other.host}/away"}))
        back = f"http://{registry.host}/v2/shop/web/blobs/{blob.digest}"
        other.fail(Fault("GET", "/away", status=302, headers={"Location": back}))
        with pytest.raises(ForbiddenError):
            read_blob(client, repository, blob)
        assert [("authorization" in r.headers, r.status) for r in registry.requests[-2:]] == [(True, 307), (False, 401)]


def test_credentials_stay_after_a_redirect_on_the_same_host(connect: Connect) -> None:
    with memory_registry(auth="basic") as registry:
        repository, client = Repository(registry.host, "shop/web"), connect(registry.host, login=LOGIN)
        blob = put_blob(client, repository, b"x", "text/plain")
        registry.state.kept("moved").blobs[blob.digest] = b"x"
        registry.fail(Fault("GET", "/blobs/", status=308, headers={"Location": f"/v2/moved/blobs/{blob.digest}"}))
        assert read_blob(client, repository, blob) == b"x"


def test_an_upload_to_another_host_carries_no_credentials(connect: Connect) -> None:
    with memory_registry(auth="basic") as registry, memory_registry() as storage:
        repository = Repository(registry.host, "shop/web")
        client = connect(registry.host, storage.host, login=LOGIN)
        session = storage.state.begin("up", {}, b"").headers["Location"]
        put_blob(client, repository, b"y", "text/plain")
        registry.fail(Fault("POST", "/uploads/", headers={"Location": f"http://{storage.host}{session}"}))
        put_blob(client, repository, b"x", "text/plain")
        (there,) = storage.requests
        assert (there.method, "authorization" in there.headers) == ("PUT", False)
        assert "&digest=sha256" in there.path


# Token services that make no sense


@pytest.mark.parametrize(
    ("challenge", "code"),
    [
        ("Bearer", "registry.malformed"),
        ('Bearer realm=""', "registry.malformed"),
        ('Bearer realm="/token"', "registry.malformed"),
        ('Bearer realm="ftp://somewhere/token"', "registry.malformed"),
        ('Bearer realm="http://[::1/token"', "registry.malformed"),
        ('Bearer realm="http://127.0.0.1:9/token"', "registry.plain-http"),
        ("Negotiate", "registry.unauthorized"),
        ("", "registry.unauthorized"),
        ("%&/(", "registry.unauthorized"),
    ],
)
def test_a_challenge_that_leads_nowhere_is_an_error(
    memory: MemoryRegistry, connect: Connect, repository: Repository, challenge: str, code: str
) -> None:
    memory.fail(Fault(status=401, headers={"WWW-Authenticate": challenge}, times=-1))
    with pytest.raises(Error) as wrong:
        tags(connect(memory.host, login=LOGIN), repository)
    assert wrong.value.code == code


def test_a_password_goes_to_no_token_service_without_tls(memory: MemoryRegistry, connect: Connect) -> None:
    with memory_registry() as eavesdropper:
        challenge = f'Bearer realm="http://{eavesdropper.host}/token"'
        memory.fail(Fault(status=401, headers={"WWW-Authenticate": challenge}, times=-1))
        with pytest.raises(RefusedError):
            tags(connect(memory.host, login=LOGIN), Repository(memory.host, "shop/web"))
        assert eavesdropper.requests == []


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"token":""}', b'{"token":"two words"}', b'{"token":"a\\r\\nX: y"}', b'{"token":1}', b"\xff"],
)
def test_a_token_that_is_none_is_malformed(connect: Connect, body: bytes) -> None:
    with memory_registry(auth="bearer") as registry:
        registry.fail(Fault(path="^/token", status=200, body=body))
        with pytest.raises(Error) as wrong:
            tags(connect(registry.host), Repository(registry.host, "shop/web"))
        assert wrong.value.code == "registry.malformed"


def test_a_token_service_has_patience_too(connect: Connect, clock: Clock) -> None:
    with memory_registry(auth="bearer") as registry:
        client, repository = connect(registry.host, login=LOGIN), Repository(registry.host, "shop/web")
        registry.fail(Fault(path="^/token", status=429, headers={"Retry-After": "3"}))
        push_image(client, repository, "1.0")
        assert clock.slept == [3.0]
        registry.fail(Fault(path="^/token", status=503, times=-1))
        registry.gate.given.clear()
        with pytest.raises(UnreachableError):
            tags(client, repository)


def test_a_token_without_an_end_lives_a_minute(connect: Connect, clock: Clock) -> None:
    with memory_registry(auth="bearer") as registry:
        registry.gate.given["plain"] = {("shop/web", "pull")}
        registry.state.kept("shop/web")
        registry.fail(Fault(path="^/token", status=200, body=b'{"access_token":"plain"}', times=-1))
        client, repository = connect(registry.host), Repository(registry.host, "shop/web")
        for passed, asked in ((0, 1), (53, 1), (2, 2)):
            clock.at += passed * 1_000_000
            tags(client, repository)
            assert len(_tokens(registry)) == asked


def test_a_token_service_that_refuses_everybody_asks_for_a_login(connect: Connect) -> None:
    with memory_registry(auth="bearer") as registry:
        registry.fail(Fault(path="^/token", status=401))
        with pytest.raises(ForbiddenError, match="asks for a login"):
            tags(connect(registry.host), Repository(registry.host, "shop/web"))


def _whole(error: BaseException) -> str:
    """Return all that a traceback could show of an error."""
    parts, link = [], error
    while link is not None:
        parts += [str(link), repr(link), str(getattr(link, "hint", ""))]
        link = link.__cause__ or link.__context__
    return " ".join(parts)
