"""What a device says it is, by the platform's patterns."""

from __future__ import annotations

from re import Pattern

from trustctl.engines.protocol import Identity
from trustctl.platforms.spec import IdentityReads


def parse_identity(text: str, reads: IdentityReads) -> Identity | None:
    """Return the identity in the output of the platform's version command, or None without a serial number."""
    serial = _first(text, reads.serial)
    if not serial:
        return None
    model = _first(text, reads.model)
    return Identity(
        serial=serial,
        model=reads.model_form.format(model) if model else "",
        version=_first(text, (reads.version,)),
        hostname=_first(text, (reads.hostname,)),
        uptime=_first(text, (reads.uptime,)),
        members=tuple(found[1] for found in reads.members.finditer(text)) if reads.members else (),
    )


def _first(text: str, patterns: tuple[Pattern[str], ...]) -> str:
    """The first group of the first pattern that hits, or an empty text."""
    hits = (pattern.search(text) for pattern in patterns)
    return next((hit[1].strip() for hit in hits if hit), "")
