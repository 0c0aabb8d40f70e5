"""trust_identity and trust_feature."""

from __future__ import annotations

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.features import NAMES, Features, parents
from trustctl.lab.windows.module import Args, RefusedError, Result, handler
from trustctl.lab.windows.parts import System

SERVICING = "servicing"
_PLACES = (SERVICING, "file_rename", "windows_update")


@handler("trust_identity")
def trust_identity(host: Machine, args: Args, check: bool) -> Result:
    """Which machine it is."""
    if args.text("operation") == "set":
        raise RefusedError("What a server is cannot be set: trust_identity only reads.")
    system, spec = host.part(System), host.spec
    build = spec.build.partition(".")[0]
    waits = ["computer_name"] if system.waiting_name or system.waiting_domain is not None else []
    value = {
        "uuid": spec.uuid,
        "hostname": system.name,
        "domain": system.domain,
        "os": spec.caption,
        "version": f"10.0.{build}",
        "edition": spec.edition,
        "powershell": f"5.1.{spec.build}",
        "memory_bytes": spec.memory_bytes,
        "processors": spec.processors,
        "pending_restart": sorted([*waits, *(one for one in _PLACES if one in host.pending)]),
        "last_boot": host.last_boot.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return {"changed": False, "value": value}


def _along(mine: Features, name: str, args: Args) -> dict[str, list[str]]:
    """What the dry run of Windows would say of a change: that of a feature without files is not asked for."""
    wanted = args.flag("installed")
    if wanted is None or wanted == (name in mine.installed) or name in mine.sourceless:
        return {}
    along = sorted((mine.coming(name) if wanted else mine.going(name)) - {name}, key=str.casefold)
    if wanted:
        return {"coming": along}
    return {"going": along, "below": [one for one in along if name in parents(one)]}


@handler("trust_feature")
def trust_feature(host: Machine, args: Args, check: bool) -> Result:
    """A role or feature. Windows says that a restart must follow; nothing restarts by itself."""
    name, mine = args.text("name"), host.part(Features)
    if "Server" not in host.spec.caption:
        raise RefusedError("This Windows has no Get-WindowsFeature: roles and features are those of Windows Server.")
    if args.text("operation") == "read":
        found = NAMES.get(name.casefold())
        value = None if found is None else {"installed": found in mine.installed}
        facts = {} if found is None else {"removed": found in mine.sourceless, **_along(mine, found, args)}
        return {"changed": False, "value": value, "facts": facts}
    restart = mine.install(name) if args.flag("installed") else mine.remove(name)
    if restart:
        host.need_restart(SERVICING)
    return {"changed": True, "reboot_required": restart}
