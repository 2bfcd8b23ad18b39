"""Where environments run: one `interface.py`, a file (or folder) per kind.

Belongs here: bringing rendered objects to life, moving traffic, saying what runs. Never here: gates, Git, who may.
"""
