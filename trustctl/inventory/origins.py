"""Where each resolved value of a school comes from: worked out when it is first asked for, as most are never."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trustctl.inventory.layers import Settings
from trustctl.inventory.school_vlans import SchoolVlans
from trustctl.inventory.switch_plan import SchoolSwitches
from trustctl.inventory.yaml_document import Document, Value
from trustctl.model.origin import Layer, Origin


class SchoolOrigins(Mapping[str, Origin]):
    """Dotted path -> Origin of one school. Equal to, and pickled as, the plain dictionary of the same content."""

    def __init__(
        self,
        trust: Document,
        school: Document,
        settings: Settings,
        vlans: SchoolVlans,
        switches: SchoolSwitches,
        switch_document: Document | None,
    ) -> None:
        self._parts = (trust, school, settings, vlans, switches, switch_document)
        self._found: dict[str, Origin] | None = None

    def _all(self) -> dict[str, Origin]:
        if self._found is None:
            trust, school, settings, vlans, switches, document = self._parts
            self._found = {
                **_school(trust, school),
                **_vlans(school, settings, vlans),
                **_settings(settings),
                **_switches(document, switches, vlans),
            }
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
                origin: Origin | None = Origin(source.layer, source.document.place((*source.at, key)))
            else:
                origin = settings.origin(f"{path}.{key}")
            if origin is not None:
                found[f"{path}.{key}"] = origin
        found[path] = found[f"{path}.id"]
        size = found[f"{path}.size"]
        note = f"site at {site}, size at {size.place}"
        if f"vlans.{role}.block" in settings.sources:
            found[f"{path}.prefix"] = found[f"{path}.block"]
        else:
            found[f"{path}.prefix"] = Origin(Layer.DERIVED, None, note)
        found[f"{path}.gateway"] = Origin(Layer.DERIVED, None, f"gateway position of the address plan, {note}")
    return found


def _settings(settings: Settings) -> dict[str, Origin]:
    found: dict[str, Origin] = {}
    for section in ("services", "hardening", "ssids", "port_profiles"):
        target = "services.hardening" if section == "hardening" else section
        for path in _leaves(settings.raw[section]):
            origin = settings.origin(f"{section}{path}".split("[", maxsplit=1)[0])
            source = _exact(settings, section, path)
            if origin is not None:
                found[f"{target}{path}"] = source or origin
    group = settings.origin("services.radius.group")
    if group is not None:
        found["services.radius_group"] = group
    return found


def _exact(settings: Settings, section: str, path: str) -> Origin | None:
    """The origin of an item of a list, at the item itself."""
    if "[" not in path:
        return None
    head, _, tail = path.partition("[")
    full = f"{section}{head}"
    steps = full.split(".")
    for count in range(len(steps), 0, -1):
        source = settings.sources.get(".".join(steps[:count]))
        if source is not None:
            return source.origin([*steps[count:], int(tail.rstrip("]"))])
    return None


def _leaves(value: Value, path: str = "") -> Iterator[str]:
    """Every path below a value, parents included: `.radius`, `.radius.servers`, `.ntp[0]`."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _leaves(inside, f"{path}.{key}")
    elif isinstance(value, list):
        yield from (f"{path}[{index}]" for index in range(len(value)))


def _switches(document: Document | None, switches: SchoolSwitches, vlans: SchoolVlans) -> dict[str, Origin]:
    found: dict[str, Origin] = {}
    if document is None:
        return found
    numbers = {
        vlan.id: Origin(vlans.sources[role].layer, vlans.sources[role].document.place(vlans.sources[role].at))
        for role, vlan in vlans.vlans.items()
    }
    for name, switch in switches.switches.items():
        at = ("switches", name)
        path = f"switches.{name}"
        if switch.origin is not None:
            found[path] = switch.origin
        entry = document.value_at(at)
        for key in entry if isinstance(entry, dict) else ():
            found[f"{path}.{key}"] = Origin(Layer.DEVICE, document.place((*at, key)))
        if f"{path}.position" in found:
            place = found[f"{path}.position"].place
            found[f"{path}.address"] = Origin(Layer.DERIVED, None, f"position at {place}, management block")
        for port in switch.ports:
            where = switches.placed[name][port.name].at
            here = f"{path}.ports.{port.name}"
            found[here] = found[f"{here}.profile"] = _entry(document, where, "profile")
            found[f"{here}.description"] = _entry(document, where, "description")
            if port.access_vlan is not None:
                legacy = vlans.legacy_files.get(port.access_vlan)
                number = _entry(document, where, "legacy_vlan") if legacy else numbers.get(port.access_vlan)
                if number is not None:
                    found[f"{here}.access_vlan"] = number
    return found


def _entry(document: Document, at: tuple[str | int, ...], key: str) -> Origin:
    entry = document.value_at(at)
    exact = (*at, key) if isinstance(entry, dict) and key in entry else at
    return Origin(Layer.DEVICE, document.place(exact))
