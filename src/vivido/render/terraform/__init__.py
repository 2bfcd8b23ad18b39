"""Terraform root modules: read as they are written, with the values of their variables; no program is run.

Belongs here: HCL with positions, the order in which variables get their values, what can be told of a state and of a plan. Never
here: which service an image is, edits.
"""
