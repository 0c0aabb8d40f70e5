"""A small estate and a bare SSH terminal to try the lab with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from typing_at import ACCESS, NAME, PASSWORD, Typist

from trustctl.lab.estate import Lab
from trustctl.lab.spec import DeviceSpec


@pytest.fixture
def spec() -> DeviceSpec:
    """One access switch behind its uplink port 48."""
    return DeviceSpec(NAME, "cisco_ios", serial="FOC1111A111", boot=ACCESS, attachment="Gi1/0/48")


@pytest.fixture
def lab(spec: DeviceSpec) -> Iterator[Lab]:
    """That switch alone; a device minute lasts a fifth of a second."""
    with Lab([spec], minute_seconds=0.2) as running:
        yield running


@pytest.fixture
def typist(lab: Lab) -> Iterator[Callable[..., Typist]]:
    """Opens terminals on the switch of `lab`."""
    opened: list[Typist] = []

    def open_one(user: str = "admin", password: str = PASSWORD, *, prompt: bytes = b"#") -> Typist:
        one = Typist(lab.endpoints[NAME][1], user, password)
        opened.append(one)
        one.until(f"{NAME}".encode() + prompt)
        return one

    yield open_one
    for one in opened:
        one.transport.close()
