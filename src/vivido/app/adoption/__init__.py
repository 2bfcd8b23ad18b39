"""Declaring in Git what somebody changed by hand: the emergency path, by a person, with a reason and an owner.

The commit is a person's, like any edit of the configuration. It changes nothing that runs: the release that includes it goes
through the environment's gates as every other, and until then the change stays a debt. What a manifest cannot say is said and left.
"""
