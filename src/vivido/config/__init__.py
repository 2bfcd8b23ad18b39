"""vivido.yaml: find it, load it, say everything that is wrong with it at once, describe it by a JSON Schema.

Belongs here: positions, diagnostics, defaults. Never here: the meaning of a kind's options; kinds are handed in.
"""
