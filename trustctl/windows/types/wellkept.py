"""The well-kept modules of Ansible's collections that the roles use: they compare for themselves, we say what it means.

The names of properties are the modules' options; where an option is called `state` it has another name here. Read at
ansible.windows 3.3.0, community.windows 3.1.0, microsoft.ad 1.10.0; what each tells in its diff is
`trustctl.engines.windows.foreign`'s part.
"""

from __future__ import annotations

from trustctl.windows.powershell import literal
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import Difference, ResourceType, register
from trustctl.windows.values import Value, Values

HOSTNAME, TIMEZONE = "ansible.windows.win_hostname", "ansible.windows.win_timezone"
SERVICE, REGEDIT, USER = "ansible.windows.win_service", "ansible.windows.win_regedit", "ansible.windows.win_user"
DNS_ZONE, DNS_RECORD = "ansible.windows.win_dns_zone", "ansible.windows.win_dns_record"
FIREWALL_RULE = "community.windows.win_firewall_rule"
MEMBERSHIP, UNIT = "microsoft.ad.membership", "microsoft.ad.ou"
GROUP, OBJECT = "microsoft.ad.group", "microsoft.ad.object"


def _options(values: Values, names: dict[str, str]) -> str:
    """The parameters for these properties. Before: {"fullname": "A B"}, {"fullname": "FullName"}. After: -FullName.."""
    told = ((names[name], value) for name, value in values.items() if name in names and value is not None)
    return "".join(f" -{parameter} {literal(value)}" for parameter, value in told)


def _changed(found: Difference) -> Values:
    after = found.after or {}
    return {name: value for name, value in after.items() if not found.names or name in found.names}


def _hostname(name: str, found: Difference) -> tuple[str, ...]:
    return (f"Rename-Computer -NewName {literal((found.after or {}).get('hostname', ''))}",)


def _timezone(name: str, found: Difference) -> tuple[str, ...]:
    return (f"Set-TimeZone -Id {literal((found.after or {}).get('timezone', ''))}",)


def _service(name: str, found: Difference) -> tuple[str, ...]:
    after = _changed(found)
    options = _options(after, {"display_name": "DisplayName", "description": "Description"})
    start = {"auto": "Automatic", "manual": "Manual", "disabled": "Disabled"}
    mode, lines = str(after.get("start_mode") or ""), list[str]()
    if mode == "delayed":
        # Set-Service knows no delayed start before PowerShell 6 (learn.microsoft.com, Set-Service, view 5.1).
        lines.append(f"sc.exe config {literal(name)} start= delayed-auto")
    elif mode:
        options += f" -StartupType {start.get(mode, mode)}"
    if options:
        lines.append(f"Set-Service -Name {literal(name)}{options}")
    if "running" in after:
        lines.append(f"{'Start' if after['running'] == 'started' else 'Stop'}-Service -Name {literal(name)}")
    return tuple(lines)


def _regedit(name: str, found: Difference) -> tuple[str, ...]:
    path, value = split_registry(name)
    if found.after is None:
        return (f"Remove-ItemProperty -Path {literal(path)} -Name {literal(value)}",)
    kinds = {"dword": "DWord", "qword": "QWord", "string": "String", "expandstring": "ExpandString"}
    kind = str(found.after.get("type", "string"))
    data = found.after.get("data", "")
    shown = str(data) if kind in {"dword", "qword"} else literal(data)
    made = (
        f"New-ItemProperty -Path {literal(path)} -Name {literal(value)} -PropertyType {kinds.get(kind, kind.title())}"
    )
    return (f"{made} -Value {shown} -Force",)


def split_registry(name: str) -> tuple[str, str]:
    r"""Before: `HKLM:\Software\A :: value`.  After: (`HKLM:\Software\A`, `value`); a default value has no name."""
    path, _, value = name.rpartition(" :: ")
    return (path, value) if path else (name, "")


def _value_name(name: str) -> str:
    path, value = split_registry(name)
    return value or path


def _user(name: str, found: Difference) -> tuple[str, ...]:
    if found.after is None:
        return (f"Remove-LocalUser -Name {literal(name)}",)
    options = _options(_changed(found), {"fullname": "FullName", "description": "Description"})
    lines = [f"{'New' if found.before is None else 'Set'}-LocalUser -Name {literal(name)}{options}"]
    off = _changed(found).get("account_disabled")
    if off is not None:
        lines.append(f"{'Disable' if off else 'Enable'}-LocalUser -Name {literal(name)}")
    return tuple(lines)


def _rule(name: str, found: Difference) -> tuple[str, ...]:
    if found.after is None:
        return (f"Remove-NetFirewallRule -DisplayName {literal(name)}",)
    names = {
        "direction": "Direction",
        "action": "Action",
        "protocol": "Protocol",
        "localport": "LocalPort",
        "remoteport": "RemotePort",
        "localip": "LocalAddress",
        "remoteip": "RemoteAddress",
        "profiles": "Profile",
        "program": "Program",
        "service": "Service",
        "description": "Description",
        "group": "Group",
        "enabled": "Enabled",
    }
    verb = "New" if found.before is None else "Set"
    said = {option: _rule_value(option, value) for option, value in _changed(found).items()}
    return (f"{verb}-NetFirewallRule -DisplayName {literal(name)}{_options(said, names)}",)


def _rule_value(option: str, value: Value) -> Value:
    """A value in the cmdlet's words: Inbound, True as a word, and lists where the module has commas."""
    if option == "direction":
        return {"in": "Inbound", "out": "Outbound"}.get(str(value), value)
    if isinstance(value, bool):
        return str(value)
    if option in {"localport", "remoteport", "localip", "remoteip"} and isinstance(value, str):
        return [each.strip() for each in value.split(",")]
    return value


_RECORD_DATA = {
    "A": "IPv4Address",
    "AAAA": "IPv6Address",
    "CNAME": "HostNameAlias",
    "DHCID": "DhcpIdentifier",
    "NS": "NameServer",
    "PTR": "PtrDomainName",
    "SRV": "DomainName",
    "TXT": "DescriptiveText",
}
"""Each type's parameter (learn.microsoft.com, Add-DnsServerResourceRecord)."""


def _record(name: str, found: Difference) -> tuple[str, ...]:
    zone, owner, kind = [*name.split(" "), "", ""][:3]
    head = f"-ZoneName {literal(zone)} -Name {literal(owner)}"
    if found.after is None:
        return (f"Remove-DnsServerResourceRecord {head} -RRType {kind}",)
    before, after = _record_values(found.before or {}), _record_values(found.after)
    more = _options(found.after, {"port": "Port", "priority": "Priority", "weight": "Weight"}) if kind == "SRV" else ""
    rest = f"{more}{_lives(found.after)}"
    new, gone = [each for each in after if each not in before], [each for each in before if each not in after]
    kept = ", ".join(each for each in after if each in before) if set(found.names) - {"value"} else ""
    parameter = _RECORD_DATA.get(kind, "RecordData")
    return (
        *(f"Remove-DnsServerResourceRecord {head} -RRType {kind} -RecordData {literal(each)}" for each in gone),
        *(f"Add-DnsServerResourceRecord {head} -{kind} -{parameter} {literal(each)}{rest}" for each in new),
        *((f"# {kept}: Set-DnsServerResourceRecord{rest}",) if kept else ()),
    )


def _record_values(values: Values) -> list[str]:
    value = values.get("value") or ()
    return (
        [value] if isinstance(value, str) else [str(each) for each in value] if isinstance(value, list | tuple) else []
    )


def _lives(values: Values) -> str:
    ttl = values.get("ttl")
    return "" if ttl is None else f" -TimeToLive ([TimeSpan]::FromSeconds({ttl}))"


def _zone(name: str, found: Difference) -> tuple[str, ...]:
    if found.after is None:
        return (f"Remove-DnsServerZone -Name {literal(name)}",)
    options = _options(_changed(found), {"dynamic_update": "DynamicUpdate", "replication": "ReplicationScope"})
    return (f"{'Add' if found.before is None else 'Set'}-DnsServerPrimaryZone -Name {literal(name)}{options}",)


def _membership(name: str, found: Difference) -> tuple[str, ...]:
    after = found.after or {}
    unit = f" -OUPath {literal(after['domain_ou_path'])}" if after.get("domain_ou_path") else ""
    return (f"Add-Computer -DomainName {literal(after.get('dns_domain_name', ''))}{unit}",)


_HELD = {
    "ADOrganizationalUnit": "every account, group and computer below it",
    "ADGroup": "its members and the rights that it was given",
    "ADObject": "everything below it",
}


def _directory(noun: str) -> ResourceType:
    def cmdlets(name: str, found: Difference) -> tuple[str, ...]:
        head, _, path = name.partition(",")
        bare = head.partition("=")[2]
        if found.after is None:  # what is sent: each object below it, its protection taken off before (_ADObject.psm1)
            below = f"Get-ADObject -Filter * -SearchBase {literal(name)}"
            deepest = "Sort-Object { $_.DistinguishedName.Length } -Descending"
            unprotected = "Set-ADObject -ProtectedFromAccidentalDeletion $false -PassThru"
            return (f"{below} | {deepest} | {unprotected} | Remove-ADObject -Confirm:$false",)
        names = {
            "description": "Description",
            "scope": "GroupScope",
            "category": "GroupCategory",
            "sam_account_name": "SamAccountName",
            "protect_from_deletion": "ProtectedFromAccidentalDeletion",
        }
        options = _options(_changed(found), names)
        members = _changed(found).get("members")
        made = f"New-{noun} -Name {literal(bare)} -Path {literal(path)}{options}"
        lines = (
            [made] if found.before is None else [f"Set-{noun} -Identity {literal(name)}{options}"] if options else []
        )
        if members:
            lines.append(f"Add-ADGroupMember -Identity {literal(name)} -Members {literal(members)}")
        return tuple(lines)

    modules = {"ADOrganizationalUnit": UNIT, "ADGroup": GROUP, "ADObject": OBJECT}
    titles = {"ADOrganizationalUnit": "organizational unit", "ADGroup": "group of the directory", "ADObject": "object"}
    return ResourceType(
        modules[noun],
        titles[noun],
        (
            Property("description"),
            Property("protect_from_deletion", Kind.FLAG),
            Property("scope", Kind.NAME),
            Property("category", Kind.NAME),
            Property("sam_account_name", Kind.NAME),
            Property("members", Kind.NAMES, stays=True),
            Property("type", Kind.NAME),
            Property("display_name"),
        ),
        cmdlets,
        removable=True,
        holds=_HELD[noun],
        unique=True,
    )


register(
    ResourceType(HOSTNAME, "name of the computer", (Property("hostname", Kind.NAME, restart=True),), _hostname, key=""),
    ResourceType(TIMEZONE, "time zone", (Property("timezone", Kind.NAME),), _timezone, key=""),
    ResourceType(
        SERVICE,
        "service",
        (
            Property("start_mode", Kind.NAME),
            Property("running", Kind.NAME),
            Property("display_name"),
            Property("description"),
            Property("username", Kind.NAME),
            Property("password", secret=True),
            Property("dependencies", Kind.NAMES, exact=True),
        ),
        _service,
    ),
    ResourceType(
        REGEDIT,
        "registry value",
        (Property("data"), Property("type", Kind.NAME)),
        _regedit,
        key="path",
        removable=True,
        called=_value_name,
    ),
    ResourceType(
        USER,
        "local account",
        (
            Property("fullname"),
            Property("description"),
            Property("account_disabled", Kind.FLAG),
            Property("password_never_expires", Kind.FLAG),
            Property("user_cannot_change_password", Kind.FLAG),
            Property("groups", Kind.NAMES),
            Property("password", secret=True),
        ),
        _user,
        removable=True,
        holds="its profile and the rights that it was given",
        unique=True,
    ),
    ResourceType(
        FIREWALL_RULE,
        "firewall rule",
        (
            *(Property(name, Kind.NAME) for name in ("direction", "action", "protocol")),
            *(Property(name, Kind.NAME) for name in ("localport", "remoteport", "localip", "remoteip")),
            Property("profiles", Kind.NAMES, exact=True),
            Property("enabled", Kind.FLAG),
            Property("program", Kind.PATH),
            Property("service", Kind.NAME),
            Property("group"),
            Property("description"),
        ),
        _rule,
        removable=True,
    ),
    ResourceType(
        DNS_ZONE,
        "DNS zone",
        (
            Property("type", Kind.NAME),
            Property("replication", Kind.NAME),
            Property("dynamic_update", Kind.NAME),
            Property("dns_servers", Kind.LIST),
        ),
        _zone,
        removable=True,
        holds="every record in it",
        unique=True,
    ),
    ResourceType(
        DNS_RECORD,
        "DNS record",
        (
            Property("value", Kind.NAMES, exact=True),
            Property("ttl", Kind.NUMBER),
            Property("port", Kind.NUMBER),
            Property("priority", Kind.NUMBER),
            Property("weight", Kind.NUMBER),
        ),
        _record,
        removable=True,
    ),
    ResourceType(
        MEMBERSHIP,
        "membership of a domain",
        (
            Property("dns_domain_name", Kind.NAME, restart=True),
            Property("domain_ou_path", Kind.NAME),
            Property("workgroup_name", Kind.NAME),
        ),
        _membership,
        key="",
        lasting=True,
    ),
    _directory("ADOrganizationalUnit"),
    _directory("ADGroup"),
    _directory("ADObject"),
)
