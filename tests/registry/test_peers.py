"""Other tools and our registries understand each other."""

from pathlib import Path

import pytest

from registry.places import Connect, Place, own
from vivido.model.reference import Reference
from vivido.process import run
from vivido.registry.blobs import put_blob
from vivido.registry.resolve import resolve
from vivido.testing.registry_image import push_image, push_index

pytestmark = pytest.mark.real("skopeo")


@pytest.mark.parametrize("push", [push_image, push_index])
def test_skopeo_copies_what_we_pushed(place: Place, connect: Connect, tmp_path: Path, push: object) -> None:
    client, source, target = connect(place.host, login=place.login), own(place), own(place)
    made = push(client, source, "1.0")  # type: ignore[operator]
    auth = tmp_path / "auth.json"
    auth.write_text("{}")
    if place.login is not None:
        place.login.write_config(auth, place.host)
    done = run(
        [
            *("skopeo", "copy", "--all", "--preserve-digests", "--authfile", str(auth)),
            *("--src-tls-verify=false", "--dest-tls-verify=false"),
            *(f"docker://{source}:1.0", f"docker://{target}:copied"),
        ],
        timeout=60,
    )
    assert done.returncode == 0, done.complaint
    assert resolve(client, Reference(target, "copied")) == made.descriptor


def test_skopeo_reads_our_login(place: Place, connect: Connect, tmp_path: Path) -> None:
    client, web = connect(place.host, login=place.login), own(place)
    put_blob(client, web, b"x", "text/plain")
    image = push_image(client, web, "1.0", labels={"a": "b"})
    auth = tmp_path / "auth.json"
    auth.write_text("{}")
    if place.login is not None:
        place.login.write_config(auth, place.host)
    done = run(["skopeo", "inspect", "--raw", "--tls-verify=false", "--authfile", str(auth), f"docker://{web}:1.0"])
    assert done.stdout == image.raw
