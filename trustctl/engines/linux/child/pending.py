"""The host's own rollback timer: whose it is and until when, as one piece of script that stands behind others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from trustctl.engines.linux.child.script import FOLDER, UNIT
from trustctl.errors import DeviceError

PENDING = f"""
(
[ -d {FOLDER} ] || {{ echo none; exit; }}
echo "owner $(cat {FOLDER}/owner) $(date +%s)"
echo "by $(cat {FOLDER}/claimed/by 2>/dev/null)"
echo "state $(systemctl is-active {UNIT}.timer 2>/dev/null) $(cat {FOLDER}/at 2>/dev/null)"
)
"""

_SECONDS = re.compile(r"[0-9]{1,12}")


def pending(lines: Sequence[str], host: str) -> dict[str, Any]:
    """Return whose rollback is pending, and how many seconds are left by the host's own clock.

    Raises DeviceError if these lines do not say it.
    """
    said = {word: rest for word, _, rest in (line.partition(" ") for line in lines)}
    if "none" in said:
        return {"pending": False, "user": "", "left": None, "text": ""}
    if "owner" not in said:
        raise DeviceError(
            f"the host does not say whether a rollback is pending: {' '.join(lines)[-300:]}",
            where=host,
        )
    user, until, now = ([*said["owner"].split(), "", "0", "0"])[:3]
    if not (_SECONDS.fullmatch(until) and _SECONDS.fullmatch(now)):
        raise DeviceError(f"the host does not say until when a rollback is pending: {said['owner'][:100]}", where=host)
    left = int(until) - int(now)
    what = "is being put back" if said.get("by") == "restore" else f"is put back in {left} s"
    return {"pending": True, "user": user, "left": left, "text": f"what {user} changed {what}"}
