"""`vivido completion`: commands and flags at the press of a key."""

import sys
from typing import Literal

from vivido.errors import Exit


def completion(shell: Literal["bash", "zsh", "fish"], /) -> int:
    """Print a script that completes commands and flags in your shell. It changes no file.

    bash: `vivido completion bash > ~/.local/share/bash-completion/completions/vivido`; zsh and fish have such a place too.

    Args:
        shell: Which.
    """
    from vivido.cli.app import build_app

    sys.stdout.write(build_app().generate_completion(shell=shell))
    return Exit.OK
