"""Where each resolved value of a school comes from: worked out when it is first asked for, as most are never."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial

from trustctl.inventory.layers import Settings
from trustctl.inventory.origin_paths import below, joined, paths
from trustctl.inventory.school_vlans import SchoolVlans
from trustctl.inventory.switch_plan import SchoolDevices
from trustctl.inventory.windows_origins import facet, networks, parts
from trustctl.inventory.yaml_document import Document
from trustctl.model.linux import LinuxHost
from trustctl.model.origin import Layer, Origin
from trustctl.model.switch import Device, Switch
from trustctl.model.windows import DirectoryHost, HypervHost, WindowsHost

ServerPlaces = tuple[Document | None, Mapping[str, LinuxHost], Mapping[str, WindowsHost]]
"""`servers.yml`, those of its servers that run Linux, and the Windows hosts."""


class SchoolOrigins(Mapping[str, Origin]):
    """Dotted path -> Origin of one school. Equal to, and pickled as, the plain dictionary of the same content."""

    def __init__(
        self,
        trust: Document,
        school: Document,
        settings: Settings,
        vlans: SchoolVlans,
        devices: SchoolDevices,
        servers: ServerPlaces = (None, {}, {}),
    ) -> None:
        self._parts = (trust, school, settings, vlans, devices)
        self._servers = servers
        self._found: dict[str, Origin] | None = None

    def _all(self) -> dict[str, Origin]:
        if self._found is None:
            trust, school, settings, vlans, devices = self._parts
            found = {
                **_school(trust, school),
                **_vlans(school, settings, vlans),
                **_settings(school, settings),
            }
            document, linux, windows = self._servers
            self._found = {**found, **_devices(found, devices, vlans), **_hosts(found, document, linux)}
            self._found |= _windows(self._found, document, settings, windows)
        return self._found

    def __getitem__(self, path: str) -> Origin:
        return self._all()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __eq__(self, other: object) -> bool:
        return self._all() == (other._all() if isinstance(other, SchoolOrigins) else other)

    def __hash__(self) -> int:
        return hash(frozenset(self._all()))

    def __reduce__(self) -> tuple[type[dict[str, Origin]], tuple[dict[str, Origin]]]:
        return dict, (self._all(),)

    def __repr__(self) -> str:
        return f"SchoolOrigins({len(self)} paths)"


def _school(trust: Document, school: Document) -> dict[str, Origin]:
    found: dict[str, Origin] = {
        key: Origin(Layer.SCHOOL, school.place((key,)))
        for key in ("slug", "name", "code", "phase", "site", "stage", "login")
        if key in school.value
    }
    found["services.domain"] = Origin(Layer.TRUST, trust.place(("domain",)))
    if "login" not in school.value:
        found["login"] = Origin(Layer.TRUST, trust.place(("login",)))
    return found


def _vlans(school: Document, settings: Settings, vlans: SchoolVlans) -> dict[str, Origin]:
    found: dict[str, Origin] = {}
    site = school.place(("site",))
    for role, vlan in vlans.vlans.items():
        source = vlans.sources[role]
        path = f"vlans.{role}"
        if vlan.legacy:
            at = source.at[:-1]
            found[path] = Origin(source.layer, source.document.place(at))
            entry = source.document.value_at(at)
            for key in entry if isinstance(entry, dict) else ():
                name = "id" if key == "vlan" else key
                found[f"{path}.{name}"] = Origin(source.layer, source.document.place((*at, key)))
            continue
        for key in ("id", "name", "title", "size", "block", "gateway", "dhcp"):
            if source.at[:2] == ("extra", "vlans"):
                found[f"{path}.{key}"] = Origin(source.layer, source.document.place((*source.at, key)))
            else:
                found[f"{path}.{key}"] = settings.origin(["vlans", role, key])
        found[path] = found[f"{path}.id"]
        if vlan.prefix is None:
            continue
        size = found[f"{path}.size"]
        note = f"site at {site}, size at {size.place}"
        if f"vlans.{role}.block" in settings.sources:
            found[f"{path}.prefix"] = found[f"{path}.block"]
        else:
            found[f"{path}.prefix"] = Origin(Layer.DERIVED, None, note)
        found[f"{path}.gateway"] = Origin(Layer.DERIVED, None, f"gateway position of the address plan, {note}")
    return found


def _settings(school: Document, settings: Settings) -> dict[str, Origin]:
    """Every path of the settings under its name in the model."""
    found: dict[str, Origin] = {}
    for section, target in (
        ("services", "services"),
        ("hardening", "services.hardening"),
        ("port_profiles", "profiles"),
        ("radio", "radio"),
        ("linux", "linux"),
        ("windows", "windows"),
    ):
        for steps in paths(settings.raw[section]):
            found[joined(target, steps)] = settings.origin([section, *steps])
    services = settings.values.services
    found["services.radius_group"] = settings.origin(["services", "radius", "group"])
    found["services.radius"] = settings.origin(["services", "radius", "servers"])
    for path, at, names in (
        ("services.radius", ["services", "radius", "servers"], list(services.radius.servers)),
        ("services.snmp.users", ["services", "snmp", "users"], list(services.snmp.users)),
    ):
        for index, name in enumerate(names):
            found[f"{path}[{index}]"] = settings.origin([*at, name])
            for steps in paths(below(settings.raw, [*at, name])):
                found[joined(f"{path}[{index}]", steps)] = settings.origin([*at, name, *steps])
    found |= _wireless(settings)
    extra = school.value_at(("extra",))
    for section, target in (("port_profiles", "profiles"), ("ssids", "ssids")):
        inside = extra.get(section) if isinstance(extra, dict) else None
        for steps in paths(inside):
            origin = Origin(Layer.SCHOOL, school.place(("extra", section, *steps)))
            named = school.value_at(("extra", section, steps[0], "name")) if section == "ssids" else steps[0]
            found[joined(target, [str(named), *steps[1:]])] = origin
    return found


def _wireless(settings: Settings) -> dict[str, Origin]:
    """The trust's networks by their names, and the bands by their positions."""
    found: dict[str, Origin] = {}
    for key, ssid in settings.values.ssids.items():
        found[f"ssids.{ssid.name}"] = settings.origin(["ssids", key])
        for steps in paths(below(settings.raw, ["ssids", key])):
            found[joined(f"ssids.{ssid.name}", steps)] = settings.origin(["ssids", key, *steps])
    for index, band in enumerate(("band_24", "band_5", "band_6")):
        found[f"radio.bands[{index}]"] = settings.origin(["radio", band])
    return found


def _devices(school: Mapping[str, Origin], devices: SchoolDevices, vlans: SchoolVlans) -> dict[str, Origin]:
    found: dict[str, Origin] = {}
    roles = {vlan.id: role for role, vlan in vlans.vlans.items()}
    # the ports of one entry share its origins: looked up once, and alike ports can be told by identity
    entry = cache(partial(_entry, devices.documents))
    for name, device in (*devices.switches.items(), *devices.controllers.items()):
        path = device.path
        found.update(_device(devices.documents[device.section], device, school))
        for port in device.ports:
            where = devices.placed[name][port.name].at
            here = f"{path}.ports.{port.name}"
            found[here] = found[f"{here}.profile"] = entry(where, "profile")
            found[f"{here}.description"] = entry(where, "description")
            if port.access_vlan is not None:
                legacy = port.access_vlan in vlans.legacy_files
                number = entry(where, "legacy_vlan") if legacy else None
                found[f"{here}.access_vlan"] = number or school[f"vlans.{roles[port.access_vlan]}.id"]
        for bundle in device.bundles:
            origin = found[f"{path}.ports.{bundle.members[0]}"]
            found[f"{path}.bundles.{bundle.name}"] = found[f"{path}.ports.{bundle.name}"] = origin
    return found


def _hosts(
    school: Mapping[str, Origin], document: Document | None, hosts: Mapping[str, LinuxHost]
) -> dict[str, Origin]:
    found: dict[str, Origin] = {}
    if document is not None:
        for host in hosts.values():
            found.update(_device(document, host, school))
    return found


def _windows(
    school: Mapping[str, Origin], document: Document | None, settings: Settings, hosts: Mapping[str, WindowsHost]
) -> dict[str, Origin]:
    found: dict[str, Origin] = {}
    for host in hosts.values():
        if isinstance(host, DirectoryHost):
            found |= facet(host, settings)
        elif document is not None:
            given = _device(document, host, school)
            found |= given | networks(host, given, school)
            found |= parts(host, given, settings) if isinstance(host, HypervHost) else {}
    return found


def _device(document: Document, device: Device, school: Mapping[str, Origin]) -> dict[str, Origin]:
    """One device without its ports: what its file says, and what follows from its school."""
    at = (device.section, device.name)
    found: dict[str, Origin] = {"stage": school["stage"], "login": school["login"]}
    if device.origin is not None:
        found[""] = device.origin
    for steps in paths(document.value_at(at)):
        if steps[0] not in {"ports", "routes", "rest"} or len(steps) == 1:
            found[joined("", steps).removeprefix(".")] = Origin(Layer.DEVICE, document.place((*at, *steps)))
    if "position" in found:
        found["address"] = Origin(Layer.DERIVED, None, f"position at {found['position'].place}, management block")
    elif "address" not in found:
        found["address"] = school[f"vlans.{device.management.role}.gateway"]
    found["management"] = found["address"]
    if device.gateway is not None:
        found["gateway"] = school[f"vlans.{device.management.role}.gateway"]
    if isinstance(device, Switch):
        found["root_priority"] = Origin(Layer.DERIVED, None, f"role at {found['role'].place}")
        for svi in device.svis:
            found[f"svis.{svi.role}"] = school[f"vlans.{svi.role}.gateway"]
    return {f"{device.path}.{key}" if key else device.path: origin for key, origin in found.items()}


def _entry(documents: Mapping[str, Document], at: tuple[str | int, ...], key: str) -> Origin:
    document = documents[str(at[0])]
    entry = document.value_at(at)
    exact = (*at, key) if isinstance(entry, dict) and key in entry else at
    return Origin(Layer.DEVICE, document.place(exact))
