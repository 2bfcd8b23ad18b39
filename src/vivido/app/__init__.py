"""Use cases: one operation each, and the one place where permission is checked.

Belongs here: putting the parts together, registering the executors with the engine. Never here: printing, parsing of formats.
"""
