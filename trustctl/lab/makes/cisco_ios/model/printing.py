"""Printing the running configuration as the device does: its order, its separators, its hidden defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model import vlans
from trustctl.lab.makes.cisco_ios.model.commands import layer2
from trustctl.lab.makes.cisco_ios.model.commands.acl import shows_numbers
from trustctl.lab.makes.cisco_ios.model.interfaces import full_name
from trustctl.lab.makes.cisco_ios.model.tables import place_of, rank_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.model.tree import Node

_APART = frozenset({"vrf", "interface", "archive", "redundancy", "aaa", "servers", "control", "ip-early"})
_VLAN_ROW = next(row for row, rule in enumerate(layer2.GLOBAL["vlan"]) if rule.pattern == "vlan VLANS")


def running_text(switch: IosSwitch, section: str) -> str:
    """The body of `show running-config`; with `section`, that interface alone."""
    if section:
        return _one_section(switch, section)
    lines: list[str] = []
    place = ""
    pending = list(_top_level(switch))
    for rank, block in pending:
        now = place_of(rank)
        if place and now != place and lines[-1] != "!":
            lines.append("!")
        place = now
        lines.extend(block)
        if now in _APART and (len(block) > 1 or now == "interface"):
            lines.append("!")
    lines.extend(["!", "end"] if lines and lines[-1] != "!" else ["end"])
    return "\n".join(lines) + "\n"


def _one_section(switch: IosSwitch, section: str) -> str:
    words = section.split(None, 1)
    name = full_name(words[1]) if words[0].startswith("int") and len(words) > 1 else None
    node = switch.root.get(f"interface {name}") if name else switch.root.get(section)
    lines = [] if node is None else [*node.lines(), "end"]
    return "".join(f"{line}\n" for line in lines)


def _top_level(switch: IosSwitch) -> Iterator[tuple[float, list[str]]]:
    """The blocks of the running configuration with their ranks."""
    vlan_rank = rank_of("vlan", switch.family) + _VLAN_ROW
    vlans_printed = not switch.vlans_in_configuration
    numbers = shows_numbers(switch)
    vtys: list[Node] = []
    for node in switch.root.ordered():
        rank = node.order[0]
        if not vlans_printed and rank > vlan_rank:
            yield from ((vlan_rank, block) for block in vlan_blocks(switch))
            vlans_printed = True
        if node.text.startswith("line vty "):
            vtys.append(node)
            continue
        if vtys:
            yield from ((rank_of("line", switch.family), block) for block in vty_blocks(vtys))
            vtys = []
        yield from ((rank, block) for block in _block(switch, node, numbers=numbers))
    if vtys:
        yield from ((rank_of("line", switch.family), block) for block in vty_blocks(vtys))


def _block(switch: IosSwitch, node: Node, *, numbers: bool) -> Iterator[list[str]]:
    text = node.text
    if text.startswith("ip access-list "):
        yield from _access_list(node, numbers=numbers)
    elif text.startswith("vrf definition "):
        yield _vrf(node)
    elif text == "archive":
        yield from _archive(node)
    else:
        yield list(node.lines())


def _archive(node: Node) -> Iterator[list[str]]:
    """`archive` and its `log config` print only with something in them.

    Entering and leaving them, or taking back what was in them, leaves nothing to print: among published configurations
    none was found that holds either of them empty. Unverified on a device.
    """
    lines = [
        line for child in node.ordered() if child.text != "log config" or child.children for line in child.lines(1)
    ]
    if lines:
        yield [node.text, *lines]


def _vrf(node: Node) -> list[str]:
    lines = [node.text]
    for child in node.ordered():
        if child.text.startswith("address-family"):
            lines += [" !", *child.lines(1), " exit-address-family"]
        else:
            lines += child.lines(1)
    return lines


def _access_list(node: Node, *, numbers: bool) -> Iterator[list[str]]:
    """A list with or without entry numbers; numbered lists print as `access-list` lines where numbers are not shown.

    `deny` is padded to the width of `permit`, as published configurations have it.
    """
    name = node.text.split()[-1]
    old_form = name.isdigit() and not numbers
    lines = [] if old_form else [node.text]
    for child in node.ordered():
        text = child.text.replace("deny ", "deny   ", 1) if child.text.startswith("deny ") else child.text
        if old_form:
            lines.append(f"access-list {name} {text}")
        elif numbers:
            lines.append(f" {child.order[1][0]} {text}")
        else:
            lines.append(f" {text}")
        lines += child.raw or []
    yield lines


def vlan_blocks(switch: IosSwitch) -> Iterator[list[str]]:
    """The VLANs, each with its settings; neighbours in the list without any share one line."""
    plain: list[int] = []
    for number, node in sorted(switch.vlan_dat.items()):
        if not node.children:
            plain.append(number)
            continue
        if plain:
            yield [f"vlan {vlans.collapse(plain)} ".rstrip(), "!"]
            plain = []
        yield [*node.lines(), "!"]
    if plain:
        yield [f"vlan {vlans.collapse(plain)}", "!"]


def vty_blocks(lines: list[Node]) -> Iterator[list[str]]:
    """The vtys; neighbours with the same settings share a heading, but 0-4 never with the later ones.

    Before: vty 0, 1, 2, 3, 4, 5, 6.  After: `line vty 0 4`, `line vty 5 6`.
    """
    index = 0
    while index < len(lines):
        body = _body(lines[index])
        last = index
        while last + 1 < len(lines) and _body(lines[last + 1]) == body and _number(lines[last + 1]) != 5:  # noqa: PLR2004 - the first removable line
            last += 1
        first_number, last_number = _number(lines[index]), _number(lines[last])
        heading = (
            f"line vty {first_number}" if first_number == last_number else f"line vty {first_number} {last_number}"
        )
        yield [heading, *body]
        index = last + 1


def _number(node: Node) -> int:
    return int(node.text.rsplit(" ", 1)[1])


def _body(node: Node) -> list[str]:
    return list(node.lines())[1:]
