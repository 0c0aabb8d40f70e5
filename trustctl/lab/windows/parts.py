"""The parts of a Windows host that the well-kept modules read and set.

What is there from the start is what Microsoft's documentation says of a fresh Windows Server 2022; each table names its
page. What no page says is marked unverified.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from trustctl.lab.windows.machine import part
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.spec import ServiceSpec, WindowsSpec


@part
@dataclass
class System:
    """Name, time zone, and what it is a member of. `waiting_` is what a restart puts in force."""

    name: str
    timezone: str
    domain: str
    """The DNS name of its domain; empty: it is in a workgroup."""
    workgroup: str
    waiting_name: str = ""
    waiting_domain: str | None = None
    """The domain, or "" for a workgroup, that it is in after the restart; None: no change waits."""

    @classmethod
    def of(cls, spec: WindowsSpec) -> System:
        """As delivered."""
        return cls(spec.name.upper(), spec.timezone, spec.domain, "" if spec.domain else spec.workgroup)

    def started(self) -> None:
        """A new name and a new membership are in force."""
        self.name = self.waiting_name or self.name
        self.waiting_name = ""
        if self.waiting_domain is not None:
            self.domain, self.waiting_domain = self.waiting_domain, None

    @property
    def next_name(self) -> str:
        """The name after the next restart."""
        return self.waiting_name or self.name


_NETBIOS_LENGTH = 63
_FORBIDDEN = re.compile(r"""[\s`~!@#$%^&*()=+_\[\]{}\\|;:.'",<>/?]""")


def check_name(new: str, current: str) -> None:
    """Whether a computer can be called this. Raises RefusedError in Rename-Computer's words (its ComputerResources).

    Longer than 15 characters is taken, as NetBIOS then knows a cut name.
    """
    told = f"Skip computer '{current}' with new name '{new}' because the new name is not valid."
    rules = (
        "The new computer name entered is not properly formatted. Standard names may contain letters (a-z, A-Z), "
        "numbers (0-9), and hyphens (-), but no spaces or periods (.). The name may not consist entirely of digits, "
        f"and may not be longer than {_NETBIOS_LENGTH} characters."
    )
    if not new or len(new) > _NETBIOS_LENGTH or _FORBIDDEN.search(new) or new.isdigit():
        raise RefusedError(f"{told} {rules}")


# --- services -------------------------------------------------------------------------------------------------------


@dataclass
class Service:
    """A service, in the words of win_service."""

    name: str
    display_name: str
    path: str
    start: str = "manual"
    state: str = "stopped"
    account: str = "LocalSystem"
    description: str = ""
    dependencies: list[str] = field(default_factory=list[str])
    can_pause: bool = False
    desktop_interact: bool = False
    error_control: str = "normal"
    failure_actions: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    failure_actions_on_non_crash_failure: bool = False
    failure_command: str | None = None
    failure_reboot_msg: str | None = None
    failure_reset_period_sec: int = 0
    load_order_group: str = ""
    pre_shutdown_timeout_ms: int = 180_000
    required_privileges: list[str] = field(default_factory=list[str])
    service_type: str = "win32_own_process"
    sid_info: str = "none"
    password: str = field(default="", repr=False)
    feature: str = ""
    """The feature that it comes with; it is not there before that is alive."""


_SVCHOST = r"C:\Windows\system32\svchost.exe -k netsvcs -p"
_DELIVERED = """
BITS|Background Intelligent Transfer Service|manual|stopped|LocalSystem
CryptSvc|Cryptographic Services|auto|started|NT AUTHORITY\\NetworkService
Dhcp|DHCP Client|auto|started|NT AUTHORITY\\LocalService
Dnscache|DNS Client|auto|started|NT AUTHORITY\\NetworkService
EventLog|Windows Event Log|auto|started|NT AUTHORITY\\LocalService
iphlpsvc|IP Helper|auto|started|LocalSystem
LanmanServer|Server|auto|started|LocalSystem
LanmanWorkstation|Workstation|auto|started|NT AUTHORITY\\NetworkService
mpssvc|Windows Defender Firewall|auto|started|NT AUTHORITY\\LocalService
MSiSCSI|Microsoft iSCSI Initiator Service|manual|stopped|LocalSystem
Netlogon|Netlogon|manual|stopped|LocalSystem
RemoteRegistry|Remote Registry|auto|stopped|NT AUTHORITY\\LocalService
SessionEnv|Remote Desktop Configuration|manual|started|LocalSystem
SNMPTRAP|SNMP Trap|manual|stopped|NT AUTHORITY\\LocalService
Spooler|Print Spooler|auto|started|LocalSystem
SSDPSRV|SSDP Discovery|manual|stopped|NT AUTHORITY\\LocalService
TermService|Remote Desktop Services|manual|started|NT AUTHORITY\\NetworkService
TrustedInstaller|Windows Modules Installer|manual|stopped|LocalSystem
UmRdpService|Remote Desktop Services UserMode Port Redirector|manual|started|LocalSystem
upnphost|UPnP Device Host|manual|stopped|NT AUTHORITY\\LocalService
W32Time|Windows Time|manual|started|NT AUTHORITY\\LocalService
Wecsvc|Windows Event Collector|manual|stopped|NT AUTHORITY\\NetworkService
WinDefend|Microsoft Defender Antivirus Service|auto|started|LocalSystem
WinHttpAutoProxySvc|WinHTTP Web Proxy Auto-Discovery Service|manual|started|NT AUTHORITY\\LocalService
WinRM|Windows Remote Management (WS-Management)|auto|started|NT AUTHORITY\\NetworkService
wuauserv|Windows Update|manual|stopped|LocalSystem
"""
"""name, display name, start, state, account: "Guidance on disabling system services on Windows Server 2016 with Desktop
Experience" (learn.microsoft.com, security-guidelines-for-disabling-system-services); which run is unverified."""

_OF_FEATURES = """
vmms|Hyper-V Virtual Machine Management|auto|started|LocalSystem|Hyper-V
DNS|DNS Server|auto|started|LocalSystem|DNS
DHCPServer|DHCP Server|auto|started|NT AUTHORITY\\NetworkService|DHCP
WsusService|WSUS Service|auto|started|NT AUTHORITY\\NetworkService|UpdateServices-Services
NTDS|Active Directory Domain Services|auto|started|LocalSystem|AD-Domain-Services
"""

_DEPEND = {"SessionEnv": ["RPCSS", "LanmanWorkstation"], "Netlogon": ["LanmanWorkstation"], "WinRM": ["RPCSS", "HTTP"]}


@part
@dataclass
class Services:
    """The services by name in lower case."""

    by_name: dict[str, Service]

    @classmethod
    def of(cls, spec: WindowsSpec) -> Services:
        """The delivered ones, then those of the specification in their place."""
        known = [_delivered(line) for line in (_DELIVERED + _OF_FEATURES).split("\n") if line]
        return cls({one.name.casefold(): one for one in (*known, *(_specified(each) for each in spec.services))})

    def started(self) -> None:
        """What starts by itself runs."""
        for one in self.by_name.values():
            if one.start in {"auto", "delayed"}:
                one.state = "started"
            elif one.start == "disabled":
                one.state = "stopped"


def _delivered(line: str) -> Service:
    name, display, start, state, account, *feature = line.split("|")
    found = Service(name, display, _SVCHOST, start, state, account)
    found.dependencies = list(_DEPEND.get(name, []))
    found.service_type = "win32_share_process"
    found.feature = feature[0] if feature else ""
    return found


def _specified(spec: ServiceSpec) -> Service:
    return Service(
        spec.name,
        spec.display_name or spec.name,
        spec.path or rf"C:\Program Files\{spec.name}\{spec.name}.exe",
        spec.start,
        spec.state,
        spec.account,
        spec.description,
        list(spec.dependencies),
        spec.can_pause,
    )


# --- users and groups -----------------------------------------------------------------------------------------------


@dataclass
class User:
    """A local user."""

    name: str
    sid: str
    password: str = field(default="", repr=False)
    full_name: str = ""
    description: str = ""
    disabled: bool = False
    locked: bool = False
    expires: str = ""
    """ISO 8601; empty: never."""
    password_expired: bool = False
    password_never_expires: bool = False
    cannot_change_password: bool = False
    home_directory: str = ""
    login_script: str = ""
    profile: str = ""


@dataclass
class Group:
    r"""A local group. `members` are names as Windows shows them: `HOST\user`, `DOMAIN\group`."""

    name: str
    sid: str
    members: list[str] = field(default_factory=list[str])
    description: str = ""


_BUILTIN = {
    "Administrators": 544,
    "Users": 545,
    "Guests": 546,
    "Print Operators": 550,
    "Backup Operators": 551,
    "Replicator": 552,
    "Remote Desktop Users": 555,
    "Network Configuration Operators": 556,
    "Performance Monitor Users": 558,
    "Performance Log Users": 559,
    "Distributed COM Users": 562,
    "Cryptographic Operators": 569,
    "Event Log Readers": 573,
    "Certificate Service DCOM Access": 574,
    "Hyper-V Administrators": 578,
    "Access Control Assistance Operators": 579,
    "Remote Management Users": 580,
    "Storage Replica Administrators": 582,
}
"""Relative ids below S-1-5-32: "Well-known SIDs" (learn.microsoft.com, security identifiers)."""
_MAY_SIGN_IN = ("administrators", "remote management users")
_FIRST_RID = 1000


def machine_sid(seed: str) -> str:
    """A machine's or domain's SID, the same for the same seed."""
    raw = hashlib.sha256(seed.encode()).digest()
    return "S-1-5-21-" + "-".join(str(int.from_bytes(raw[at : at + 4], "big") >> 1) for at in (0, 4, 8))


@part
@dataclass
class Accounts:
    """Local users and groups, each by name in lower case."""

    sid: str
    host: str
    users: dict[str, User] = field(default_factory=dict[str, User])
    groups: dict[str, Group] = field(default_factory=dict[str, Group])
    next_rid: int = _FIRST_RID

    @classmethod
    def of(cls, spec: WindowsSpec) -> Accounts:
        """The built-in ones, then those of the specification."""
        found = cls(machine_sid(spec.uuid or spec.name), spec.name.upper())
        for name, rid in _BUILTIN.items():
            found.groups[name.casefold()] = Group(name, f"S-1-5-32-{rid}")
        found.users["administrator"] = User("Administrator", f"{found.sid}-500", password_never_expires=True)
        found.users["guest"] = User("Guest", f"{found.sid}-501", disabled=True, cannot_change_password=True)
        for group in spec.groups:
            found.add_group(group.name, group.description)
        for user in spec.users:
            one = found.add_user(user.name, user.password)
            one.full_name, one.description, one.disabled = user.full_name, user.description, user.disabled
            one.password_never_expires = user.password_never_expires
        login = found.users.get(spec.user.casefold()) or found.add_user(spec.user, "")
        login.password = spec.password or login.password
        found.join("Administrators", found.shown("Administrator"))
        found.join("Administrators", found.shown(login.name))
        for user in spec.users:
            for name in user.groups:
                found.join(name, found.shown(user.name))
        for group in spec.groups:
            for member in group.members:
                found.join(group.name, member if "\\" in member else found.shown(member))
        return found

    def started(self) -> None:
        """Nothing waits."""

    def shown(self, name: str) -> str:
        """A local account as Windows shows it."""
        return f"{self.host}\\{name}"

    def add_user(self, name: str, password: str) -> User:
        """Make a user with the next free id."""
        found = self.users.setdefault(name.casefold(), User(name, f"{self.sid}-{self.next_rid}", password))
        self.next_rid += 1
        return found

    def add_group(self, name: str, description: str = "") -> Group:
        """Make a group with the next free id; the one that is there otherwise."""
        found = self.groups.setdefault(name.casefold(), Group(name, f"{self.sid}-{self.next_rid}"))
        found.description = description or found.description
        self.next_rid += 1
        return found

    def join(self, group: str, member: str) -> None:
        """Put an account into a group. Raises RefusedError."""
        found = self.groups.get(group.casefold())
        if found is None:
            raise RefusedError(f"group '{group}' not found")
        if member.casefold() not in {one.casefold() for one in found.members}:
            found.members.append(member)

    def groups_of(self, name: str) -> list[Group]:
        """The groups that a local user is in."""
        shown = self.shown(name).casefold()
        return [one for one in self.groups.values() if shown in {each.casefold() for each in one.members}]

    def signs_in(self, user: str, password: str) -> bool:
        """Whether a local user may sign in over WinRM with this password."""
        domain, _, name = user.rpartition("\\")
        if domain.casefold() not in {"", ".", self.host.casefold()}:
            return False
        found = self.users.get(name.casefold())
        if found is None or found.disabled or found.locked or found.password_expired or not found.password:
            return False
        mine = {one.name.casefold() for one in self.groups_of(found.name)}
        return found.password == password and bool(mine & set(_MAY_SIGN_IN))
