"""Objects for the differ's tests, and differences as short texts."""

from typing import Any

from vivido.drift.differ import differences
from vivido.drift.naming import Namespaces
from vivido.model.difference import Difference
from vivido.model.objects import Manifest, Rendered

KEY = b"a key for tests"


def thing(kind: str = "ConfigMap", version: str = "v1", name: str = "web", **rest: Any) -> Manifest:
    """Return an object."""
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **rest}


def pod_spec(**spec: Any) -> Manifest:
    """Return a Deployment with a pod's specification."""
    return thing("Deployment", "apps/v1", spec={"template": {"spec": spec}})


def container(**fields: Any) -> Manifest:
    """Return a Deployment with one container."""
    return pod_spec(containers=[{"name": "app", **fields}])


def config(**data: Any) -> Manifest:
    """Return a ConfigMap."""
    return thing(data={key.replace("__", "."): value for key, value in data.items()})


def rendered(*objects: Manifest) -> Rendered:
    """Return a rendering."""
    return Rendered(objects)


def between(left: Manifest, right: Manifest, namespaces: Namespaces = "keep") -> tuple[Difference, ...]:
    """Return what differs between two objects."""
    return differences(rendered(left), rendered(right), key=KEY, namespaces=namespaces)


def told(left: Manifest, right: Manifest, namespaces: Namespaces = "keep") -> list[str]:
    """Return what differs, a line each: `changed Deployment/web/spec/replicas`."""
    return [f"{d.sort} {d.at}" for d in between(left, right, namespaces)]
