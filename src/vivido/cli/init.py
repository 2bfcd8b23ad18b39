"""`vivido init`: a working vivido.yaml for this repository."""

from pathlib import Path

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit, say
from vivido.errors import Exit


def init(*, project: str = "", registry: str = "", overwrite: bool = False, common: Common = PLAIN) -> int:
    """Look at this repository and write a commented vivido.yaml that works.

    It finds Containerfiles, manifests, Kustomize overlays, Helm charts, Terraform root modules, and branches that are called like
    environments. Writes the JSON Schema for editors beside it.

    Args:
        project: The project's name; without it, the directory's.
        registry: Prefix of the images, such as registry.example.com/shop.
        overwrite: Replace the file that is there.
        common: Flags of every command.
    """
    from vivido.app.beginning import begin

    made = begin(Path.cwd(), project=project, registry=registry, overwrite=overwrite)
    emit(made, common.output, lambda: f"wrote {' and '.join(made.files)}", made.files)
    say(f"services: {', '.join(made.services) or 'none found'}; environments: {', '.join(made.environments)}")
    for note in made.notes:
        say(f"note: {note}")
    say("next: read it, then: vivido config check, vivido doctor; where something runs already: vivido import")
    return Exit.OK
