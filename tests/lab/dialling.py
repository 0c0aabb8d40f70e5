"""Netmiko's own drivers, unpatched, on a device of the lab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from netmiko import BaseConnection, ConnectHandler

from trustctl.lab.estate import Lab

Dial = Callable[..., BaseConnection]


@contextmanager
def dialling(lab: Lab, name: str, password: str, **usual: object) -> Iterator[Dial]:
    """Opens connections as `admin` unless told otherwise, with the driver's `usual` settings; all end with the test."""
    opened: list[BaseConnection] = []

    def one(user: str = "admin", password: str = password, **more: object) -> BaseConnection:
        host, port = lab.endpoints[name]
        opened.append(ConnectHandler(host=host, port=port, username=user, password=password, **{**usual, **more}))
        return opened[-1]

    yield one
    for connection in opened:
        connection.disconnect()
