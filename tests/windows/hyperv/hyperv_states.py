"""Generated states of a Hyper-V host: settings, replica server, switches and machines that go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

GIB = 1024**3
Wants = dict[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """What a host shall be: tasks (module, name, args) in the order of the roles."""

    tasks: tuple[tuple[str, str, Wants], ...]


def _some(**options: st.SearchStrategy[Any]) -> st.SearchStrategy[Wants]:
    """A record that speaks of some of its options."""
    return st.fixed_dictionaries({}, optional=options)


_TEXTS = st.sampled_from(["", "Made by the trust", "The school's", 'a "b" {{ c }} $d'])
_VLANS = st.integers(0, 4094)
_WEIGHTS = st.integers(0, 100)
_MACS = st.sampled_from(["00155D0A1400", "00-15-5d-0a-14-ff", "00:15:5D:0A:18:00"])

SETTINGS = _some(
    virtual_machine_path=st.sampled_from(["D:\\Hyper-V", "d:/VMs/", "C:\\VMs"]),
    virtual_hard_disk_path=st.sampled_from(["D:\\Disks", "C:\\Disks"]),
    numa_spanning=st.booleans(),
    enhanced_session=st.booleans(),
    migration=st.booleans(),
    migration_maximum=st.integers(0, 8),
    migration_authentication=st.sampled_from(["CredSSP", "Kerberos"]),
    migration_performance=st.sampled_from(["TCPIP", "Compression", "SMB"]),
    migration_any_network=st.booleans(),
    migration_networks=st.lists(st.sampled_from(["10.11.20.0/24", "10.11.21.0/24"]), unique=True),
    storage_migration_maximum=st.integers(0, 8),
).flatmap(
    lambda rest: st.sampled_from([{}, {"mac_minimum": "00155D0A1400", "mac_maximum": "00155D0A18FF"}]).map(
        lambda pool: {**rest, **pool}
    )
)


@st.composite
def replicas(draw: st.DrawFn) -> Wants:
    """Settings as a replica server, off or on by Kerberos."""
    servers = draw(
        st.lists(st.sampled_from(["oak-hv-01", "oak-hv-02", "*"]), unique=True).map(
            lambda names: [
                {"name": f"{name}.ad.kestrelvale.example", "storage": f"D:\\Replica\\{at}", "trust_group": "oak"}
                for at, name in enumerate(names)
            ]
        )
    )
    if not draw(st.booleans()):
        return {"enabled": False, "servers": servers}
    on = {"enabled": True, "authentication": "Kerberos", "any_server": False, "storage": "D:\\Replica"}
    return {**on, "kerberos_port": draw(st.integers(1, 65535)), "servers": servers}


@dataclass(frozen=True, slots=True)
class Bones:
    """What of a switch or a machine is given once: two states of one host share it."""

    name: str
    fixed: Wants


@st.composite
def switch_bones(draw: st.DrawFn) -> tuple[Bones, ...]:
    """Switches over disjoint adapters; where NIC1 is in one, that takes the host's address."""
    cards = draw(st.permutations(["NIC1", "NIC2", "NIC3", "NIC4"]))
    found: list[Bones] = []
    for name in draw(st.lists(st.sampled_from(["Trust", "CCTV", "Labor"]), unique=True)):
        kind = draw(st.sampled_from(["External", "External", "Internal", "Private"]))
        fixed: Wants = {"type": kind}
        if kind == "External" and cards:
            count = draw(st.integers(1, min(3, len(cards))))
            mine, cards = cards[:count], cards[count:]
            teaming = count > 1 or draw(st.booleans())
            fixed |= {"adapters": mine, "embedded_teaming": teaming}
            fixed["bandwidth_mode"] = draw(st.sampled_from(["Weight", "Absolute", "None"]))
        elif kind == "External":
            fixed["type"] = "Private"
        found.append(Bones(name, fixed))
    return tuple(found)


@st.composite
def switch(draw: st.DrawFn, bones: Bones) -> Wants:
    """One switch in a state that goes with what is fixed of it."""
    want: Wants = {**bones.fixed, **draw(_some(notes=_TEXTS))}
    weighed = bones.fixed.get("bandwidth_mode", "Weight") == "Weight"
    if bones.fixed.get("embedded_teaming"):
        want |= draw(_some(load_balancing=st.sampled_from(["HyperVPort", "Dynamic"])))
    if weighed and bones.fixed["type"] == "External":
        want |= draw(_some(default_weight=st.integers(1, 100)))
    if bones.fixed["type"] == "Private":
        return want
    weight = {"bandwidth_weight": _WEIGHTS} if weighed else {}
    extra = draw(st.lists(st.sampled_from(["Backup", "Migration"]), unique=True))
    own = [{"name": f"{bones.name} {name}", **draw(_some(vlan=_VLANS, **weight))} for name in extra]
    if "NIC1" in bones.fixed.get("adapters", ()):
        own.append({"name": "Management", "vlan": 0, "host_address": True})
    if own or bones.fixed["type"] == "External":
        want["management_adapters"] = own
    return want


@st.composite
def machine_bones(draw: st.DrawFn, switches: tuple[Bones, ...]) -> tuple[Bones, ...]:
    """Machines with disks of their own; each adapter has the switches that it may be on, or none."""
    found: list[Bones] = []
    for name in draw(st.lists(st.sampled_from(["OAK-FS-01", "OAK-PRINT-01"]), unique=True)):
        generation = draw(st.sampled_from([2, 2, 1]))
        disks = [f"D:\\Hyper-V\\{name}\\{one}.vhdx" for one in draw(st.lists(st.sampled_from("AB"), unique=True))]
        adapters = draw(st.lists(st.sampled_from(["Servers", "Storage"]), unique=True))
        on = {one: ["", *(each.name for each in switches)] for one in adapters}
        found.append(Bones(name, {"generation": generation, "disks": disks, "adapters": on}))
    return tuple(found)


@st.composite
def machine(draw: st.DrawFn, bones: Bones, least: int) -> Wants:
    """One machine in a state that goes with what is fixed of it. `least`: GiB of its disks."""
    generation, disks, on = bones.fixed["generation"], bones.fixed["disks"], bones.fixed["adapters"]
    want: Wants = {"generation": generation} | draw(
        _some(
            processors=st.integers(1, 16),
            processor_compatibility=st.booleans(),
            automatic_start=st.sampled_from(["Nothing", "StartIfRunning", "Start"]),
            automatic_start_delay=st.integers(0, 600),
            automatic_stop=st.sampled_from(["TurnOff", "Save", "ShutDown"]),
            checkpoint_type=st.sampled_from(["Disabled", "Production", "ProductionOnly", "Standard"]),
            automatic_checkpoints=st.booleans(),
            integration_services=st.booleans().map(lambda on: [{"name": "Time Synchronization", "enabled": on}]),
            notes=_TEXTS,
            memory=_memories(),
        )
    )
    if disks:
        want["disks"] = [{"path": each, "size_bytes": (least + draw(st.integers(0, 9))) * GIB} for each in disks]
    if on:
        want["network_adapters"] = [
            {"name": name, **_adapter(draw, draw(st.sampled_from(where)))} for name, where in on.items()
        ]
    if generation == 2:
        want |= draw(
            _some(
                secure_boot=st.booleans(),
                secure_boot_template=st.sampled_from(["MicrosoftWindows", "MicrosoftUEFICertificateAuthority"]),
                boot_order=st.permutations([*(f"disk {each}" for each in disks), *(f"network {each}" for each in on)]),
            )
        )
    return want


def _memories() -> st.SearchStrategy[Wants]:
    static = st.integers(1, 8).map(lambda size: {"dynamic": False, "startup_bytes": size * GIB})
    dynamic = st.tuples(st.integers(1, 2), st.integers(2, 4), st.integers(4, 16), st.integers(5, 2000)).map(
        lambda of: {
            "dynamic": True,
            "minimum_bytes": of[0] * GIB,
            "startup_bytes": of[1] * GIB,
            "maximum_bytes": of[2] * GIB,
            "buffer_percent": of[3],
        }
    )
    return static | dynamic


def _adapter(draw: st.DrawFn, switch: str) -> Wants:
    if not switch:
        return {"switch": ""}
    return {"switch": switch} | draw(
        _some(
            vlan=_VLANS,
            trunk_vlans=st.lists(st.integers(1, 4094), max_size=3, unique=True),
            mac=st.just("dynamic"),
            mac_spoofing=st.booleans(),
            dhcp_guard=st.booleans(),
            router_guard=st.booleans(),
            teaming=st.booleans(),
        )
    )


@st.composite
def pairs_of_states(draw: st.DrawFn) -> tuple[State, State]:
    """Two states of one host, each of which can become the other without anything made anew."""
    switches = draw(switch_bones())
    machines = draw(machine_bones(switches))
    first = draw(_state(switches, machines, 20, ("Running", "Off")))
    return first, draw(_state(switches, machines, 30, ("Off",)))


@st.composite
def _state(
    draw: st.DrawFn, switches: tuple[Bones, ...], machines: tuple[Bones, ...], least: int, powers: tuple[str, ...]
) -> State:
    power = st.sampled_from(powers)
    return State(
        (
            ("trust_vm_host", "", draw(SETTINGS)),
            ("trust_replica", "", draw(replicas())),
            *(("trust_vswitch", one.name, draw(switch(one))) for one in switches),
            *(("trust_vm", one.name, {**draw(machine(one, least)), "power": draw(power)}) for one in machines),
        )
    )
