"""The repositories that a project's file names."""

from pathlib import Path

from vivido.app.repository import ConfigurationRepository
from vivido.errors import NotFoundError
from vivido.git.mirror import Mirror
from vivido.git.worktree import origin_url, toplevel
from vivido.model.project import Configuration, Project


class Repositories:
    """The repositories that a project's file names, each opened once, and the one that holds the file.

    Args:
        project: The project.
        cache: Directory of the mirrors.
    """

    def __init__(self, project: Project, cache: Path) -> None:
        self._root = Path(project.root)
        self._cache = cache
        self._home = _home(self._root)
        self._mirrors: dict[tuple[str, str], Mirror] = {}
        self._opened: dict[Configuration, ConfigurationRepository] = {}

    def of(self, configuration: Configuration) -> ConfigurationRepository:
        """Return where a configuration is kept.

        Raises:
            NotFoundError: `git.no-repository`: the file is in no repository and names none.
        """
        if configuration not in self._opened:
            self._opened[configuration] = self._open(configuration)
        return self._opened[configuration]

    def _open(self, configuration: Configuration) -> ConfigurationRepository:
        own = "" if self._home is None else origin_url(self._home) or str(self._home)
        named = configuration.repository
        if named in ("", ".") and not own:
            raise NotFoundError(
                f"{self._root} is in no Git repository",
                code="git.no-repository",
                hint="Run `git init` there, or name the repository under `configuration:`.",
            )
        local = self._root / named
        address = own if named in ("", ".") else named
        if named not in ("", ".") and "://" not in named and local.is_dir():
            address = str(local.resolve())
        mirror = self._mirror(address, configuration.credentials)
        source = self._mirror(own, "") if own and own != address else mirror
        return ConfigurationRepository(mirror, configuration.branch, self._home, source)

    def _mirror(self, address: str, credentials: str) -> Mirror:
        return self._mirrors.setdefault((address, credentials), Mirror(address, self._cache, credentials=credentials))


def _home(root: Path) -> Path | None:
    try:
        return toplevel(root)
    except NotFoundError:
        return None
