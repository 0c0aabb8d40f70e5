"""What switch port commands do: access, trunk and voice VLANs, bundles, PortFast, storm control."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model import vlans
from trustctl.lab.makes.cisco_ios.model.commands.database import create_missing
from trustctl.lab.makes.cisco_ios.model.rules import InvalidWordError, RefusedError, store

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.model.rules import Command
    from trustctl.lab.makes.cisco_ios.model.tree import Node

ALLOWED = "switchport trunk allowed vlan"
_PORTFAST = (
    "%Warning: portfast should only be enabled on ports connected to a single",
    " host. Connecting hubs, concentrators, switches, bridges, etc... to this",
    " interface  when portfast is enabled, can cause temporary bridging loops.",
    " Use with CAUTION",
    "",
)
_CONFLICT = "Command rejected: Conflict between 'nonegotiate' and 'dynamic' status."
_AUTO = 'Command rejected: An interface whose trunk encapsulation is "Auto" can not be configured to "trunk" mode.'


@lru_cache(maxsize=4096)
def _set_of(text: str) -> frozenset[int]:
    found: frozenset[int] = frozenset()
    for line in text.split("\n"):
        last = line.rsplit(" ", 1)[1]
        found |= vlans.parse(last) or frozenset()
    return found


def allowed(port: Node) -> frozenset[int]:
    """The VLANs that a trunk carries; all of them where nothing is set."""
    node = port.get(ALLOWED)
    return vlans.ALL if node is None else _set_of(node.text)


def set_allowed(command: Command, wanted: frozenset[int]) -> None:
    """Set the list on the port; the full list is the default and does not print."""
    if wanted == vlans.ALL:
        command.drop(ALLOWED)
    elif not wanted:
        command.put(ALLOWED, f"{ALLOWED} none")
    else:
        command.put(ALLOWED, "\n".join(vlans.wrapped(ALLOWED, wanted)))


def trunk_allowed(command: Command) -> None:
    """`switchport trunk allowed vlan`: absolute, `add`, `remove`, `except`, `all`, `none`.

    The `no` form means all VLANs, whatever list follows it. Adding to the default list, which has all, adds nothing.
    """
    if command.undoing:
        set_allowed(command, vlans.ALL)
        return
    word, last = command.words[4], command.words[-1]
    if word in {"all", "none"}:
        set_allowed(command, vlans.ALL if word == "all" else frozenset())
        return
    listed = vlans.parse(last)
    if listed is None:
        raise RefusedError("Command rejected: Bad VLAN allowed list")
    now = allowed(command.node)
    wanted = {"add": now | listed, "remove": now - listed, "except": vlans.ALL - listed}.get(word, listed)
    set_allowed(command, wanted)


def access_vlan(command: Command) -> None:
    """`switchport access vlan N`: a VLAN that is not there is created, with a line that says so."""
    if not command.undoing:
        _needs_vlan(command, int(command.words[3]), "Access")
    store(command)


def voice_vlan(command: Command) -> None:
    """`switchport voice vlan N`: creates a missing VLAN as `switchport access vlan` does."""
    if not command.undoing and command.words[3].isdigit():
        _needs_vlan(command, int(command.words[3]), "Voice")
    store(command)


def _needs_vlan(command: Command, vlan: int, what: str) -> None:
    if vlan in vlans.RESERVED:
        raise RefusedError(f"Command rejected: VLAN {vlan} is a default VLAN and cannot be used here.")
    if command.booting:
        return
    if create_missing(command.switch, vlan):
        command.say(f"% {what} VLAN does not exist. Creating vlan {vlan}")
        command.changed = True


def port_mode(command: Command) -> None:
    """`switchport mode trunk`: refused while the encapsulation is negotiated, on images that offer the choice.

    A dynamic mode, which is the default, is refused as long as `switchport nonegotiate` is set (napalm issue 1009).
    """
    model = command.switch.catalogue
    trunk = not command.undoing and command.words[-1] == "trunk"
    if trunk and model.encapsulation and not command.booting:
        encapsulation = command.node.value("switchport trunk encapsulation", "negotiate")
        if encapsulation == "negotiate":
            raise RefusedError(_AUTO)
    dynamic = command.undoing or command.words[2] == "dynamic"
    if dynamic and command.node.has("switchport nonegotiate") and not command.booting:
        raise RefusedError(_CONFLICT)
    store(command)


def nonegotiate(command: Command) -> None:
    """`switchport nonegotiate`: refused on a port in a dynamic mode."""
    dynamic = command.node.value("switchport mode", "dynamic auto").startswith("dynamic")
    if not command.undoing and dynamic and not command.booting:
        raise RefusedError(_CONFLICT)
    store(command)


def encapsulation(command: Command) -> None:
    """`switchport trunk encapsulation`: unknown to images that only do 802.1Q."""
    if not command.switch.catalogue.encapsulation and not command.booting:
        raise InvalidWordError(2)
    store(command)


def switchport(command: Command) -> None:
    """`no switchport` makes a routed port, without its Layer 2 settings; `switchport` makes it a switch port again."""
    if not command.switch.catalogue.routes and not command.booting:
        raise InvalidWordError(0)
    if command.form == "no":
        if command.node.text_of("switchport") == "no switchport":
            return
        for identity in [key for key in command.node.settings if key.startswith(("switchport", "channel-group"))]:
            command.drop(identity)
        command.put("switchport", "no switchport")
        return
    if command.drop("switchport"):
        for identity in [key for key in command.node.settings if key.startswith("ip address")]:
            command.drop(identity)


def portfast(command: Command) -> None:
    """`spanning-tree portfast`: warns; 15.2 images print the port type `edge`."""
    identity = command.identity
    if command.undoing:
        command.drop(identity)
        return
    options = [word for word in command.words[2:] if word != "edge"]
    existing = command.node.text_of(identity)
    if command.booting:
        command.switch.edge_spelled = "edge" in command.words
        text = command.text
    elif existing and [word for word in existing.split()[2:] if word != "edge"] == options:
        text = existing
    else:
        edge = ["edge"] if command.switch.prints_edge and options in ([], ["trunk"]) else []
        text = " ".join([identity, *edge, *options])
    if "disable" not in options and "network" not in options:
        name = command.node.text.removeprefix("interface ")
        command.say(*_PORTFAST)
        if "trunk" not in options:
            command.say(
                f"%Portfast has been configured on {name} but will only",
                " have effect when the interface is in a non-trunking mode.",
            )
    command.put(identity, text)


def port_security_maximum(command: Command) -> None:
    """`switchport port-security maximum N [vlan ...]`: one number for the port, and one for each kind of VLAN."""
    stem = " ".join(command.words[:3])
    identity = " ".join([stem, *command.words[4:]])
    if command.undoing or command.text == f"{stem} 1":
        command.drop(identity)
    else:
        command.put(identity, command.text)


def storm_control(command: Command) -> None:
    """`storm-control broadcast level 1`: percentages print with two decimals."""
    if not command.undoing and command.words[3] not in {"pps", "bps"}:
        levels = [f"{float(word):.2f}" for word in command.words[3:]]
        if any(float(word) > 100 for word in levels):  # noqa: PLR2004 - per cent
            raise InvalidWordError(3)
        command.words = (*command.words[:3], *levels)
    store(command)


def channel_group(command: Command) -> None:
    """`channel-group N mode ...`: brings the bundle into being with the switch port settings of its first member."""
    if command.undoing:
        command.drop(command.identity)
        return
    switch = command.switch
    name = f"Port-channel{command.words[1]}"
    key = f"interface {name}"
    present = command.node.get(command.identity)
    if present is not None and present.text.split()[1] != command.words[1] and not command.booting:
        raise RefusedError(
            f"Command rejected: the interface is already part of a channel-group {present.text.split()[1]}"
        )
    if switch.root.get(key) is None and not command.booting:
        bundle = new_bundle(switch, name)
        for identity, child in command.node.settings.items():
            if identity.startswith("switchport"):
                bundle.settings[identity] = child.copy()
        command.say(f"Creating a port-channel interface Port-channel {command.words[1]}", "")
    bundled = switch.root.get(key)
    routed = [node is not None and node.text_of("switchport") == "no switchport" for node in (command.node, bundled)]
    if routed[0] is not routed[1] and not command.booting:
        port = command.node.text.removeprefix("interface ")
        raise RefusedError(
            f"Command rejected ({name}, {port}): Either port is L2 and port-channel is L3, or vice-versa"
        )
    store(command)


def new_bundle(switch: IosSwitch, name: str) -> Node:
    """Make the interface of a bundle."""
    from trustctl.lab.makes.cisco_ios.model.commands.interface import make_interface  # noqa: PLC0415 - mutual by nature

    return make_interface(switch, name)
