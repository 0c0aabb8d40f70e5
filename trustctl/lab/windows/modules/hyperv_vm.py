"""trust_vm on a simulated Hyper-V host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.disks import Disks
from trustctl.lab.windows.model.hypervisor import Hypervisor
from trustctl.lab.windows.model.machines import OFF, RUNNING, Machines, Memory, Nic, Vm
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.model.switches import Switches, Vlan
from trustctl.lab.windows.model.vmhost import VmHost, make_folder
from trustctl.lab.windows.module import Args, Result, handler
from trustctl.lab.windows.modules.hyperv_host import doing, ready, volumes

_PLAIN = {
    "automatic_start": "start",
    "automatic_start_delay": "delay",
    "checkpoint_type": "checkpoint",
    "automatic_checkpoints": "automatic_checkpoints",
    "notes": "notes",
}
_DYNAMIC = {"minimum_bytes": "minimum", "maximum_bytes": "maximum", "buffer_percent": "buffer"}
_PORT = {
    "mac_spoofing": "spoofing",
    "dhcp_guard": "dhcp_guard",
    "router_guard": "router_guard",
    "teaming": "teaming",
}


@handler("trust_vm")
def trust_vm(host: Machine, args: Args, check: bool) -> Result:
    """One virtual machine as a whole."""
    name = args.text("name")
    if args.text("operation") == "read":
        found = host.part(Machines).machine(name) if ready(host) else None
        return {
            "changed": False,
            "value": _value(found, host.part(Disks)) if found else None,
            "facts": _facts(host, name),
        }
    with doing(host, f"the virtual machine {name}"):
        _set(host, Hypervisor(host), args)
    return {"changed": True}


def _set(host: Machine, hyper_v: Hypervisor, args: Args) -> None:
    name = args.text("name")
    if args.text("state") == "absent":
        hyper_v.remove(name)
        return
    vm = host.part(Machines).machine(name)
    _assert_possible(host, vm, args)
    if vm is None:
        vm = _create(host, hyper_v, args)
    elif args.text("power") == OFF:
        hyper_v.stop(vm)
    _put(host, hyper_v, vm, args)
    if args.text("power") == RUNNING:
        hyper_v.start(vm)


def _assert_possible(host: Machine, vm: Vm | None, args: Args) -> None:
    """What the module looks at before it does anything, in its own words."""
    switches, disks = host.part(Switches), host.part(Disks)
    for nic in args.listed("network_adapters") or ():
        if nic.get("switch") and switches.switch(str(nic["switch"])) is None:
            raise RefusedError(f"there is no virtual switch {nic['switch']} on this host")
    for one in args.listed("disks") or ():
        path, size = str(one["path"]), one.get("size_bytes")
        if vm is not None and vm.drive(path):
            continue
        for other in host.part(Machines).machines.values():
            if other.drive(path):
                raise RefusedError(f"the disk {path} belongs to the virtual machine {other.name}")
        file = disks.file(path)
        if file is None and size is None:
            raise RefusedError(f"the disk {path} is not there, and has no size_bytes to make it with")
        if file is not None and size is not None and file.size > int(size):
            raise RefusedError(f"the disk {path} is there and larger than {size} bytes: a disk never shrinks")


def _create(host: Machine, hyper_v: Hypervisor, args: Args) -> Vm:
    """New-VM -Path makes a folder of the machine's name there; without it, its files lie in the host's own folder."""
    name, path = args.text("name"), args.text("path")
    folder = f"{path.rpartition(chr(92))[0]}\\{name}" if path else host.part(VmHost).machine_path
    generation = args.number("generation")
    if generation not in {None, 1, 2}:
        raise RefusedError(
            f"Cannot validate argument on parameter 'Generation'. The argument \"{generation}\" does not "
            'belong to the set "1,2" specified by the ValidateSet attribute.'
        )
    vm = hyper_v.create(name, generation or 1, folder)
    wanted = [str(one["name"]) for one in args.listed("network_adapters") or ()]
    if wanted and vm.nics[0].name.casefold() not in {one.casefold() for one in wanted}:
        hyper_v.rename_nic(vm, vm.nics[0], wanted[0])
    return vm


def _put(host: Machine, hyper_v: Hypervisor, vm: Vm, args: Args) -> None:
    _compute(hyper_v, vm, args)
    for one in args.listed("disks") or ():
        _disk(host, hyper_v, vm, one)
    wanted = args.listed("network_adapters")
    for one in wanted or ():
        _nic(hyper_v, vm, one)
    if wanted is not None:
        names = {str(one["name"]).casefold() for one in wanted}
        for nic in [one for one in vm.nics if one.name.casefold() not in names]:
            hyper_v.remove_nic(vm, nic)
    _firmware(hyper_v, vm, args)
    for option, name in _PLAIN.items():
        if args[option] is not None:
            setattr(vm, name, args[option])
    if args["automatic_stop"] not in {None, vm.stop}:
        hyper_v.set_stop(vm, args.text("automatic_stop"))
    for service in args.listed("integration_services") or ():
        hyper_v.set_service(vm, str(service["name"]), enabled=bool(service["enabled"]))


def _compute(hyper_v: Hypervisor, vm: Vm, args: Args) -> None:
    count = args.number("processors")
    if count is not None and count != vm.processors:
        hyper_v.set_processors(vm, count)
    for option, name in (("processor_compatibility", "compatibility"), ("nested_virtualization", "nested")):
        if args[option] is not None and args[option] != getattr(vm, name):
            vm.need_off()
            setattr(vm, name, args[option])
    if args["memory"] is not None:
        wish = _memory(vm, args["memory"])
        if wish != vm.memory:
            hyper_v.set_memory(vm, wish)


def _memory(vm: Vm, asked: Mapping[str, Any]) -> Memory:
    """What is for dynamic memory alone is not set on a machine whose memory is static."""
    dynamic = vm.memory.dynamic if asked.get("dynamic") is None else bool(asked["dynamic"])
    startup = vm.memory.startup if asked.get("startup_bytes") is None else int(asked["startup_bytes"])
    bounds = {name: int(asked[option]) for option, name in _DYNAMIC.items() if asked.get(option) is not None}
    return replace(vm.memory, dynamic=dynamic, startup=startup, **(bounds if dynamic else {}))


def _disk(host: Machine, hyper_v: Hypervisor, vm: Vm, asked: Mapping[str, Any]) -> None:
    path, size, disks = str(asked["path"]), asked.get("size_bytes"), host.part(Disks)
    file = disks.file(path)
    if file is None:
        make_folder(host, path)
        file = disks.create(path, int(size or 0), str(asked.get("type") or "Dynamic"))
    drive = vm.drive(path)
    if drive is None:
        location = asked.get("controller_location")
        drive = hyper_v.attach(
            vm,
            path,
            str(asked.get("controller_type") or "SCSI"),
            int(asked.get("controller_number") or 0),
            None if location is None else int(location),
        )
    if size is not None and int(size) > file.size:
        hyper_v.grow(vm, drive, file, int(size))


def _nic(hyper_v: Hypervisor, vm: Vm, asked: Mapping[str, Any]) -> None:
    nic = vm.nic(str(asked["name"])) or hyper_v.add_nic(vm, str(asked["name"]))
    tagged = asked.get("vlan") is not None or asked.get("trunk_vlans") is not None
    if tagged and not nic.switch:  # before it is connected: a machine that runs is in no other network meanwhile
        hyper_v.set_vlan(nic, _vlan(asked))
    if asked.get("switch") and asked["switch"] != nic.switch:
        hyper_v.connect(nic, str(asked["switch"]))
    if tagged and (wish := _vlan(asked)) != nic.vlan:
        hyper_v.set_vlan(nic, wish)
    mac = asked.get("mac")
    if mac is not None and str(mac).upper() != _mac(nic).upper():
        hyper_v.set_mac(vm, nic, "" if str(mac).upper() == "DYNAMIC" else str(mac))
    for option, name in _PORT.items():
        if asked.get(option) is not None and bool(asked[option]) != getattr(nic, name):
            hyper_v.need_port(nic)
            setattr(nic, name, bool(asked[option]))
    weight = asked.get("bandwidth_weight")
    if weight is not None and int(weight) != nic.weight:
        hyper_v.set_weight(nic, int(weight))
    if asked.get("switch") == "" and nic.switch:
        hyper_v.connect(nic, "")


def _vlan(asked: Mapping[str, Any]) -> Vlan:
    vlan = int(asked.get("vlan") or 0)
    allowed = sorted(int(one) for one in asked.get("trunk_vlans") or ())
    if allowed:
        return Vlan("Trunk", native=vlan, allowed=allowed)
    return Vlan("Access", vlan) if vlan else Vlan()


def _mac(nic: Nic) -> str:
    return "dynamic" if nic.dynamic_mac else nic.mac


def _firmware(hyper_v: Hypervisor, vm: Vm, args: Args) -> None:
    secure, template, order = args.flag("secure_boot"), args["secure_boot_template"], args.listed("boot_order")
    if secure is None and template is None and order is None:
        return
    vm.need_generation(2)
    if secure not in {None, vm.secure_boot}:
        hyper_v.set_firmware(vm, secure=secure)
    if template not in {None, vm.template}:
        hyper_v.set_firmware(vm, template=template)
    if order is not None and order != vm.boot:
        hyper_v.set_boot(vm, order)


def _value(vm: Vm, disks: Disks) -> dict[str, Any]:
    value: dict[str, Any] = {
        "generation": vm.generation,
        "path": vm.path,
        "processors": vm.processors,
        "processor_compatibility": vm.compatibility,
        "nested_virtualization": vm.nested,
        "memory": {"dynamic": vm.memory.dynamic, "startup_bytes": vm.memory.startup},
        "disks": _drives(vm, disks),
        "network_adapters": [_nic_value(one) for one in sorted(vm.nics, key=lambda one: one.name.casefold())],
        **{option: getattr(vm, name) for option, name in _PLAIN.items()},
        "automatic_stop": vm.stop,
        "integration_services": [{"name": name, "enabled": vm.services[name]} for name in sorted(vm.services)],
        "power": vm.state,
    }
    if vm.memory.dynamic:
        value["memory"] |= {option: getattr(vm.memory, name) for option, name in _DYNAMIC.items()}
    if vm.generation != 1:
        value |= {
            "secure_boot": vm.secure_boot,
            "secure_boot_template": vm.template,
            "boot_order": list(vm.boot),
        }
    return value


def _drives(vm: Vm, disks: Disks) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    for one in sorted(vm.drives, key=lambda one: one.path.casefold()):
        file = disks.file(one.path)
        if file is None:
            raise RefusedError(f"Getting the mounted storage instance for the path '{one.path}' failed.")
        told.append(
            {
                "path": one.path,
                "size_bytes": file.size,
                "type": file.kind,
                "controller_type": one.controller,
                "controller_number": one.number,
                "controller_location": one.location,
            }
        )
    return told


def _nic_value(one: Nic) -> dict[str, Any]:
    return {
        "name": one.name,
        "switch": one.switch,
        "vlan": one.vlan.own,
        "trunk_vlans": sorted(one.vlan.allowed),
        "mac": _mac(one),
        **{option: getattr(one, name) for option, name in _PORT.items()},
        "bandwidth_weight": one.weight,
    }


def _facts(host: Machine, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "memory_bytes": host.spec.memory_bytes,
        "processors": host.spec.processors,
        "switches": sorted(one.name for one in host.part(Switches).switches.values()) if ready(host) else [],
        "volumes": volumes(host),
    }
