"""The VLAN database: `vlan` and what is below it.

It lives in `vlan.dat`; in transparent mode the running configuration shows it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model import vlans
from trustctl.lab.makes.cisco_ios.model.rules import InvalidWordError, RefusedError
from trustctl.lab.makes.cisco_ios.model.spec import Mode
from trustctl.lab.makes.cisco_ios.model.tree import Node

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.model.rules import Command

DEFAULT_NAMES = {1: "default", 1002: "fddi-default", 1003: "token-ring-default", 1004: "fddinet-default"} | {
    1005: "trnet-default"
}
_CLIENT = "VTP VLAN configuration not allowed when device is in CLIENT mode."


def default_name(vlan: int) -> str:
    """The name of a VLAN that has none of its own.  Before: 30.  After: `VLAN0030`."""
    return DEFAULT_NAMES.get(vlan, f"VLAN{vlan:04d}")


def create_missing(switch: IosSwitch, vlan: int) -> bool:
    """Add a VLAN to the database if it is not there; whether it was added."""
    if vlan in switch.vlan_dat or vlan in DEFAULT_NAMES:
        return False
    switch.vlan_dat[vlan] = Node(f"vlan {vlan}", (0.0, (vlan,), 0), section=True)
    return True


def exists(switch: IosSwitch, vlan: int) -> bool:
    """Whether the VLAN is there and active, so that it forwards."""
    if vlan in DEFAULT_NAMES:
        return vlan == 1
    node = switch.vlan_dat.get(vlan)
    return node is not None and node.value("state", "active") == "active" and not node.has("shutdown")


def vlan(command: Command) -> None:
    """`vlan 10,20-22`: creates what is missing. `no vlan` takes ids out; the default VLANs stay."""
    switch = command.switch
    listed = vlans.parse(command.words[1])
    if listed is None:
        raise RefusedError(f"Command rejected: Bad VLAN list - {command.words[1]}")
    if switch.vtp_mode == "client" and not command.booting:
        raise RefusedError(_CLIENT)
    if command.undoing:
        _remove(command, listed)
        return
    extended = max(listed) > 1005 and switch.root.value("vtp version") != "3"  # noqa: PLR2004 - the normal range
    if switch.vtp_mode == "server" and extended and not command.booting:
        raise RefusedError(
            "% Failed to create VLANs " + vlans.collapse(listed),
            "Extended VLAN(s) not allowed in current VTP mode.",
        )
    for number in sorted(listed):
        if create_missing(switch, number):
            command.changed = True
    command.next_mode = Mode("config-vlan", tuple(str(number) for number in sorted(listed)))


def _remove(command: Command, listed: frozenset[int]) -> None:
    default = sorted(number for number in listed if number in DEFAULT_NAMES)
    for number in sorted(listed - set(default)):
        if command.switch.vlan_dat.pop(number, None) is not None:
            command.changed = True
    if default:
        raise RefusedError(f"%Default VLAN {vlans.collapse(default)} may not be deleted.")


def name(command: Command) -> None:
    """`name X`: one VLAN at a time, and no name twice."""
    switch = command.switch
    if command.undoing:
        command.drop("name")
        return
    if len(command.mode.keys) > 1:
        raise InvalidWordError(0)
    own = command.node.text.split()[1]
    wanted = command.words[1]
    taken = {int(key): node.value("name", default_name(key)) for key, node in switch.vlan_dat.items()}
    for number, other in (DEFAULT_NAMES | taken).items():
        if other == wanted and str(number) != own and not command.booting:
            raise RefusedError(f"% VLAN name '{wanted}' is already in use by VLAN {number}")
    if wanted == default_name(int(own)):
        command.drop("name")
    else:
        command.put("name", f"name {wanted}")
