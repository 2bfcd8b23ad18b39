"""Findings of parity for people and for programs: a table, SARIF, JUnit XML, Markdown.

Belongs here: how findings look. Never here: which there are.
"""
