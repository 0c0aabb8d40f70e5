"""The running configuration as the switch prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_cx.model.names import print_vlans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch
    from trustctl.lab.makes.aruba_aos_cx.model.tree import Node

INDENT = "    "
_MARKS = ((9, 4), (13, 2), (16, 1))
"""After which rank how many lines of only `!` come (as in 10.08)."""
_LAST, _LAST_MARKS = 90_000, 5
_DESCRIPTION, _OLD_DESCRIPTION = 5, 16
_MOVED = (10, 10)
"""Since this release a description prints before `no shutdown` (10.08 and 10.09 after it, 10.13 and later before)."""


def header(switch: CxSwitch) -> list[str]:
    """The lines that every configuration starts with."""
    return ["!", f"!Version {switch.product} {switch.version}", "!export-password: default"]


def running_text(switch: CxSwitch) -> str:
    """The whole running configuration, each line ended."""
    lines = header(switch)
    marks = list(_MARKS)
    closed = False
    for node in switch.root.sorted():
        if node.key.startswith("vlan ") and not node.foreign:
            continue
        while marks and node.rank > marks[0][0]:
            lines += ["!"] * marks.pop(0)[1]
        if node.rank >= _LAST and not closed:
            lines += ["!"] * _LAST_MARKS
            closed = True
        lines += _vlans_before(switch, node, lines)
        lines += section(switch, node)
    lines += _vlans_before(switch, None, lines)
    return "".join(f"{line}\n" for line in lines)


_VLAN_RANK = 30


def _vlans_before(switch: CxSwitch, node: Node | None, printed: list[str]) -> list[str]:
    """The VLANs, if they come before this line and are not there yet: those without settings in one list first."""
    if (node is not None and node.rank <= _VLAN_RANK) or any(line.startswith("vlan ") for line in printed):
        return []
    ids = sorted(switch.vlan_ids())
    nodes = {vlan: switch.root.children[f"vlan {vlan}"] for vlan in ids}
    bare = [vlan for vlan in ids if not nodes[vlan].children]
    lines = [f"vlan {print_vlans(bare)}"] if bare else []
    for vlan in ids:
        if nodes[vlan].children:
            lines += section(switch, nodes[vlan])
    return lines


def section(switch: CxSwitch, node: Node, depth: int = 0) -> list[str]:
    """A line, its raw lines and what stands under it."""
    return list(_lines(switch, node, depth))


def _lines(switch: CxSwitch, node: Node, depth: int) -> Iterator[str]:
    yield f"{INDENT * depth}{node.line}"
    yield from node.body
    for child in sorted(node.children.values(), key=lambda each: _rank(switch, each)):
        yield from _lines(switch, child, depth + 1)


def _rank(switch: CxSwitch, node: Node) -> int:
    if node.rank == _DESCRIPTION and switch.release < _MOVED:
        return _OLD_DESCRIPTION
    return node.rank
