r"""trust_local_group: members as the baseline writes them, `.\name` for an account of the server itself."""

from __future__ import annotations

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.module import Args, RefusedError, Result, handler
from trustctl.lab.windows.parts import Accounts, System

_EVERYWHERE = (
    r"NT AUTHORITY\NETWORK SERVICE",
    r"NT AUTHORITY\SYSTEM",
    r"NT AUTHORITY\Authenticated Users",
    r"NT AUTHORITY\INTERACTIVE",
    r"NT SERVICE\WMSVC",
)
ADMINISTRATORS = "S-1-5-32-544"


@handler("trust_local_group")
def trust_local_group(host: Machine, args: Args, check: bool) -> Result:
    """The members of a group; it is made if it is not there."""
    accounts, name = host.part(Accounts), args.text("name")
    group = accounts.groups.get(name.casefold())
    if args.text("operation") == "read":
        members = sorted((_written(host, one) for one in group.members), key=str.casefold) if group else []
        facts = {
            "administrators": bool(group and group.sid == ADMINISTRATORS),
            "account": f".\\{host.spec.user}",
            "account_groups": sorted(one.name for one in accounts.groups_of(host.spec.user)),
        }
        value = {"members": members, "ensured": list(members)} if group else None
        return {"changed": False, "value": value, "facts": facts}
    wanted = args.listed("members")
    if wanted is None:
        wanted = args.listed("ensured")
    shall = [_known(host, str(one)) for one in wanted or () if one]
    group = group or accounts.add_group(name)
    if wanted is not None:
        has = {one.casefold(): one for one in group.members}
        group.members = [has.get(one.casefold(), one) for one in dict.fromkeys(shall)]
    return {"changed": True}


def _written(host: Machine, member: str) -> str:
    r"""A member as the baseline writes it.   Before: `OAK-HV-01\Administrator`.   After: `.\Administrator`."""
    domain, _, name = member.rpartition("\\")
    mine = {host.part(Accounts).host.casefold(), host.part(System).name.casefold()}
    return f".\\{name}" if domain.casefold() in mine else member


def _known(host: Machine, member: str) -> str:
    """A member as Windows shows it. Raises RefusedError for one that nobody knows."""
    accounts = host.part(Accounts)
    domain, _, name = member.rpartition("\\")
    if member.upper().startswith("S-1-"):
        return member
    if domain in {"", "."} or domain.casefold() == accounts.host.casefold():
        local = accounts.users.get(name.casefold()) or accounts.groups.get(name.casefold())
        if local:
            return accounts.shown(local.name)
    known = next((one for one in _EVERYWHERE if one.casefold() == member.casefold()), None)
    directory = host.world.directory(host.spec.directory.domain if host.spec.directory else host.part(System).domain)
    if directory and domain.casefold() in {directory.spec.netbios.casefold(), directory.spec.domain.casefold()}:
        entry = directory.identify(name)
        if entry is not None:
            known = f"{directory.spec.netbios}\\{entry.attributes.get('samaccountname', entry.name)}"
    if known is None:
        raise RefusedError(f"Windows knows no account or group {member}.")
    return known
