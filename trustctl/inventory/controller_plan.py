"""Wireless controllers: which networks they carry, their groups and access points."""

from __future__ import annotations

from trustctl.inventory.device_plan import DeviceBuilder, Draft, shared
from trustctl.inventory.file_baseline import RadioBandFile, RadioFile
from trustctl.inventory.file_wireless import ControllerFile
from trustctl.inventory.port_plan import Reference
from trustctl.inventory.services import ssids_of
from trustctl.inventory.wording import did_you_mean
from trustctl.model.controller import AccessPoint, ApGroup, Controller
from trustctl.model.service import Radio, RadioBand, Ssid
from trustctl.model.switch import Device


def controller_of(builder: DeviceBuilder, draft: Draft, file: ControllerFile, device: Device) -> Controller:
    """A controller; what it names and nobody knows is a problem."""
    carried = ssids_of(builder.context.settings.values, builder.school, builder.vlans)
    here = {ssid.key: ssid for ssid in carried}
    own = _chosen(builder, draft, (*draft.at, "ssids"), file.ssids, here)
    groups = tuple(
        ApGroup(
            name,
            group.title,
            tuple(
                ssid.name
                for ssid in _chosen(
                    builder, draft, (*draft.at, "groups", name, "ssids"), group.ssids, {ssid.key: ssid for ssid in own}
                )
            ),
        )
        for name, group in file.groups.items()
    )
    return Controller(
        **shared(device),
        ssids=own,
        groups=groups,
        access_points=_access_points(builder, draft, file),
        radio=radio_of(builder.context.settings.values.radio),
    )


def _chosen(
    builder: DeviceBuilder, draft: Draft, at: Reference, wanted: list[str] | None, known: dict[str, Ssid]
) -> tuple[Ssid, ...]:
    """The networks of a list of keys; all that are known if there is no list."""
    if wanted is None:
        return tuple(known.values())
    for index, key in enumerate(wanted):
        if key not in known:
            problem = f"'{key}' is no wireless network that is carried here"
            builder.problem(draft, (*at, index), "ssid_unknown", problem, did_you_mean(key, known))
    return tuple(known[key] for key in dict.fromkeys(wanted) if key in known)


def _access_points(builder: DeviceBuilder, draft: Draft, file: ControllerFile) -> tuple[AccessPoint, ...]:
    first: dict[str, str] = {}
    for name, entry in file.access_points.items():
        at = (*draft.at, "access_points", name)
        if entry.group is not None and entry.group not in file.groups:
            problem = f"there is no group '{entry.group}'"
            builder.problem(draft, (*at, "group"), "group_unknown", problem, did_you_mean(entry.group, file.groups))
        if first.setdefault(entry.mac, name) != name:
            problem = f"{entry.mac} is already the access point {first[entry.mac]}"
            builder.problem(draft, (*at, "mac"), "mac_twice", problem, "Read it from the label again.")
    return tuple(
        AccessPoint(name, entry.mac, entry.group or "", entry.model or "", entry.location or "")
        for name, entry in file.access_points.items()
    )


def radio_of(file: RadioFile) -> Radio:
    """The radio settings of a school."""
    bands = (("2.4", file.band_24), ("5", file.band_5), ("6", file.band_6))
    return Radio(file.country, tuple(_band(ghz, band) for ghz, band in bands), file.legacy_rates)


def _band(ghz: str, file: RadioBandFile) -> RadioBand:
    return RadioBand(ghz, file.enabled, file.width, file.power_min, file.power_max, tuple(file.channels))
