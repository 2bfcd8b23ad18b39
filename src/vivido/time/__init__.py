"""Clocks and durations that know nothing of promotion."""
