"""What the in-memory registry keeps, and the rules of the OCI distribution API 1.1 over it; no HTTP here."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from itertools import count
from threading import RLock
from typing import Any
from urllib.parse import urlencode

MANIFEST_LIMIT = 4 * 1024 * 1024
_INDEX = "application/vnd.oci.image.index.v1+json"
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


@dataclass
class Reply:
    """An answer: status, headers, body."""

    status: int
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


@dataclass(frozen=True)
class Settings:
    """How a registry differs from another; all of it is seen in the field.

    Attributes:
        referrers: It has the referrers API and answers pushes with `OCI-Subject`.
        filters: Its referrers API filters by artifact type.
        mounts: It shares blobs between repositories.
        deletes_tags: It deletes single tags; otherwise 400, as distribution 2.8.
        immutable: A tag is written once; the same digest again is refused too, as ECR does.
        page: The most entries a page of tags or referrers has.
    """

    referrers: bool = True
    filters: bool = True
    mounts: bool = True
    deletes_tags: bool = True
    immutable: bool = False
    page: int = 1000


@dataclass
class Kept:
    """One repository: manifests by digest with their type, tags, blobs."""

    manifests: dict[str, tuple[str, bytes]] = field(default_factory=dict[str, tuple[str, bytes]])
    tags: dict[str, str] = field(default_factory=dict[str, str])
    blobs: dict[str, bytes] = field(default_factory=dict[str, bytes])


def digest_of(data: bytes) -> str:
    """Return the SHA-256 digest of bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def refusal(status: int, code: str, message: str = "") -> Reply:
    """Return an error as the specification words it."""
    body = json.dumps({"errors": [{"code": code, "message": message or code.lower().replace("_", " ")}]}).encode()
    return Reply(status, {"Content-Type": "application/json"}, body)


class State:
    """All repositories of a registry. Each method is one operation of the API and returns its answer."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.repositories: dict[str, Kept] = {}
        self.lock = RLock()
        self._uploads: dict[str, bytes] = {}
        self._names = count(1)

    def kept(self, name: str) -> Kept:
        """Return a repository, made where it is missing."""
        return self.repositories.setdefault(name, Kept())

    def get_manifest(self, name: str, reference: str) -> Reply:
        """Answer `GET /v2/<name>/manifests/<reference>`."""
        kept = self.repositories.get(name)
        if kept is None:
            return refusal(404, "NAME_UNKNOWN")
        digest = kept.tags.get(reference, reference)
        if digest not in kept.manifests:
            return refusal(404, "MANIFEST_UNKNOWN")
        kind, raw = kept.manifests[digest]
        return Reply(200, {"Content-Type": kind, "Docker-Content-Digest": digest}, raw)

    def put_manifest(self, name: str, reference: str, kind: str, raw: bytes) -> Reply:
        """Answer `PUT /v2/<name>/manifests/<reference>`."""
        digest, kept = digest_of(raw), self.kept(name)
        if len(raw) > MANIFEST_LIMIT:
            return refusal(413, "SIZE_INVALID")
        if ":" in reference and reference != digest:
            return refusal(400, "DIGEST_INVALID")
        if ":" not in reference and not _TAG.fullmatch(reference):
            return refusal(400, "TAG_INVALID")
        if self.settings.immutable and reference in kept.tags:
            return refusal(400, "TAG_INVALID", f"The image tag '{reference}' already exists and cannot be overwritten")
        try:
            content: Any = json.loads(raw)
            missing = self._missing(kept, content)
        except (ValueError, KeyError, TypeError, AttributeError):
            return refusal(400, "MANIFEST_INVALID")
        if missing:
            return refusal(400, "MANIFEST_BLOB_UNKNOWN", missing)
        kept.manifests[digest] = (kind, raw)
        if ":" not in reference:
            kept.tags[reference] = digest
        headers = {"Docker-Content-Digest": digest, "Location": f"/v2/{name}/manifests/{digest}"}
        if self.settings.referrers and content.get("subject"):
            headers["OCI-Subject"] = content["subject"]["digest"]
        return Reply(201, headers)

    def delete_manifest(self, name: str, reference: str) -> Reply:
        """Answer `DELETE /v2/<name>/manifests/<reference>`; by digest all its tags go too."""
        kept = self.kept(name)
        if ":" not in reference:
            if not self.settings.deletes_tags:
                return refusal(400, "UNSUPPORTED")
            return Reply(202) if kept.tags.pop(reference, None) else refusal(404, "MANIFEST_UNKNOWN")
        if kept.manifests.pop(reference, None) is None:
            return refusal(404, "MANIFEST_UNKNOWN")
        kept.tags = {tag: digest for tag, digest in kept.tags.items() if digest != reference}
        return Reply(202)

    def get_blob(self, name: str, digest: str) -> Reply:
        """Answer `GET /v2/<name>/blobs/<digest>`."""
        data = self.kept(name).blobs.get(digest)
        if data is None:
            return refusal(404, "BLOB_UNKNOWN")
        return Reply(200, {"Content-Type": "application/octet-stream", "Docker-Content-Digest": digest}, data)

    def delete_blob(self, name: str, digest: str) -> Reply:
        """Answer `DELETE /v2/<name>/blobs/<digest>`."""
        return Reply(202) if self.kept(name).blobs.pop(digest, None) is not None else refusal(404, "BLOB_UNKNOWN")

    def begin(self, name: str, query: dict[str, str], data: bytes) -> Reply:
        """Answer `POST /v2/<name>/blobs/uploads/`: mount, whole blob, or a new upload."""
        source = self.repositories.get(query.get("from", ""))
        mounted = query.get("mount", "")
        if self.settings.mounts and source is not None and mounted in source.blobs:
            self.kept(name).blobs[mounted] = source.blobs[mounted]
            return self._stored(name, mounted)
        if "digest" in query:
            return self._store(name, query["digest"], data)
        session = f"u{next(self._names)}"
        self._uploads[session] = b""
        return self._accepted(name, session)

    def append(self, name: str, session: str, data: bytes) -> Reply:
        """Answer `PATCH` of an upload."""
        if session not in self._uploads:
            return refusal(404, "BLOB_UPLOAD_UNKNOWN")
        self._uploads[session] += data
        return self._accepted(name, session)

    def finish(self, name: str, session: str, digest: str, data: bytes) -> Reply:
        """Answer `PUT` of an upload."""
        if session not in self._uploads:
            return refusal(404, "BLOB_UPLOAD_UNKNOWN")
        return self._store(name, digest, self._uploads.pop(session) + data)

    def cancel(self, session: str) -> Reply:
        """Answer `DELETE` of an upload."""
        return Reply(204) if self._uploads.pop(session, None) is not None else refusal(404, "BLOB_UPLOAD_UNKNOWN")

    def tags(self, name: str, query: dict[str, str]) -> Reply:
        """Answer `GET /v2/<name>/tags/list`."""
        kept = self.repositories.get(name)
        if kept is None:
            return refusal(404, "NAME_UNKNOWN")
        size = min(int(query.get("n", "1000")), self.settings.page)
        left = [tag for tag in sorted(kept.tags) if tag > query.get("last", "")]
        reply = Reply(200, {"Content-Type": "application/json"})
        reply.body = json.dumps({"name": name, "tags": left[:size]}).encode()
        if len(left) > size:
            reply.headers["Link"] = f'</v2/{name}/tags/list?n={size}&last={left[size - 1]}>; rel="next"'
        return reply

    def referrers(self, name: str, digest: str, query: dict[str, str]) -> Reply:
        """Answer `GET /v2/<name>/referrers/<digest>`."""
        if not self.settings.referrers:
            return Reply(404, {"Content-Type": "text/plain"}, b"404 page not found\n")
        found = [entry for entry in map(self._entry, self.kept(name).manifests.items()) if entry.pop("of") == digest]
        kind, reply = query.get("artifactType"), Reply(200, {"Content-Type": _INDEX})
        if kind and self.settings.filters:
            found = [entry for entry in found if entry["artifactType"] == kind]
            reply.headers["OCI-Filters-Applied"] = "artifactType"
        start = int(query.get("start", "0"))
        end = start + self.settings.page
        if len(found) > end:
            more = urlencode({"start": end, **({"artifactType": kind} if kind else {})})
            reply.headers["Link"] = f'<?{more}>; rel="next"'
        index = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": found[start:end]}
        reply.body = json.dumps(index).encode()
        return reply

    def _entry(self, item: tuple[str, tuple[str, bytes]]) -> dict[str, Any]:
        digest, (kind, raw) = item
        content: Any = json.loads(raw)
        return {
            "of": (content.get("subject") or {}).get("digest"),
            "mediaType": kind,
            "digest": digest,
            "size": len(raw),
            "artifactType": content.get("artifactType") or (content.get("config") or {}).get("mediaType", ""),
            "annotations": content.get("annotations") or {},
        }

    def _missing(self, kept: Kept, content: Any) -> str:
        blobs = [part["digest"] for part in (content.get("config"), *content.get("layers", ())) if part]
        children = [part["digest"] for part in content.get("manifests", ())]
        gone = [d for d in blobs if d not in kept.blobs] + [d for d in children if d not in kept.manifests]
        return gone[0] if gone else ""

    def _store(self, name: str, digest: str, data: bytes) -> Reply:
        if digest_of(data) != digest:
            return refusal(400, "DIGEST_INVALID")
        self.kept(name).blobs[digest] = data
        return self._stored(name, digest)

    def _stored(self, name: str, digest: str) -> Reply:
        return Reply(201, {"Location": f"/v2/{name}/blobs/{digest}", "Docker-Content-Digest": digest})

    def _accepted(self, name: str, session: str) -> Reply:
        end = max(0, len(self._uploads[session]) - 1)
        return Reply(202, {"Location": f"/v2/{name}/blobs/uploads/{session}?state=s", "Range": f"0-{end}"})
