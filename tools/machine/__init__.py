"""The set-up of a machine for the demo and the tests: standard library only, for nothing else is there yet.

Belongs here: what is installed, unpacked or built before anything of Vivido can run. Never: anything that a user of the
installed package needs.
"""
