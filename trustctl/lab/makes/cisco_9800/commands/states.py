"""What the commands share: who is radiated, which edits are refused, what an edit does to clients and access points.

Sources: Cisco Catalyst 9800 Series Software Configuration Guide, IOS XE 17 (New Configuration Model; Country Codes;
WPA3), IEEE 802.11 for lengths. That a network and a policy profile which are on refuse edits, and in which words, is
from published transcripts of release 17.9 (docs/sources.md); the wording of the other refusals is [unverified].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.rules import Command, RefusedError, store

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.model.tree import Node

_LIVE = "% {} needs to be disabled before performing this operation."
_LEAST_KEY, _MOST_KEY = 8, 63
_HEX_KEY = 64


def is_on(node: Node) -> bool:
    """Whether a network or a policy profile is on: it prints `no shutdown`."""
    return node.text_of("shutdown") == "no shutdown"


def name_of(node: Node) -> str:
    """The name in a section's header.  Before: `wlan "a b" 1 x`.  After: `a b`."""
    words = node.text.split('"')
    if len(words) > 1 and words[0].endswith(" ") and words[0].count(" ") == _blanks(node.text):
        return words[1]
    return node.text.split()[_blanks(node.text)]


def _blanks(text: str) -> int:
    """The words before the name."""
    return 1 if text.startswith("wlan ") else 3 if text.startswith("wireless ") else 2


def live_setting(command: Command) -> None:
    """A setting of a network or a policy profile: refused while it is on."""
    refuse_live(command)
    store(command)


def refuse_live(command: Command) -> None:
    """Refuse if the section is on; nothing is refused while the startup configuration loads."""
    refuse_while_on(command, command.node)


def refuse_while_on(command: Command, node: Node) -> None:
    """Refuse if that network or policy profile is on; nothing is refused while the startup configuration loads."""
    if not command.booting and is_on(node):
        raise RefusedError(_LIVE.format("WLAN" if node.text.startswith("wlan ") else "Policy profile"))


def radiated(switch: IosSwitch) -> set[str]:
    """The networks that serve clients: on, in a policy tag, with a policy profile that is on and has a VLAN.

    A client whose VLAN is not on the controller is excluded ("VLAN failure", in a published client listing), and a
    network whose RADIUS list is not there lets nobody in, without a word (a published report).
    """
    on = {name_of(node) for node in switch.root.starting("wlan ") if is_on(node) and _lets_in(switch, node)}
    vlans = {word for row in switch.vlans() for word in (str(row.id), row.name)}
    policies = {
        name_of(node)
        for node in switch.root.starting("wireless profile policy ")
        if is_on(node) and node.value("vlan", "1").strip('"') in vlans
    }
    found: set[str] = set()
    for tag in switch.root.starting("wireless tag policy "):
        for line in tag.starting("wlan "):
            network, _, policy = line.text.removeprefix("wlan ").partition(" policy ")
            if network.strip('"') in on and policy.strip('"') in policies:
                found.add(network.strip('"'))
    return found


def _lets_in(switch: IosSwitch, node: Node) -> bool:
    """Whether the list by which people sign in is there, if the network names one."""
    name = node.value("security dot1x authentication-list")
    lines = (line.text.split() for line in switch.root.starting("aaa authentication dot1x"))
    return not name or any(words[3:4] == [name] for words in lines)


def switch_on(command: Command) -> None:
    """`shutdown` and `no shutdown` of a network: it comes up only with all that its security needs."""
    node = command.node
    if command.form == "no":
        problem = "" if command.booting else unfit(node)
        if problem:
            raise RefusedError(f"% {problem}")
        command.put("shutdown", "no shutdown")
    else:
        command.drop("shutdown")


def switch_policy(command: Command) -> None:
    """`shutdown` and `no shutdown` of a policy profile."""
    if command.form == "no":
        command.put("shutdown", "no shutdown")
    else:
        command.drop("shutdown")


def unfit(node: Node) -> str:
    """Why a network cannot come up; empty if it can."""
    methods = {key.removeprefix("security wpa akm ") for key in node.settings if key.startswith("security wpa akm ")}
    methods = {name for name in methods if node.has(f"security wpa akm {name}")}
    if not _off(node, "security wpa akm dot1x"):
        methods.add("dot1x")
    secured = not _off(node, "security wpa")
    if secured and methods & {"psk", "sae", "psk-sha256"} and node.get("security wpa psk set-key") is None:
        return "A pre-shared key is needed"
    if secured and not methods:
        return "WPA needs a key management method"
    wpa3 = node.has("security wpa wpa3")
    if secured and wpa3 and node.get("security pmf") is None:
        return "WPA3 needs protected management frames"
    if (
        secured
        and wpa3
        and _off(node, "security wpa wpa2")
        and node.text_of("security pmf") != "security pmf mandatory"
    ):
        return "WPA3 alone needs protected management frames to be mandatory"
    if secured and not wpa3 and "sae" in methods:
        return "SAE needs WPA3"
    return ""


def _off(node: Node, identity: str) -> bool:
    return node.text_of(identity) == f"no {identity}"


def key_length(form: str, key: str) -> None:
    """Refuse a pre-shared key of a wrong length: 8 to 63 characters, or 64 hexadecimal digits (IEEE 802.11)."""
    fine = len(key) == _HEX_KEY if form == "hex" else _LEAST_KEY <= len(key) <= _MOST_KEY
    if not fine:
        raise RefusedError("% A key has 8 to 63 characters, or 64 hexadecimal digits")
