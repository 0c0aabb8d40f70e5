r"""Virtual machines of a Hyper-V host, each as a whole (`trust_vm`).

Sources: learn.microsoft.com, module Hyper-V: New-VM, Set-VM, Set-VMProcessor, Set-VMMemory, Set-VMFirmware,
Set-VMNetworkAdapter, Set-VMNetworkAdapterVlan, Resize-VHD (of a disk on IDE only while the machine is off). What else
Windows refuses while a machine runs is on no page, and nothing of it was seen on a host. Others stop the machine first:
HyperVDsc for processors, memory's kind, MAC and Secure Boot, its issue 216 also for the stop action; the boot order is
unverified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import cast

from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import Facts, ResourceType, register
from trustctl.windows.types.hyperv_host import no_drive
from trustctl.windows.types.hyperv_switch import VLANS, WEIGHTS, records_in
from trustctl.windows.types.hyperv_vm_cmdlets import cmdlets
from trustctl.windows.values import Value, Values, caseless, folded, reached

DYNAMIC = "DYNAMIC"
"""What stands for the hardware address of an adapter that the host gives one."""
GIB = 1024**3
BUFFER = range(5, 2001)
"""Percent of memory that may be given beyond the need (Set-VMMemory, Buffer)."""
_STATIC_MAC = re.compile(r"[0-9A-F][02468ACE][0-9A-F]{10}")
_BOOT = re.compile(r"(?P<kind>disk|network|dvd) (?P<what>.+)")
_DVD = re.compile(r"\d+:\d+")
_POWERS = ("Running", "Off")
_DYNAMIC_ONLY = ("minimum_bytes", "maximum_bytes", "buffer_percent")

MEMORY = Property(
    "memory",
    Kind.RECORD,
    of=(
        Property("dynamic", Kind.FLAG),
        Property("startup_bytes", Kind.NUMBER),
        *(Property(name, Kind.NUMBER) for name in _DYNAMIC_ONLY),
    ),
)
DISKS = Property(
    "disks",
    Kind.RECORDS,
    of=(
        Property("path", Kind.PATH),
        Property("size_bytes", Kind.NUMBER),
        Property("type", Kind.NAME, fixed=True, choices=("Dynamic", "Fixed")),
        Property("controller_type", Kind.NAME, fixed=True, choices=("SCSI", "IDE")),
        Property("controller_number", Kind.NUMBER, fixed=True),
        Property("controller_location", Kind.NUMBER, fixed=True),
    ),
    key="path",
    stays=True,
)
ADAPTERS = Property(
    "network_adapters",
    Kind.RECORDS,
    of=(
        Property("name", Kind.NAME),
        Property("switch", Kind.NAME),
        Property("vlan", Kind.NUMBER),
        Property("trunk_vlans", Kind.NUMBERS, exact=True),
        Property("mac", Kind.MAC),
        Property("mac_spoofing", Kind.FLAG),
        Property("dhcp_guard", Kind.FLAG),
        Property("router_guard", Kind.FLAG),
        Property("teaming", Kind.FLAG),
        Property("bandwidth_weight", Kind.NUMBER),
    ),
    key="name",
)
SERVICES = Property(
    "integration_services",
    Kind.RECORDS,
    of=(Property("name", Kind.NAME), Property("enabled", Kind.FLAG, required=True)),
    key="name",
    stays=True,
)
TEMPLATES = ("MicrosoftWindows", "MicrosoftUEFICertificateAuthority", "OpenSourceShieldedVM")


def _refused(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    if want is None:
        power = (have or {}).get("power")
        return () if power == "Off" else (f"it is {power}: stop it first",)
    both = {**(have or {}), **want}
    both |= {
        one.name: reached(one, want.get(one.name), (have or {}).get(one.name)) for one in (MEMORY, DISKS, ADAPTERS)
    }
    both = {name: value if value is not None else (have or {}).get(name) for name, value in both.items()}
    return (
        *_identity(want, both, have, facts),
        *_memory(want, both, facts),
        *_processors(want, facts),
        *_disks(want, both, have, facts),
        *_adapters(want),
        *_ports(want, have),
        *_boot(want, both),
        *_running(want, both, have),
    )


def _identity(want: Values, both: Values, have: Values | None, facts: Facts) -> Iterator[str]:
    generation = both.get("generation")
    if have is None and generation is None:
        yield "generation is needed to make a machine: 2, but for systems that start from a BIOS only"
    elif generation not in {1, 2}:
        yield f"generation is {generation}: it is 1 or 2"
    path, name = str(want.get("path") or "") if have is None else "", facts.get("name")
    if path and name is not None and caseless(path.rpartition("\\")[2]) != caseless(str(name)):
        yield f"path is {path}: the last part of the machine's folder is its name, {name}"
    if path and "\\" not in path.strip("\\"):
        yield f"path is {path}: it is a folder with its drive, as D:\\Hyper-V\\{name}"
    yield from no_drive("path", path, facts)
    if want.get("power", "Off") not in _POWERS:
        yield f"power is {want['power']}: it is Running or Off"
    yield from _switched(str(want.get("power", "")), str((have or {}).get("power", "Off")))
    if cast("int", want.get("automatic_start_delay", 0)) < 0:
        yield f"automatic_start_delay is {want['automatic_start_delay']}: it is seconds from 0"


def _switched(power: str, was: str) -> Iterator[str]:
    """Yield why a machine that is neither running nor off cannot be either; what Windows does then is on no page.

    A saved one is started as it was (Start-VM); shut down it would lose what its memory holds.
    """
    if power in _POWERS and was not in {*_POWERS, "Saved" if power == "Running" else ""}:
        yield f"it is {was}, and would be {power}: look after it by hand first, as its memory may hold work"


def size(value: Value) -> str:
    """Return bytes as a person reads them.  Before: 8589934592, 1500000000.  After: `8 GiB`, `1.4 GiB`."""
    return f"{cast('int', value) / GIB:.1f}".removesuffix(".0") + " GiB"


def _memory(want: Values, both: Values, facts: Facts) -> Iterator[str]:
    asked, memory = cast("Values", want.get("memory") or {}), cast("Values", both.get("memory") or {})
    dynamic = bool(memory.get("dynamic"))
    if not dynamic and (given := [name for name in _DYNAMIC_ONLY if name in asked]):
        yield f"memory is not dynamic, and {', '.join(given)} given: leave that out, or say dynamic: true"
    least, start, most = (memory.get(name) for name in ("minimum_bytes", "startup_bytes", "maximum_bytes"))
    if dynamic and least is not None and start is not None and cast("int", least) > cast("int", start):
        yield f"memory.minimum_bytes ({size(least)}) is above startup_bytes ({size(start)})"
    if dynamic and most is not None and start is not None and cast("int", most) < cast("int", start):
        yield f"memory.maximum_bytes ({size(most)}) is below startup_bytes ({size(start)})"
    if asked.get("buffer_percent", 20) not in BUFFER:
        yield f"memory.buffer_percent is {asked['buffer_percent']}: it is 5 to 2000"
    for name in ("startup_bytes", *_DYNAMIC_ONLY[:2]):
        value, there = cast("int | None", asked.get(name)), cast("int | None", facts.get("memory_bytes"))
        if value is not None and value <= 0:
            yield f"memory.{name} is {value}: it is bytes, more than none"
        if value is not None and there is not None and value > there:
            yield f"memory.{name} is {size(value)}, and the host has {size(there)}: give the machine less"


def _processors(want: Values, facts: Facts) -> Iterator[str]:
    count, there = cast("int | None", want.get("processors")), cast("int | None", facts.get("processors"))
    if count is not None and count < 1:
        yield f"processors is {count}: a machine has at least one"
    if count is not None and there is not None and count > there:
        yield f"processors is {count}, and the host has {there} logical ones: give the machine fewer"


def _disks(want: Values, both: Values, have: Values | None, facts: Facts) -> Iterator[str]:
    there = {folded(DISKS.of[0], each["path"]): each for each in records_in(have, "disks")}
    for disk in records_in(want, "disks"):
        path, bytes_wanted = disk["path"], cast("int | None", disk.get("size_bytes"))
        was = there.get(folded(DISKS.of[0], path))
        had = cast("int | None", was.get("size_bytes")) if was is not None else None
        if not str(path).lower().endswith((".vhdx", ".vhd")):
            yield f"the disk {path} is no .vhdx file"
        if bytes_wanted is not None and bytes_wanted <= 0:
            yield f"the disk {path} has size_bytes {bytes_wanted}: it is more than none"
        if bytes_wanted is not None and had is not None and bytes_wanted < had:
            yield f"the disk {path} has {size(had)} and would shrink to {size(bytes_wanted)}: a disk never shrinks"
        if was is None:
            yield from no_drive("the disk", path, facts)
            yield from _attached(disk, both)
    yield from _places(records_in(both, "disks"))


def _attached(disk: Values, both: Values) -> Iterator[str]:
    if disk.get("controller_type") == "IDE" and both.get("generation") == 2:  # noqa: PLR2004 - the generation itself
        yield f"the disk {disk['path']} is on IDE: a machine of generation 2 has SCSI only"


def _places(disks: Sequence[Values]) -> Iterator[str]:
    taken: dict[tuple[Value, ...], Value] = {}
    for disk in disks:
        if disk.get("controller_location") is None:
            continue
        place = (disk.get("controller_type") or "SCSI", disk.get("controller_number") or 0, disk["controller_location"])
        if place in taken:
            yield f"the disks {taken[place]} and {disk['path']} are both at {place[0]} {place[1]}:{place[2]}"
        taken[place] = disk["path"]


def _adapters(want: Values) -> Iterator[str]:
    for adapter in records_in(want, "network_adapters"):
        name, vlan, mac = adapter["name"], adapter.get("vlan", 0), str(adapter.get("mac", DYNAMIC))
        trunk = cast("Sequence[int]", adapter.get("trunk_vlans") or ())
        if bad := [each for each in (vlan, *trunk) if each not in VLANS]:
            yield f"the network adapter {name} is in VLAN {bad[0]}: a VLAN is 1 to 4094, 0 is untagged"
        if 0 in trunk:
            yield f"the network adapter {name} has 0 among its trunk_vlans: the untagged one of a trunk is vlan"
        if mac != DYNAMIC and not _STATIC_MAC.fullmatch(mac):
            yield f"the network adapter {name} has the mac {mac}: dynamic, or twelve hexadecimal digits"
        if adapter.get("bandwidth_weight", 0) not in WEIGHTS:
            yield f"the network adapter {name} has the bandwidth_weight {adapter['bandwidth_weight']}: it is 0 to 100"


_PORT = ("mac_spoofing", "dhcp_guard", "router_guard", "teaming", "bandwidth_weight")


def _ports(want: Values, have: Values | None) -> Iterator[str]:
    """Yield what belongs to the port of a switch, and is wanted of an adapter that is on none and stays so."""
    there = {caseless(str(each["name"])): each for each in records_in(have, "network_adapters")}
    for adapter in records_in(want, "network_adapters"):
        known = there.get(caseless(str(adapter["name"])), {})
        if adapter.get("switch") or known.get("switch"):
            continue
        changed = [name for name in _PORT if name in adapter and (adapter[name] or 0) != (known.get(name) or 0)]
        if changed:
            what = ", ".join(changed)
            yield f"the network adapter {adapter['name']} is on no switch, and {what} is of a switch's port"


def _boot(want: Values, both: Values) -> Iterator[str]:
    firmware = [name for name in ("secure_boot", "secure_boot_template", "boot_order") if name in want]
    if firmware and both.get("generation") == 1:
        yield f"{', '.join(firmware)} is for generation 2, and the machine is of generation 1: leave it out"
    disks = {folded(DISKS.of[0], each["path"]) for each in records_in(both, "disks")}
    adapters = {caseless(str(each["name"])) for each in records_in(both, "network_adapters")}
    for entry in cast("Sequence[str]", want.get("boot_order") or ()):
        found = _BOOT.fullmatch(entry)
        if found is None or (found["kind"] == "dvd" and not _DVD.fullmatch(found["what"])):
            yield f"boot_order has {entry!r}: an entry is disk PATH, network NAME or dvd NUMBER:LOCATION"
        elif found["kind"] == "disk" and caseless(found["what"]) not in disks:
            yield f"boot_order has {entry!r}, and the machine has no such disk: write it as in disks"
        elif found["kind"] == "network" and caseless(found["what"]) not in adapters:
            yield f"boot_order has {entry!r}, and the machine has no such adapter: write it as in network_adapters"


_OFF_ONLY = (
    *("processors", "processor_compatibility", "nested_virtualization", "secure_boot", "secure_boot_template"),
    *("boot_order", "automatic_stop"),
)


def _running(want: Values, both: Values, have: Values | None) -> Iterator[str]:
    """Yield what Windows changes only of a machine that is off, if this one is not and shall not be."""
    power = str((have or {}).get("power", "Off"))
    if have is None or "Off" in {power, str(want.get("power"))}:
        return
    changed = [name for name in _OFF_ONLY if name in want and want[name] != have.get(name)]
    changed += [*_memory_off(want, have), *_parts_off(want, both, have)]
    if changed:
        yield f"it is {power}, and Windows changes {', '.join(changed)} only of a machine that is off: stop it first"


def _memory_off(want: Values, have: Values) -> Iterator[str]:
    asked, was = cast("Values", want.get("memory") or {}), cast("Values", have.get("memory") or {})
    if "dynamic" in asked and asked["dynamic"] != was.get("dynamic"):
        yield "memory.dynamic"
    elif was.get("dynamic") and asked.get("startup_bytes", was.get("startup_bytes")) != was.get("startup_bytes"):
        yield "memory.startup_bytes"


def _parts_off(want: Values, both: Values, have: Values) -> Iterator[str]:
    there = {caseless(str(each["name"])): each for each in records_in(have, "network_adapters")}
    for adapter in records_in(want, "network_adapters"):
        known = there.get(caseless(str(adapter["name"])))
        if known is not None and "mac" in adapter and adapter["mac"] != known.get("mac"):
            yield f"network_adapters[{adapter['name']}].mac"
        if known is None and both.get("generation") == 1:
            yield f"network_adapters[{adapter['name']}]"
    known_disks = {folded(DISKS.of[0], each["path"]): each for each in records_in(have, "disks")}
    for disk in records_in(want, "disks"):
        was = known_disks.get(folded(DISKS.of[0], disk["path"]), {})
        if was.get("controller_type", disk.get("controller_type")) != "IDE":
            continue
        if not was or disk.get("size_bytes", was.get("size_bytes")) != was.get("size_bytes"):
            yield f"disks[{disk['path']}]"


VM = ResourceType(
    module="trust_vm",
    title="virtual machine",
    properties=(
        Property("generation", Kind.NUMBER, fixed=True),
        Property("path", Kind.PATH, fixed=True),
        Property("processors", Kind.NUMBER),
        Property("processor_compatibility", Kind.FLAG),
        Property("nested_virtualization", Kind.FLAG),
        MEMORY,
        DISKS,
        ADAPTERS,
        Property("secure_boot", Kind.FLAG),
        Property("secure_boot_template", Kind.NAME, choices=TEMPLATES),
        Property("boot_order", Kind.LIST),
        Property("automatic_start", Kind.NAME, choices=("Nothing", "StartIfRunning", "Start")),
        Property("automatic_start_delay", Kind.NUMBER),
        Property("automatic_stop", Kind.NAME, choices=("TurnOff", "Save", "ShutDown")),
        SERVICES,
        Property("checkpoint_type", Kind.NAME, choices=("Disabled", "Production", "ProductionOnly", "Standard")),
        Property("automatic_checkpoints", Kind.FLAG),
        Property("notes"),
        Property("power", Kind.NAME),
    ),
    cmdlets=lambda name, found: cmdlets(name, found, DISKS, ADAPTERS, SERVICES),
    removable=True,
    holds="what was set up in it since",
    unique=True,
    leaves=DISKS.name,
    refuse=_refused,
)

register(VM)
