"""The pages of `docs/reference/`, made from the code: `PYTHONPATH=tools python -m reference`.

What the code says (docstrings, the schema, names) is read out of it; what a name means and no code says stands beside it in a
table, and a name without a meaning, or a meaning without its name, is an error here: a page is right, or this says what to write.
"""
