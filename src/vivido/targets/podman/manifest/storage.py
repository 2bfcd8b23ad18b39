"""A pod's volumes and where its containers see them."""

from pathlib import PurePosixPath
from typing import Any

from vivido.targets.podman.manifest.blueprint import Mount, SecretFile, SecretKey, Volume
from vivido.targets.podman.manifest.reading import Findings, items, mapping, number
from vivido.targets.podman.manifest.variables import Sources


class Storage:
    """The volumes of one pod template."""

    def __init__(self, spec: dict[str, Any], sources: Sources, where: str, findings: Findings) -> None:
        self._sources = sources
        self._where = where
        self._findings = findings
        self._secrets: dict[str, dict[str, Any]] = {}
        self.volumes = tuple(v for v in map(self._volume, items(spec.get("volumes"))) if v is not None)

    def mounts(self, container: dict[str, Any]) -> tuple[tuple[Mount, ...], tuple[SecretFile, ...]]:
        """Return a container's mounts, and its secrets as files."""
        known = {v.name: v for v in self.volumes}
        mounts: list[Mount] = []
        files: list[SecretFile] = []
        for entry in items(container.get("volumeMounts")):
            name, path = str(entry.get("name")), str(entry.get("mountPath"))
            sub_path = str(entry.get("subPath") or "")
            if name in self._secrets:
                files.extend(self._secret_files(self._secrets[name], path, sub_path))
            elif name in known:
                read_only = bool(entry.get("readOnly")) or known[name].how == "files"
                mounts.append(Mount(name, path, read_only, self._inside(sub_path)))
            elif not any(p.where == self._where for p in self._findings.problems):
                self._findings.invalid(self._where, f"there is no volume {name} to mount at {path}")
        return tuple(mounts), tuple(files)

    def _inside(self, path: str) -> str:
        if path.startswith("/") or ".." in PurePosixPath(path).parts:
            self._findings.invalid(self._where, f"subPath {path} leaves its volume")
            return ""
        return path

    def _volume(self, volume: dict[str, Any]) -> Volume | None:
        name = str(volume.get("name"))
        if "configMap" in volume:
            return self._files(name, mapping(volume["configMap"]))
        if "secret" in volume:
            self._secrets[name] = mapping(volume["secret"])
            return None
        if "persistentVolumeClaim" in volume:
            return Volume(name, "claim", claim=str(mapping(volume["persistentVolumeClaim"]).get("claimName")))
        if "emptyDir" in volume:
            return Volume(name, "memory" if mapping(volume["emptyDir"]).get("medium") == "Memory" else "empty")
        kinds = ", ".join(k for k in volume if k != "name")
        self._findings.unsupported(self._where, f"volume {name} is of kind {kinds or 'none'}")
        return None

    def _files(self, name: str, source: dict[str, Any]) -> Volume:
        map_name = str(source.get("name"))
        data = self._sources.config(map_name)
        if data is None and not source.get("optional"):
            self._findings.invalid(self._where, f"ConfigMap {map_name} is not among the objects")
        files = [(path, data[key]) for key, path in self._chosen(source, tuple(data or {})) if data and key in data]
        return Volume(name, "files", tuple(files), number(source.get("defaultMode"), 0o644))

    def _chosen(self, source: dict[str, Any], keys: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return key and path of each file: all keys, or what `items` lists."""
        if "items" not in source:
            return [(key, key) for key in keys]
        return [(str(i.get("key")), self._inside(str(i.get("path")))) for i in items(source["items"])]

    def _secret_files(self, source: dict[str, Any], path: str, sub_path: str) -> list[SecretFile]:
        name = str(source.get("secretName"))
        keys = self._sources.secret_keys(name)
        chosen = self._chosen(source, keys)
        if not chosen and not source.get("optional"):
            hint = f"Give each key of {name} a source under the environment's `secrets:`."
            self._findings.invalid(self._where, f"secret {name} has no keys with a source", hint)
        mode = number(source.get("defaultMode"), 0o644)
        if sub_path:
            return [SecretFile(SecretKey(name, key), path, mode) for key, file in chosen if file == sub_path]
        return [SecretFile(SecretKey(name, key), str(PurePosixPath(path) / file), mode) for key, file in chosen]
