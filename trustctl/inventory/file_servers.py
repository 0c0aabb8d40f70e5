"""`schools/<slug>/servers.yml`: Linux servers, Windows servers and Hyper-V hosts of one school."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from trustctl.inventory.fields import Address, CapturedPath, FileModel, Hostname, Pattern, Position, Slug, Title, Udp
from trustctl.inventory.file_linux import AssetFile, OwnCertificateFile, System
from trustctl.inventory.file_school import PortList, StageName
from trustctl.inventory.file_trust import LoginFile
from trustctl.inventory.file_windows import (
    ConnectionFile,
    Edition,
    HostMachineFile,
    Letter,
    Size,
    SystemName,
    Unit,
    VirtualSwitchFile,
    WindowsName,
)


class PluggedFile(FileModel):
    """Where a server is plugged in."""

    switch: Slug
    ports: PortList


class OpenFile(FileModel):
    """A port that a server answers on, and the VLANs whose devices may ask it."""

    port: Udp
    protocol: Literal["tcp", "udp"] = "tcp"
    to: Annotated[list[Slug], Field(min_length=1)]
    purpose: Title


class ServerFile(FileModel):
    """What every server has."""

    vlan: Slug = "servers"
    address: Address | None = None
    position: Position | None = None
    roles: list[Slug] = Field(default_factory=list)
    plugged: list[PluggedFile] = Field(default_factory=list[PluggedFile])
    login: LoginFile | None = None
    stage: StageName | None = None
    captured: CapturedPath | None = None


class LinuxServerFile(ServerFile):
    """A Linux server."""

    kind: Literal["linux"]
    os: System | None = None
    serial: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    """Its machine id."""
    open: list[OpenFile] = Field(default_factory=list[OpenFile])
    """Ports that it answers on besides those that its roles need."""
    certificate: OwnCertificateFile | None = None
    """By it a collector is known, and a sender to one."""
    asset: AssetFile | None = None


Serial = Annotated[
    str,
    Pattern(
        r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}",
        "Write the UUID that Win32_ComputerSystemProduct shows, in capitals.",
    ),
]


class AnyWindowsFile(ServerFile):
    """What Windows servers and Hyper-V hosts have."""

    os: SystemName | None = None
    edition: Edition = "core"
    serial: Serial | None = None
    """The UUID of the machine that must answer."""
    memory: Size | None = None
    """What is built in; left out: nobody asks whether its machines fit."""
    processors: Annotated[int, Field(ge=1, le=2048)] | None = None
    adapters: list[WindowsName] = Field(default_factory=list[WindowsName])
    """Its network adapters, as Windows names them; the first has the address, on a Hyper-V host its virtual switch."""
    volumes: Annotated[list[Letter], Field(min_length=1)] = Field(default_factory=lambda: ["C"])
    """Drive letters."""
    connection: ConnectionFile | None = None
    """How it is reached until it has joined the domain, for example; left out: as the trust's others."""
    unit: Unit | None = None
    """Where its account lives, if not where the trust's others do."""
    domain: bool = True
    """False: it stays in its workgroup."""


class WindowsServerFile(AnyWindowsFile):
    """A Windows server."""

    kind: Literal["windows"]


class HypervServerFile(AnyWindowsFile):
    """A Hyper-V host."""

    kind: Literal["hyperv"]
    switches: dict[WindowsName, VirtualSwitchFile] = Field(default_factory=dict[WindowsName, VirtualSwitchFile])
    """Laid over the baseline's of the same name."""
    vms: dict[Hostname, HostMachineFile] = Field(default_factory=dict[Hostname, HostMachineFile])
    """Its virtual machines."""


OneServer = Annotated[LinuxServerFile | WindowsServerFile | HypervServerFile, Field(discriminator="kind")]


class ServersFile(FileModel):
    """The whole of `servers.yml`."""

    servers: dict[Hostname, OneServer]
