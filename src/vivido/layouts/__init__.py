"""How configuration is kept in Git: where an environment's files are and which edit promotes a release.

Belongs here: finding files and deriving edits from file contents, as pure functions over a tree. Never here: commits and pushes.
"""
