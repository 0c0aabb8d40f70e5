"""A school as it is resolved: every value beside the file, line and layer it comes from."""

from __future__ import annotations

from collections.abc import Mapping

from trustctl.inventory import describe, machine_words
from trustctl.model.origin import Origin
from trustctl.model.school import School, Trust
from trustctl.model.windows import HypervHost
from trustctl.report.page import Page
from trustctl.report.ports import port_ranges
from trustctl.report.words import count


def school_text(trust: Trust, school: School, *, width: int = 100, colour: bool = False) -> str:
    """The school on one page: facts, VLANs, services, devices, virtual machines, exceptions."""
    page = Page(width=width, colour=colour)
    page.heading(f"{school.name} ({school.slug})", f"site {school.site}, {school.phase}, stage {school.stage}")
    _vlans(page, school)
    _services(page, trust, school)
    _switches(page, school)
    _machines(page, school)
    _exceptions(page, school)
    return page.text()


def _from(school: School, path: str) -> str:
    found: Origin | None = school.origin(path)
    return str(found) if found else ""


def _vlans(page: Page, school: School) -> None:
    page.heading("VLANs")
    rows = [
        [
            (str(vlan.id), "bold"),
            (vlan.name, ""),
            (role, "yellow" if vlan.legacy else ""),
            (str(vlan.prefix or ""), ""),
            (_from(school, f"vlans.{role}.id"), "dim"),
        ]
        for role, vlan in school.vlans.items()
    ]
    page.table(("id", "name", "role", "block", "from"), rows)


def _services(page: Page, trust: Trust, school: School) -> None:
    page.heading("Services")
    rows = [
        [
            (row.path.removeprefix("services."), ""),
            (row.value, "bold"),
            (_level(trust, row.path), "dim"),
            (str(row.origin or ""), "dim"),
        ]
        for row in describe(school)
        if row.path.startswith("services.")
    ]
    page.table(("value", "", "level", "from"), rows)


def _level(trust: Trust, path: str) -> str:
    found = [key for key in trust.levels if path == key or path.startswith((f"{key}.", f"{key}["))]
    return trust.levels[max(found, key=len)].value if found else ""


def _switches(page: Page, school: School) -> None:
    page.heading("Devices", count(len(school.devices), "device"))
    rows = [
        [
            (switch.name, "bold"),
            (str(switch.address), ""),
            (switch.model, ""),
            (switch.role, ""),
            (switch.stage.value, ""),
            (str(len(switch.ports)), ""),
            (str(switch.origin or ""), "dim"),
        ]
        for switch in school.devices.values()
    ]
    page.table(("device", "address", "model", "role", "stage", "ports", "from"), rows)
    for switch in school.devices.values():
        profiles: dict[str, list[str]] = {}
        for port in switch.ports:
            profiles.setdefault(port.profile.name, []).append(port.name)
        words = "; ".join(f"{name} {', '.join(port_ranges(ports))}" for name, ports in profiles.items())
        if words:
            page.prose(words, indent=2, lead=(f"{switch.name}  ", "bold"), style="dim")


def _machines(page: Page, school: School) -> None:
    rows = [
        [
            (machine.name, "bold"),
            (host.name, ""),
            *((one, "") for one in machine_words(machine)),
            (_from(school, f"{host.path}.machines.{machine.name}"), "dim"),
        ]
        for host in school.windows.values()
        if isinstance(host, HypervHost)
        for machine in host.machines.values()
    ]
    if rows:
        page.heading("Virtual machines", count(len(rows), "machine"))
        page.table(("machine", "on", "processors", "memory", "disks", "VLAN", "from"), rows)


def _exceptions(page: Page, school: School) -> None:
    notes: Mapping[str, list[str]] = {
        "Overrides": [
            f"{item.path} = {item.value}{f' until {item.expires:%d %b %Y}' if item.expires else ''}: "
            f"{item.reason} ({item.origin})"
            for item in school.overrides
        ],
        "Old address ranges": [
            f"{item.prefix}{f' until {item.until:%d %b %Y}' if item.until else ''}: {item.purpose} ({item.origin})"
            for item in school.legacy
        ],
        "Waivers": [
            f"{item.path} until {item.expires:%d %b %Y}: {item.reason}, {item.owner} ({item.origin})"
            for item in school.waivers
        ],
        "Ownership": [
            f"{switch.name}: {part} is {owner} ({_from(school, f'{switch.path}.ownership.{part}')})"
            for switch in school.devices.values()
            for part, owner in switch.ownership
        ],
    }
    for heading, lines in notes.items():
        if lines:
            page.heading(heading)
            for line in lines:
                page.prose(line, indent=2)
