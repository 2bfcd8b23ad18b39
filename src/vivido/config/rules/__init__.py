"""What no schema can say: order, references, people, images, addresses, paths, each a file.

Every rule reads the tree as far as it has the right shape and notes what it finds; none stops another. Never here: anything
about a kind's own options beyond what its struct declares.
"""
