"""The lab: the simulated outside world, with real SSH, the behaviour of real switches, and faults on demand.

It shares no code with what it judges: it knows nothing of plans, rulebooks, templates or inventories.
"""
