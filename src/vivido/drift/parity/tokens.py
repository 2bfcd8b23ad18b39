"""Environments' tokens in rendered objects: one's own become the same mark on both sides, another's are noted.

Marks are written with two characters of Unicode's private use area around the token's name, which manifests do not use, so that
what was written can be restored.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from vivido.model.difference import Path
from vivido.model.objects import Manifest, Rendered, plain_name
from vivido.render.secrets import is_secret

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([a-z0-9-]+){_CLOSE}")
_encode = msgspec.json.Encoder().encode
_SECRET_FIELDS = ("data", "stringData")

_DEVICES = "dev"
_DEVICE = re.compile(
    r"(?<![^\s\"'=:,;<>&(])/dev(?:/(?:null|zero|full|u?random|std(?:in|out|err)|fd|shm|pts|ptmx|tty\w*|console|kvm|fuse|net|mqueue"
    r"|hugepages|dri|snd|kmsg|log|mapper|disk|input|loop\w*|nvidia\w*|(?:sd|vd|xvd|nvme)\w+)(?![0-9A-Za-z])|/?$)"
)
"""Linux' directory of devices (FHS 3.0, 6.1.3) in a text: no environment is meant by it. A server's path `/dev/api` is none."""
_DIRECTORIES = ("mountPath", "hostPath", "devicePath")
"""Fields in which a bare `/dev` is that directory."""

Tokens = Mapping[str, Mapping[str, str]]
"""Environment → token → text."""


class Leftover(msgspec.Struct, frozen=True):
    """A text in one environment's objects that is another environment's token."""

    kind: str
    name: str
    path: Path
    text: str
    """The token's text."""
    environments: tuple[str, ...]
    """Those that have it as a token."""
    token: str


class Marked(msgspec.Struct, frozen=True):
    """A rendering with marks in place of its environment's tokens."""

    rendered: Rendered
    leftovers: tuple[Leftover, ...] = ()
    used: Mapping[str, int] = {}
    """Token → how often it was replaced."""


class Marker:
    """Puts marks into the renderings of one environment. Made once for all services.

    Args:
        environment: Whose renderings.
        tokens: Those of all environments.
    """

    def __init__(self, environment: str, tokens: Tokens) -> None:
        self.environment = environment
        self._own = {text: name for name, text in tokens.get(environment, {}).items()}
        self._foreign: dict[str, tuple[str, tuple[str, ...]]] = {}
        for other, named in tokens.items():
            for name, text in named.items():
                if text not in self._own:
                    _, known = self._foreign.get(text, ("", ()))
                    self._foreign[text] = (name, (*known, other))
        # The longest first: of `staging.example.com` and `example.com` the whole is meant.
        texts = sorted({*self._own, *self._foreign}, key=lambda t: (-len(t), t))
        words = "|".join(map(re.escape, texts))
        self._word = re.compile(f"(?<![0-9A-Za-z])(?:{words})(?![0-9A-Za-z])")
        self._texts = tuple(texts)
        # Most objects hold none, and a look over their bytes spares a walk. JSON may escape what a token holds.
        self._bytes = tuple(msgspec.json.encode(t)[1:-1] for t in texts)

    def mark(self, rendered: Rendered) -> Marked:
        """Return a rendering with marks; objects without tokens are the same objects."""
        if not self._texts:
            return Marked(rendered)
        walk = _Walk(self._texts, self._word, self._own, self._foreign)
        objects = tuple(walk.manifest(o) if self._may_hold(o) else o for o in rendered.objects)
        return Marked(Rendered(objects, rendered.source), tuple(dict.fromkeys(walk.leftovers)), walk.used)

    def _may_hold(self, manifest: Manifest) -> bool:
        data = _encode(manifest)
        for text in self._bytes:  # noqa: SIM110 - half the time of `any`, and asked of every object
            if text in data:
                return True
        return False


class _Walk:
    def __init__(
        self,
        texts: tuple[str, ...],
        word: re.Pattern[str],
        own: Mapping[str, str],
        foreign: Mapping[str, tuple[str, tuple[str, ...]]],
    ) -> None:
        self._texts, self._word, self._own, self._foreign = texts, word, own, foreign
        self._at: tuple[str, str] = ("", "")
        self.leftovers: list[Leftover] = []
        self.used: dict[str, int] = {}

    def manifest(self, manifest: Manifest) -> Manifest:
        name = str((manifest.get("metadata") or {}).get("name", ""))
        self._at = (str(manifest.get("kind", "")), plain_name(name))
        kept = _SECRET_FIELDS if is_secret(manifest) else ()
        return {k: v if k in kept else self._value((k,), v) for k, v in manifest.items()}

    def _value(self, path: Path, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(path, value)
        if isinstance(value, dict):
            keys = {key: self._text((*path, key), key) for key in value}
            # Two keys that became one would hide a value.
            lost = len(set(keys.values())) < len(keys)
            return {(k if lost else keys[k]): self._value((*path, k), v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._value((*path, _item(number, item)), item) for number, item in enumerate(value)]
        return value

    def _text(self, path: Path, text: str) -> str:
        for one in self._texts:
            if one in text:
                return self._word.sub(self._put_at(path), text)
        return text

    def _put_at(self, path: Path) -> Callable[[re.Match[str]], str]:
        def put(found: re.Match[str]) -> str:
            if found[0] == _DEVICES and found.start() in _devices(path, found.string):
                return found[0]
            if name := self._own.get(found[0]):
                self.used[name] = self.used.get(name, 0) + 1
                return f"{_OPEN}{name}{_CLOSE}"
            token, environments = self._foreign[found[0]]
            self.leftovers.append(Leftover(*self._at, path, found[0], environments, token))
            return found[0]

        return put


def _devices(path: Path, text: str) -> frozenset[int]:
    """Return where in a text the `dev` of a device's path begins."""
    if "/dev" not in text:
        return frozenset()
    bare = any(key in _DIRECTORIES for key in path)
    return frozenset(m.start() + 1 for m in _DEVICE.finditer(text) if bare or text[m.start() :].rstrip("/") != "/dev")


def _item(number: int, item: Any) -> str:
    name = item.get("name") if isinstance(item, dict) else None
    return name if isinstance(name, str) else str(number)


def restored(value: Any, tokens: Mapping[str, str]) -> Any:
    """Return a value as it was written, with an environment's texts in place of marks."""
    if isinstance(value, str):
        return _MARK.sub(lambda m: tokens.get(m[1], m[0]), value) if _OPEN in value else value
    if isinstance(value, dict):
        return {restored(k, tokens): restored(v, tokens) for k, v in value.items()}
    if isinstance(value, list):
        return [restored(item, tokens) for item in value]
    return value


def shown(text: str) -> str:
    """Return text with marks as people read and selectors write them: `{domain}`."""
    return _MARK.sub(r"{\1}", text) if _OPEN in text else text
