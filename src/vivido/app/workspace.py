"""What every operation stands on: one project with its state, its repository, its registries and its targets.

Each part is opened when it is first used, so that reading the state costs neither a registry client nor a Git library.
"""

import os
import secrets as randomness
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from vivido.app.below import below
from vivido.app.places import cache_directory, state_directory, state_url
from vivido.engine.owner import is_gone, this_owner
from vivido.engine.runner import Listener, Runner
from vivido.errors import InputError, NotFoundError, ToolError
from vivido.model.canonical import fingerprint
from vivido.model.project import Environment, Project
from vivido.store.database import Database
from vivido.store.journal import SqlJournal
from vivido.store.leases import SqlLeases
from vivido.store.records import Records
from vivido.store.schema import migrate
from vivido.text.nearest import nearest
from vivido.time.clock import Now, system_now

if TYPE_CHECKING:
    from vivido.app.found import Ownership
    from vivido.app.kinds import Installed
    from vivido.app.repositories import Repositories
    from vivido.app.repository import ConfigurationRepository
    from vivido.engine.driver import Driver
    from vivido.layouts.interface import Owns
    from vivido.registry.client import Client
    from vivido.store.cache import ContentCache
    from vivido.targets.interface import Target, TargetContext


class Workspace:
    """One project, opened.

    Args:
        project: The checked configuration.
        kinds: The kinds of this installation; they are looked for when they are first needed where None are given.
        now: Where the time comes from.
        token: Returns a fresh random text of hexadecimal characters, for ids.
        environ: The process's variables, handed to targets.
        listener: Whom to tell what happens, for live progress.
    """

    def __init__(
        self,
        project: Project,
        kinds: "Installed | None" = None,
        *,
        now: Now = system_now,
        token: Callable[[], str] = lambda: randomness.token_hex(5),
        environ: Mapping[str, str] | None = None,
        listener: Listener | None = None,
    ) -> None:
        self.project = project
        self._kinds = kinds
        self.now = now
        self.token = token
        self.environ = dict(os.environ) if environ is None else environ
        self.listener = listener or Listener()
        self._placed: dict[str, Project] = {}
        self._declared: dict[int, str] = {}
        self.ownerships: dict[tuple[str, str, str], Ownership] = {}
        """What `found.ownership` has found out: it depends on commits, which do not change."""
        self.files: dict[bytes, Project | None] = {}
        """What `vivido.yaml` says with a content that it had, as far as it was asked; None where that cannot be read any more."""

    @property
    def kinds(self) -> "Installed":
        """The kinds of this installation."""
        if self._kinds is None:
            from vivido.app.kinds import installed

            self._kinds = installed()
        return self._kinds

    @cached_property
    def state(self) -> Path:
        """Directory of this project's state on this machine; made where it is missing, for this user only."""
        path = state_directory(self.project)
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as e:
            raise ToolError(
                f"the state's directory {path} cannot be made: {e.strerror}",
                code="state.directory",
                hint="Name another one with VIVIDO_STATE.",
            ) from e
        return path

    @cached_property
    def database(self) -> Database:
        """The state's database, its tables brought to this version's form."""
        _ = self.state
        database = Database(state_url(self.project))
        migrate(database)
        return database

    @cached_property
    def journal(self) -> SqlJournal:
        """The ledger of promotions."""
        return SqlJournal(self.database)

    @cached_property
    def leases(self) -> SqlLeases:
        """Who drives which environment."""
        return SqlLeases(self.database)

    @cached_property
    def records(self) -> Records:
        """Releases, deployed truths, pins."""
        return Records(self.database, self.project.name)

    @cached_property
    def _repositories(self) -> "Repositories":
        from vivido.app.repositories import Repositories

        return Repositories(self.project, cache_directory() / "git")

    @cached_property
    def renderings(self) -> "ContentCache":
        """What was rendered before, on this machine, by the content of everything it depends on."""
        from vivido.store.cache import ContentCache

        return ContentCache(cache_directory() / "renderings.db")

    def repository(self, environment: Environment) -> "ConfigurationRepository":
        """Return the repository, at its branch, that holds an environment's configuration."""
        from vivido.layouts.kinds import layout_of

        return self._repositories.of(layout_of(self.project).configuration(self.project, environment))

    def is_here(self, environment: Environment) -> bool:
        """Say whether an environment's configuration is beside `vivido.yaml`, so that it can be read before it is committed."""
        from vivido.layouts.kinds import layout_of

        return layout_of(self.project).configuration(self.project, environment).repository in ("", ".")

    def prefix(self, environment: Environment) -> str:
        """Return the directory of `vivido.yaml` in the repository of an environment's configuration; empty for its top.

        What the file names is relative to itself. Where it lies in another repository, paths are from that one's top.
        """
        return self.repository(environment).path_of(Path(self.project.root))

    def owns(self, environment: Environment) -> "Owns | None":
        """Return which files of its repository belong to an environment; None where its layout merges nothing."""
        from vivido.layouts.kinds import layout_of

        said = layout_of(self.project).owns(self.project, environment)
        return said if said is None else self._below_prefix(environment, said)

    def hydrated(self, environment: Environment) -> "Owns":
        """Return which files of its repository are rendered objects that promotions wrote, its own or others'."""
        from vivido.layouts.own import hydrated, owner

        return self._below_prefix(environment, owner(hydrated(self.project)))

    def _below_prefix(self, environment: Environment, said: "Owns") -> "Owns":
        prefix = self.prefix(environment)
        below = f"{prefix}/"
        return (lambda path: path.startswith(below) and said(path.removeprefix(below))) if prefix else said

    def placed(self, environment: Environment) -> Project:
        """Return the project with its services' directories as paths of the repository of an environment's configuration."""
        if environment.name not in self._placed:
            self._placed[environment.name] = below(self.prefix(environment), self.project)
        return self._placed[environment.name]

    def declared_for(self, environment: Environment) -> str:
        """Return a hash of all that the project declares, with its services' directories as `placed` has them."""
        found = self.placed(environment)
        if id(found) not in self._declared:
            self._declared[id(found)] = fingerprint(found)
        return self._declared[id(found)]

    @cached_property
    def registry(self) -> "Client":
        """The client of the registries."""
        from vivido.registry.client import Client
        from vivido.registry.options import Options

        options = self.project.registries
        ca = Path(self.project.root) / options.ca if options.ca else None
        return Client(Options(plain_http=frozenset(options.plain_http), ca_file=ca))

    @cached_property
    def engine(self) -> "Driver":
        """What hosts promotions: the embedded engine with this installation's executors."""
        from vivido.app.engine import EmbeddedDriver
        from vivido.app.executors import executors

        runner = Runner(
            self.project.name,
            self.journal,
            self.leases,
            executors(self),
            owner=this_owner(),
            now=self.now,
            gone=is_gone,
            listener=self.listener,
        )
        return EmbeddedDriver(self.journal, runner, self.now)

    def driver(self, environment: str) -> str:
        """Return who drives an environment now, as `host:pid:start`; empty where nobody does, or a dead process did."""
        holder = self.leases.holder(self.project.name, environment, self.now())
        return "" if holder and is_gone(holder) else holder

    def environment(self, name: str) -> Environment:
        """Return an environment by name.

        Raises:
            NotFoundError: `environment.unknown`.
        """
        found = self.project.environment(name)
        if found is None:
            names = [e.name for e in self.project.environments]
            meant = nearest(name, names)
            hint = f"There are: {', '.join(names)}." + (f" Did you mean {meant}?" if meant else "")
            raise NotFoundError(f"there is no environment “{name}”", code="environment.unknown", hint=hint)
        return found

    def target(self, environment: Environment, progress: Callable[[str], None] = lambda line: None) -> "Target":
        """Open an environment's target. Its secrets are loaded only when the target asks for one."""
        from vivido.app.kinds import options_of

        kind = self.kinds.target(environment.target.kind)
        options = options_of(kind, environment.target.options)
        return kind.open(options, self.target_context(environment, progress), environment.name, self.environ)

    def target_context(
        self, environment: Environment, progress: Callable[[str], None] = lambda line: None
    ) -> "TargetContext":
        """Return what a target of this environment is given."""
        from vivido.secrets.resolve import resolve
        from vivido.targets.interface import TargetContext

        def secret(name: str, key: str) -> str | None:
            source = environment.secrets.get(name, {}).get(key)
            return None if source is None else resolve(source, Path(self.project.root))

        state = self.state / "environments" / environment.name
        state.mkdir(parents=True, exist_ok=True)
        return TargetContext(
            project=self.project.name,
            root=self.project.root,
            state=str(state),
            plain_http=self.project.registries.plain_http,
            secret=secret,
            secret_keys=lambda name: tuple(environment.secrets.get(name, {})),
            progress=progress,
            now=self.now,
        )

    def close(self) -> None:
        """Give back connections."""
        if "database" in self.__dict__:
            self.database.close()
        if "renderings" in self.__dict__:
            self.renderings.close()


def open_workspace(start: Path, file: Path | None = None, *, listener: Listener | None = None) -> Workspace:
    """Find and load `vivido.yaml` and open its project.

    Args:
        start: Directory from which the file is looked for, upwards.
        file: The file itself, where it is named.
        listener: Whom to tell what happens.

    Raises:
        NotFoundError: There is no file.
        ConfigError: The file has mistakes; all are listed.
    """
    from vivido.app.loading import load
    from vivido.config.find import find

    path = file if file is not None else find(start)
    if not path.is_file():
        raise InputError(f"{path} is no file", code="config.missing", hint="Name vivido.yaml itself.")
    return Workspace(load(path, system_now), listener=listener)
