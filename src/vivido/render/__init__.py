"""Turning configuration into Kubernetes objects: one file per tool.

Belongs here: running the tool on a directory, reading its objects, refusing secrets in clear. Never here: Git, targets.
"""
