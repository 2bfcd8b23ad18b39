"""Environment against environment: what each of them is, the rules in force, and what is made of the findings.

Belongs here: rendering both sides, reading rules, tracing findings to files and commits, audits. Never here: what a rule means
(`drift.parity`), how findings are printed.
"""
