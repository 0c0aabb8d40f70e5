"""The cables between makes, as the configurations that were read at both ends have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trustctl.cli.workspace import Workspace
from trustctl.config import read
from trustctl.model.school import School
from trustctl.model.switch import Link
from trustctl.plan.links import Difference, differences
from trustctl.platforms.carrying import Carrying, End
from trustctl.report.page import Cell


@dataclass(frozen=True, slots=True)
class Cable:
    """One cable and what each end carries: by the device's own words, not by the inventory's."""

    link: Link
    ends: tuple[End, End]
    shown: tuple[tuple[Cell, ...], tuple[Cell, ...]]
    """A row for each end: device and port, bundle, untagged VLAN, tagged VLANs."""
    apart: tuple[Difference, ...]

    @property
    def told(self) -> str:
        """Before: a difference in VLAN 204.  After: `VLANs that the other end does not carry: 204 here, none there`."""
        return "; ".join(one.told(True) for one in self.apart)


def between_makes(school: School, names: frozenset[str]) -> tuple[Link, ...]:
    """The cables of the school whose ends are different platforms, both among `names`; one for each bundle."""
    found: dict[tuple[str, str], Link] = {}
    for link in school.links:
        (a, _), (b, _) = link.a, link.b
        if {a, b} <= names and school.devices[a].platform != school.devices[b].platform:
            found.setdefault((a, b), link)
    return tuple(found.values())


def port_at(workspace: Workspace, school: School, end: tuple[str, str]) -> str:
    """The port at one end as its make abbreviates it. Before: GigabitEthernet1/0/25.  After: `Gi1/0/25`."""
    device, port = end
    return workspace.platform(school.devices[device].platform).notation.short(port)


def as_read(workspace: Workspace, school: School, link: Link, stored: Mapping[str, str]) -> Cable | None:
    """The cable, from the stored configurations (digests by device name); None where one does not say what it carries.

    Raises StorageError if a stored configuration is missing.
    """
    a, b = (_end(workspace, school, end, stored[end[0]]) for end in (link.a, link.b))
    if a is None or b is None:
        return None
    vlans = frozenset(vlan.id for vlan in school.vlans.values())
    rows = (_row(workspace, school, link.a, a, vlans), _row(workspace, school, link.b, b, vlans))
    return Cable(link, (a, b), rows, differences(a, b, vlans))


def _end(workspace: Workspace, school: School, end: tuple[str, str], digest: str) -> End | None:
    device, port = end
    platform = workspace.platform(school.devices[device].platform)
    if platform.spec.membership is None:
        return None
    config = read(workspace.backups.load(device, digest), platform.rulebook, where=device)
    return Carrying(config, platform.spec.membership).end(port)


def _row(
    workspace: Workspace, school: School, end: tuple[str, str], found: End, vlans: frozenset[int]
) -> tuple[Cell, ...]:
    device, _ = end
    notation = workspace.platform(school.devices[device].platform).notation
    bundle = notation.short(found.bundle) if found.bundle else ""
    return (
        (f"{device} {port_at(workspace, school, end)}", ""),
        (bundle, ""),
        (str(found.carried.untagged or "none"), ""),
        (notation.print_numbers(found.carried.tagged & vlans).replace(",", ", "), ""),
    )
