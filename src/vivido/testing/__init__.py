"""Real servers, fakes and tools for Vivido's tests and those of its users.

Stands on top of everything; shipped code never imports it.
"""
