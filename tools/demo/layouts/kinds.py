"""The list of them."""

from demo.layouts import branches, directories, repositories

KINDS = {"directories": directories.LAYOUT, "branches": branches.LAYOUT, "repositories": repositories.LAYOUT}
"""What `vivido.yaml` calls it → the layout's part in the story."""
