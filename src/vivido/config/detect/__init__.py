"""What a repository without `vivido.yaml` already says: contexts, manifests, environments; and a file proposed from it.

Belongs here: guesses, each said openly in the proposal. Never here: running anything, or reading outside the repository.
"""
