"""trust_dns_zone.

Pages: Add-DnsServerPrimaryZone, Set-DnsServerPrimaryZone, Add-DnsServerConditionalForwarderZone,
Set-DnsServerConditionalForwarderZone, Set-DnsServerZoneAging (windows-powershell-docs, dnsserver). The wording of what
is refused here is unverified.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.features import alive
from trustctl.lab.windows.module import Args, RefusedError, Result, handler
from trustctl.lab.windows.registry import DnsServer, Zone

_UPDATES = {"secure": "Secure", "none": "None", "nonsecureandsecure": "NonsecureAndSecure"}
_SCOPES = {"forest": "Forest", "domain": "Domain", "legacy": "Legacy"}


@handler("trust_dns_zone")
def trust_dns_zone(host: Machine, args: Args, check: bool) -> Result:
    """A zone that the server holds, or forwards, where its cmdlets are installed."""
    name, server = args.text("name").rstrip("."), host.part(DnsServer)
    reads = args.text("operation") == "read"
    if not alive(host, "RSAT-DNS-Server"):
        if reads:
            return {"changed": False, "value": None, "facts": {"name": name}}
        raise RefusedError(
            "the cmdlets of the DNS server are not on this server: the features DNS and RSAT-DNS-Server are missing"
        )
    if not alive(host, "DNS"):
        raise RefusedError(f"Failed to get information for the DNS server {host.name}.")
    zone = server.zones.get(name.casefold())
    if reads:
        return {"changed": False, "value": _value(zone) if zone else None, "facts": _above(server, name, zone)}
    if zone is None:
        zone = _made(host, name, args)
        server.zones[name.casefold()] = zone
    else:
        _change(host, zone, args)
    if zone.kind == "Primary" and args["aging"] is not None:
        zone.aging = bool(args.flag("aging"))
    return {"changed": True}


def _scope(host: Machine, text: str) -> str:
    """A replication scope. Only a domain controller holds zones in the directory."""
    if text not in _SCOPES:
        raise RefusedError(f"Cannot validate argument on parameter 'ReplicationScope': \"{text}\".")
    if host.spec.directory is None:
        raise RefusedError("Failed to create the zone. The directory service is unavailable. (9717)")
    return _SCOPES[text]


def _made(host: Machine, name: str, args: Args) -> Zone:
    scope = _scope(host, args.text("replication"))
    if args.text("type") == "primary":
        return Zone(name, "Primary", scope, _UPDATES[args.text("dynamic_update") or "none"])
    return Zone(name, "Forwarder", scope, "None", masters=_masters(args))


def _change(host: Machine, zone: Zone, args: Args) -> None:
    if zone.kind == "Primary":
        if args["replication"] is not None:
            zone.replication = _scope(host, args.text("replication"))
        if args["dynamic_update"] is not None:
            if args.text("dynamic_update") == "secure" and zone.replication is None:
                raise RefusedError("Secure dynamic updates need a zone that is held in the directory. (9611)")
            zone.dynamic_update = _UPDATES[args.text("dynamic_update")]
        return
    if args["masters"] is not None:
        zone.masters = _masters(args)
    if args["replication"] is not None:
        zone.replication = _scope(host, args.text("replication"))


def _masters(args: Args) -> list[str]:
    """The servers that a forwarder asks. Raises RefusedError for none, and for what is no address."""
    masters = [str(one) for one in args.listed("masters") or ()]
    if not masters:
        raise RefusedError("Cannot validate argument on parameter 'MasterServers'. The argument is null or empty.")
    for one in masters:
        try:
            ip_address(one)
        except ValueError:
            raise RefusedError(f'Cannot convert value "{one}" to type "System.Net.IPAddress".') from None
    return masters


def _value(zone: Zone) -> dict[str, Any]:
    value: dict[str, Any] = {
        "type": zone.kind.lower(),
        "replication": (zone.replication or "none").lower(),
    }
    if zone.kind == "Primary":
        return value | {"dynamic_update": zone.dynamic_update.lower(), "aging": zone.aging}
    return value | {"masters": list(zone.masters)}


def _above(server: DnsServer, name: str, zone: Zone | None) -> dict[str, Any]:
    """The primary zone that answers for a name now, and how many of its names a zone of this name would hide."""
    labels = name.split(".")
    for at in range(1, len(labels)):
        parent = server.zones.get(".".join(labels[at:]).casefold())
        if parent is None or parent.kind != "Primary":
            continue
        below = ".".join(labels[:at]).casefold()
        mine = [
            one for one in parent.records if one.name.casefold() == below or one.name.casefold().endswith(f".{below}")
        ]
        hidden = [one for one in mine if one.kind.upper() not in {"NS", "SOA"}]
        return {"name": name, "parent": parent.name, "hidden": 0 if zone else len(hidden)}
    return {"name": name, "parent": "", "hidden": 0}
