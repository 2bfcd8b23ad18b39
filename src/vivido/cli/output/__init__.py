"""How results are printed: text in 80 columns for people, JSON, YAML and names for programs.

Belongs here: turning the results of `app` into text. Never here: what is true of them.
"""
