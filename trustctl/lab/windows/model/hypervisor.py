"""What Hyper-V allows to be done to a virtual machine, and what it refuses.

Pages: New-VM, Set-VM, Set-VMMemory, Set-VMProcessor, Set-VMFirmware, Add-VMHardDiskDrive, Resize-VHD,
Add-VMNetworkAdapter, Set-VMNetworkAdapter, Set-VMNetworkAdapterVlan, Start-VM, Remove-VM (windows-powershell-docs,
hyper-v); "What's new in Hyper-V on Windows Server 2016" (memory and adapters of running machines); "Plan for Hyper-V
scalability" (limits).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model import words
from trustctl.lab.windows.model.disks import Disk, Disks
from trustctl.lab.windows.model.machines import (
    MB,
    OFF,
    RUNNING,
    SERVICES,
    TB,
    TEMPLATES,
    Drive,
    Machines,
    Memory,
    Nic,
    Vm,
)
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.model.switches import WEIGHTS, Switches, Vlan
from trustctl.lab.windows.model.vmhost import MAC_DIGITS, VmHost, make_folder

LEAST_MEMORY = 32 * MB
MOST_MEMORY = {1: TB, 2: 12 * TB}
MOST_PROCESSORS = {1: 64, 2: 240}
"""Of one machine on Windows Server 2016 to 2022."""
BUFFERS = range(5, 2001)
MOST_NICS = 64
"""Synthetic adapters of one machine on Windows Server 2019 and 2022."""
PARENT_MEMORY = 2 * 1024**3
"""What the host keeps for itself; unverified, as no page gives the figure."""


class Hypervisor:
    """The cmdlets that work on machines: all of them on one host."""

    def __init__(self, host: Machine) -> None:
        self._host = host
        self._all = host.part(Machines)
        self._disks = host.part(Disks)

    def create(self, name: str, generation: int, folder: str) -> Vm:
        """New-VM -NoVHD: one processor, 512 MB, one adapter that is connected to nothing; off."""
        if self._all.machine(name):
            raise RefusedError(words.VM_EXISTS.format(name=name))
        make_folder(self._host, folder)
        made = Vm(name, generation, folder)
        made.secure_boot = generation != 1
        made.boot = ["network Network Adapter"] if generation != 1 else []
        self._all.machines[name.casefold()] = made
        return made

    def remove(self, name: str) -> None:
        """Remove-VM: never a disk's file. Raises RefusedError for a machine that runs."""
        self._all.needed(name).need_off()
        del self._all.machines[name.casefold()]

    # --- processors and memory --------------------------------------------------------------------------------------

    def set_processors(self, vm: Vm, count: int) -> None:
        """Set-VMProcessor -Count: only of a machine that is off, not more than the host has or one may have."""
        vm.need_off()
        most = min(self._host.spec.processors, MOST_PROCESSORS[vm.generation])
        if not 1 <= count <= most:
            raise RefusedError(words.VM_PROCESSORS.format(count=count, most=most))
        vm.processors = count

    def set_memory(self, vm: Vm, wish: Memory) -> None:
        """Set-VMMemory.

        Of a running machine: static memory within what the host has, dynamic bounds only further apart.
        """
        most = MOST_MEMORY[vm.generation]
        for name, value in (("StartupBytes", wish.startup), ("MinimumBytes", wish.minimum)):
            if not LEAST_MEMORY <= value <= most or value % (2 * MB):
                self._refuse_memory(f"{name} {value} must be a multiple of 2 MB between {LEAST_MEMORY} and {most}.")
        if wish.dynamic and not wish.minimum <= wish.startup <= wish.maximum:
            self._refuse_memory("The startup memory must lie between the minimum and the maximum.")
        if wish.dynamic and wish.buffer not in BUFFERS:
            raise RefusedError(words.NUMBER_RANGE.format(name="Buffer", value=wish.buffer, least=5, most=2000))
        if not vm.off:
            self._check_running_memory(vm, wish)
        vm.memory = replace(wish)

    def _check_running_memory(self, vm: Vm, wish: Memory) -> None:
        now = vm.memory
        if wish.dynamic != now.dynamic:
            raise RefusedError(words.VM_STATE)
        if not now.dynamic:
            if wish.startup - now.startup > self.free_memory():
                self._refuse_memory("There is not enough memory in the system.")
            return
        if wish.startup != now.startup or wish.minimum > now.minimum or wish.maximum < now.maximum:
            raise RefusedError(words.VM_STATE)

    @staticmethod
    def _refuse_memory(why: str) -> None:
        raise RefusedError(words.MEMORY_REFUSED.format(why=why))

    def free_memory(self) -> int:
        """Bytes that the running machines and the host itself leave."""
        taken = sum(one.memory.startup for one in self._all.machines.values() if one.state == RUNNING)
        return self._host.spec.memory_bytes - PARENT_MEMORY - taken

    # --- disks ------------------------------------------------------------------------------------------------------

    def attach(self, vm: Vm, path: str, controller: str, number: int, location: int | None) -> Drive:
        """Add-VMHardDiskDrive: at the location, or the first free one. Only SCSI while the machine runs."""
        if self._disks.file(path) is None:
            raise RefusedError(words.DISK_MISSING.format(path=path))
        if controller == "IDE":
            vm.need_off()
        for other in self._all.machines.values():
            if other is not vm and other.state == RUNNING and other.drive(path):
                raise RefusedError(words.DISK_BUSY.format(path=path))
        places, taken = vm.places(controller, number), vm.taken(controller, number)
        free = [at for at in places if at not in taken]
        at = location if location is not None else (free[0] if free else -1)
        if at not in places:
            raise RefusedError(words.PLACE_MISSING.format(type=controller, number=number, location=at))
        if at in taken:
            raise RefusedError(words.PLACE_TAKEN.format(type=controller, number=number, location=at))
        made = Drive(path, controller, number, at)
        vm.drives.append(made)
        if vm.generation != 1:
            vm.boot.append(f"disk {path}")
        return made

    def grow(self, vm: Vm, drive: Drive, disk: Disk, size: int) -> None:
        """Resize-VHD of an attached disk: not on an IDE controller while the machine runs."""
        if drive.controller == "IDE":
            vm.need_off()
        self._disks.grow(disk, size)

    # --- network ----------------------------------------------------------------------------------------------------

    def add_nic(self, vm: Vm, name: str) -> Nic:
        """Add-VMNetworkAdapter: to a running machine only of generation 2."""
        if vm.generation == 1:
            vm.need_off()
        if len(vm.nics) >= MOST_NICS:
            raise RefusedError(
                words.NUMBER_RANGE.format(name="network adapters", value=len(vm.nics) + 1, least=0, most=MOST_NICS)
            )
        made = Nic(name)
        vm.nics.append(made)
        if vm.generation != 1:
            vm.boot.append(f"network {name}")
        return made

    @staticmethod
    def remove_nic(vm: Vm, nic: Nic) -> None:
        """Remove-VMNetworkAdapter: from a running machine only of generation 2."""
        if vm.generation == 1:
            vm.need_off()
        vm.nics.remove(nic)
        vm.boot = [one for one in vm.boot if one != f"network {nic.name}"]

    @staticmethod
    def rename_nic(vm: Vm, nic: Nic, name: str) -> None:
        """Rename-VMNetworkAdapter."""
        vm.boot = [f"network {name}" if one == f"network {nic.name}" else one for one in vm.boot]
        nic.name = name

    def connect(self, nic: Nic, switch: str) -> None:
        """Connect-VMNetworkAdapter; an empty switch is Disconnect-VMNetworkAdapter."""
        nic.switch = self._host.part(Switches).needed(switch).name if switch else ""

    @staticmethod
    def set_vlan(nic: Nic, vlan: Vlan) -> None:
        """Set-VMNetworkAdapterVlan."""
        vlan.check()
        nic.vlan = vlan

    def set_mac(self, vm: Vm, nic: Nic, mac: str) -> None:
        """Set-VMNetworkAdapter -StaticMacAddress, or -DynamicMacAddress for an empty one: only while it is off."""
        vm.need_off()
        if mac and (len(mac) != MAC_DIGITS or not set(mac.upper()) <= set("0123456789ABCDEF") or int(mac[1], 16) & 1):
            raise RefusedError(f"The MAC address {mac} is not valid.")
        nic.dynamic_mac, nic.mac = not mac, mac.upper()

    def set_weight(self, nic: Nic, weight: int) -> None:
        """Set-VMNetworkAdapter -MinimumBandwidthWeight: only on a switch that counts bandwidth by weight."""
        if weight not in WEIGHTS:
            raise RefusedError(words.WEIGHT_RANGE.format(weight=weight))
        self.need_port(nic)
        mode = self._host.part(Switches).needed(nic.switch).mode
        if weight and mode != "Weight":
            raise RefusedError(words.FLOW_MODE.format(mode=mode))
        nic.weight = weight

    @staticmethod
    def need_port(nic: Nic) -> None:
        """What belongs to the port of a switch cannot be set on an adapter without one."""
        if not nic.switch:
            raise RefusedError(words.PORT_STATE)

    # --- firmware, services, power ----------------------------------------------------------------------------------

    @staticmethod
    def set_firmware(vm: Vm, *, secure: bool | None = None, template: str | None = None) -> None:
        """Set-VMFirmware -EnableSecureBoot, -SecureBootTemplate: generation 2, off, and no TPM for another template."""
        vm.need_generation(2)
        vm.need_off()
        if template is not None:
            if template not in TEMPLATES:
                raise RefusedError(words.TEMPLATE_MISSING.format(name=template))
            if vm.tpm and template != vm.template:
                raise RefusedError(words.TEMPLATE_LOCKED)
            vm.template = template
        if secure is not None:
            vm.secure_boot = secure

    @staticmethod
    def set_boot(vm: Vm, order: Sequence[str]) -> None:
        """Set-VMFirmware -BootOrder: generation 2, off, only devices that it has. It becomes exactly the list."""
        vm.need_generation(2)
        vm.need_off()
        known = {one.casefold(): one for one in vm.devices()}
        missing = [one for one in order if one.casefold() not in known]
        if missing:
            raise RefusedError(f"The boot device {missing[0]} is not a device of the virtual machine.")
        vm.boot = [known[one.casefold()] for one in order]

    @staticmethod
    def set_stop(vm: Vm, action: str) -> None:
        """Set-VM -AutomaticStopAction: only of a machine that is off (HyperVDsc, issue 216; on no page)."""
        vm.need_off()
        vm.stop = action

    @staticmethod
    def set_service(vm: Vm, name: str, *, enabled: bool) -> None:
        """Enable- or Disable-VMIntegrationService."""
        found = next((one for one in SERVICES if one.casefold() == name.casefold()), None)
        if found is None:
            raise RefusedError(words.SERVICE_MISSING.format(name=name))
        vm.services[found] = enabled

    def start(self, vm: Vm) -> None:
        """Start-VM: needs the host's memory for it, its disks' files for itself, and hardware addresses."""
        if vm.state == RUNNING:
            return
        if vm.memory.startup > self.free_memory():
            raise RefusedError(words.VM_MEMORY_SHORT.format(name=vm.name, megabytes=vm.memory.startup // MB))
        for drive in vm.drives:
            if self._disks.file(drive.path) is None:
                raise RefusedError(words.DISK_MISSING.format(path=drive.path))
            for other in self._all.machines.values():
                if other is not vm and other.state == RUNNING and other.drive(drive.path):
                    raise RefusedError(words.DISK_BUSY.format(path=drive.path))
        for nic in vm.nics:
            if not nic.mac:
                nic.mac = self._host.part(VmHost).next_mac(self._all.macs())
        vm.state = RUNNING

    @staticmethod
    def stop(vm: Vm) -> None:
        """Stop-VM -Force: asks the guest by its service Shutdown.

        That it fails without, and of a saved machine, in which nobody could answer, is unverified.
        """
        if not vm.off and (vm.state != RUNNING or not vm.services["Shutdown"]):
            raise RefusedError(words.VM_STOP.format(name=vm.name))
        vm.state = OFF
