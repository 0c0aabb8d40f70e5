"""Quality of service: class maps and policy maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.rules import Rule, quirk, section, setting

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.rules import Command


def class_description(command: Command) -> None:
    """`description` in a class map: prints two blanks in, as published configurations have it."""
    if command.undoing:
        command.drop(command.identity)
    else:
        command.put(command.identity, f" {command.text}")


def plain_class(command: Command) -> None:
    """`class-map NAME`: a class map matches all unless told otherwise, and prints so."""
    command.words = ("class-map", "match-all", command.words[1])
    command.identity = " ".join(command.words)
    if command.undoing:
        command.drop(command.identity)
        return
    command.put(command.identity, command.identity, section=True)
    command.enter(command.identity)


GLOBAL: dict[str, tuple[Rule, ...]] = {
    "policy": (
        section("class-map (match-any|match-all) WORD", "config-cmap"),
        quirk("class-map WORD", plain_class, enters="config-cmap"),
        section("policy-map WORD", "config-pmap"),
    ),
}
MODES: dict[str, tuple[Rule, ...]] = {
    "config-cmap": (quirk("description / LINE", class_description), setting("match LINE")),
    "config-pmap": (setting("description / LINE"), section("class (class-default|WORD)", "config-pmap-c")),
    "config-pmap-c": (
        setting("set LINE"),
        setting("police LINE"),
        setting("priority / [LINE]"),
        setting("bandwidth / LINE"),
        setting("trust / (cos|dscp)"),
        setting("queue-limit LINE"),
        setting("service-policy / WORD"),
    ),
}
