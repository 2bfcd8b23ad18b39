"""The only place that knows SQL.

Belongs here: tables, queries, leases and the journal on SQLite and PostgreSQL. Never here: a decision.
"""
