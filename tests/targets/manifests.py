"""Kubernetes objects for the tests, as short as they can be."""

from typing import Any

PROBE = {"httpGet": {"path": "/version", "port": "http"}}


def container(image: str, **more: Any) -> dict[str, Any]:
    return {"name": "main", "image": image, **more}


def serving(image: str, **more: Any) -> dict[str, Any]:
    ports = [{"name": "http", "containerPort": 8080}]
    return container(image, **{"ports": ports, "readinessProbe": PROBE, **more})


def deployment(name: str, *containers: dict[str, Any], replicas: int = 1, **pod: Any) -> dict[str, Any]:
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"terminationGracePeriodSeconds": 1, "containers": list(containers), **pod},
    }
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def job(name: str, *containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    pod = {"terminationGracePeriodSeconds": 1, "restartPolicy": "Never", "containers": list(containers)}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"template": {"spec": pod}, **spec},
    }


def service(name: str, *ports: dict[str, Any], **spec: Any) -> dict[str, Any]:
    listed = list(ports) or [{"port": 80, "targetPort": "http"}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "ports": listed, **spec},
    }


def config_map(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def claim(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": {}}
