"""What runs in an environment, beside what should: both sides in one shape, for the comparison in `drift.live`.

`wanted` (pure) says what Podman would show of a generation; `found` (pure) reads what it shows; `claims` (pure) says what Podman,
images and programs set by themselves; `look` asks.
"""
