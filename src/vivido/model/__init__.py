"""Frozen structs of the domain and the rules among them.

Belongs here: what a release, a plan, a gate's outcome, an event *is*; identities, hashes and rules that follow from the
values alone. Never here: files, processes, networks, databases, clocks, randomness, texts for terminals.
"""
