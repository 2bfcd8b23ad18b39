"""Building an image once: checks, inputs, builders, tags, labels.

Belongs here: one file per builder, the hash of inputs, the search for what depends on an environment. Never here: promotion.
"""
