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
_VLANS = 30
"""Where the VLANs stand."""
_LAST, _LAST_MARKS = 90_000, 5
"""Where the last lines stand, and how many of only `!` come before them."""
_DESCRIPTION, _OLD_DESCRIPTION = 5, 16
_MOVED = (10, 10)
"""Since this release a description prints before `no shutdown` (10.08 and 10.09 after it, 10.13 and later before)."""


def header(switch: CxSwitch) -> list[str]:
    """The lines that every configuration starts with."""
    return ["!", f"!Version {switch.product} {switch.version}", "!export-password: default"]


def running_text(switch: CxSwitch) -> str:
    """The whole running configuration, each line ended."""
    lines = header(switch)
    nodes = [node for node in switch.root.sorted() if node.foreign or not node.key.startswith("vlan ")]
    before = [node for node in nodes if node.rank < _VLANS]
    after = [node for node in nodes if _VLANS <= node.rank < _LAST]
    marks = list(_MARKS)
    for node in before:
        while marks and node.rank > marks[0][0]:
            lines += ["!"] * marks.pop(0)[1]
        lines += section(switch, node)
    for _, count in marks:
        lines += ["!"] * count
    lines += _vlans(switch)
    for node in after:
        lines += section(switch, node)
    lines += ["!"] * _LAST_MARKS
    for node in nodes[len(before) + len(after) :]:
        lines += section(switch, node)
    return "".join(f"{line}\n" for line in lines)


def _vlans(switch: CxSwitch) -> list[str]:
    """The VLANs: those without settings in one list first."""
    nodes = [switch.root.children[f"vlan {vlan}"] for vlan in sorted(switch.vlan_ids())]
    bare = [int(node.key[5:]) for node in nodes if not node.children]
    lines = [f"vlan {print_vlans(bare)}"] if bare else []
    for node in nodes:
        lines += section(switch, node) if node.children else []
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
