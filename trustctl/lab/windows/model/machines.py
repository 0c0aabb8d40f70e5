"""Virtual machines as Hyper-V keeps them: what there is. What may be done to them is in `hypervisor`.

Pages: New-VM, Set-VM, Set-VMMemory, Set-VMFirmware, Get-VMIntegrationService (windows-powershell-docs, hyper-v).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from trustctl.lab.windows.machine import part
from trustctl.lab.windows.model import words
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.model.switches import Vlan
from trustctl.lab.windows.spec import WindowsSpec

MB, GB, TB = 1024**2, 1024**3, 1024**4
SERVICES = (
    "Guest Service Interface",
    "Heartbeat",
    "Key-Value Pair Exchange",
    "Shutdown",
    "Time Synchronization",
    "VSS",
)
"""The integration services of a Windows host in English; all but the first are on in a new machine."""
TEMPLATES = ("MicrosoftWindows", "MicrosoftUEFICertificateAuthority", "OpenSourceShieldedVM")
OFF, RUNNING, SAVED = "Off", "Running", "Saved"


@dataclass(slots=True)
class Memory:
    """In bytes; `buffer` in per cent. A new machine's are those of New-VM, its bounds Hyper-V's own."""

    dynamic: bool = False
    startup: int = 512 * MB
    minimum: int = 512 * MB
    maximum: int = TB
    buffer: int = 20


@dataclass(slots=True)
class Drive:
    """A hard disk drive: a place on a controller, with a file in it."""

    path: str
    controller: str
    number: int
    location: int


@dataclass(slots=True)
class Nic:
    """A network adapter. `switch` empty: it is not connected. `mac` empty: dynamic, and none given yet."""

    name: str
    switch: str = ""
    vlan: Vlan = field(default_factory=Vlan)
    mac: str = ""
    dynamic_mac: bool = True
    spoofing: bool = False
    dhcp_guard: bool = False
    router_guard: bool = False
    teaming: bool = False
    weight: int = 0


@dataclass(slots=True)
class Vm:
    """A virtual machine. `boot` names devices: `disk PATH`, `network NAME`, `dvd NUMBER:LOCATION`."""

    name: str
    generation: int
    path: str
    processors: int = 1
    compatibility: bool = False
    nested: bool = False
    memory: Memory = field(default_factory=Memory)
    drives: list[Drive] = field(default_factory=list[Drive])
    nics: list[Nic] = field(default_factory=lambda: [Nic("Network Adapter")])
    dvds: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    secure_boot: bool = True
    template: str = TEMPLATES[0]
    tpm: bool = False
    boot: list[str] = field(default_factory=list[str])
    start: str = "StartIfRunning"
    delay: int = 0
    stop: str = "Save"
    services: dict[str, bool] = field(default_factory=lambda: {one: one != SERVICES[0] for one in SERVICES})
    checkpoint: str = "Production"
    automatic_checkpoints: bool = False
    notes: str = ""
    state: str = OFF

    @property
    def off(self) -> bool:
        """Whether it may be changed as a machine that is turned off."""
        return self.state == OFF

    def need_off(self) -> None:
        """Raises RefusedError unless the machine is off."""
        if not self.off:
            raise RefusedError(words.VM_STATE)

    def need_generation(self, generation: int) -> None:
        """Raises RefusedError for a machine of the other generation."""
        if self.generation != generation:
            raise RefusedError(words.VM_GENERATION.format(generation=self.generation))

    def nic(self, name: str) -> Nic | None:
        """An adapter by its name, whatever its case."""
        return next((one for one in self.nics if one.name.casefold() == name.casefold()), None)

    def drive(self, path: str) -> Drive | None:
        """The drive that has a file in it."""
        return next((one for one in self.drives if one.path.casefold() == path.casefold()), None)

    def places(self, controller: str, number: int) -> range:
        """The locations of a controller: IDE 0 and 1 with two each (generation 1), four SCSI ones with 64 each."""
        if controller == "IDE":
            return range(2 if self.generation == 1 and number in range(2) else 0)
        return range(64 if number in range(4) else 0)

    def taken(self, controller: str, number: int) -> frozenset[int]:
        """The locations that have a drive."""
        mine = {one.location for one in self.drives if (one.controller, one.number) == (controller, number)}
        dvd_controller = "IDE" if self.generation == 1 else "SCSI"
        return frozenset(mine | {at for on, at in self.dvds if (dvd_controller, on) == (controller, number)})

    def devices(self) -> tuple[str, ...]:
        """What it could start from, as `boot` names it."""
        return (
            *(f"disk {one.path}" for one in self.drives),
            *(f"network {one.name}" for one in self.nics),
            *(f"dvd {number}:{location}" for number, location in self.dvds),
        )


@part
@dataclass
class Machines:
    """The host's machines, by name in lower case."""

    machines: dict[str, Vm] = field(default_factory=dict[str, Vm])

    @classmethod
    def of(cls, spec: WindowsSpec) -> Machines:
        """A delivered host has none."""
        return cls()

    def started(self) -> None:
        """Each does what it is told to do when the host goes down and comes up (Set-VM -AutomaticStopAction)."""
        for one in self.machines.values():
            ran = one.state == RUNNING
            if ran:
                one.state = SAVED if one.stop == "Save" else OFF
            if one.start == "Start" or (one.start == "StartIfRunning" and ran):
                one.state = RUNNING

    def machine(self, name: str) -> Vm | None:
        """A machine by its name, whatever its case."""
        return self.machines.get(name.casefold())

    def needed(self, name: str) -> Vm:
        """A machine by its name. Raises RefusedError if there is none."""
        found = self.machine(name)
        if found is None:
            raise RefusedError(words.VM_MISSING.format(name=name))
        return found

    def macs(self) -> frozenset[str]:
        """The hardware addresses that are given out."""
        return frozenset(nic.mac for one in self.machines.values() for nic in one.nics if nic.mac)

    def on(self, switch: str) -> Iterator[tuple[Vm, Nic]]:
        """The adapters that are on a switch."""
        for one in self.machines.values():
            for nic in one.nics:
                if nic.switch.casefold() == switch.casefold():
                    yield one, nic
