"""Live drift: what runs against what Git says, as a pure comparison over (desired, live, ownership).

Belongs here: which differences count, whose they are, and readers that turn a system's own record of ownership into claims. Never
here: asking a system anything; a target's adapter does, and hands in two sides of one shape (`model.observation`).
"""
