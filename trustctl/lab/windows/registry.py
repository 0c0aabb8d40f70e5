"""The registry of a host, the firewall's rules, and the zones of a DNS server: parts that are large."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trustctl.lab.windows.machine import part
from trustctl.lab.windows.spec import WindowsSpec


@dataclass
class Value:
    """A value of a key. `kind` as .NET's RegistryValueKind writes it; `data` a text, number, or list."""

    name: str
    kind: str
    data: Any


KINDS = {
    "none": "None",
    "binary": "Binary",
    "dword": "DWord",
    "expandstring": "ExpandString",
    "multistring": "MultiString",
    "string": "String",
    "qword": "QWord",
}
"""win_regedit's words for types, and .NET's."""

_DELIVERED: tuple[tuple[str, str, str, Any], ...] = (
    (r"HKLM:\SYSTEM\CurrentControlSet\Services\W32Time\Parameters", "Type", "String", "NTP"),
    (r"HKLM:\SYSTEM\CurrentControlSet\Services\W32Time\Parameters", "NtpServer", "String", "time.windows.com,0x8"),
    (r"HKLM:\SYSTEM\CurrentControlSet\Services\W32Time\Config", "AnnounceFlags", "DWord", 10),
    (r"HKLM:\SYSTEM\CurrentControlSet\Services\W32Time\TimeProviders\NtpClient", "Enabled", "DWord", 1),
    (r"HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server", "fDenyTSConnections", "DWord", 1),
    (
        r"HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp",
        "UserAuthentication",
        "DWord",
        1,
    ),
    (r"HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp", "PortNumber", "DWord", 3389),
    (r"HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp", "SecurityLayer", "DWord", 2),
    (r"HKLM:\SYSTEM\CurrentControlSet\Control\Lsa", "RestrictAnonymousSAM", "DWord", 1),
    (r"HKLM:\SYSTEM\CurrentControlSet\Control\Lsa", "RestrictAnonymous", "DWord", 0),
    (r"HKLM:\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0", "NtlmMinClientSec", "DWord", 0x20000000),
    (r"HKLM:\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0", "NtlmMinServerSec", "DWord", 0x20000000),
)
"""Path, name, type, data. W32Time: "Windows Time service tools and settings". Remote Desktop: unattend reference,
"fDenyTSConnections" and "UserAuthentication". Lsa: "Network security" and "Network access" policy pages, defaults."""
_KEYS = (
    r"HKLM:\SOFTWARE\Policies\Microsoft\Windows",
    r"HKLM:\SOFTWARE\Policies\Microsoft\Windows NT",
    r"HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System",
    r"HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols",
    r"HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\WDigest",
    r"HKLM:\SOFTWARE\Microsoft\.NETFramework\v4.0.30319",
    r"HKLM:\SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319",
)


@dataclass
class Key:
    """A key: its path as it was first written, and its values by name in lower case; "" is the default value."""

    path: str
    values: dict[str, Value] = field(default_factory=dict[str, Value])


@part
@dataclass
class Registry:
    """The keys by path in lower case. A key's parents are there."""

    keys: dict[str, Key] = field(default_factory=dict[str, Key])

    @classmethod
    def of(cls, spec: WindowsSpec) -> Registry:
        """What a fresh server has, then what the specification says."""
        found = cls()
        for path in _KEYS:
            found.create(path)
        for path, name, kind, data in _DELIVERED:
            found.set(path, name, kind, data)
        for one in spec.registry:
            found.set(one.path, one.name, KINDS[one.type], one.data)
        return found

    def started(self) -> None:
        """Nothing waits."""

    def key(self, path: str) -> Key | None:
        """A key, if it is there."""
        return self.keys.get(path.rstrip("\\").casefold())

    def create(self, path: str) -> Key:
        """Make a key and its parents; the one that is there otherwise."""
        steps = path.rstrip("\\").split("\\")
        for at in range(2, len(steps) + 1):
            step = "\\".join(steps[:at])
            self.keys.setdefault(step.casefold(), Key(step))
        return self.keys[path.rstrip("\\").casefold()]

    def set(self, path: str, name: str, kind: str, data: Any) -> None:
        """Write a value; its key is made if need be."""
        values = self.create(path).values
        known = values.get(name.casefold())
        values[name.casefold()] = Value(known.name if known else name, kind, data)

    def read(self, path: str, name: str) -> Any:
        """The data of a value; None if it is not there."""
        key = self.key(path)
        value = key.values.get(name.casefold()) if key else None
        return value.data if value else None

    def delete(self, path: str) -> None:
        """Remove a key and all below it."""
        top = path.rstrip("\\").casefold()
        self.keys = {name: one for name, one in self.keys.items() if name != top and not name.startswith(top + "\\")}


ALL_PROFILES = 0x7FFFFFFF
"""NET_FW_PROFILE2_ALL (netfw.h, NET_FW_PROFILE_TYPE2)."""


@dataclass
class Rule:
    """A firewall rule as INetFwRule3 gives it (netfw.h). `protocol` 256 is any; empty texts are null."""

    name: str
    description: str = ""
    direction: int = 1
    action: int = 1
    application: str = ""
    grouping: str = ""
    service: str = ""
    enabled: bool = True
    profiles: int = ALL_PROFILES
    local_addresses: str = "*"
    remote_addresses: str = "*"
    local_ports: str = ""
    remote_ports: str = ""
    protocol: int = 256
    interface_types: str = "All"
    edge: int = 0
    secure: int = 0
    icmp: str = ""


_REMOTE_DESKTOP = "@FirewallAPI.dll,-28752"
_WINRM = "@FirewallAPI.dll,-30267"


def _delivered_rules() -> list[Rule]:
    """Some of the rules that a fresh server has: those that the baseline speaks of. Their texts are unverified."""
    host = r"C:\Windows\system32\svchost.exe"
    remote = "Inbound rule for the Remote Desktop service to allow RDP traffic."
    return [
        Rule("Remote Desktop - User Mode (TCP-In)", remote + " [TCP 3389]", application=host, grouping=_REMOTE_DESKTOP,
             service="termservice", enabled=False, local_ports="3389", remote_ports="*", protocol=6),
        Rule("Remote Desktop - User Mode (UDP-In)", remote + " [UDP 3389]", application=host, grouping=_REMOTE_DESKTOP,
             service="termservice", enabled=False, local_ports="3389", remote_ports="*", protocol=17),
        Rule("Remote Desktop - Shadow (TCP-In)", "Inbound rule for the Remote Desktop service to allow shadowing "
             "of an existing Remote Desktop session. (TCP-In)", application=r"C:\Windows\system32\RdpSa.exe",
             grouping=_REMOTE_DESKTOP, enabled=False, local_ports="*", remote_ports="*", protocol=6),
        Rule("Windows Remote Management (HTTP-In)", "Inbound rule for Windows Remote Management via WS-Management. "
             "[TCP 5985]", application="System", grouping=_WINRM, profiles=3, local_ports="5985", remote_ports="*",
             protocol=6),
        Rule("Windows Remote Management (HTTP-In)", "Inbound rule for Windows Remote Management via WS-Management. "
             "[TCP 5985]", application="System", grouping=_WINRM, profiles=4, remote_addresses="LocalSubnet",
             local_ports="5985", remote_ports="*", protocol=6),
        Rule("Windows Remote Management (HTTPS-In)", "The way in of the management station.", local_ports="5986",
             remote_ports="*", protocol=6),
        Rule("File and Printer Sharing (Echo Request - ICMPv4-In)", "Echo Request messages are sent as ping requests "
             "to other nodes.", grouping="@FirewallAPI.dll,-28502", enabled=False, protocol=1, icmp="8:*"),
    ]  # fmt: skip


@part
@dataclass
class Firewall:
    """The rules in their order; several may share a name."""

    rules: list[Rule] = field(default_factory=_delivered_rules)

    @classmethod
    def of(cls, spec: WindowsSpec) -> Firewall:
        """As delivered."""
        return cls()

    def started(self) -> None:
        """Nothing waits."""


@dataclass
class Record:
    """A DNS record. `ttl` is in seconds; `port`, `priority` and `weight` are those of an SRV record."""

    name: str
    kind: str
    value: str
    ttl: int = 3600
    aging: bool = False
    port: int = 0
    priority: int = 0
    weight: int = 0


@dataclass
class Zone:
    """A zone, in the words of the DnsServer cmdlets. `masters` are addresses; `replication` None: kept in a file."""

    name: str
    kind: str = "Primary"
    replication: str | None = "Domain"
    dynamic_update: str = "Secure"
    file: str | None = None
    masters: list[str] = field(default_factory=list[str])
    forwarder_timeout: int = 3
    aging: bool = False
    records: list[Record] = field(default_factory=list[Record])

    @property
    def reverse(self) -> bool:
        """Whether it maps addresses to names."""
        return self.name.casefold().endswith(("in-addr.arpa", "ip6.arpa"))


@part
@dataclass
class DnsServer:
    """The zones by name in lower case. A controller has its domain's from the start."""

    zones: dict[str, Zone] = field(default_factory=dict[str, Zone])

    @classmethod
    def of(cls, spec: WindowsSpec) -> DnsServer:
        """A controller's zones."""
        if spec.directory is None:
            return cls()
        names = (spec.directory.domain, f"_msdcs.{spec.directory.domain}", *spec.directory.zones)
        found = cls({name.casefold(): Zone(name) for name in names})
        found.zones[f"_msdcs.{spec.directory.domain}".casefold()].replication = "Forest"
        return found

    def started(self) -> None:
        """Nothing waits."""
