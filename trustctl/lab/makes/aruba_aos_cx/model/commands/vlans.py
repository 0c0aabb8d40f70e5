"""VLANs and the VLANs of a port.

The refusals are OpenSwitch's (ops-switchd, vlan_vty.c), the ancestor of AOS-CX [unverified on AOS-CX]. That a list
given to `vlan trunk allowed` is added to the one that is there, and that a trunk prints `vlan trunk native 1` though
nobody set it, was seen on 10.18 (docs/sources.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_cx.model.names import print_vlans, vlan_list
from trustctl.lab.makes.aruba_aos_cx.model.rules import (
    CONFIG,
    Command,
    Context,
    RefusedError,
    Rule,
    attached,
    limited,
    put,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trustctl.lab.makes.aruba_aos_cx.model.tree import Node

ACCESS, NATIVE, ALLOWED = "vlan access", "vlan trunk native", "vlan trunk allowed"
ALL = "all"
RANK = 30
DEFAULT = 1


def _vlan(command: Command) -> None:
    """`vlan 10,20`: make them and go there. `no` removes them: ports fall back to VLAN 1, trunks lose them."""
    wanted = sorted(vlan_list(command.arguments[0]) or ())
    if command.undo:
        _remove(command, wanted)
        return
    new = [vlan for vlan in wanted if not command.section.has(f"vlan {vlan}")]
    limit = command.switch.vlan_limit
    if not command.booting and len(command.switch.vlan_ids()) + len(new) > limit:
        raise RefusedError(f"Maximum number of VLANs ({limit}) reached.")
    for vlan in new:
        command.put(f"vlan {vlan}", f"vlan {vlan}")
    name = str(wanted[0]) if len(wanted) == 1 else f"<{command.arguments[0]}>"
    keys = tuple((f"vlan {vlan}",) for vlan in wanted)
    command.next = Context(f"config-vlan-{name}", "vlan", keys, CONFIG)


def _remove(command: Command, wanted: list[int]) -> None:
    if DEFAULT in wanted:
        raise RefusedError("Default VLAN cannot be deleted.")
    missing = [vlan for vlan in wanted if not command.section.has(f"vlan {vlan}")]
    if missing:
        raise RefusedError(f"VLAN {missing[0]} not found")
    for vlan in wanted:
        command.drop(f"vlan {vlan}")
    gone = frozenset(wanted)
    for node in command.section.starting("interface "):
        _forget(node, gone)


def _forget(node: Node, gone: frozenset[int]) -> None:
    """Take deleted VLANs off a port [unverified]."""
    access, native, allowed = node.get(ACCESS), node.get(NATIVE), node.get(ALLOWED)
    if access is not None and int(access.line.split()[2]) in gone:
        access.line = f"{ACCESS} {DEFAULT}"
    if native is not None and int(native.line.split()[3]) in gone:
        native.line = " ".join([NATIVE, str(DEFAULT), *native.line.split()[4:]])
    if allowed is not None and not allowed.line.endswith(ALL):
        left = (vlan_list(node.value(ALLOWED)) or frozenset()) - gone
        if left:
            allowed.line = f"{ALLOWED} {print_vlans(left)}"
        else:
            node.drop(ALLOWED)


# --- ports ----------------------------------------------------------------------------------------------------------


def routed(command: Command) -> bool:
    """Whether the port of a command is no switch port."""
    return command.switch.routes(command.section)


def _ready(command: Command, what: str) -> None:
    """Refuse on a port that is in a LAG or routes."""
    if command.booting:
        return
    bundle = command.section.get("lag")
    if bundle is not None:
        raise RefusedError(f"Can't configure VLAN, interface is part of LAG {bundle.line.replace(' ', '')}.")
    if routed(command):
        raise RefusedError(f"Failed to set {what} VLAN. Disable routing on the interface.")


def _exists(command: Command, vlan: str) -> None:
    if not command.booting and int(vlan) not in command.switch.vlan_ids():
        raise RefusedError(f"VLAN {vlan} not found")


def _access(command: Command) -> None:
    """`vlan access N` makes an access port of it; `no` puts it back into VLAN 1."""
    _ready(command, "access")
    vlan = command.arguments[0] if command.arguments and not command.undo else str(DEFAULT)
    _exists(command, vlan)
    if command.undo and command.section.has(NATIVE):
        raise RefusedError("Interface is not in access mode.")
    for key in (NATIVE, ALLOWED):
        command.drop(key)
    command.put(f"{ACCESS} {vlan}", ACCESS, RANK)


def _trunk(command: Command) -> None:
    """Make a trunk of a port: native VLAN 1, and its access VLAN forgotten."""
    command.drop(ACCESS)
    if not command.section.has(NATIVE):
        command.put(f"{NATIVE} {DEFAULT}", NATIVE, RANK)


def _native(command: Command) -> None:
    """`vlan trunk native N [tag]`: a port that becomes a trunk by it allows all VLANs."""
    _ready(command, "native")
    if command.undo:
        if not command.section.has(NATIVE):
            raise RefusedError("Interface is not in trunk mode.")
        command.put(f"{NATIVE} {DEFAULT}", NATIVE, RANK)
        return
    _exists(command, command.arguments[0])
    fresh = not command.section.has(NATIVE)
    _trunk(command)
    command.put(" ".join(command.read.words), NATIVE, RANK)
    if fresh and not command.booting and not command.section.has(ALLOWED):
        command.put(f"{ALLOWED} {ALL}", ALLOWED, RANK + 1)


def _allowed(command: Command) -> None:
    """`vlan trunk allowed LIST` adds to the list, `all` replaces it; `no` takes away from it."""
    _ready(command, "allowed trunk")
    text = command.read.words[-1]
    if command.undo:
        _disallow(command, text)
        return
    if text == ALL:
        _trunk(command)
        command.put(f"{ALLOWED} {ALL}", ALLOWED, RANK + 1)
        return
    wanted = vlan_list(text) or frozenset()
    missing = [] if command.booting else sorted(wanted - command.switch.vlan_ids())
    if missing:
        port = command.section.line.removeprefix("interface ")
        listed = ", ".join(str(vlan) for vlan in sorted(wanted))
        raise RefusedError(
            f"VLAN {missing[0]} not found for interface {port}, aborting all the VLAN's {listed} configurations."
        )
    _trunk(command)
    old = command.section.value(ALLOWED)
    kept: Iterable[int] = () if old in {"", ALL} else vlan_list(old) or ()
    command.put(f"{ALLOWED} {print_vlans({*kept, *wanted})}", ALLOWED, RANK + 1)


def _disallow(command: Command, text: str) -> None:
    """Take VLANs off a trunk; without a list, all of them. Nothing left: nothing passes [unverified]."""
    if not command.section.has(NATIVE):
        raise RefusedError("Interface is not in trunk mode.")
    old = command.section.value(ALLOWED)
    if text in {ALL, "allowed"}:
        command.drop(ALLOWED)
        return
    have = command.switch.vlan_ids() if old == ALL else vlan_list(old) if old else frozenset[int]()
    left = (have or frozenset()) - (vlan_list(text) or frozenset())
    if left:
        command.put(f"{ALLOWED} {print_vlans(left)}", ALLOWED, RANK + 1)
    else:
        command.drop(ALLOWED)


RULES: tuple[Rule, ...] = (Rule("vlan <vlans>", _vlan, 30),)

PORT: tuple[Rule, ...] = (
    Rule("vlan access / <vlan>", _access, RANK),
    Rule("vlan trunk native / <vlan> [tag]", _native, RANK),
    Rule("vlan trunk allowed / (<vlans>|all)", _allowed, RANK + 1),
)

SECTIONS: dict[str, tuple[Rule, ...]] = {
    "vlan": (
        Rule("name / <text>", limited(32), 10),
        Rule("description / <text>", limited(64), 20),
        Rule("shutdown", put, 5),
        Rule("voice", put, 30),
        Rule("ip igmp snooping enable", put, 40),
        Rule("ip igmp snooping version / <2-3>", put, 40),
        Rule("ipv6 mld snooping enable", put, 40),
        Rule("dhcpv4-snooping", put, 50),
        Rule("dhcpv6-snooping", put, 50),
        Rule("arp inspection", put, 50),
        Rule("apply access-list ip <word> (in|out)", attached, 60),
    ),
}
