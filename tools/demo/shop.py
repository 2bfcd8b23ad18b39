"""What the shop of `examples/shop` is made of."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
"""Vivido's checkout."""
EXAMPLE = PROJECT / "examples" / "shop"
SERVICES = ("web", "api")
ENVIRONMENTS = ("dev", "staging", "production")
