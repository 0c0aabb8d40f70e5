"""Two AOS-CX switches of the hand-made trust: a 6300 as core, and a 6200 with a bundle as uplink."""

from __future__ import annotations

from dataclasses import replace

import render_estate as estate

from trustctl.model.school import School
from trustctl.model.service import Dot1x
from trustctl.model.switch import Bundle, Port, Switch

PLATFORM = "aruba_aos_cx"


def _floor() -> tuple[Port, ...]:
    kinds = {8: "access-point", 9: "camera", 10: "printer", 11: "unused"}
    return tuple(estate.port(f"1/1/{n}", kinds.get(n, "staff"), f"Room A{n:03}") for n in range(1, 12))


def _bundle(profile: str, text: str, members: tuple[str, ...]) -> Bundle:
    return Bundle(1, "lag 1", estate.port("lag 1", profile, text), members)


ACCESS = replace(
    estate.access(
        "oak-sw-x1-01",
        "JL725A",
        15,
        (*_floor(), *(estate.port(f"1/1/{n}", "uplink", "Uplink to oak-sw-x0-01", 1) for n in (27, 28))),
        (_bundle("uplink", "Uplink to oak-sw-x0-01", ("1/1/27", "1/1/28")),),
    ),
    platform=PLATFORM,
    poe_ports=frozenset(f"1/1/{n}" for n in range(1, 25)),
)
CORE: Switch = replace(
    estate.CORE,
    name="oak-sw-x0-01",
    hostname="oak-sw-x0-01",
    platform=PLATFORM,
    model="JL662A",
    ports=(
        *(estate.port(f"1/1/{n}", "downlink", "oak-sw-x1-01", 1) for n in (1, 2)),
        estate.port("1/1/3", "downlink", "oak-sw-x2-01"),
        estate.port("1/1/4", "unused"),
    ),
    bundles=(_bundle("downlink", "oak-sw-x1-01", ("1/1/1", "1/1/2")),),
    poe_ports=frozenset({"1/1/4"}),
)
SMALL = replace(
    ACCESS,
    name="oak-sw-x2-01",
    hostname="oak-sw-x2-01",
    model="R8N87A",
    ports=(estate.port("1/1/1", "staff"), estate.port("1/1/2", "camera"), estate.port("1/1/25", "uplink")),
    bundles=(),
    poe_ports=frozenset({"1/1/1", "1/1/2"}),
)
SCHOOL: School = replace(estate.SCHOOL, switches={switch.name: switch for switch in (CORE, ACCESS, SMALL)})
ENFORCING: School = replace(SCHOOL, services=replace(SCHOOL.services, dot1x=Dot1x("enforce", 3600)))
"""The same with 802.1X that refuses."""
