"""The kinds of layouts there are, by the name that `layout:` gives them."""

from collections.abc import Callable

from vivido.layouts.directories import Directories
from vivido.layouts.interface import Layout

KINDS: dict[str, Callable[[], Layout]] = {"directories": Directories}
