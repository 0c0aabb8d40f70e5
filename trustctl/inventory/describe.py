"""Resolved values as rows for `trustctl show` and `trustctl explain`: path, value, where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import cast

from trustctl.inventory import ranges
from trustctl.model.controller import Controller
from trustctl.model.origin import Origin
from trustctl.model.school import School
from trustctl.model.secret import SecretRef
from trustctl.model.service import Ssid
from trustctl.model.switch import Device, Port, Switch
from trustctl.model.windows import HypervHost, Machine


@dataclass(frozen=True, slots=True)
class Row:
    """One resolved value. `origin` is None only if nothing on the way to the value has a source."""

    path: str
    value: str
    origin: Origin | None

    def to_dict(self) -> dict[str, object]:
        """The row for `--json`."""
        place = self.origin.place if self.origin else None
        return {
            "path": self.path,
            "value": self.value,
            "layer": str(self.origin.layer) if self.origin else None,
            "file": place.file if place else None,
            "line": place.line if place else None,
            "column": place.column if place else None,
            "note": self.origin.note if self.origin else "",
        }


def describe(school: School) -> tuple[Row, ...]:
    """Every resolved value of a school; the ports of its switches folded by profile."""
    rows: list[Row] = [
        Row(key, str(getattr(school, key)), school.origin(key))
        for key in ("slug", "name", "code", "phase", "site", "stage")
    ]
    for role, vlan in school.vlans.items():
        for key in ("id", "name", "prefix", "gateway", "dhcp"):
            path = f"vlans.{role}.{key}"
            rows.append(Row(path, words(getattr(vlan, key)), school.origin(path)))
    rows += _tree(school, "services", school.services)
    rows += [Row(f"ssids.{ssid.name}", _ssid(ssid), school.origin(f"ssids.{ssid.name}")) for ssid in school.ssids]
    rows += [
        Row(f"overrides.{override.path}", f"{override.value} (was {override.default})", override.origin)
        for override in school.overrides
    ]
    rows += [
        Row(f"waivers.{waiver.path}", f"until {waiver.expires}, {waiver.owner}", waiver.origin)
        for waiver in school.waivers
    ]
    for device in school.devices.values():
        rows += _device(school, device)
        rows += _folded_ports(school, device)
    rows += [
        Row(f"servers.{server.name}", f"{server.kind}, {server.address}, VLAN role {server.vlan_role}", server.origin)
        for server in school.servers
    ]
    return tuple(rows)


def _ssid(ssid: Ssid) -> str:
    """A wireless network in words.  Before: security psk, VLAN 130.  After: `psk, wpa2, VLAN role building (130)`."""
    parts = [ssid.security, *([ssid.wpa] if ssid.security in {"802.1x", "psk"} else [])]
    parts += ["isolated"] if ssid.isolation else []
    parts += ["hidden"] if ssid.hidden else []
    return ", ".join([*parts, f"VLAN role {ssid.vlan_role} ({ssid.vlan})", f"{' and '.join(ssid.bands)} GHz"])


def describe_device(school: School, device: Device, text: str = "") -> tuple[Row, ...]:
    """Every resolved value of one device, each port on its own; with `text`, the rows whose path or value hold it."""
    rows = [*_device(school, device)]
    for port in (*device.ports, *(bundle.port for bundle in device.bundles)):
        path = f"{device.path}.ports.{port.name}"
        rows.append(Row(path, port_words(port), school.origin(path)))
    wanted = text.casefold()
    return tuple(row for row in rows if wanted in row.path.casefold() or wanted in row.value.casefold())


def _device(school: School, device: Device) -> Iterator[Row]:
    path = device.path
    management = device.management
    values: list[tuple[str, object]] = [
        ("model", ", ".join((device.model, *device.stack))),
        ("role", device.role),
        ("stage", device.stage),
        ("address", f"{management.address}, VLAN {management.vlan}"),
        ("gateway", device.gateway),
        ("location", device.location or None),
        ("captured", device.captured),
        *((f"ownership.{part}", owner) for part, owner in device.ownership),
    ]
    if isinstance(device, Switch):
        values.insert(-1 - len(device.ownership), ("root_priority", device.root_priority))
    for key, value in values:
        if value is not None:
            yield Row(f"{path}.{key}", str(value), school.origin(f"{path}.{key}"))
    yield from _of_controller(school, device) if isinstance(device, Controller) else ()
    yield from _of_hypervisor(school, device) if isinstance(device, HypervHost) else ()
    for svi in device.svis if isinstance(device, Switch) else ():
        relays = f", DHCP relay {words(svi.helpers)}" if svi.helpers else ""
        here = f"{path}.svis.{svi.role}"
        yield Row(here, f"VLAN {svi.vlan}, {svi.address}{relays}", school.origin(here))


def _of_controller(school: School, controller: Controller) -> Iterator[Row]:
    path = controller.path
    networks = ", ".join(ssid.name for ssid in controller.ssids)
    yield Row(f"{path}.ssids", networks or "none", school.origin(f"{path}.ssids"))
    yield Row(f"{path}.radio.country", controller.radio.country, school.origin("radio.country"))
    for group in controller.groups:
        here = f"{path}.groups.{group.name}"
        yield Row(here, f"{group.title}: {', '.join(group.ssids)}", school.origin(here))
    for point in controller.access_points:
        here = f"{path}.access_points.{point.name}"
        yield Row(here, f"{point.mac}, group {point.group or 'none'}", school.origin(here))


def _of_hypervisor(school: School, host: HypervHost) -> Iterator[Row]:
    for switch in host.switches.values():
        here = f"{host.path}.switches.{switch.name}"
        yield Row(here, f"over {', '.join(switch.adapters) or 'no adapter'}", school.origin(here))
    for machine in host.machines.values():
        here = f"{host.path}.machines.{machine.name}"
        processors, memory, disks, vlans = machine_words(machine)
        has = f"{processors} processors, memory {memory}, disks {disks}, VLAN {vlans}"
        yield Row(here, f"{machine.standard}: {has}", school.origin(here))


def machine_words(machine: Machine) -> tuple[str, str, str, str]:
    """A virtual machine's processors, memory, disks and VLANs in words.

    After: `4`, `4 to 16 GiB`, `system 80 GiB, data 2048 GiB`, `20`.
    """
    memory = machine.memory
    least = memory.startup if memory.minimum is None else memory.minimum
    size = _gib(memory.most) if not memory.dynamic else f"{_gib(least).removesuffix(' GiB')} to {_gib(memory.most)}"
    disks = ", ".join(f"{disk.name} {_gib(disk.size)}" for disk in machine.disks.values())
    vlans = words(tuple(sorted({adapter.vlan for adapter in machine.adapters.values()})))
    return str(machine.processors), size, disks, vlans


def _gib(size: int) -> str:
    """Before: 6442450944.  After: `6 GiB`."""
    return f"{size / 2**30:g} GiB"


def _folded_ports(school: School, device: Device) -> Iterator[Row]:
    """Neighbouring ports that do the same and come from the same line, as one row."""
    groups: dict[tuple[str, Origin | None], list[str]] = {}
    for port in (*device.ports, *(bundle.port for bundle in device.bundles)):
        origin = school.origin(f"{device.path}.ports.{port.name}")
        groups.setdefault((port_words(port), origin), []).append(port.name)
    for (text, origin), names in groups.items():
        yield Row(f"{device.path}.ports.{ranges.compress(names)}", text, origin)


def port_words(port: Port) -> str:
    """What a port does, in words.  Before: profile staff, VLANs 30 and 90.  After: `staff: VLAN 30, voice 90`."""
    parts: list[str] = []
    if port.access_vlan is not None:
        parts.append(f"VLAN {port.access_vlan}")
    if port.voice_vlan is not None:
        parts.append(f"voice {port.voice_vlan}")
    if port.trunk_vlans:
        parts.append(f"trunk {','.join(str(vlan) for vlan in port.trunk_vlans)}")
    if port.native_vlan is not None:
        parts.append(f"native {port.native_vlan}")
    if port.channel_group is not None:
        parts.append(f"bundle {port.channel_group}")
    if port.description:
        parts.append(f"'{port.description}'")
    return f"{port.profile.name}: {', '.join(parts) or 'no VLAN'}"


def _tree(school: School, path: str, value: object) -> Iterator[Row]:
    """A value with everything inside it, one row per leaf."""
    if is_dataclass(value) and not isinstance(value, SecretRef):
        for field in fields(value):
            yield from _tree(school, f"{path}.{field.name}", getattr(value, field.name))
    elif isinstance(value, tuple):
        for index, item in enumerate(cast("tuple[object, ...]", value)):
            yield from _tree(school, f"{path}[{index}]", item)
    else:
        yield Row(path, words(value), school.origin(path))


def words(value: object) -> str:
    """A value as a row shows it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(words(item) for item in cast("Iterable[object]", value))
    return str(value)
