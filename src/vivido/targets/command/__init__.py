"""`command`: three shell commands of the user's (apply, check, current) are the target.

Vivido cannot see whether a command that died did its work, so `apply` runs **at least once**: after a crash it runs again with the
same `VIVIDO_PROMOTION` and `VIVIDO_GENERATION`, by which it can find what it did already (semantics §4).
"""
