"""The demo: a workspace in `.demo`, real parts, and the story of four releases. `make demo`, `make demo-clean`.

It drives the `vivido` command as a user would, and checks what it shows by other means: HTTP, Git, the registry, Podman.
"""
