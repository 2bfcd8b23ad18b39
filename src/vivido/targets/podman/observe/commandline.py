"""The command line that made a container, as Podman keeps it: what it says that nothing else shows. Pure.

Containers made through Podman's API have none.
"""

import msgspec

from vivido.text.redact import redact

_KNOWN_FLAGS = """
--name --pod --network --hostname --publish --add-host --label --pull --no-healthcheck --health-cmd --health-interval
    --log-driver --log-opt --restart --stop-timeout --memory --cpus --user --cap-drop --cap-add --read-only --security-opt
    --sysctl --group-add --workdir --env --secret --volume --entrypoint"""
KNOWN = frozenset(_KNOWN_FLAGS.split())
"""What Vivido itself writes (`arguments.py`), or wrote before. What these set is seen elsewhere."""

_SEEN_ELSEWHERE_FLAGS = """
-e -v -p -u -w -m --mount --tmpfs --privileged --device --pid --ipc --uts --userns --dns --cpu-shares -c --cpuset-cpus
    --cpuset-mems --memory-reservation --memory-swap --oom-score-adj --blkio-weight --net --expose -d --detach -q
    --quiet -h -l --tls-verify"""
SEEN_ELSEWHERE = frozenset(_SEEN_ELSEWHERE_FLAGS.split())
"""What others may write and is seen elsewhere, or has no effect on what runs."""

_ALONE_FLAGS = """
--no-healthcheck --read-only --privileged -d --detach -q --quiet -t --tty -i --interactive -it -ti --init --rm --replace
    --no-hosts --oom-kill-disable --http-proxy --no-hostname --env-host --rootfs -P --publish-all -dit -itd --sig-proxy --passwd
    --unsetenv-all --tls-verify"""
_ALONE = frozenset(_ALONE_FLAGS.split())
"""Flags that stand without a value."""


class CommandLine(msgspec.Struct, frozen=True):
    """The flags, in order, and what stands behind them."""

    known: bool = False
    """False: Podman keeps none."""
    program: str = ""
    """`podman create`, without values."""
    flags: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, words: list[str] | None) -> "CommandLine":
        """Read the words that Podman keeps; everything behind the image is the container's own."""
        if not words:
            return cls()
        verbs = [w for w in words[1:3] if w in ("container", "create", "run", "play", "kube", "clone")]
        flags: list[tuple[str, str]] = []
        rest = list(words[1 + len(verbs) :])
        while rest and rest[0].startswith("-"):
            name, equals, value = rest.pop(0).partition("=")
            if not equals and name not in _ALONE and rest:
                value = rest.pop(0)
            flags.append((name, value))
        return cls(known=True, program=" ".join([words[0].rpartition("/")[2], *verbs]), flags=tuple(flags))

    def values(self, name: str) -> tuple[str, ...]:
        """Return every value of a flag."""
        return tuple(v for n, v in self.flags if n == name)

    @property
    def variables(self) -> frozenset[str]:
        """The names of the variables that it set."""
        given = (v.partition("=")[0] for n, v in self.flags if n in ("--env", "-e"))
        secret = (
            part.removeprefix("target=")
            for v in self.values("--secret")
            for part in v.split(",")
            if part.startswith("target=")
        )
        return frozenset((*given, *secret))

    @property
    def secrets(self) -> frozenset[str]:
        """The names, in Podman's store, of the secrets that it handed over."""
        return frozenset(v.partition(",")[0] for v in self.values("--secret"))

    @property
    def foreign(self) -> dict[str, str]:
        """The flags that Vivido never writes and that nothing else shows, with their values."""
        found: dict[str, str] = {}
        for name, value in self.flags:
            if name not in KNOWN and name not in SEEN_ELSEWHERE:
                found[name] = redact(value) or "given"
        return found
