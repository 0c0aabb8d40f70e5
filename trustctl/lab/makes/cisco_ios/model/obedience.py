"""Obeying a command: where it applies, once for each section of a range, with what is refused told as IOS tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.interfaces import is_virtual, split_name
from trustctl.lab.makes.cisco_ios.model.rules import InvalidWordError, On, RefusedError

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.model.rules import Command, Rule
    from trustctl.lab.makes.cisco_ios.model.spec import Mode
    from trustctl.lab.makes.cisco_ios.model.tree import Node


def nodes_of(switch: IosSwitch, mode: Mode) -> list[Node]:
    """The sections that a mode configures; the whole configuration in the global mode."""
    if mode.name == "config":
        return [switch.root]
    if mode.name == "config-vlan":
        return [switch.vlan_dat[int(key)] for key in mode.keys if int(key) in switch.vlan_dat]
    parents = nodes_of(switch, mode.parent) if mode.parent else [switch.root]
    return [node for parent in parents for key in mode.keys if (node := parent.get(key)) is not None]


def interface_name(key: str) -> str:
    """The interface of a section's identity.  Before: `interface Vlan10`.  After: `Vlan10`."""
    return key.removeprefix("interface ")


def applies(switch: IosSwitch, mode: Mode, rule: Rule) -> bool:
    """Whether the interfaces being configured know the command at all."""
    if rule.on is On.ANY:
        return True
    names = [interface_name(key) for key in mode.keys]
    if rule.on is On.PHYSICAL:
        return not any(is_virtual(name) for name in names)
    if rule.on is On.PORT:
        return not any(is_virtual(name) and split_name(name)[0] != "Port-channel" for name in names)
    return True


def _members(switch: IosSwitch, bundle: Node) -> list[Node]:
    """The ports of a bundle: what is set on the bundle is set on them too."""
    name = interface_name(bundle.text)
    if split_name(name)[0] != "Port-channel":
        return []
    group = split_name(name)[1]
    nodes = switch.root.settings.values()
    return [node for node in nodes if node.children and node.value("channel-group").split()[:1] == [group]]


def _needs_switch_port(command: Command) -> None:
    """A routed port takes no switch port settings, not even to remove one.

    Source: consoles of 12.2, vIOS-L2 and a Catalyst's routed Port-channel, as published.
    """
    if command.booting or not command.rule.pattern.startswith("switchport "):
        return
    if command.node.text_of("switchport") == "no switchport":
        raise RefusedError(f"Command rejected: {interface_name(command.node.text)} is not a switching port.")


def obey(command: Command) -> str | int | None:
    """Run the command's action on each section; None if all obeyed, the wrong word's number or a refusal otherwise."""
    wrong: str | int | None = None
    nodes = nodes_of(command.switch, command.mode)
    if command.rule.pattern.startswith("switchport") and not command.booting:
        nodes = [*nodes, *(member for node in nodes for member in _members(command.switch, node))]
    for node in nodes:
        command.node = node
        try:
            _needs_switch_port(command)
            command.rule.run(command)
        except RefusedError as refusal:
            command.say(*refusal.lines)
            wrong = refusal.lines[0] if refusal.lines else ""
        except InvalidWordError as invalid:
            return invalid.word
    return wrong
