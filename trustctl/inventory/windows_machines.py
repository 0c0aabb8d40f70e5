"""A Hyper-V host's virtual switches and machines: the baseline's, with what the host has otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trustctl.inventory.file_servers import HypervServerFile
from trustctl.inventory.file_windows import HostMachineFile, MachineAdapterFile, MachineFile, VirtualSwitchFile
from trustctl.inventory.problem import Problem
from trustctl.inventory.windows_ground import At, Ground
from trustctl.inventory.wording import did_you_mean
from trustctl.inventory.yaml_document import Document
from trustctl.model.school import Server
from trustctl.model.windows import (
    NETBIOS,
    IntegrationService,
    Machine,
    MachineAdapter,
    MachineDisk,
    ManagementAdapter,
    Memory,
    VirtualSwitch,
)

_GB = 1024**3
_LARGEST_DISK = 64 * 1024**4
"""Bytes of a .vhdx file (learn.microsoft.com, "Plan for Hyper-V scalability in Windows Server")."""
Spot = tuple[Document, At]
"""A place in a file."""


class HostParts:
    """Makes the switches and machines of one school's hosts, collecting problems."""

    def __init__(self, document: Document, ground: Ground) -> None:
        self._document, self._ground = document, ground
        self._named: dict[str, At] = {}
        """Machine, in small letters -> where it was first."""
        self._doubtful = False
        """A VLAN of the host's switches is not known: what would follow from that is not told."""
        self.problems: list[Problem] = []

    def _problem(self, at: At, code: str, problem: str, remedy: str, *, key: bool = False) -> None:
        self.problems.append(self._document.problem(at, code, problem, remedy, key=key))

    def _baseline(self, *at: str | int) -> Spot:
        """Where a value of the section `windows.hyperv` stands."""
        source = self._ground.settings.source(("windows", "hyperv", *at))
        return source.document, source.at

    def switches(self, server: Server, file: HypervServerFile, at: At) -> tuple[dict[str, VirtualSwitch], str]:
        """The host's switches, and the adapter that has its address: on a switch, or one that no switch takes."""
        if not file.adapters:
            remedy = "List them under `adapters`, as Get-NetAdapter names them."
            self._problem(at, "adapter_missing", "a Hyper-V host without network adapters", remedy, key=True)
        usual = self._ground.windows.hyperv.switches
        wanted = {**usual, **{name: _laid_over(usual.get(name), one) for name, one in file.switches.items()}}
        taken = self._taken(file, wanted, at)
        self._doubtful = False
        found: dict[str, VirtualSwitch] = {}
        for name, one in wanted.items():
            adapters = tuple(one.adapters or (adapter for adapter in file.adapters if adapter not in taken))
            own = tuple(self._management(one, server.vlan_role, self._of_switch(name, file, "management", at)))
            vlans = tuple(self._carried(one, self._of_switch(name, file, "vlans", at)))
            management = {each.name: each for each in own}
            found[name] = VirtualSwitch(name, adapters, one.load_balancing, one.sriov, one.notes, vlans, management)
        own_adapter = next(
            (
                f"vEthernet ({each.name})"
                for one in found.values()
                for each in one.management.values()
                if each.host_address
            ),
            "",
        )
        free = [adapter for adapter in file.adapters if all(adapter not in one.adapters for one in found.values())]
        if not own_adapter and not free and file.adapters and not self._doubtful:
            problem = f"no switch gives the host an adapter of its own in its VLAN ({server.vlan_role})"
            remedy = "Else it loses its address: give one, or leave a network adapter to no switch."
            self._problem(at, "adapter_missing", problem, remedy, key=True)
        return found, own_adapter or (free[0] if free else "")

    def _of_switch(self, name: str, file: HypervServerFile, key: str, at: At) -> Spot:
        """Where a switch's value stands: with the host if it says so, or if the baseline has no such switch."""
        own = file.switches.get(name)
        usual = name in self._ground.windows.hyperv.switches
        if own is not None and (key in own.model_fields_set or not usual):
            return self._document, (*at, "switches", name)
        return self._baseline("switches", name)

    def _taken(self, file: HypervServerFile, wanted: Mapping[str, VirtualSwitchFile], at: At) -> set[str]:
        """The adapters that switches name; each is the host's, and of one switch alone."""
        taken: dict[str, str] = {}
        unnamed = [name for name, one in wanted.items() if one.adapters is None]
        for extra in unnamed[1:]:
            problem = f"'{unnamed[0]}' and '{extra}' both take all adapters that are left"
            here: At = (*at, "switches", extra) if extra in file.switches else at
            self._problem(here, "adapter_twice", problem, "Give one of them its `adapters`.", key=True)
        for name, one in wanted.items():
            for index, adapter in enumerate(one.adapters or ()):
                here = (*at, "switches", name, "adapters", index) if name in file.switches else (*at, "adapters")
                if adapter not in file.adapters:
                    problem = f"the host has no network adapter '{adapter}'"
                    self._problem(here, "adapter_unknown", problem, did_you_mean(adapter, file.adapters))
                elif adapter in taken:
                    problem = f"'{adapter}' is already an adapter of the switch '{taken[adapter]}'"
                    self._problem(here, "adapter_twice", problem, "A network adapter belongs to one switch.")
                taken.setdefault(adapter, name)
        return set(taken)

    def _management(self, one: VirtualSwitchFile, role: str, spot: Spot) -> Iterable[ManagementAdapter]:
        first = True
        for name, adapter in one.management.items():
            vlan = self._ground.vlans.carried(adapter.vlan)
            if vlan is None:
                self._no_vlan(adapter.vlan, (spot[0], (*spot[1], "management", name, "vlan")))
                continue
            mine = first and adapter.vlan == role
            first = first and not mine
            yield ManagementAdapter(name, vlan.id, adapter.vlan, adapter.weight, host_address=mine)

    def _carried(self, one: VirtualSwitchFile, spot: Spot) -> Iterable[int]:
        """The VLANs of a switch; what the baseline carries and the school does without is left out."""
        if one.vlans is None:
            yield from (vlan.id for vlan in self._ground.vlans.vlans.values())
            return
        for index, role in enumerate(one.vlans):
            vlan = self._ground.vlans.carried(role)
            if vlan is not None:
                yield vlan.id
            elif spot[0] is self._document or role not in self._ground.settings.values.vlans:
                self._no_vlan(role, (spot[0], (*spot[1], "vlans", index)))

    def _no_vlan(self, role: str, spot: Spot) -> None:
        document, at = spot
        problem = f"{self._ground.school.slug} carries no VLAN '{role}'"
        remedy = did_you_mean(role, self._ground.vlans.vlans)
        self.problems.append(document.problem(at, "vlan_unknown", problem, remedy))
        self._doubtful = True

    def machines(self, file: HypervServerFile, switches: Mapping[str, VirtualSwitch], at: At) -> dict[str, Machine]:
        """The host's machines, each of a kind that there is; all of them fit into it."""
        found: dict[str, Machine] = {}
        for name, one in file.vms.items():
            here: At = (*at, "vms", name)
            self._name(name, at[-1], here)
            kind = self._ground.windows.hyperv.machines.get(one.standard)
            if kind is None:
                problem = f"there is no kind of machine '{one.standard}'"
                remedy = did_you_mean(one.standard, self._ground.windows.hyperv.machines) or (
                    "Describe it under windows.hyperv.machines of the baseline."
                )
                self._problem((*here, "standard"), "machine_unknown", problem, remedy)
                continue
            found[name] = self._machine(name, one, _merged(kind, one), file, switches, here)
        self._fits(found, file, at)
        self._disks(found, file, at)
        return found

    def _name(self, name: str, host: object, at: At) -> None:
        remedy = self._ground.naming.against_server(name, self._ground.school.code)
        if len(name) > NETBIOS:
            remedy = f"A Windows name has at most {NETBIOS} characters."
        if remedy:
            self._problem(at, "naming", f"'{name}' is not a server's name here", remedy, key=True)
        first = self._named.setdefault(name.casefold(), at)
        if first != at:
            problem = f"the machine {name} is already one of {first[1]} ({self._document.place(first, key=True)})"
            self._problem(at, "name_twice", problem, "A machine stands on one host.", key=True)
        elif name.casefold() == str(host).casefold():
            self._problem(at, "name_twice", f"the machine {name} has its host's name", "Rename it.", key=True)

    def _machine(
        self,
        name: str,
        one: HostMachineFile,
        file: MachineFile,
        host: HypervServerFile,
        switches: Mapping[str, VirtualSwitch],
        at: At,
    ) -> Machine:
        hyperv = self._ground.windows.hyperv
        own = _inside(hyperv.machine_path, name)
        self._volume(own, host, at)
        disks: dict[str, MachineDisk] = {}
        for disk, each in file.disks.items():
            folder = each.path or _inside(hyperv.disk_path, name)
            where = (*at, "disks", disk, "path") if disk in one.disks and one.disks[disk].path else at
            self._volume(folder, host, where)
            path = folder if folder.endswith(".vhdx") else _inside(folder, f"{disk}.vhdx")
            disks[disk] = MachineDisk(disk, path, each.size, "Fixed" if each.fixed else "Dynamic")
        adapters = {
            adapter: made
            for adapter, each in file.adapters.items()
            if (
                made := self._adapter(
                    adapter, each, switches, (*at, "adapters", adapter) if adapter in one.adapters else at
                )
            )
        }
        return Machine(
            name=name,
            standard=one.standard,
            notes=file.title,
            processors=file.processors,
            memory=self._memory(one, file, at),
            path=own,
            disks=disks,
            adapters=adapters,
            secure_boot=file.secure_boot,
            secure_boot_template=file.secure_boot_template,
            boot=tuple(self._boot(file, disks, adapters, at)),
            start=file.start,
            start_delay=file.start_delay,
            stop=file.stop,
            checkpoints=file.checkpoints,
            services={str(key): IntegrationService(str(key), on) for key, on in file.services.items()},
        )

    def _volume(self, path: str, host: HypervServerFile, at: At) -> None:
        if path[0] not in host.volumes:
            problem = f"{path} lies on a volume that the host does not list"
            remedy = f"Its `volumes` are {', '.join(host.volumes)}: add {path[0]}, or give another path."
            self._problem(at, "volume_unknown", problem, remedy, key=at[-1] != "path")

    def _adapter(
        self, name: str, file: MachineAdapterFile, switches: Mapping[str, VirtualSwitch], at: At
    ) -> MachineAdapter | None:
        given = "adapters" in at
        vlan = self._ground.vlans.carried(file.vlan)
        if vlan is None:
            standard = str(self._document.value_at((*(at[:4]), "standard")))
            self._no_vlan(
                file.vlan,
                (self._document, (*at, "vlan"))
                if given
                else self._baseline("machines", standard, "adapters", name, "vlan"),
            )
            return None
        switch = switches.get(file.switch) if file.switch else next(iter(switches.values()), None)
        if switch is None:
            problem = f"the host has no switch '{file.switch}'" if file.switch else "the host has no virtual switch"
            remedy = did_you_mean(file.switch or "", switches) or "Give it one under windows.hyperv.switches."
            self._problem((*at, "switch") if given and file.switch else at, "switch_unknown", problem, remedy, key=True)
            return None
        if vlan.id not in switch.vlans and not self._doubtful:
            problem = f"the switch '{switch.name}' does not carry the VLAN '{file.vlan}'"
            remedy = "Add it to the switch's `vlans`, or choose another VLAN."
            self._problem((*at, "vlan") if given else at, "vlan_unknown", problem, remedy, key=not given)
        return MachineAdapter(name, switch.name, vlan.id, file.vlan, file.dhcp_guard, file.router_guard)

    def _memory(self, one: HostMachineFile, file: MachineFile, at: At) -> Memory:
        if file.dynamic is None:
            return Memory(file.memory)
        at = (*at, "dynamic") if one.dynamic else (*at, "memory") if one.memory else at
        if file.static:
            self._problem(
                at, "memory_both", "its memory is both static and dynamic", "Remove `static`, or `dynamic`.", key=True
            )
        low, high = file.dynamic.minimum, file.dynamic.maximum
        if not low <= file.memory <= high:
            problem = f"dynamic memory from {_size(low)} to {_size(high)}, and it starts with {_size(file.memory)}"
            self._problem(at, "memory_order", problem, "minimum, memory and maximum rise in this order.", key=True)
        return Memory(file.memory, low, high)

    def _boot(
        self,
        file: MachineFile,
        disks: Mapping[str, MachineDisk],
        adapters: Mapping[str, MachineAdapter],
        at: At,
    ) -> Iterable[str]:
        for name in file.boot if file.boot is not None else [*disks, *adapters]:
            if name in disks:
                yield f"disk {disks[name].path}"
            elif name in adapters:
                yield f"network {name}"
            elif name not in file.adapters:  # whose own problem is told
                problem = f"it cannot start from '{name}', which is neither a disk nor an adapter of it"
                remedy = did_you_mean(name, [*disks, *adapters])
                self._problem(at, "bad_value", problem, remedy, key=True)

    def _fits(self, machines: Mapping[str, Machine], file: HypervServerFile, at: At) -> None:
        """No machine, nor all together, start with more than the host has."""
        if file.memory is not None:
            for name, one in machines.items():
                if one.memory.most > file.memory:
                    problem = f"{_size(one.memory.most)} of memory, and the host has {_size(file.memory)}"
                    self._problem((*at, "vms", name), "over_limit", problem, "Give it less.", key=True)
            whole = sum(one.memory.startup for one in machines.values())
            if whole > file.memory and all(one.memory.most <= file.memory for one in machines.values()):
                problem = f"its machines start with {_size(whole)} of memory, and it has {_size(file.memory)}"
                self._problem((*at, "memory"), "over_limit", problem, "Give them less, or move one to another host.")
        for name, one in machines.items():
            if file.processors is not None and one.processors > file.processors:
                problem = f"{one.processors} processors, and the host has {file.processors}"
                self._problem((*at, "vms", name), "over_limit", problem, "Give it fewer.", key=True)

    def _disks(self, machines: Mapping[str, Machine], file: HypervServerFile, at: At) -> None:
        """Each disk is of one machine alone, and no larger than a disk can be."""
        holders: dict[str, str] = {}
        for name, one in machines.items():
            for disk in one.disks.values():
                own = file.vms[name].disks.get(disk.name)
                here: At = (*at, "vms", name, *(("disks", disk.name) if own is not None else ()))
                first = holders.setdefault(disk.path.casefold(), f"{name} ({disk.name})")
                if first != f"{name} ({disk.name})":
                    problem = f"{disk.path} is already the disk of {first}"
                    remedy = "Leave `path` out of the kind of machine: each then has its own folder."
                    self._problem(here, "disk_twice", problem, remedy, key=True)
                if disk.size > _LARGEST_DISK:
                    problem = f"a disk of {_size(disk.size)}, and the largest is {_size(_LARGEST_DISK)}"
                    self._problem(here, "over_limit", problem, "Make it smaller.", key=True)


def _laid_over(usual: VirtualSwitchFile | None, own: VirtualSwitchFile) -> VirtualSwitchFile:
    """The baseline's switch with what a host says of it."""
    if usual is None:
        return own
    return usual.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})


def _inside(folder: str, name: str) -> str:
    r"""Before: `D:\Hyper-V`, `OAK-FS-01`.  After: `D:\Hyper-V\OAK-FS-01`."""
    return "\\".join((folder.rstrip("\\"), name))


def _size(size: int) -> str:
    """Before: 4294967296.  After: `4 GB`."""
    for unit, name in ((1024 * _GB, "TB"), (_GB, "GB")):
        if size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size // 1024**2} MB"


def _merged(kind: MachineFile, one: HostMachineFile) -> MachineFile:
    """A kind of machine with what one of them has otherwise; disks and adapters are laid over by name."""
    given = {name: getattr(one, name) for name in one.model_fields_set - {"standard", "disks", "adapters"}}
    if one.static and one.dynamic is None:
        given["dynamic"] = None
    elif one.dynamic is not None and one.static is None:
        given["static"] = False
    found = kind.model_copy(
        update={name: value for name, value in given.items() if value is not None or name == "dynamic"}
    )
    return found.model_copy(
        update={"disks": {**kind.disks, **one.disks}, "adapters": {**kind.adapters, **one.adapters}}
    )
