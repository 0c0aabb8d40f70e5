"""A host that takes its own way in away is gone on the wire: its open connections die and no new one is taken."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.lab.windows_model.asking import hypervisor, put
from trustctl.lab.windows.lab import WindowsLab

NAME = "OAK-HV-01"
EXTERNAL: dict[str, Any] = {"name": "Trust", "type": "External", "adapters": ["NIC1"]}
SETS: list[tuple[str, dict[str, Any]]] = [
    ("trust_vswitch", EXTERNAL | {"management_adapters": []}),
    (
        "trust_vswitch",
        EXTERNAL | {"management_adapters": [{"name": "Management", "host_address": True, "vlan": 10}]},
    ),
    ("trust_network", {"name": "NIC1", "addresses": ["10.11.10.6/24"]}),
    ("trust_network", {"name": "NIC1", "gateway": ""}),
]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[WindowsLab]:
    """A Hyper-V host that listens."""
    spec = replace(hypervisor().spec, user="lab", password="Lab-1")
    with WindowsLab([spec], folder=tmp_path) as running:
        yield running


def dial(lab: WindowsLab) -> ssl.SSLSocket:
    """Open a connection, as every client does, with TLS."""
    contact = lab.contacts[NAME]
    context = ssl.create_default_context(cafile=str(lab.ca))
    raw = socket.create_connection((contact.host, contact.port), timeout=5)
    return context.wrap_socket(raw, server_hostname=contact.host)


@pytest.mark.parametrize(("module", "args"), SETS)
def test_the_wire_goes_dead(lab: WindowsLab, module: str, args: dict[str, Any]) -> None:
    """What was open ends, and the port refuses."""
    with dial(lab) as before:
        put(lab.machine(NAME), module, **args)
        with suppress(OSError):  # a reset says the same as an end
            assert before.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        dial(lab)


def test_the_wire_stays_where_the_address_moves_rightly(lab: WindowsLab) -> None:
    """The management adapter takes it over."""
    put(lab.machine(NAME), "trust_vswitch", **EXTERNAL)
    with dial(lab) as after:
        assert after.version()
