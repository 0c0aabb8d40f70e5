"""`wlan`: networks, one section each, and what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_9800.commands.states import (
    key_length,
    live_setting,
    name_of,
    refuse_live,
    refuse_while_on,
    switch_on,
)
from trustctl.lab.makes.cisco_ios.model.rules import Command, RefusedError, Rule, Undo

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.tree import Node

_HEADER_WORDS = 4


def network(command: Command) -> None:
    """`wlan NAME ID SSID` makes or enters a network, `wlan NAME` enters one; name and number are used once."""
    name = command.words[1].strip('"')
    found = _named(command, name)
    if command.undoing:
        if found is not None:
            command.drop(found.text)
        return
    if found is not None:
        if len(command.words) == _HEADER_WORDS and command.text != found.text:
            raise RefusedError(f"% The network {name} has another number or SSID")
        command.enter(found.text)
        return
    if len(command.words) != _HEADER_WORDS:
        raise RefusedError("% A new network needs a number and an SSID")
    number = command.words[2]
    for node in command.switch.root.starting("wlan "):
        if _number(node) == number:
            raise RefusedError(f"% The number {number} is taken by {name_of(node)}")
    command.identity = command.text
    command.put(command.text, command.text, section=True)
    command.enter(command.text)


def _named(command: Command, name: str) -> Node | None:
    return next((node for node in command.switch.root.starting("wlan ") if name_of(node) == name), None)


def _number(node: Node) -> str:
    rest = node.text.removeprefix("wlan ").strip()
    rest = rest.partition('" ')[2] if rest.startswith('"') else rest.partition(" ")[2]
    return rest.partition(" ")[0]


def pre_shared(command: Command) -> None:
    """`security wpa psk set-key ascii|hex 0|8 KEY`: kept as it was typed, in clear unless it came encrypted."""
    refuse_live(command)
    if command.undoing:
        command.drop(command.identity)
        return
    form, kind, key = command.words[4], command.words[5], " ".join(command.words[6:])
    if kind == "0" and not command.booting:
        key_length(form, key)
    command.put(command.identity, command.text)


def several_keys(command: Command) -> None:
    """`security wpa wpa2 mpsk`: a list of keys, a section of its own."""
    refuse_live(command)
    if command.undoing:
        command.drop(command.identity)
        return
    command.put(command.identity, command.text, section=True)
    command.enter(command.identity)


def one_of_several(command: Command) -> None:
    """`priority 0 set-key ascii 0 KEY` in that list."""
    keys = command.mode.parent.keys if command.mode.parent else ()
    network_node = command.switch.root.get(keys[0]) if keys else None
    if network_node is not None:
        refuse_while_on(command, network_node)
    if command.undoing:
        command.drop(command.identity)
        return
    form, kind, key = command.words[3], command.words[4], " ".join(command.words[5:])
    if kind == "0" and not command.booting:
        key_length(form, key)
    command.put(command.identity, command.text)


def _live(pattern: str, *, default: str = "") -> Rule:
    return Rule(pattern, run=live_setting, default=default)


def _live_on(pattern: str) -> Rule:
    return Rule(pattern, run=live_setting, undo=Undo.STORE, default=pattern)


GLOBAL: tuple[Rule, ...] = (Rule("wlan NAME [<1-4096> NAME]", run=network, enters="config-wlan"),)
MODE: tuple[Rule, ...] = (
    _live("radio policy dot11 (24ghz|5ghz|6ghz)"),
    _live("mac-filtering / NAME"),
    _live_on("broadcast-ssid"),
    _live("client association limit / LINE"),
    _live("dtim dot11 (24ghz|5ghz) / <1-255>"),
    _live("peer-blocking / (drop|forward-upstream|allow-private-group)"),
    _live("band-select"),
    _live("load-balance"),
    _live("bss-transition LINE"),
    _live("security dot1x authentication-list / NAME"),
    _live("security ft"),
    _live_on("security ft adaptive"),
    _live_on("security wpa"),
    Rule("security wpa psk set-key / (ascii|hex) (0|8) LINE", run=pre_shared),
    _live_on("security wpa akm dot1x"),
    _live("security wpa akm (psk|sae|owe|dot1x-sha256|psk-sha256|cckm)"),
    _live("security wpa akm ft (dot1x|psk|sae)"),
    _live_on("security wpa wpa2"),
    _live_on("security wpa wpa2 ciphers aes"),
    Rule("security wpa wpa2 mpsk", run=several_keys, enters="config-mpsk"),
    _live("security wpa wpa3"),
    _live("security web-auth"),
    _live("security web-auth (authentication-list|parameter-map) / NAME"),
    _live("security pmf / (mandatory|optional)"),
    Rule("shutdown", run=switch_on, undo=Undo.STORE),
)
KEYS: tuple[Rule, ...] = (Rule("priority <0-4> / set-key (ascii|hex) (0|8) LINE", run=one_of_several),)
