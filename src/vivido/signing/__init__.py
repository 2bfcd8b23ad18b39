"""Signatures over bytes: making and checking them.

Belongs here: SSH signatures by namespace. Never here: what is signed and who may.
"""
