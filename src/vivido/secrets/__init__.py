"""Values that never leave memory: one file per source.

Belongs here: reading a value from a file, a variable, a command. Never here: writing one anywhere.
"""
