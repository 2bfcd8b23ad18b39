"""`vivido init`: a working vivido.yaml for this repository."""

from pathlib import Path

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit, say
from vivido.errors import Exit


def init(
    *,
    project: str = "",
    registry: str = "",
    overwrite: bool = False,
    dry_run: bool = False,
    common: Common = PLAIN,
) -> int:
    """Look at this repository and write a commented vivido.yaml that works.

    It finds Containerfiles, manifests, Kustomize overlays, Helm charts, Terraform root modules, and branches that are called like
    environments, with the files in which these differ by design. Writes the JSON Schema for editors beside it.

    Args:
        project: The project's name; without it, the directory's.
        registry: Prefix of the images, such as registry.example.com/shop.
        overwrite: Replace the file that is there.
        dry_run: Print the file, write nothing.
        common: Flags of every command.
    """
    from vivido.app.beginning import begin

    made = begin(Path.cwd(), project=project, registry=registry, overwrite=overwrite, dry_run=dry_run)
    told = made.text.rstrip() if dry_run else f"wrote {' and '.join(made.files)}"
    emit(made, common.output, lambda: told, made.files, whole=dry_run)
    say(f"services: {', '.join(made.services) or 'none found'}; environments: {', '.join(made.environments)}")
    for note in made.notes:
        say(f"note: {note}")
    if dry_run:
        say("nothing was written; without --dry-run it would be")
    else:
        say("next: read it, then: vivido config check, vivido doctor; where something runs already: vivido import")
    return Exit.OK
