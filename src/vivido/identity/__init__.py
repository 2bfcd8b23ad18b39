"""Who acts: proofs of identity by keys.

Belongs here: finding a person's key, telling whose it is. Never here: what the person may do.
"""
