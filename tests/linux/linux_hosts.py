"""Descriptions of hosts for tests."""

from __future__ import annotations

from collections.abc import Callable

from trustctl.lab.hosts.lab import HostLab
from trustctl.lab.hosts.spec import HostSpec

USER, PASSWORD = "trustctl", "Lab-host-pass-1"
StartHosts = Callable[..., HostLab]


def server(number: int, **more: object) -> HostSpec:
    """A plain server of the school oak: `oak-srv-NN` with the address 10.11.20.(20+NN)."""
    fields: dict[str, object] = {
        "name": f"oak-srv-{number:02d}",
        "address": f"10.11.20.{20 + number}",
        "prefix": 24,
        "gateway": "10.11.20.1",
        "user": USER,
        "password": PASSWORD,
    }
    return HostSpec(**{**fields, **more})  # type: ignore[arg-type] - words of each field, as the caller has them
