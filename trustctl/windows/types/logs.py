"""Event logs of a Windows server."""

from __future__ import annotations

from collections.abc import Sequence

from trustctl.windows.powershell import literal
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import Difference, Facts, ResourceType, register
from trustctl.windows.values import Values

MODES = ("overwrite", "archive", "keep")
STEP, SMALLEST = 65536, 1048576
"""Bytes: a log's size is a multiple of the one and at least the other (learn.microsoft.com, "wevtutil", /ms)."""
_WORDS = {"overwrite": "/rt:false /ab:false", "archive": "/rt:true /ab:true", "keep": "/rt:true /ab:false"}
"""Retention and automatic backup (learn.microsoft.com, "wevtutil", set-log)."""


def _cmdlets(name: str, found: Difference) -> Sequence[str]:
    after, changed = found.after or {}, found.names or tuple(found.after or {})
    said = (
        f"/ms:{after['max_bytes']}" if "max_bytes" in changed else "",
        _WORDS[str(after["mode"])] if "mode" in changed else "",
        f"/e:{str(after['enabled']).lower()}" if "enabled" in changed else "",
    )
    return (" ".join(("wevtutil.exe set-log", literal(name), *(each for each in said if each))),)


def _refuse(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    size = (want or {}).get("max_bytes")
    if isinstance(size, int) and (size < SMALLEST or size % STEP):
        return (f"max_bytes is {size}; Windows keeps a multiple of {STEP} of at least {SMALLEST}. Round it up",)
    if (want or {}).get("enabled") is False and facts.get("classic"):
        return ("it is a classic log, which Windows always writes. Leave enabled out",)
    return ()


EVENT_LOG = ResourceType(
    module="trust_event_log",
    title="event log",
    properties=(
        Property("max_bytes", Kind.NUMBER),
        Property("mode", choices=MODES),
        Property("enabled", Kind.FLAG),
    ),
    cmdlets=_cmdlets,
    refuse=_refuse,
)

register(EVENT_LOG)
