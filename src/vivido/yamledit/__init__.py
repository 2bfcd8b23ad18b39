"""Reading YAML with positions, and editing it by splices: one changed value changes its own bytes and no others.

Belongs here: nodes and where they stand, what a scalar means to Kubernetes, quoting, edits. Never here: what the values mean to
Vivido; this room could be a library of its own.
"""
