"""Two AOS-S switches of the hand-made trust: a core with modules, and a floor with a trunk group as uplink."""

from __future__ import annotations

from dataclasses import replace

import render_estate as estate

from trustctl.model.school import School
from trustctl.model.service import Dot1x
from trustctl.model.switch import Bundle, Port, Switch

PLATFORM = "aruba_aos_s"
_MANAGED = (("A1", "A2"), ("A3", "A4"))


def _floor(count: int) -> tuple[Port, ...]:
    kinds = {44: "access-point", 45: "access-point", 46: "camera", 47: "printer"}
    return tuple(
        estate.port(str(n), kinds.get(n, "unused" if n % 12 == 0 else "staff"), f"Room A{n:03}")
        for n in range(1, count + 1)
    )


def _bundle(number: int, profile: str, text: str, members: tuple[str, ...]) -> Bundle:
    return Bundle(number, f"Trk{number}", estate.port(f"Trk{number}", profile, text), members)


ACCESS = replace(
    estate.access(
        "oak-sw-c1-01",
        "JL256A",
        13,
        (*_floor(48), *(estate.port(str(n), "uplink", "Uplink to oak-sw-c0-01", 1) for n in (49, 50))),
        (_bundle(1, "uplink", "Uplink to oak-sw-c0-01", ("49", "50")),),
    ),
    platform=PLATFORM,
    location="Block C",
    poe_ports=frozenset(str(n) for n in range(1, 49)),
)
SMALL = replace(
    estate.access(
        "oak-sw-c2-01",
        "J9774A",
        14,
        (estate.port("1", "staff"), estate.port("2", "camera"), estate.port("9", "uplink")),
    ),
    platform=PLATFORM,
    poe_ports=frozenset({"1", "2"}),
)
CORE: Switch = replace(
    estate.CORE,
    name="oak-sw-c0-01",
    hostname="oak-sw-c0-01",
    platform=PLATFORM,
    model="J9850A",
    ports=(
        *(estate.port(name, "downlink", "oak-sw-c1-01", 1) for name in _MANAGED[0]),
        estate.port("A3", "downlink", "oak-sw-c2-01"),
        estate.port("A5", "unused"),
    ),
    bundles=(_bundle(1, "downlink", "oak-sw-c1-01", _MANAGED[0]),),
    poe_ports=frozenset({"A5"}),
)
SCHOOL: School = replace(estate.SCHOOL, switches={switch.name: switch for switch in (CORE, ACCESS, SMALL)})
ENFORCING: School = replace(SCHOOL, services=replace(SCHOOL.services, dot1x=Dot1x("enforce", 3600)))
"""The same with 802.1X that refuses, which AOS-S can say; it cannot watch only."""
