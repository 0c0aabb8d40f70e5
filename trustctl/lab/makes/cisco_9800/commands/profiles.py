"""Policy profiles, tags, join profiles, RF profiles, access points.

What the controller says about access points that will join again: Cisco's driver for its Network Services Orchestrator
lists these messages as warnings, and published scripts wait for the first of them; whole sentences beyond what those
show are [unverified].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_9800.commands.states import live_setting, refuse_live, switch_policy
from trustctl.lab.makes.cisco_ios.model.rules import (
    Command,
    RefusedError,
    Rule,
    Undo,
    explicit,
    on_by_default,
    section,
    setting,
    store,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT = (
    ("wireless profile policy", "default-policy-profile"),
    ("wireless tag policy", "default-policy-tag"),
    ("wireless tag site", "default-site-tag"),
    ("wireless tag rf", "default-rf-tag"),
    ("ap profile", "default-ap-profile"),
)
"""What a controller comes with and does not give away."""
_GOES = {
    "wireless profile policy": "Deleted policy profile may be associated to a WLAN",
    "wireless tag policy": "Deleting policy-tag will cause associated APs to disconnect",
    "wireless tag site": "Deleting site-tag will cause associated APs to disconnect",
    "wireless tag rf": "Deleting rf-tag will cause associated APs to disconnect",
}


def _section(stem: str, enters: str) -> Rule:
    return Rule(f"{stem} NAME", run=_opener(stem), enters=enters)


def _opener(stem: str) -> Callable[[Command], None]:
    kept = dict(_KEPT).get(stem, "")

    def run(command: Command) -> None:
        if command.undoing:
            if kept and command.words[-1] == kept:
                raise RefusedError(f"% {kept} cannot be removed")
            if command.drop(command.identity) and stem in _GOES:
                command.say(_GOES[stem])
            return
        command.put(command.identity, command.text, section=True)
        command.enter(command.identity)

    return run


def access_point(command: Command) -> None:
    """`ap aabb.ccdd.eeff`: the tags of one access point."""
    if command.undoing:
        if command.drop(command.identity):
            command.say("Removing named tag mapping will result in the AP rejoin")
        return
    command.put(command.identity, command.text, section=True)
    command.enter(command.identity)


def tag_of_point(command: Command) -> None:
    """`policy-tag NAME` and its like."""
    store(command)
    word = "Disassociating" if command.undoing else "Associating"
    command.say(f"{word} {command.words[0]} will cause associated AP to reconnect")


def exclusion(command: Command) -> None:
    """`exclusionlist timeout 60`, as it is by default; `no exclusionlist` lets refused clients try for ever."""
    refuse_live(command)
    usual = command.form == "default" or command.text in {"exclusionlist", "exclusionlist timeout 60"}
    if command.form == "no":
        command.put("exclusionlist", "no exclusionlist")
    elif usual:
        command.drop("exclusionlist")
    else:
        command.put("exclusionlist", command.text)


def profile_of_site(command: Command) -> None:
    """`ap-profile NAME` and `flex-profile NAME` of a site tag."""
    store(command)
    command.say("Changing AP profile mapping may result in the rejoin of APs")


def _live(pattern: str, *, default: str = "") -> Rule:
    return Rule(pattern, run=live_setting, default=default)


def _live_on(pattern: str) -> Rule:
    return Rule(pattern, run=live_setting, undo=Undo.STORE, default=pattern)


GLOBAL: tuple[Rule, ...] = (
    _section("wireless profile policy", "config-wireless-policy"),
    _section("wireless tag site", "config-site-tag"),
    _section("wireless tag policy", "config-policy-tag"),
    _section("wireless tag rf", "config-wireless-rf-tag"),
    section("ap dot11 (24ghz|5ghz|6ghz) rf-profile NAME", "config-rf-profile"),
    _section("ap profile", "config-ap-profile"),
    Rule("ap MAC", run=access_point, enters="config-ap-tag"),
)
_DESCRIPTION = setting("description / NAME")
MODES: dict[str, tuple[Rule, ...]] = {
    "config-wireless-policy": (
        _live("aaa-override"),
        _live("accounting-list / NAME"),
        _live_on("central association"),
        _live_on("central authentication"),
        _live_on("central dhcp"),
        _live_on("central switching"),
        _DESCRIPTION,
        _live("dhcp-tlv-caching"),
        Rule("exclusionlist / [timeout <0-2147483647>]", run=exclusion),
        _live("http-tlv-caching"),
        _live("idle-timeout / <15-100000>"),
        _live("ipv4 dhcp required"),
        _live("nac"),
        _live("radius-profiling"),
        _live("session-timeout / <0-86400>"),
        _live("vlan / NAME"),
        Rule("shutdown", run=switch_policy, undo=Undo.STORE),
    ),
    "config-policy-tag": (_DESCRIPTION, setting("wlan NAME / policy NAME")),
    "config-site-tag": (
        Rule("ap-profile / NAME", run=profile_of_site, default="ap-profile default-ap-profile"),
        _DESCRIPTION,
        Rule("flex-profile / NAME", run=profile_of_site, default="flex-profile default-flex-profile"),
        on_by_default("local-site"),
    ),
    "config-wireless-rf-tag": (
        setting("24ghz-rf-policy / NAME"),
        setting("5ghz-rf-policy / NAME"),
        setting("6ghz-rf-policy / NAME"),
        _DESCRIPTION,
    ),
    "config-rf-profile": (
        setting("channel chan-width / (20|40|80|160|best)"),
        setting("channel (add|remove) <1-233>"),
        _DESCRIPTION,
        setting("rate WORD / (disable|mandatory|supported)"),
        setting("tx-power (min|max) / <0-30>"),
        explicit("shutdown"),
    ),
    "config-ap-profile": (
        setting("country / WORD"),
        _DESCRIPTION,
        setting("dot1x username / WORD password (0|8) LINE"),
        setting("mgmtuser username / WORD password (0|8) WORD secret (0|8) LINE"),
        setting("ntp ip / (IP|WORD)"),
        setting("ssh"),
        setting("syslog host / WORD"),
        setting("timezone / LINE"),
    ),
    "config-ap-tag": (
        Rule("policy-tag / NAME", run=tag_of_point),
        Rule("rf-tag / NAME", run=tag_of_point),
        Rule("site-tag / NAME", run=tag_of_point),
    ),
}
