"""Settings that are sets of VLANs: entering a list adds to the set, the `no` form takes from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model import vlans
from trustctl.lab.makes.cisco_ios.model.rules import RefusedError

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.rules import Command


def vlan_set(command: Command) -> None:
    """`ip dhcp snooping vlan 10,20`: printed as one collapsed list."""
    listed = vlans.parse(command.words[-1])
    if listed is None:
        raise RefusedError("%Invalid VLAN list")
    prefix = " ".join(command.words[:-1])
    now = vlans.parse(command.node.value(prefix)) or frozenset()
    wanted = now - listed if command.undoing else now | listed
    if wanted:
        command.put(prefix, f"{prefix} {vlans.collapse(wanted)}")
    else:
        command.drop(prefix)


def _take_from(command: Command, stem: str, listed: frozenset[int], keep: str) -> None:
    """Take VLANs out of every `STEM LIST VALUE` line but the one whose value is `keep`."""
    for key in [key for key in command.node.settings if key.startswith(f"{stem} ")]:
        words = command.node.settings[key].text.split()
        value = words[-1]
        if value == keep or key.split()[-1] == "off":
            continue
        left = (vlans.parse(words[2]) or frozenset()) - listed
        if left == (vlans.parse(words[2]) or frozenset()):
            continue
        command.changed = True
        if left:
            command.node.settings[key].text = f"spanning-tree vlan {vlans.collapse(left)} {words[3]} {value}"
        else:
            del command.node.settings[key]


def per_vlan(command: Command) -> None:
    """`spanning-tree vlan LIST priority N` and its timers: VLANs with the same value print on one line."""
    listed = vlans.parse(command.words[2])
    if listed is None:
        raise RefusedError("%Invalid VLAN list")
    what = command.words[3]
    value = command.words[4] if len(command.words) > 4 else ""  # noqa: PLR2004 - spanning-tree vlan LIST WHAT VALUE
    if what == "priority" and value and int(value) % 4096:
        raise RefusedError(
            "% Bridge Priority must be in increments of 4096.",
            "% Allowed values are:",
            "  0     4096  8192  12288 16384 20480 24576 28672",
            "  32768 36864 40960 45056 49152 53248 57344 61440",
        )
    stem = f"spanning-tree vlan {what}"
    key = f"{stem} {value}"
    keep = "" if command.undoing else value
    _take_from(command, stem, listed, keep)
    if command.undoing or (what, value) == ("priority", "32768"):
        return
    node = command.node.get(key)
    now = (vlans.parse(node.text.split()[2]) or frozenset()) if node else frozenset[int]()
    command.put(key, f"spanning-tree vlan {vlans.collapse(now | listed)} {what} {value}")


def mst_instance(command: Command) -> None:
    """`instance 1 vlan 10,20`: adds VLANs, which leave the instance that they were in; `no` takes out some or all."""
    number, last = command.words[1], command.words[-1]
    listed = vlans.parse(last) if "vlan" in command.words else vlans.ALL
    if listed is None:
        raise RefusedError("%Invalid VLAN list")
    for key in [f"instance {number}"] if command.undoing else list(command.node.settings):
        child = command.node.get(key)
        if child is None or not key.startswith("instance "):
            continue
        left = (vlans.parse(child.text.split()[-1]) or frozenset()) - listed
        if key != f"instance {number}" or command.undoing:
            if left:
                command.put(key, f"{key} vlan {vlans.collapse(left)}")
            else:
                command.drop(key)
    if not command.undoing:
        key = f"instance {number}"
        node = command.node.get(key)
        now = (vlans.parse(node.text.split()[-1]) or frozenset()) if node else frozenset[int]()
        command.put(key, f"{key} vlan {vlans.collapse(now | listed)}")


def root_macro(command: Command) -> None:
    """`spanning-tree vlan LIST root primary`: the macro writes a priority; it does not stay itself."""
    if command.undoing:
        command.words = (*command.words[:3], "priority")
    else:
        value = "24576" if command.words[4] == "primary" else "28672"
        command.words = (*command.words[:3], "priority", value)
    per_vlan(command)


def spanning_off(command: Command) -> None:
    """`no spanning-tree vlan LIST`: spanning tree stops on these VLANs, a setting of its own."""
    listed = vlans.parse(command.words[2])
    if listed is None:
        raise RefusedError("%Invalid VLAN list")
    key = "spanning-tree vlan off"
    node = command.node.get(key)
    now = (vlans.parse(node.text.split()[-1]) or frozenset()) if node else frozenset[int]()
    wanted = now | listed if command.form == "no" else now - listed
    if wanted:
        command.put(key, f"no spanning-tree vlan {vlans.collapse(wanted)}")
    else:
        command.drop(key)
