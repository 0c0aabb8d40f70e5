"""The country, the bands, the wireless management interface."""

from __future__ import annotations

from trustctl.lab.makes.cisco_ios.model.rules import Command, RefusedError, Rule, device_owned, setting
from trustctl.lab.makes.cisco_ios.model.spec import Confirm

_QUESTION = "Are you sure you want to continue? (y/n)[y]: "
_LETTER = {"24ghz": "b", "5ghz": "a", "6ghz": "6ghz"}
_BANDS = ("24ghz", "5ghz")


def management(command: Command) -> None:
    """`wireless management interface VlanN`: the interface must be there; it opens a mode of its own."""
    if command.undoing:
        command.drop(command.identity)
        return
    if command.switch.root.get(f"interface {command.words[3]}") is None and not command.booting:
        raise RefusedError("% The interface does not exist")
    command.put(command.identity, command.text, section=True)
    command.enter(command.identity)


def country(command: Command) -> None:
    """`wireless country CODE`: taken only while the bands are shut down (Configuration Guide, Country Codes)."""
    if not command.booting and any(not command.switch.root.has(f"ap dot11 {band} shutdown") for band in _BANDS):
        raise RefusedError("% Shut the 802.11a and 802.11b networks down before the country is changed")
    if command.undoing:
        command.drop(command.identity)
    else:
        command.put(command.identity, command.text)


def band(command: Command) -> None:
    """`ap dot11 5ghz shutdown`: asks first, as a published walk-through of a first installation shows."""
    if command.undoing:
        command.drop(command.identity)
        return
    if not command.confirmed and not command.booting:
        command.say(f"Disabling the 802.11{_LETTER[command.words[2]]} network may strand mesh APs.")
        command.confirm = Confirm(_QUESTION, command.line)
        return
    command.put(command.identity, command.text)


GLOBAL: tuple[Rule, ...] = (
    Rule("wireless management interface / IFACE", run=management, enters="config-mgmt-interface"),
    device_owned("wireless management trustpoint WORD"),
    Rule("wireless country WORD", run=country),
    setting("wireless rf-network / NAME"),
    Rule("ap dot11 (24ghz|5ghz|6ghz) shutdown", run=band),
    setting("ap dot11 (24ghz|5ghz) rate WORD / (disable|mandatory|supported)"),
    setting("trapflags LINE"),
)
MODES: dict[str, tuple[Rule, ...]] = {"config-mgmt-interface": (setting("nat public-ip LINE"),)}
