"""Readers of what a Windows host's modules say, and of the description that is made from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress

from target import Target, hold, said, text_of

from trustctl.errors import TrustctlError
from trustctl.windows import TYPES, parse, text_lines, write
from trustctl.windows.action import Result, Task, carry_out


def _description(data: bytes) -> None:
    found = parse(text_lines(text_of(data)))
    written = write(found.values())
    hold(written.splitlines() == text_lines(written), "a value of it ends a line")
    hold(list(parse(text_lines(written)).values()) == list(found.values()), "it does not come back")


class _Told:
    """In the place of a host: it gives this for whatever it is asked."""

    def __init__(self, reply: Result) -> None:
        self._reply = reply

    def run(self, module: str, args: Mapping[str, object]) -> Result:
        return self._reply


def _module(data: bytes) -> None:
    """What a module says that it read, taken for each type: a result of a task, whatever it is."""
    try:
        value = json.loads(text_of(data))
    except (ValueError, RecursionError):
        return
    for kind in TYPES.values():
        with suppress(TrustctlError):
            result = carry_out(
                Task(kind, {kind.key: "x"} if kind.key else {}, check_mode=True), _Told({"value": value})
            )
            hold("changed" in result, "it is no result")
            json.dumps(result)


_TEXTS = said(
    (
        b'trust_vswitch Trust\n    adapters: ["NIC1", "NIC2"]\n    management_adapters[Management].vlan: 10\n'
        b'ansible.windows.win_regedit "HKLM:\\\\x y"\n    data: 5\n    "odd name": {"a": null}\n'
        b'trust_vm OAK-DC-01\n    absent\ntrust_bitlocker "C:"\n    untold because "access is denied"\n'
    ),
    b"trust_feature Hyper-V\n    installed: true\n",
)
_READ = said(
    b'{"installed": true}',
    b'{"generation": 2, "memory": {"dynamic": false, "startup_bytes": 1.5}, "network_adapters": [{"name": "a"}]}',
    b'{"exclusions": [{"start": "10.0.0.1", "end": "10.0.0.9"}], "options": [{"id": 3, "values": ["a"]}]}',
)

TARGETS = (
    Target("windows-description", _description, _TEXTS),
    Target("windows-module", _module, _READ),
)
"""Every target of this file."""
