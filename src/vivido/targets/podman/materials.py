"""The secrets that containers are given, in Podman's store."""

from collections.abc import Callable

from vivido.crashpoint import crashpoint
from vivido.errors import RefusedError
from vivido.targets.interface import TargetContext
from vivido.targets.podman.manifest.blueprint import Blueprint, SecretKey, Variable
from vivido.targets.podman.names import Names, key_text
from vivido.targets.podman.program import Podman, failure, labelled

Ask = Callable[[SecretKey], str | None]
"""Secret → value, None where there is no source."""


def asking(context: TargetContext, blueprint: Blueprint) -> Ask:
    """Return what gives a secret's value: its source, or the manifests where they hold it in clear."""

    def ask(secret: SecretKey) -> str | None:
        value = context.secret(secret.name, secret.key)
        return blueprint.in_clear.get(secret) if value is None else value

    return ask


class Secrets:
    """The secrets of one generation. Values go from their source to Podman's store through a pipe, and nowhere else."""

    def __init__(self, podman: Podman, names: Names, generation: str, ask: Ask) -> None:
        self._podman = podman
        self._names = names
        self._generation = generation
        self._ask = ask
        self._values: dict[SecretKey, str] = {}
        self._stored: set[str] = set()

    @property
    def values(self) -> tuple[str, ...]:
        """The values that were asked for: what messages must not repeat."""
        return tuple(self._values.values())

    def value(self, secret: SecretKey) -> str:
        """Return one value.

        Raises:
            RefusedError: `podman.secret-missing`.
        """
        if secret not in self._values:
            value = self._ask(secret)
            if value is None:
                raise RefusedError(
                    f"secret {secret.name} has no source for {secret.key}",
                    code="podman.secret-missing",
                    hint=f"Add `secrets: {{{secret.name}: {{{secret.key}: …}}}}` to the environment.",
                )
            self._values[secret] = value
        return self._values[secret]

    def store(self, secret: SecretKey) -> str:
        """Put one value into Podman's store; return the name it has there."""
        return self._put(key_text(secret), self.value(secret))

    def store_variable(self, variable: Variable) -> str:
        """Put a variable's value, made of text and secrets, into Podman's store; return its name there."""
        parts = [p if isinstance(p, str) else self.value(p) for p in variable.parts]
        return self._put(variable_text(variable), "".join(parts))

    def _put(self, what: str, value: str) -> str:
        name = self._names.secret(self._generation, what)
        if name in self._stored:
            return name
        crashpoint("podman.secret.create.before")
        # Replaced rather than kept: a secret that was rotated must not stay as it was in a generation that is staged again.
        self._podman.attempt("secret", "rm", name)
        done = self._podman.attempt("secret", "create", *labelled(self._names.labels), name, "-", stdin=value.encode())
        crashpoint("podman.secret.create.after")
        if done.returncode != 0:
            raise failure(done, self.values)
        self._stored.add(name)
        return name


def variable_text(variable: Variable) -> str:
    """Return what the name of a variable's value in the store is made of: as `key_text`, for text and secrets in a row."""
    return "\0" + "\0".join(p if isinstance(p, str) else f"\1{key_text(p)}" for p in variable.parts)


def remove_secrets(podman: Podman, names: Names, keep: str) -> None:
    """Remove the secrets of every generation of an environment but one."""
    prefix, kept = f"{names.prefix}-", f"{names.prefix}-{keep}-"
    stored = podman.run("secret", "ls", "--format", "{{.Name}}").split()
    doomed = [n for n in stored if _is_ours(n, prefix) and not (keep and n.startswith(kept))]
    if doomed:
        podman.attempt("secret", "rm", *doomed)


def _is_ours(name: str, prefix: str) -> bool:
    """Secrets cannot be selected by label in Podman 4: the name says it, `<prefix>-<generation>-<hash>`."""
    generation, _, rest = name.removeprefix(prefix).partition("-")
    return name.startswith(prefix) and len(rest) == 16 and "-" not in rest and bool(generation)
