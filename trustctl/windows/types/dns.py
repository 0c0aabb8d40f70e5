"""Zones of a Windows DNS server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trustctl.windows.powershell import command
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import Difference, Facts, ResourceType, register
from trustctl.windows.values import Value, Values

_IN_FILE = "none"


def _refused(want: Values | None, have: Values | None, facts: Facts) -> Iterator[str]:
    if want is None:
        return
    kind = str((have or want).get("type", ""))
    replication, now = want.get("replication"), (have or {}).get("replication")
    if have is None and not kind:
        yield "a new zone needs its type: primary or forwarder"
    if (have is None and replication is None) or replication in {_IN_FILE, "custom"}:
        yield "a zone is held in Active Directory. Say replication: forest, domain or legacy"
    elif now == _IN_FILE and replication is not None:
        yield "the zone lies in a file of this server. Move it into Active Directory by hand"
    if kind == "forwarder":
        yield from _forwarder(want, have)
    elif want.get("masters"):
        yield f"a {kind} zone has no masters. Leave them out"
    if have is None and facts.get("hidden"):
        yield (
            f"the zone {facts.get('parent')} holds {facts['hidden']} records of names in {facts.get('name')}, "
            f"which the new zone would hide. Put the school's records there, or move those first"
        )


def _forwarder(want: Values, have: Values | None) -> Iterator[str]:
    if not want.get("masters") and (have is None or "masters" in want):
        yield "a forwarder needs the servers that it asks: masters"
    for name in ("dynamic_update", "aging"):
        if name in want:
            yield f"a forwarder has no {name}. Leave it out"


def _cmdlets(name: str, found: Difference) -> Sequence[str]:
    before, after = found.before or {}, found.after or {}
    changed: dict[str, Value] = {one: after[one] for one in after if after[one] != before.get(one)}
    primary = after.get("type") == "primary"
    noun = "PrimaryZone" if primary else "ConditionalForwarderZone"
    replication, masters, update = (changed.get(one) for one in ("replication", "masters", "dynamic_update"))
    if found.before is None:
        given = {"Name": name, "MasterServers": masters, "ReplicationScope": replication, "DynamicUpdate": update}
        lines = [command(f"Add-DnsServer{noun}", given)]
    else:
        settings = (("ReplicationScope", replication), ("DynamicUpdate", update), ("MasterServers", masters))
        lines = [
            command(f"Set-DnsServer{noun}", {"Name": name, key: value}) for key, value in settings if value is not None
        ]
    if "aging" in changed:
        lines.append(command("Set-DnsServerZoneAging", {"Name": name, "Aging": changed["aging"]}))
    return lines


ZONE = ResourceType(
    "trust_dns_zone",
    "DNS zone",
    (
        Property("type", Kind.NAME, fixed=True, choices=("primary", "forwarder")),
        Property("replication", Kind.NAME, choices=("forest", "domain", "legacy", "custom", "none")),
        Property("dynamic_update", Kind.NAME, choices=("secure", "none", "nonsecureandsecure")),
        Property("aging", Kind.FLAG),
        Property("masters", Kind.LIST),
    ),
    _cmdlets,
    refuse=lambda want, have, facts: tuple(_refused(want, have, facts)),
)

register(ZONE)
