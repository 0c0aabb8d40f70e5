"""The lab: the simulated outside world, with real SSH and WinRM, the behaviour of real devices, and faults on demand.

It shares no code with what it judges: it knows nothing of plans, rulebooks, templates or inventories.
"""
