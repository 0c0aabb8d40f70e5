"""What a Hyper-V host has once: its own settings (`trust_vm_host`) and those as a replica server (`trust_replica`).

Sources: learn.microsoft.com, module Hyper-V: Set-VMHost, Enable-VMMigration, Add-VMMigrationNetwork,
Set-VMReplicationServer, New-VMReplicationAuthorizationEntry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network
from typing import cast

from trustctl.windows.powershell import command
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import Difference, Facts, ResourceType, register
from trustctl.windows.resource import pairs as records
from trustctl.windows.values import Value, Values

_SETTINGS = {
    "virtual_machine_path": "VirtualMachinePath",
    "virtual_hard_disk_path": "VirtualHardDiskPath",
    "mac_minimum": "MacAddressMinimum",
    "mac_maximum": "MacAddressMaximum",
    "numa_spanning": "NumaSpanningEnabled",
    "enhanced_session": "EnableEnhancedSessionMode",
    "migration_maximum": "MaximumVirtualMachineMigrations",
    "migration_authentication": "VirtualMachineMigrationAuthenticationType",
    "migration_performance": "VirtualMachineMigrationPerformanceOption",
    "migration_any_network": "UseAnyNetworkForMigration",
    "storage_migration_maximum": "MaximumStorageMigrations",
}
"""Properties that are a parameter of Set-VMHost."""
_REPLICATION = {
    "enabled": "ReplicationEnabled",
    "authentication": "AllowedAuthenticationType",
    "kerberos_port": "KerberosAuthenticationPort",
    "certificate_port": "CertificateAuthenticationPort",
    "certificate_thumbprint": "CertificateThumbprint",
    "any_server": "ReplicationAllowedFromAnyServer",
    "storage": "DefaultStorageLocation",
}
"""Properties that are a parameter of Set-VMReplicationServer."""
_MAC = re.compile(r"[0-9A-F]{12}")
_PORTS = range(1, 65536)


def drive_missing(path: Value, facts: Facts) -> bool:
    r"""Whether a path is on a drive that the host does not have; a share (`\\server\...`) is never missing."""
    letters = cast("Sequence[str] | None", facts.get("volumes"))
    text = str(path or "")
    return letters is not None and text[1:2] == ":" and text[:1].upper() not in {each[:1].upper() for each in letters}


def no_drive(name: str, path: Value, facts: Facts) -> Iterator[str]:
    """Yield why a path cannot be, if its drive is not there."""
    if drive_missing(path, facts):
        there = ", ".join(f"{each[:1]}:" for each in cast("Sequence[str]", facts["volumes"])) or "none"
        yield f"{name} is {path}, and the host has no drive {str(path)[:2]} (it has {there}): make it, or name another"


def _host_refused(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    want = want or {}
    both = {**(have or {}), **want}
    why = [
        f"{name} is {want[name]}: a hardware address is twelve hexadecimal digits"
        for name in ("mac_minimum", "mac_maximum")
        if name in want and not _MAC.fullmatch(str(want[name]))
    ]
    low, high = both.get("mac_minimum"), both.get("mac_maximum")
    if not why and low is not None and high is not None and str(low) > str(high):
        why.append(f"mac_minimum {low} is above mac_maximum {high}: give both ends of the range")
    why += [
        f"{name} is {want[name]}: it is a number from 0"
        for name in ("migration_maximum", "storage_migration_maximum")
        if cast("int", want.get(name, 0)) < 0
    ]
    why += [
        f"the migration network {each} is no network with its length, as 10.11.20.0/24"
        for each in cast("Sequence[str]", want.get("migration_networks") or ())
        if not _is_network(each)
    ]
    for name in ("virtual_machine_path", "virtual_hard_disk_path"):
        if want.get(name) != (have or {}).get(name):
            why += no_drive(name, want.get(name), facts)
    return why


def _is_network(text: str) -> bool:
    """Whether a text is a network as Windows reads it back, with its length and nothing in its host bits."""
    try:
        return "/" in text and bool(ip_network(text))
    except ValueError:
        return False


def changed_to(found: Difference, names: Mapping[str, str]) -> dict[str, Value]:
    """Return the properties of a difference that are parameters of a cmdlet, by the parameter, as they shall be."""
    after = found.after or {}
    mine = found.names or tuple(after)
    return {parameter: after.get(name) for name, parameter in names.items() if name in mine}


def _host_cmdlets(name: str, found: Difference) -> Sequence[str]:
    after, before = found.after or {}, found.before or {}
    lines: list[str] = []
    if parameters := changed_to(found, _SETTINGS):
        lines.append(command("Set-VMHost", parameters))
    if "migration" in (found.names or after):
        lines.append("Enable-VMMigration" if after["migration"] else "Disable-VMMigration")
    if "migration_networks" in (found.names or after):
        was, now = (cast("Sequence[str]", each.get("migration_networks") or ()) for each in (before, after))
        lines += [command("Add-VMMigrationNetwork", {"Subnet": each}) for each in now if each not in was]
        lines += [command("Remove-VMMigrationNetwork", {"Subnet": each}) for each in was if each not in now]
    return lines


VM_HOST = ResourceType(
    module="trust_vm_host",
    title="Hyper-V settings",
    key="",
    properties=(
        Property("virtual_machine_path", Kind.PATH),
        Property("virtual_hard_disk_path", Kind.PATH),
        Property("mac_minimum", Kind.MAC),
        Property("mac_maximum", Kind.MAC),
        Property("numa_spanning", Kind.FLAG),
        Property("enhanced_session", Kind.FLAG),
        Property("migration", Kind.FLAG),
        Property("migration_maximum", Kind.NUMBER),
        Property("migration_authentication", Kind.NAME, choices=("CredSSP", "Kerberos")),
        Property("migration_performance", Kind.NAME, choices=("TCPIP", "Compression", "SMB")),
        Property("migration_any_network", Kind.FLAG),
        Property("migration_networks", Kind.NAMES, exact=True),
        Property("storage_migration_maximum", Kind.NUMBER),
    ),
    cmdlets=_host_cmdlets,
    refuse=_host_refused,
)


def _replica_refused(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    want = want or {}
    both = {**(have or {}), **want}
    why = [
        f"{name} is {want[name]}: a port is 1 to 65535"
        for name in ("kerberos_port", "certificate_port")
        if name in want and want[name] not in _PORTS
    ]
    if not both.get("enabled") and (idle := [name for name in _REPLICATION if name != "enabled" and name in want]):
        why.append(f"replication is off and {', '.join(idle)} wanted: say enabled, or leave them out")
    if both.get("enabled"):
        why += _signs_in(want, both)
        if both.get("any_server") and not both.get("storage"):
            why.append("any_server lets every server replicate to storage, and no storage is given")
        if both.get("any_server") and want.get("servers"):
            why.append(
                "any_server is true, and Windows takes servers by name only while it is not: leave one of them out"
            )
    for server in cast("Sequence[Values]", want.get("servers") or ()):
        name = str(server["name"])
        if "." not in name.strip("*."):
            why.append(f"the server {name} has no domain: give its full name")
        why += no_drive(f"the storage of the server {name}", server.get("storage"), facts)
    moved = want.get("storage") != (have or {}).get("storage")
    return [*why, *(no_drive("storage", want.get("storage"), facts) if moved else ())]


def _signs_in(want: Values, both: Values) -> Iterator[str]:
    how = str(both.get("authentication") or "Kerberos")
    if "Certificate" in how and not both.get("certificate_thumbprint"):
        yield f"authentication is {how}: it needs certificate_thumbprint"
    idle = [] if "Certificate" in how else ["certificate_port", "certificate_thumbprint"]
    idle += [] if "Kerberos" in how else ["kerberos_port"]
    if named := [name for name in idle if name in want]:
        yield f"authentication is {how}, and {', '.join(named)} given: leave that out, or say the other authentication"


def _replica_cmdlets(name: str, found: Difference) -> Sequence[str]:
    after, before = found.after or {}, found.before or {}
    lines: list[str] = []
    if parameters := changed_to(found, _REPLICATION):
        lines.append(command("Set-VMReplicationServer", parameters, ["Force"]))
    if "servers" in (found.names or after):
        servers = next(one for one in REPLICA.properties if one.name == "servers")
        for server, was, now in records(servers, before.get("servers"), after.get("servers")):
            lines += _entry(server, was, now)
    return lines


def _entry(server: str, was: Values | None, now: Values | None) -> Iterator[str]:
    """Yield the command of one server that may replicate here."""
    who: dict[str, Value] = {"AllowedPrimaryServer": server}
    if now is None:
        yield command("Remove-VMReplicationAuthorizationEntry", who)
    elif was is None or {**was} != {**now}:
        what: dict[str, Value] = {"ReplicaStorageLocation": now.get("storage"), "TrustGroup": now.get("trust_group")}
        verb = "New" if was is None else "Set"
        yield command(f"{verb}-VMReplicationAuthorizationEntry", who | what)


REPLICA = ResourceType(
    module="trust_replica",
    title="replica server",
    key="",
    properties=(
        Property("enabled", Kind.FLAG),
        Property("authentication", Kind.NAME, choices=("Kerberos", "Certificate", "CertificateAndKerberos")),
        Property("kerberos_port", Kind.NUMBER),
        Property("certificate_port", Kind.NUMBER),
        Property("certificate_thumbprint", Kind.NAME),
        Property("any_server", Kind.FLAG),
        Property("storage", Kind.PATH),
        Property(
            "servers",
            Kind.RECORDS,
            of=(
                Property("name", Kind.NAME),
                Property("storage", Kind.PATH, required=True),
                Property("trust_group", required=True),
            ),
            key="name",
            exact=True,
        ),
    ),
    cmdlets=_replica_cmdlets,
    refuse=_replica_refused,
)

register(VM_HOST, REPLICA)
