"""What a switch has before and beside its configuration: ports, lines, the version line, default VLANs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.commands.database import create_missing, default_name
from trustctl.lab.makes.cisco_ios.model.commands.interface import make_interface
from trustctl.lab.makes.cisco_ios.model.commands.line import ALWAYS, line_key
from trustctl.lab.makes.cisco_ios.model.interfaces import split_name
from trustctl.lab.makes.cisco_ios.model.tables import rank_of
from trustctl.lab.makes.cisco_ios.model.tree import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch

_VERSION = re.compile(r"0*(\d+)\.0*(\d+)")


def root(switch: IosSwitch) -> Node:
    """An empty running configuration with the physical ports and the lines that cannot be removed."""
    top = Node("", section=True)
    switch.root = top
    model = switch.catalogue
    if model.management_port:
        make_interface(switch, model.management_port)
    for number, member in enumerate(switch.models, start=1):
        for name in switch.product(member).interfaces(number):
            make_interface(switch, name)
    rank = rank_of("line", switch.family)
    top.settings["line con 0"] = Node("line con 0", (rank, (0, 0), 0), section=True)
    for number in range(ALWAYS):
        key = line_key("vty", number)
        top.settings[key] = Node(key, (rank, (2, number), 0), section=True)
    return top


def complete(switch: IosSwitch) -> None:
    """Add what every running configuration prints, if the boot configuration did not say it."""
    if switch.root.get("version") is None:
        match = _VERSION.match(switch.version)
        text = f"version {match[1]}.{match[2]}" if match else f"version {switch.version}"
        switch.root.settings["version"] = Node(text, (rank_of("version", switch.family), (), 0))
    if switch.root.get("hostname") is None:
        text = f"hostname {switch.spec.name}"
        switch.root.settings["hostname"] = Node(text, (rank_of("hostname", switch.family), (), 0))


def vlan_database(switch: IosSwitch, names: Mapping[int, str]) -> None:
    """Fill the VLAN database as `vlan.dat` has it."""
    for number, name in sorted(names.items()):
        create_missing(switch, number)
        node = switch.vlan_dat.get(number)
        if node is not None and name and name != default_name(number):
            node.settings["name"] = Node(f"name {name}")


def vlans_in_use(switch: IosSwitch) -> None:
    """Without a `vlan.dat` at hand, the VLANs that the ports and SVIs need are taken to be there."""
    for key, node in list(switch.root.settings.items()):
        if not key.startswith("interface "):
            continue
        kind, number = split_name(key.removeprefix("interface "))
        wanted = {number} if kind == "Vlan" else set[str]()
        for identity in ("switchport access vlan", "switchport voice vlan", "switchport trunk native vlan"):
            wanted.add(node.value(identity))
        for vlan in wanted:
            if vlan.isdigit():
                create_missing(switch, int(vlan))
