"""Editing YAML by splices: one changed value changes its own bytes and no others."""
