"""Roles and features of Windows Server: which there are, what comes with them, what waits for a restart.

Pages: Install-WindowsFeature, Uninstall-WindowsFeature (windows-powershell-docs, servermanager); "Roles, Role
Services, and Features included in Windows Server - Server Core" (windows-server/administration/server-core) for names
and what is there from the start; "Install the Hyper-V role", "Install BitLocker on Windows Server", "Detect, enable,
and disable SMBv1" for the restarts. Microsoft gives no list of what needs a restart: beyond those named it is
unverified.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trustctl.lab.windows.machine import Machine, part
from trustctl.lab.windows.model import words
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.spec import WindowsSpec

_PLAIN = """
ADFS-Federation ADLDS ADRMS ADRMS-Identity ADRMS-Server BITS BITS-Compact-Server BitLocker BranchCache Containers DHCP
DNS
DSC-Service Data-Center-Bridging DeviceHealthAttestationService DirectAccess-VPN DiskIo-QoS EnhancedStorage
FabricShieldedTools Failover-Clustering FileAndStorage-Services FS-SMB1 FS-SMBBW GPMC HostGuardianServiceRole Hyper-V
IPAM
IPAM-Client-Feature ISNS MSMQ MSMQ-DCOM ManagementOdata Migration MultiPoint-Connector MultiPoint-Tools Multipath-IO
NET-Framework-45-Features NET-Framework-Features NFS-Client NLB PNRP PowerShellRoot Print-Services
RPC-over-HTTP-Proxy RSAT RDC Remote-Desktop-Services RemoteAccess SNMP-Service Server-Media-Foundation
ServerEssentialsRole Setup-and-Boot-Event-Collection Simple-TCPIP Telnet-Client UpdateServices VolumeActivation WAS
WINS Web-Server Web-WHC WinRM-IIS-Ext Windows-Defender-Features Windows-Internal-Database Windows-Server-Backup
WindowsPowerShellWebAccess WindowsStorageManagementService WoW64-Support qWave AD-Certificate AD-Domain-Services
"""
_BELOW = {
    "AD-Certificate": "ADCS-Cert-Authority ADCS-Device-Enrollment ADCS-Enroll-Web-Pol ADCS-Enroll-Web-Svc "
    "ADCS-Online-Cert ADCS-Web-Enrollment",
    "FileAndStorage-Services": "File-Services Storage-Services",
    "File-Services": "FS-FileServer FS-BranchCache FS-Data-Deduplication FS-DFS-Namespace FS-DFS-Replication "
    "FS-Resource-Manager FS-VSS-Agent iSCSITarget-Server iSCSITarget-VSS-VDS FS-NFS-Service FS-SyncShareService",
    "FS-SMB1": "FS-SMB1-CLIENT FS-SMB1-SERVER",
    "MSMQ": "MSMQ-Services",
    "MSMQ-Services": "MSMQ-Directory MSMQ-HTTP-Support MSMQ-Routing MSMQ-Server MSMQ-Triggers",
    "MultiPoint-Connector": "MultiPoint-Connector-Services",
    "NET-Framework-45-Features": "NET-Framework-45-ASPNET NET-Framework-45-Core NET-WCF-Services45",
    "NET-WCF-Services45": "NET-WCF-HTTP-Activation45 NET-WCF-MSMQ-Activation45 NET-WCF-Pipe-Activation45 "
    "NET-WCF-TCP-Activation45 NET-WCF-TCP-PortSharing45",
    "NET-Framework-Features": "NET-Framework-Core NET-HTTP-Activation NET-Non-HTTP-Activ",
    "PowerShellRoot": "PowerShell PowerShell-V2",
    "Print-Services": "Print-LPD-Service Print-Server",
    "RSAT": "RSAT-Feature-Tools RSAT-Role-Tools",
    "RSAT-Feature-Tools": "RSAT-Clustering RSAT-DataCenterBridging-LLDP-Tools RSAT-Feature-Tools-BitLocker "
    "RSAT-Shielded-VM-Tools RSAT-Storage-Replica",
    "RSAT-Clustering": "RSAT-Clustering-AutomationServer RSAT-Clustering-CmdInterface RSAT-Clustering-PowerShell",
    "RSAT-Role-Tools": "RSAT-AD-Tools RSAT-DHCP RSAT-DNS-Server RSAT-Hyper-V-Tools RSAT-RemoteAccess "
    "UpdateServices-RSAT",
    "RSAT-AD-Tools": "RSAT-AD-PowerShell RSAT-ADDS RSAT-ADLDS",
    "RSAT-ADDS": "RSAT-AD-AdminCenter RSAT-ADDS-Tools",
    "RSAT-Hyper-V-Tools": "Hyper-V-PowerShell Hyper-V-Tools",
    "RSAT-RemoteAccess": "RSAT-RemoteAccess-PowerShell",
    "Remote-Desktop-Services": "RDS-Connection-Broker RDS-Licensing RDS-Virtualization",
    "RemoteAccess": "Routing Web-Application-Proxy",
    "SNMP-Service": "SNMP-WMI-Provider",
    "UpdateServices": "UpdateServices-DB UpdateServices-Services UpdateServices-WidDB",
    "UpdateServices-RSAT": "UpdateServices-API",
    "WAS": "WAS-Config-APIs WAS-NET-Environment WAS-Process-Model",
    "Windows-Defender-Features": "Windows-Defender",
}
PARENT = {child: parent for parent, below in _BELOW.items() for child in below.split()}
NAMES = {one.casefold(): one for one in {*_PLAIN.split(), *PARENT, *_BELOW}}
"""Every feature by its name in lower case. The parts of the web server are not in it."""
NEEDS = {"BitLocker": ("EnhancedStorage",), "UpdateServices": ("Web-Server",)}
RESTART = frozenset(
    {
        "BitLocker",
        "Containers",
        "EnhancedStorage",
        "FS-SMB1",
        "FS-SMB1-CLIENT",
        "FS-SMB1-SERVER",
        "Hyper-V",
        "Multipath-IO",
        "Windows-Defender",
        "WoW64-Support",
    }
)
RESTART_GONE = RESTART | {"Failover-Clustering", "AD-Domain-Services", "DNS", "DHCP", "PowerShell-V2"}
FIRST = [
    "FileAndStorage-Services",
    "Storage-Services",
    "NET-Framework-45-Features",
    "NET-Framework-45-Core",
    "NET-WCF-Services45",
    "NET-WCF-TCP-PortSharing45",
    "Windows-Defender-Features",
    "Windows-Defender",
    "PowerShellRoot",
    "PowerShell",
    "WoW64-Support",
]
"""Of a server as delivered.

FS-SMB1 is not: it is off from Windows Server 2019 on ("SMBv1 is not installed by default").
"""
_REMOVED = ("NET-Framework-Core", "PowerShell-V2")
"""The files of these are not on the disk."""


@part
@dataclass
class Features:
    """`installed` is what Get-WindowsFeature says, `alive` what works: they differ until the next restart."""

    installed: set[str] = field(default_factory=set[str])
    alive: set[str] = field(default_factory=set[str])
    sourceless: set[str] = field(default_factory=set[str])
    virtualization: bool = True
    controller: bool = False

    @classmethod
    def of(cls, spec: WindowsSpec) -> Features:
        """`state.

        {Features: {without: [...], sourceless: [...], virtualization: false}}`: what a delivered host lacks.
        """
        mine: dict[str, Any] = dict(spec.state.get("Features", {}))
        there = {*FIRST, *(NAMES.get(one.casefold(), one) for one in spec.features)} - set(mine.get("without", ()))
        whole = _with_needs(there)
        sourceless = {*_REMOVED, *mine.get("sourceless", ())} - whole
        return cls(whole, set(whole), sourceless, bool(mine.get("virtualization", True)), spec.directory is not None)

    def started(self) -> None:
        """What was installed or taken away is so now."""
        self.alive = set(self.installed)

    def has(self, name: str) -> bool:
        """Whether a feature works now."""
        return NAMES.get(name.casefold(), name) in self.alive

    def coming(self, name: str) -> set[str]:
        """What Install-WindowsFeature makes: the feature, what stands above it, what it needs; without what is there.

        Its -WhatIf says the same, and makes nothing ("Shows what would happen if the cmdlet runs").
        """
        return _with_needs({named(name)}) - self.installed

    def going(self, name: str) -> set[str]:
        """What Uninstall-WindowsFeature takes away: the feature, what stands below it, what needs one of these."""
        gone = {named(name)} & self.installed
        while more := {one for one in self.installed - gone if gone & {*parents(one), *NEEDS.get(one, ())}}:
            gone |= more
        return gone

    def install(self, name: str) -> bool:
        """Install-WindowsFeature, with what stands above it and what it needs.

        Whether Windows wants a restart for it.
        """
        new = self.coming(name)
        if any(one in self.sourceless for one in new):
            raise RefusedError(words.FEATURE_SOURCES)
        if "Hyper-V" in new and not self.virtualization:
            raise RefusedError(words.NO_VIRTUALIZATION)
        self.installed.update(new)
        self.alive.update(one for one in new if one not in RESTART)
        return any(one in RESTART for one in new)

    def remove(self, name: str) -> bool:
        """Uninstall-WindowsFeature, with what stands below it and what needs it.

        Whether Windows wants a restart for it.
        """
        gone = self.going(name)
        if "AD-Domain-Services" in gone and self.controller:
            raise RefusedError(words.CONTROLLER_FIRST)
        self.installed -= gone
        self.alive -= {one for one in gone if one not in RESTART_GONE}
        return bool(gone & RESTART_GONE)


def _with_needs(names: set[str]) -> set[str]:
    """Features with what stands above them and what they need, as deep as it goes."""
    found: set[str] = set()
    while names:
        found |= names
        names = {more for one in names for more in (*parents(one), *NEEDS.get(one, ()))} - found
    return found


def named(name: str) -> str:
    """A feature's name as Windows writes it. Raises RefusedError for one that there is not."""
    found = NAMES.get(name.casefold())
    if found is None:
        raise RefusedError(words.FEATURE_UNKNOWN.format(name=name))
    return found


def parents(name: str) -> tuple[str, ...]:
    """What stands above a feature, nearest last."""
    above = PARENT.get(name)
    return (*parents(above), above) if above else ()


def alive(host: Machine, *names: str) -> bool:
    """Whether all of these features work on a host now."""
    mine = host.part(Features)
    return all(mine.has(one) for one in names)
