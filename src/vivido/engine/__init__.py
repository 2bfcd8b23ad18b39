"""The workflow's heart: `decide(state, event) -> commands`, pure; the ports of journal and executors; the runner.

Belongs here: what happens next and who may hold the pen (leases). Never here: Git, registries, containers, SQL.
"""
