"""One AOS-CX switch of a closet, and ways to reach it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dialling import Dial, dialling
from typing_at import Typist

from trustctl.lab.estate import Lab
from trustctl.lab.spec import DeviceSpec

NAME, PASSWORD = "elder-sw-21", "correct-horse"


@pytest.fixture
def closet() -> str:
    """The configuration of a 6100 with 24 ports, managed by VLAN 99 behind LAG 1."""
    return (Path(__file__).parent / "data" / "closet.cfg").read_text(encoding="utf-8")


@pytest.fixture
def lab(closet: str) -> Iterator[Lab]:
    """That switch alone; a device minute lasts a fifth of a second."""
    spec = DeviceSpec(NAME, "aruba_aos_cx", model="JL677A", serial="CN21AAA001", boot=closet, attachment="lag1")
    with Lab([spec], minute_seconds=0.2) as running:
        yield running


@pytest.fixture
def dial(lab: Lab) -> Iterator[Dial]:
    """Opens connections with netmiko's own driver, unpatched."""
    with dialling(lab, NAME, PASSWORD, device_type="aruba_aoscx") as dial:
        yield dial


@pytest.fixture
def typist(lab: Lab) -> Iterator[Callable[..., Typist]]:
    """Opens terminals of 80 by 24 on the switch."""
    opened: list[Typist] = []

    def open_one(user: str = "admin", password: str = PASSWORD, *, prompt: str = "# ") -> Typist:
        one = Typist(lab.endpoints[NAME][1], user, password)
        opened.append(one)
        one.until(f"{NAME}{prompt}".encode())
        return one

    yield open_one
    for one in opened:
        one.transport.close()
