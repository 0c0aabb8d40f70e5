"""The shape of `templates/<platform>/identify.yml`: the signs by which a platform is told from others."""

from __future__ import annotations

from re import Pattern

from trustctl.platforms.data import Data


class Probe(Data):
    """A command that every privilege level may give, and what only this platform answers."""

    send: str
    pattern: Pattern[str]
    unless: Pattern[str] | None = None
    """Found in the answer of a relative that `pattern` fits too."""
    model: Pattern[str] | None = None
    """The first group that is not empty: the model."""


class Identify(Data):
    """`templates/<platform>/identify.yml`: how the platform is told from others.

    The signs that cost nothing only decide which probe is sent first.
    """

    ssh: Pattern[str] | None = None
    """Searched in the SSH server's software name, `Cisco-1.25`."""
    banner: Pattern[str] | None = None
    greeting: Pattern[str] | None = None
    """Printed between sign-in and prompt by this platform alone: enough where its probes tell nothing."""
    probes: tuple[Probe, ...]
    """Tried in order, at most three on one device."""
