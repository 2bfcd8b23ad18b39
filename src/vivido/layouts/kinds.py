"""The kinds of layouts there are, by the name that `layout:` gives them."""

from vivido.layouts import directories
from vivido.layouts.interface import Layout

KINDS: dict[str, Layout] = {"directories": directories}
