"""What Hyper-V hosts of the whole trust may not share: the hardware addresses that they give to machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from trustctl.inventory.problem import Problem
from trustctl.inventory.reading import SchoolFolder
from trustctl.inventory.windows_ground import At
from trustctl.inventory.yaml_document import Document
from trustctl.model.school import School
from trustctl.model.windows import HypervHost


def pools_apart(folders: Iterable[SchoolFolder], schools: Mapping[str, School]) -> list[Problem]:
    """Return a problem for each host whose addresses for machines are those of another host as well.

    They are made of the second and fourth octet of the host's own address (`HypervHost.mac_pool`), and two machines
    with one hardware address take each other off the network.
    """
    problems: list[Problem] = []
    first: dict[str, tuple[HypervHost, Document, At]] = {}
    for folder in folders:
        school = schools.get(folder.slug)
        if school is None or folder.servers is None or not _given(school):
            continue
        document = folder.servers[0]
        for host in school.windows.values():
            if not isinstance(host, HypervHost):
                continue
            at: At = ("servers", host.name)
            other, there, place = first.setdefault(host.mac_pool[0], (host, document, at))
            if other is not host:
                where = there.place(place, key=True)
                problem = (
                    f"{host.name} ({host.address}) and {other.name} ({other.address}, {where}) would give machines the "
                    f"same hardware addresses, {' to '.join(host.mac_pool)}"
                )
                remedy = (
                    "They follow from the second and last octet of a host's address: give one of them another, or say "
                    "`mac_pool: false` in windows.hyperv and set the ranges by hand."
                )
                problems.append(document.problem(at, "mac_pool_twice", problem, remedy, key=True))
    return problems


def _given(school: School) -> bool:
    """Whether the baseline has each host give addresses of a range of its own."""
    hyperv = cast("Mapping[str, object]", school.windows_settings.get("hyperv") or {})
    return hyperv.get("mac_pool") is not False
