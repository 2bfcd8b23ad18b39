"""The only place that knows pygit2 and the git program.

Belongs here: mirrors, trees, commits, trailers, pushes with compare-and-swap. Never here: what an edit means.
"""
