"""Who a Windows host says that it is, from what `trust_identity` reads."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trustctl.engines.protocol import Identity
from trustctl.windows.values import Value

_SERVER = re.compile(r"Windows Server (\d{4})")


def identity_of(facts: Mapping[str, Value]) -> Identity:
    """The machine's own id stands for a serial number: it stays when Windows is named or joined anew."""
    caption = str(facts.get("os") or "")
    return Identity(
        serial=str(facts.get("uuid") or "").upper(),
        model=model_of(caption),
        version=f"{caption} {facts.get('version') or ''}".strip(),
        hostname=str(facts.get("hostname") or ""),
        uptime=str(facts.get("last_boot") or ""),
    )


def model_of(caption: str) -> str:
    """What the inventory calls a system.

    Before: `Microsoft Windows Server 2022 Standard`.  After: `windows-server-2022`; any other caption as it is.
    """
    hit = _SERVER.search(caption)
    return f"windows-server-{hit[1]}" if hit is not None else caption
