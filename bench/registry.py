"""Retag an image of eight layers: our client and `skopeo copy`, against the same real registry in the same run.

One line per figure: name, value, unit, the peer's value, how many times better ours is. Runs in a few seconds:

    PATH=.tools/bin:.venv/bin:$PATH python bench/registry.py
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from vivido.model.reference import Digest, Repository
from vivido.process import run
from vivido.registry.client import Client
from vivido.registry.options import Options
from vivido.registry.tags import tag
from vivido.testing.registry import Server, registry_server
from vivido.testing.registry_image import push_image

COLD = """
import sys
from vivido.model.reference import parse_reference
from vivido.registry.client import Client
from vivido.registry.options import Options
from vivido.registry.tags import tag
source = parse_reference(sys.argv[1])
with Client(Options(plain_http=frozenset({source.repository.registry}))) as client:
    tag(client, source.repository, source.digest, sys.argv[2])
"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch, registry_server(Path(scratch) / "registry") as server:
        repository = Repository(server.host, "bench/web")
        options = Options(plain_http=frozenset({server.host}), docker_config=Path(scratch) / "none.json")
        with Client(options) as client:
            image = push_image(client, repository, "1.0", layers=[bytes([n]) * 10_000 for n in range(8)])
        theirs = _skopeo(repository, image.digest, Path(scratch))
        with Client(options) as client:

            def ours(name: str) -> None:
                # A client that has read nothing: what was read before would save the GET, not a request.
                client.known.forget()
                tag(client, repository, image.digest, name)

            def cold(name: str) -> None:
                subprocess.run([sys.executable, "-c", COLD, repository.at(image.digest), name], check=True)

            _line("registry.retag.requests", _requests(server, ours), "requests", _requests(server, theirs))
            peer = _milliseconds(theirs, 9)
            _line("registry.retag.warm", _milliseconds(ours, 50), "ms", peer)
            _line("registry.retag.cold", _milliseconds(cold, 9), "ms", peer)


def _skopeo(repository: Repository, digest: Digest, scratch: Path) -> Callable[[str], None]:
    auth = scratch / "auth.json"
    auth.write_text(json.dumps({}), encoding="utf-8")

    def retag(name: str) -> None:
        plain = ("--src-tls-verify=false", "--dest-tls-verify=false", "--authfile", str(auth))
        ends = (f"docker://{repository.at(digest)}", f"docker://{repository}:{name}")
        done = run(["skopeo", "copy", "--all", "--quiet", *plain, *ends])
        if done.returncode != 0:
            raise SystemExit(done.complaint)

    return retag


def _requests(server: Server, retag: Callable[[str], None]) -> float:
    before = len(server.requests())
    retag("requests")
    return len(server.requests()) - before


def _milliseconds(retag: Callable[[str], None], times: int) -> float:
    def once(number: int) -> float:
        began = time.perf_counter()
        retag(f"t{number}")
        return (time.perf_counter() - began) * 1000

    return median(once(number) for number in range(times))


def _line(name: str, value: float, unit: str, peer: float) -> None:
    print(f"{name} {value:.4g} {unit} {peer:.4g} {peer / value:.1f}x")


if __name__ == "__main__":
    main()
