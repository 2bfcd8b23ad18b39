"""The contract between a release and an environment: what its objects need, and what is there.

Belongs here: pure functions over rendered objects and what the file declares. Never here: where objects come from, what is done
about a gap, texts for terminals.
"""
