"""Moving a project from one layout to another without changing one rendered object.

Belongs here: what would be committed where, the proof, and writing it. Never here: where a service's files go (`layouts.moves`).
"""
