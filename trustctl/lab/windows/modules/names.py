"""ansible.windows.win_dns_record 3.3.0."""

from __future__ import annotations

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.features import alive
from trustctl.lab.windows.module import Args, NotModelledError, RefusedError, Result, handler
from trustctl.lab.windows.registry import DnsServer, Record, Zone

_MIN_TTL, _MAX_TTL = 1, 31_557_600
_DOTTED = frozenset({"CNAME", "NS", "PTR", "SRV"})
_UNHANDLED = "Unhandled exception while executing module: "


@handler("ansible.windows.win_dns_record")
def win_dns_record(host: Machine, args: Args, check: bool) -> Result:
    """Keep the records of one name and type: those of other values go.

    In check mode the diff has the lines that change, else all lines before and after.
    """
    values, zone = _asked(args)
    if not alive(host, "DNS"):
        raise RefusedError(
            f"{_UNHANDLED}The term 'Get-DnsServerResourceRecord' is not recognized as the name of a cmdlet, function, "
            "script file, or operable program. Check the spelling of the name, or if a path was included, verify that "
            "the path is correct and try again."
        )
    kind, name, ttl = args.text("type"), args.text("name"), args.number("ttl") or 0
    known = host.part(DnsServer).zones.get(zone.rstrip(".").casefold())
    have = [] if known is None else _of(known, name, kind)
    wanted = [Record(name, kind, value, ttl, bool(args.flag("aging"))) for value in values]
    for one in wanted:
        one.port, one.priority, one.weight = (args.number(key) or 0 for key in ("port", "priority", "weight"))
    kept = {one.value.casefold() for one in wanted}
    gone = [one for one in have if one.value.casefold() not in kept or one.aging != bool(args.flag("aging"))]
    stay = [one for one in have if one not in gone]
    moved = [one for one in stay if not _alike(one, wanted[0])]
    new = [one for one in wanted if one.value.casefold() not in {each.value.casefold() for each in stay}]
    if new and known is None:
        raise RefusedError(f"Error adding DNS {kind} resource {name} in zone {zone} with value {new[0].value}")
    result: Result = {"changed": bool(gone or moved or new)}
    if new:
        result["debug_splat_args"] = {kind: True, _ARGUMENT[kind]: new[-1].value}
    before = [_line(zone, one) for one in (*gone, *moved)]
    after = [*(_moved_line(zone, one, wanted[0]) for one in moved), *(_line(zone, one) for one in new)]
    if not check and known is not None:
        before = [_line(zone, one) for one in have]
        known.records = [one for one in known.records if one not in gone]
        for one in moved:
            one.ttl, one.port = ttl, wanted[0].port
            one.priority, one.weight = wanted[0].priority, wanted[0].weight
        known.records += new
        after = [_line(zone, one) for one in _of(known, name, kind)]
    result["diff"] = {"before": "".join(before), "after": "".join(after)}
    return result


_ARGUMENT = {
    "A": "IPv4Address",
    "AAAA": "IPv6Address",
    "CNAME": "HostNameAlias",
    "DHCID": "DhcpIdentifier",
    "NS": "NameServer",
    "PTR": "PtrDomainName",
    "SRV": "DomainName",
    "TXT": "DescriptiveText",
}


def _asked(args: Args) -> tuple[list[str], str]:
    """The values and the zone, as the module takes them. Raises RefusedError."""
    for name in ("zone_scope", "computer_name"):
        if args[name] is not None:
            raise NotModelledError(f"the option {name} of win_dns_record")
    if args.text("type") == "SRV" and (
        missing := [one for one in ("port", "priority", "weight") if one not in args.given]
    ):
        raise RefusedError(f"type is SRV but all of the following are missing: {', '.join(missing)}")
    values = [str(one) for one in args.listed("value") or []]
    if args.text("state") == "present" and not values:
        raise RefusedError("Parameter 'values' must be non-empty when state='present'")
    if args.text("state") == "absent" and values:
        raise RefusedError("Parameter 'values' must be undefined or empty when state='absent'")
    if not _MIN_TTL <= (args.number("ttl") or 0) <= _MAX_TTL:
        raise RefusedError(f"Parameter 'ttl' must be between {_MIN_TTL} and {_MAX_TTL}")
    zone = args.text("zone")
    if args.text("type") in _DOTTED and not zone.endswith("."):
        values = [one if one.endswith(".") else f"{one}." for one in values]
    return list(dict.fromkeys(values)), zone


def _of(zone: Zone, name: str, kind: str) -> list[Record]:
    return [one for one in zone.records if one.name.casefold() == name.casefold() and one.kind == kind]


def _alike(have: Record, want: Record) -> bool:
    srv = (have.port, have.priority, have.weight) == (want.port, want.priority, want.weight)
    return have.ttl == want.ttl and (have.kind != "SRV" or srv)


def _line(zone: str, one: Record) -> str:
    return f"[{zone}] {one.name} {one.ttl} IN {one.kind} {one.value}\n"


def _moved_line(zone: str, one: Record, want: Record) -> str:
    more = f" {want.port} {want.weight} {want.priority}" if one.kind == "SRV" else ""
    return f"[{zone}] {one.name} {want.ttl} IN {one.kind} {one.value}{more}\n"
