"""Registries and images: names by the distribution grammar, TLS wherever nothing else was said, one service per built image."""

import re

from vivido.config.diagnostic import Report, shown
from vivido.config.node import Entry, Node, child, entries, text_of, texts
from vivido.errors import InputError
from vivido.model.reference import Repository, parse_repository

_LOOPBACK = re.compile(r"(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?")


def check_images(root: Node, report: Report) -> None:
    """Check each `registry` and each service's `image`, `build` and `replaces`."""
    prefix = _registry(child(root, "registry"), root, report)
    for environment in entries(child(root, "environments")):
        _registry(child(environment.value, "registry"), root, report)
    built: dict[str, str] = {}
    for service in entries(child(root, "services")):
        _has_image(service, root, report)
        for name in texts(child(service.value, "replaces")):
            _repository(name.text, name, report)
        image = child(service.value, "image")
        text = text_of(image)
        found = _repository(text, image, report) if text is not None and image is not None else None
        if found is not None and image is not None:
            _needs_tls(found, image, root, report)
        name = str(found) if found else f"{prefix}/{service.key}"
        if child(service.value, "build") is not None and built.setdefault(name, service.key) != service.key:
            message = f"{built[name]} and {service.key} are both built as {shown(name)}; one would replace the other"
            report.add(image or service, "config.same-image", message, "Give one of them an “image” of its own.")


def _registry(node: Node | None, root: Node, report: Report) -> str:
    text = text_of(node)
    if node is None or not text:
        return ""
    found = _repository(f"{text}/x", node, report, written=text)
    if found is not None:
        _needs_tls(found, node, root, report)
    return text


def _has_image(service: Entry, root: Node, report: Report) -> None:
    build, image = child(service.value, "build"), child(service.value, "image")
    if not entries(service.value) or image is not None:
        return
    if build is None:
        message = f"{service.key} has neither “build” nor “image”"
        report.add(
            service, "config.missing", message, "Add “build: <directory>”, or “image: …” if it is built elsewhere."
        )
    elif child(root, "registry") is None:
        message = f"{service.key} has no place to be pushed to: there is no “registry” in the file"
        report.add(service, "config.missing", message, "Add “registry: registry.example.com/team” at the top.")


def _repository(text: str, at: Node, report: Report, written: str = "") -> Repository | None:
    try:
        return parse_repository(text)
    except InputError as e:
        if "@" in text.partition("/")[0]:
            message = "a registry is named without user and password"
            report.add(at, "config.password", message, "Take the login out of the file: docker login, or podman login.")
            return None
        why = e.message.rpartition(": ")[2] if "://" not in text else "it is written without https://"
        hint = "Write it like registry.example.com/team/app, in lower case."
        report.add(at, "config.image", f"{shown(written or text)} is no image name: {why}", hint)
        return None


def _needs_tls(repository: Repository, at: Node, root: Node, report: Report) -> None:
    plain = {n.text for n in texts(child(root, "registries", "plain-http"))}
    host = repository.registry
    if _LOOPBACK.fullmatch(host) and host not in plain and child(root, "registries", "ca") is None:
        message = f"{host} is on this machine, and would be spoken to with TLS"
        hint = f'Add “registries: {{plain-http: ["{host}"]}}”, or “ca:” with the file of its certificate authority.'
        report.add(at, "config.plain-http", message, hint)
