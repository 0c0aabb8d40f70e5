"""Trunk groups: ports that act as one.

A port that joins a group loses its own VLANs, and a new group starts untagged in the default VLAN ("Management and
Configuration Guide", port trunking): the way to cut an uplink off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model.ports import canonical, is_trunk, parse
from trustctl.lab.makes.aruba_aos_s.model.rules import RefusedError, Rule
from trustctl.lab.makes.aruba_aos_s.model.state import Port, Trunk

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.rules import Command
    from trustctl.lab.makes.aruba_aos_s.model.state import Config

_LARGEST = 8
"""Ports in a group [2530 to 3810]."""


def trunk(command: Command) -> None:
    """`trunk PORTS trkN trunk|lacp`."""
    config = command.switch.config
    names = parse(command.values[0], config.ports)
    name = canonical(command.values[1]) or ""
    if not is_trunk(name) or any(is_trunk(port) for port in names):
        raise RefusedError(f"Invalid input: {command.values[1]}")
    kind = next((word.text for word in command.words if word.text in {"lacp", "dt-lacp", "dt-trunk"}), "trunk")
    for other in config.trunks.values():
        taken = [port for port in names if port in other.ports and other.name != name]
        if taken:
            raise RefusedError(f"Port {taken[0]} is already in trunk group {other.name}.")  # [unverified]
    group = config.trunks.get(name) or Trunk(name, set(), kind)
    if len(group.ports | set(names)) > _LARGEST:
        raise RefusedError(f"Trunk group {name} may have {_LARGEST} ports at most.")  # [unverified]
    command.changed = group.kind != kind or not set(names) <= group.ports
    group.kind = kind
    for port in names:
        _take(config, group, port)
    if name not in config.trunks:
        config.trunks[name] = group
        config.ports[name] = Port(name)
        config.vlans[1].untagged.add(name)


def _take(config: Config, group: Trunk, port: str) -> None:
    group.ports.add(port)
    for vlan in config.vlans.values():
        vlan.untagged.discard(port)
        vlan.tagged.discard(port)
        vlan.forbidden.discard(port)


def no_trunk(command: Command) -> None:
    """`no trunk PORTS`: they are ports of their own again, untagged in the default VLAN."""
    config = command.switch.config
    for port in parse(command.values[0], config.ports):
        group = next((each for each in config.trunks.values() if port in each.ports), None)
        if group is None:
            continue
        group.ports.discard(port)
        config.vlans[1].untagged.add(port)
        command.changed = True
        if not group.ports:
            del config.trunks[group.name]
            del config.ports[group.name]
            for vlan in config.vlans.values():
                vlan.untagged.discard(group.name)
                vlan.tagged.discard(group.name)


RULES = (
    Rule("trunk {onlyports} {word} [(trunk|lacp|dt-lacp|dt-trunk)]", trunk, undo=False),
    Rule("trunk {onlyports}", no_trunk, only_undo=True),
)
