"""Settings that stand by themselves: SMB, firewall profiles, audit policy, event logs, power, BitLocker.

Pages: Set-SmbServerConfiguration (smbshare), Set-NetFirewallProfile (netsecurity), Get-BitLockerVolume (bitlocker) of
windows-powershell-docs; "auditpol", "wevtutil" and "powercfg" (windows-server/administration/windows-commands,
windows-hardware/design/device-experiences); "Audit Policy Recommendations" (windows-server/identity) for what is
audited from the start.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trustctl.lab.windows.machine import part
from trustctl.lab.windows.model import words
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.spec import WindowsSpec


@part
@dataclass
class SmbServer:
    """Get-SmbServerConfiguration, as a server of 2019 or 2022 is delivered; a controller signs."""

    smb1: bool = False
    sign: bool = False
    require_signing: bool = False
    encrypt: bool = False
    reject_unencrypted: bool = True
    audit_smb1: bool = False

    @classmethod
    def of(cls, spec: WindowsSpec) -> SmbServer:
        """The Default Domain Controllers Policy makes controllers sign. `state: {SmbServer: {...}}` sets the rest."""
        signs = spec.directory is not None
        return cls(**{"sign": signs, "require_signing": signs, **spec.state.get("SmbServer", {})})

    def started(self) -> None:
        """Nothing of it waits for a restart."""


LOG_SIZES = range(1, 32768)


@dataclass(slots=True)
class Profile:
    """Get-NetFirewallProfile: defaults of the page; `log_kilobytes` is LogMaxSizeKilobytes."""

    enabled: bool = True
    inbound: str = "block"
    outbound: str = "allow"
    notify: bool = False
    log_file: str = r"%systemroot%\system32\LogFiles\Firewall\pfirewall.log"
    log_kilobytes: int = 4096
    log_allowed: bool = False
    log_blocked: bool = False


@part
@dataclass
class Profiles:
    """The three profiles; `active` is the one in force on the connection that the host is managed by.

    `policy` is what a group policy sets of each: what the server itself says of that is not in force.
    """

    profiles: dict[str, Profile] = field(default_factory=dict[str, Profile])
    active: str = "Public"
    policy: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @classmethod
    def of(cls, spec: WindowsSpec) -> Profiles:
        """A member of a domain is in the Domain profile where it reaches its controller."""
        member = spec.domain or spec.directory
        mine = spec.state.get("Profiles", {})
        active = mine.get("active", "Domain" if member else "Public")
        return cls({name: Profile() for name in ("Domain", "Private", "Public")}, active, dict(mine.get("policy", {})))

    def started(self) -> None:
        """Nothing of it waits for a restart."""


_BOTH, _YES = (True, True), (True, False)
SUBCATEGORIES: dict[str, tuple[str, ...]] = {
    "System": (
        "Security State Change",
        "Security System Extension",
        "System Integrity",
        "IPsec Driver",
        "Other System Events",
    ),
    "Logon/Logoff": (
        "Logon",
        "Logoff",
        "Account Lockout",
        "IPsec Main Mode",
        "IPsec Quick Mode",
        "IPsec Extended Mode",
        "Special Logon",
        "Other Logon/Logoff Events",
        "Network Policy Server",
        "User / Device Claims",
        "Group Membership",
    ),
    "Object Access": (
        "File System",
        "Registry",
        "Kernel Object",
        "SAM",
        "Certification Services",
        "Application Generated",
        "Handle Manipulation",
        "File Share",
        "Filtering Platform Packet Drop",
        "Filtering Platform Connection",
        "Other Object Access Events",
        "Detailed File Share",
        "Removable Storage",
        "Central Policy Staging",
    ),
    "Privilege Use": ("Sensitive Privilege Use", "Non Sensitive Privilege Use", "Other Privilege Use Events"),
    "Detailed Tracking": (
        "Process Creation",
        "Process Termination",
        "DPAPI Activity",
        "RPC Events",
        "Plug and Play Events",
        "Token Right Adjusted Events",
    ),
    "Policy Change": (
        "Audit Policy Change",
        "Authentication Policy Change",
        "Authorization Policy Change",
        "MPSSVC Rule-Level Policy Change",
        "Filtering Platform Policy Change",
        "Other Policy Change Events",
    ),
    "Account Management": (
        "User Account Management",
        "Computer Account Management",
        "Security Group Management",
        "Distribution Group Management",
        "Application Group Management",
        "Other Account Management Events",
    ),
    "DS Access": (
        "Directory Service Access",
        "Directory Service Changes",
        "Directory Service Replication",
        "Detailed Directory Service Replication",
    ),
    "Account Logon": (
        "Credential Validation",
        "Kerberos Service Ticket Operations",
        "Other Account Logon Events",
        "Kerberos Authentication Service",
    ),
}
_AUDITED = {
    "Security State Change": _YES,
    "System Integrity": _BOTH,
    "Other System Events": _BOTH,
    "Logon": _BOTH,
    "Logoff": _YES,
    "Account Lockout": _YES,
    "Special Logon": _YES,
    "Network Policy Server": _BOTH,
    "Audit Policy Change": _YES,
    "Authentication Policy Change": _YES,
    "User Account Management": _YES,
    "Computer Account Management": _YES,
    "Security Group Management": _YES,
    "Directory Service Access": _YES,
    "Credential Validation": _YES,
    "Kerberos Service Ticket Operations": _YES,
    "Kerberos Authentication Service": _YES,
}


@part
@dataclass
class AuditPolicy:
    """Subcategory -> [success, failure]."""

    settings: dict[str, list[bool]] = field(default_factory=dict[str, list[bool]])

    @classmethod
    def of(cls, spec: WindowsSpec) -> AuditPolicy:
        """What Windows Server audits from the start."""
        names = [one for group in SUBCATEGORIES.values() for one in group]
        return cls({name: list(_AUDITED.get(name, (False, False))) for name in names})

    def started(self) -> None:
        """Nothing of it waits for a restart."""


LOG_STEP = 64 * 1024
LOG_LEAST = 1024 * 1024


@dataclass(slots=True)
class EventLog:
    """A log. `mode` is overwrite (Circular), archive (AutoBackup) or keep (Retain)."""

    name: str
    size: int = 20 * 1024 * 1024
    mode: str = "overwrite"
    enabled: bool = True
    classic: bool = True

    def set_size(self, size: int) -> None:
        """At least 1 MB, and rounded to 64 KB: "the value you enter will be rounded off accordingly" (wevtutil)."""
        self.size = max(LOG_LEAST, -(-size // LOG_STEP) * LOG_STEP)


_OPERATIONAL = {
    "Microsoft-Windows-PowerShell/Operational": 15 * 1024 * 1024,
    "Microsoft-Windows-TaskScheduler/Operational": 10 * 1024 * 1024,
    "Microsoft-Windows-SMBServer/Audit": 8 * 1024 * 1024,
    "Microsoft-Windows-Windows Defender/Operational": 16 * 1024 * 1024,
    "Microsoft-Windows-WinRM/Operational": 1028 * 1024 // LOG_STEP * LOG_STEP + LOG_STEP,
}


@part
@dataclass
class EventLogs:
    """The logs by name in lower case."""

    logs: dict[str, EventLog] = field(default_factory=dict[str, EventLog])

    @classmethod
    def of(cls, spec: WindowsSpec) -> EventLogs:
        """`state: {EventLogs: {names: [...]}}` are logs beside those of every server."""
        classic = [EventLog(name) for name in ("Application", "Security", "System", "ForwardedEvents")]
        classic.append(EventLog("Windows PowerShell", 15 * 1024 * 1024))
        later = [EventLog(name, size, classic=False) for name, size in _OPERATIONAL.items()]
        more = [EventLog(name, LOG_LEAST, classic=False) for name in spec.state.get("EventLogs", {}).get("names", ())]
        classic[3].classic = False
        return cls({one.name.casefold(): one for one in (*classic, *later, *more)})

    def started(self) -> None:
        """Nothing of it waits for a restart."""

    def needed(self, name: str) -> EventLog:
        """A log. Raises RefusedError if there is none."""
        found = self.logs.get(name.casefold())
        if found is None:
            raise RefusedError(f"The specified channel could not be found: {name}")
        return found


PLANS = {
    "balanced": "381b4222-f694-41f0-9685-ff5bb260df2e",
    "high_performance": "8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c",
    "power_saver": "a1841308-3541-4fab-bc81-f71556f20b4a",
}


@part
@dataclass
class Power:
    """The power plans by GUID, and the one in force. Windows Server is delivered with Balanced."""

    plans: list[str] = field(default_factory=lambda: list(PLANS.values()))
    active: str = PLANS["balanced"]

    @classmethod
    def of(cls, spec: WindowsSpec) -> Power:
        """`state: {Power: {plans: [...]}}` are further plans."""
        return cls([*PLANS.values(), *(str(one).lower() for one in spec.state.get("Power", {}).get("plans", ()))])

    def started(self) -> None:
        """It outlives restarts."""

    def activate(self, plan: str) -> None:
        """Powercfg /setactive. Raises RefusedError for a plan that there is not."""
        wanted = PLANS.get(plan, plan).lower()
        if wanted not in self.plans:
            raise RefusedError(words.POWER_MISSING)
        self.active = wanted


@dataclass(slots=True)
class Volume:
    """Get-BitLockerVolume."""

    protected: bool = False
    percent: int = 0
    method: str = "None"
    locked: bool = False
    protectors: list[str] = field(default_factory=list[str])


@part
@dataclass
class BitLocker:
    """The volumes by mount point (`C:`); the lab encrypts nothing."""

    volumes: dict[str, Volume] = field(default_factory=dict[str, Volume])

    @classmethod
    def of(cls, spec: WindowsSpec) -> BitLocker:
        """`state: {BitLocker: {volumes: {"C:": {protected: true, ...}}}}` are volumes that are protected."""
        seeds: dict[str, Any] = dict(spec.state.get("BitLocker", {}).get("volumes", {}))
        letters = [f"{one.letter.rstrip(':').upper()}:" for one in spec.volumes]
        return cls({letter: Volume(**seeds.get(letter, {})) for letter in letters})

    def started(self) -> None:
        """It outlives restarts."""
