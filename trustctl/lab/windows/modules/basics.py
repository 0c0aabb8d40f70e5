"""win_ping, win_hostname, win_timezone (ansible.windows 3.3.0)."""

from __future__ import annotations

from pathlib import Path

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.module import Args, RefusedError, Result, handler
from trustctl.lab.windows.parts import System, check_name

_TIME_ZONES = Path(__file__).parent.parent / "data" / "time-zones.txt"
"""What `tzutil /l` names: "Default time zones" (learn.microsoft.com, windows-hardware/manufacture)."""


@handler("ansible.windows.win_ping")
def win_ping(host: Machine, args: Args, check: bool) -> Result:
    """Answer."""
    if args.text("data") == "crash":
        raise RefusedError("boom")
    return {"changed": False, "ping": args.text("data")}


@handler("ansible.windows.win_hostname")
def win_hostname(host: Machine, args: Args, check: bool) -> Result:
    """Rename the computer; the name is in force after a restart.

    Win32_ComputerSystem.DNSHostName is the old name until then (unverified), so that a second run before the restart
    changes again.
    """
    system, name = host.part(System), args.text("name")
    result: Result = {
        "changed": False,
        "old_name": system.name,
        "reboot_required": False,
        "diff": {"before": system.name, "after": name},
    }
    if name.casefold() == system.name.casefold():
        return result
    try:
        check_name(name, system.name)
    except RefusedError as error:
        raise RefusedError(f"Failed to rename computer to '{name}': {error.message}", **result) from None
    if not check:
        system.waiting_name = name
        host.need_restart("the computer's new name")
    return {**result, "changed": True, "reboot_required": True}


@handler("ansible.windows.win_timezone")
def win_timezone(host: Machine, args: Args, check: bool) -> Result:
    """Set the time zone, by its name for tzutil."""
    system, wanted = host.part(System), args.text("timezone")
    before = system.timezone
    result: Result = {
        "changed": False,
        "previous_timezone": before,
        "timezone": wanted,
        "diff": {"before": f"{before}\n", "after": f"{wanted}\n"},
    }
    if before.casefold() == wanted.casefold():
        return result
    known = {name.casefold(): name for name in _TIME_ZONES.read_text(encoding="ascii").splitlines()}
    plain = wanted.removesuffix("_dstoff").casefold()
    if plain not in known:
        raise RefusedError(f"The specified timezone: {wanted} isn't supported on the machine.", **result)
    if not check:
        system.timezone = wanted.replace(wanted.removesuffix("_dstoff"), known[plain])
    return {**result, "changed": True}
