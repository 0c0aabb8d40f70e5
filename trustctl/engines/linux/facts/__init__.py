"""What a host has, read by pyinfra facts: one script for everything that is asked, one round trip.

pyinfra's own facts take a round trip for each path and read whole lists of packages. `observed` here reads all the
resources of a description at once; each kind's script and its reading stand in a file of their own.
"""

from __future__ import annotations

from trustctl.engines.linux.facts.probe import observed

__all__ = ["observed"]
