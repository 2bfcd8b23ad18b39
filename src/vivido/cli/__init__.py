"""What people touch: commands, tables, prompts, exit codes.

Belongs here: reading flags, calling one operation of `app`, printing its result. Never here: a rule, a permission, a file format.
"""
