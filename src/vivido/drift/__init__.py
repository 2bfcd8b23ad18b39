"""Differences by meaning: between two renderings, between environments, between Git and what runs.

Belongs here: what makes two objects the same object and two values the same value, and whether a difference may be
(`drift.parity`), as pure functions over plain data. Never here: how either side was obtained, texts for terminals.
"""
