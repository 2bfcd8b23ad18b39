"""The conditions of a promotion: one `interface.py`, a file per kind.

Belongs here: looking (`observe`, the only I/O) and judging (`judge`, pure). Never here: what follows from a judgment; that
is the engine's, and who may give an approval is decided in `app`.
"""
