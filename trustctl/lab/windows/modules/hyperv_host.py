"""trust_vm_host, trust_replica and trust_vswitch on a simulated Hyper-V host."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model import words
from trustctl.lab.windows.model.features import alive
from trustctl.lab.windows.model.machines import OFF, Machines
from trustctl.lab.windows.model.network import Network
from trustctl.lab.windows.model.switches import Fabric, ManagementAdapter, Switch, Switches, Vlan, Wish
from trustctl.lab.windows.model.vmhost import Replica, ReplicaServer, VmHost, make_folder
from trustctl.lab.windows.module import Args, RefusedError, Result, handler

_SETTINGS = {
    "virtual_machine_path": "machine_path",
    "virtual_hard_disk_path": "disk_path",
    "numa_spanning": "numa_spanning",
    "enhanced_session": "enhanced_session",
    "migration_maximum": "migration_maximum",
    "migration_authentication": "migration_authentication",
    "migration_performance": "migration_performance",
    "migration_any_network": "migration_any_network",
    "storage_migration_maximum": "storage_migration_maximum",
}
_FOLDERS = ("virtual_machine_path", "virtual_hard_disk_path")
_COUNTS = ("migration_maximum", "storage_migration_maximum")


def ready(host: Machine) -> bool:
    """Whether Hyper-V answers: its cmdlets are there, and the role since a restart."""
    return alive(host, "Hyper-V", "Hyper-V-PowerShell")


@contextmanager
def doing(host: Machine, what: str) -> Generator[None]:
    """Set something: refused where Hyper-V is not there, and a refusal of Windows says what was being done."""
    if not ready(host):
        raise RefusedError("Hyper-V is not there: its feature is not installed, or Windows has not restarted since")
    try:
        yield
    except RefusedError as error:
        raise RefusedError(f"{what}: {error.message}") from None


def volumes(host: Machine) -> list[str]:
    """The host's drive letters."""
    return sorted(one.letter.rstrip(":").upper() for one in host.spec.volumes)


@handler("trust_vm_host")
def trust_vm_host(host: Machine, args: Args, check: bool) -> Result:
    """The settings of the host."""
    mine = host.part(VmHost)
    if args.text("operation") == "read":
        value = _settings(mine) if ready(host) else None
        return {"changed": False, "value": value, "facts": {"volumes": volumes(host)}}
    with doing(host, "the settings of the Hyper-V host"):
        _set_host(host, mine, args)
    return {"changed": True}


def _set_host(host: Machine, mine: VmHost, args: Args) -> None:
    for option in _FOLDERS:
        if args[option]:
            make_folder(host, args.text(option))
    for option in _COUNTS:
        if (args.number(option) or 0) < 0:
            raise RefusedError(words.NUMBER_RANGE.format(name=option, value=args[option], least=0, most=2**32 - 1))
    if args["mac_minimum"] is not None or args["mac_maximum"] is not None:
        mine.set_pool(args["mac_minimum"], args["mac_maximum"])
    for option, name in _SETTINGS.items():
        if args[option] is not None:
            setattr(mine, name, args[option])
    networks = args.listed("migration_networks")
    if networks is not None:
        mine.set_networks(networks)
    if args["migration"] is not None:
        mine.migration = bool(args.flag("migration"))


def _settings(mine: VmHost) -> dict[str, Any]:
    return {
        **{option: getattr(mine, name) for option, name in _SETTINGS.items()},
        "mac_minimum": mine.mac_minimum,
        "mac_maximum": mine.mac_maximum,
        "migration": mine.migration,
        "migration_networks": list(mine.migration_networks),
    }


_REPLICA = (
    "enabled",
    "authentication",
    "kerberos_port",
    "certificate_port",
    "certificate_thumbprint",
    "any_server",
    "storage",
)


@handler("trust_replica")
def trust_replica(host: Machine, args: Args, check: bool) -> Result:
    """The host as a replica server."""
    mine = host.part(Replica)
    if args.text("operation") == "read":
        value = _replica(mine) if ready(host) else None
        return {"changed": False, "value": value, "facts": {"volumes": volumes(host)}}
    with doing(host, "the settings of the replica server"):
        servers = args.listed("servers")
        for folder in (args["storage"], *(one["storage"] for one in servers or ())):
            if folder:
                make_folder(host, str(folder))
        mine.set_server({name: args[name] for name in _REPLICA if args[name] not in {None, ""}})
        if servers is not None:
            mine.set_servers([ReplicaServer(one["name"], one["storage"], one["trust_group"]) for one in servers])
    return {"changed": True}


def _replica(mine: Replica) -> dict[str, Any]:
    servers = sorted(mine.servers.values(), key=lambda one: one.name.casefold())
    told: dict[str, Any] = {
        "enabled": mine.enabled,
        "servers": [{"name": one.name, "storage": one.storage, "trust_group": one.trust_group} for one in servers],
    }
    if not mine.enabled:
        return told
    told |= {name: getattr(mine, name) for name in ("authentication", "any_server", "storage")}
    if "Kerberos" in mine.authentication:
        told["kerberos_port"] = mine.kerberos_port
    if "Certificate" in mine.authentication:
        told |= {name: getattr(mine, name) for name in ("certificate_thumbprint", "certificate_port")}
    return told


@handler("trust_vswitch")
def trust_vswitch(host: Machine, args: Args, check: bool) -> Result:
    """A virtual switch with the host's own adapters on it. What is half done when Windows refuses stays so."""
    name = args.text("name")
    switches = host.part(Switches)
    if args.text("operation") == "read":
        found = switches.switch(name) if ready(host) else None
        return {"changed": False, "value": _switch(host, found) if found else None, "facts": _facts(host, name)}
    fabric = Fabric(host)
    try:
        with doing(host, f"the virtual switch {name}"):
            if args.text("state") != "absent":
                _put(fabric, args, switches.switch(name))
            elif switches.switch(name):
                _remove(host, fabric, name)
    finally:
        fabric.look()
    return {"changed": True}


def _remove(host: Machine, fabric: Fabric, name: str) -> None:
    mine = list(host.part(Machines).on(name))
    if any(vm.state != OFF for vm, _ in mine):
        raise RefusedError(words.SWITCH_IN_USE.format(name=name))
    fabric.remove(name)
    for _, nic in mine:
        nic.switch = ""


def _put(fabric: Fabric, args: Args, found: Switch | None) -> None:
    wanted = args.listed("management_adapters")
    if found is None:
        found = _create(fabric, args, wanted)
    else:
        cards = args.listed("adapters")
        if cards and {one.casefold() for one in cards} != {one.casefold() for one in found.adapters}:
            fabric.set_cards(found, cards if found.teaming else cards[:1])
    if args["load_balancing"] is not None:
        fabric.set_balancing(found, args.text("load_balancing"))
    if args["default_weight"] is not None:
        fabric.set_default_flow(found, weight=args.number("default_weight"))
    if args["notes"] is not None:
        found.notes = args.text("notes")
    if wanted is not None:
        _management(fabric, found, wanted)


def _create(fabric: Fabric, args: Args, wanted: list[Any] | None) -> Switch:
    if args["type"] is None:
        raise RefusedError("Parameter set cannot be resolved using the specified named parameters.")
    made = fabric.create(
        Wish(
            args.text("name"),
            args.text("type"),
            args.listed("adapters") or (),
            args.flag("embedded_teaming"),
            args.text("bandwidth_mode") or "Default",
            bool(args.flag("sriov")),
            management=wanted is None or bool(wanted),
            notes=args.text("notes"),
        )
    )
    if wanted and made.vnics:
        same = [one for one in wanted if str(one["name"]).casefold() == made.name.casefold()]
        heirs = [one for one in wanted if one.get("host_address")] or same or wanted
        fabric.rename_vnic(made, made.name, str(heirs[0]["name"]))
    return made


def _management(fabric: Fabric, switch: Switch, wanted: list[Mapping[str, Any]]) -> None:
    for one in wanted:
        adapter = switch.vnics.get(str(one["name"]).casefold()) or fabric.add_vnic(switch, str(one["name"]), None)
        weight, vlan = one.get("bandwidth_weight"), one.get("vlan")
        if weight is not None and int(weight) != adapter.weight:
            fabric.set_bandwidth(switch, adapter, weight=int(weight))
        if vlan is not None:
            fabric.set_vlan(adapter, Vlan("Access", int(vlan)) if vlan else Vlan())
    names = {str(one["name"]).casefold() for one in wanted}
    for gone in [one for key, one in switch.vnics.items() if key not in names]:
        fabric.remove_vnic(switch, gone.name)


def _switch(host: Machine, found: Switch) -> dict[str, Any]:
    value: dict[str, Any] = {
        "type": found.kind,
        "adapters": sorted(found.adapters),
        "embedded_teaming": found.teaming,
        "bandwidth_mode": found.mode,
        "sriov": found.iov,
        "management_adapters": [_vnic(host, found, found.vnics[key]) for key in sorted(found.vnics)],
        "notes": found.notes,
    }
    if found.teaming:
        value["load_balancing"] = found.balancing
    if found.mode == "Weight":
        value["default_weight"] = found.default_weight
    return value


def _vnic(host: Machine, switch: Switch, one: ManagementAdapter) -> dict[str, Any]:
    if one.vlan.mode == "Trunk":
        raise RefusedError(
            f"the virtual switch {switch.name}: its management adapter {one.name} is in VLAN mode Trunk. "
            "Only one VLAN (access) or none is known of an adapter of the host itself: put it in one, then plan again"
        )
    told: dict[str, Any] = {"name": one.name, "vlan": one.vlan.vlan, "host_address": one.alias in _gateways(host)}
    return told | ({"bandwidth_weight": one.weight} if switch.mode == "Weight" else {})


def _gateways(host: Machine) -> list[str]:
    """The connections that have a default gateway; where none has, the one that the host is spoken to on."""
    network = host.part(Network)
    carrier = network.carrier()
    return network.routed() or ([carrier] if carrier else [])


def _facts(host: Machine, name: str) -> dict[str, Any]:
    network, switches = host.part(Network), host.part(Switches)
    cards = sorted(network.adapters.values(), key=lambda one: one.name.casefold())
    all_switches = sorted(switches.switches.values(), key=lambda one: one.name.casefold())
    told = all_switches if ready(host) else []
    carrier = network.carrier()
    return {
        "adapters": [{"name": one.name, "description": one.description, "up": one.up} for one in cards],
        "gateway": _gateways(host),
        "management": sorted({*_gateways(host), *([carrier] if carrier else [])}),
        "switches": [{"name": one.name, "adapters": sorted(one.adapters)} for one in told],
        "connected": sorted({vm.name for vm, _ in host.part(Machines).on(name)}),
    }
