"""Spanning tree, loop protection, DHCP snooping, ARP protection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model.ports import mentioned, parse_numbers
from trustctl.lab.makes.aruba_aos_s.model.rules import Rule, each_port, listed, setting, switched
from trustctl.lab.makes.aruba_aos_s.model.state import Line, put

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.rules import Command

_FLAGS = (
    "admin-edge-port",
    "bpdu-protection",
    "bpdu-filter",
    "root-guard",
    "tcn-guard",
    "loop-guard",
    "pvst-protection",
)

_DEFAULT_PRIORITY = "8"


def snooping_trust(command: Command) -> None:
    """`dhcp-snooping trust PORTS`: kept with each port (published configurations of 16.08)."""
    config = command.switch.config
    for name in mentioned(command.values[0]):
        lines = config.ports[name].lines
        if command.undo:
            command.changed |= lines.pop("dhcp-snooping trust", None) is not None
        else:
            command.changed |= put(lines, Line("dhcp-snooping trust", "dhcp-snooping trust", 0), config)


def auto_edge(command: Command) -> None:
    """`spanning-tree PORTS auto-edge-port`: on unless switched off."""
    config = command.switch.config
    for name in mentioned(command.values[0]):
        identity = f"spanning-tree {name} auto-edge-port"
        if command.undo:
            command.changed |= config.put(Line(identity, f"no {identity}", 755))
        else:
            command.changed |= config.lines.pop(identity, None) is not None


def _spanning_tree(command: Command, *, on: bool) -> None:
    """`spanning-tree enable|disable`."""
    config = command.switch.config
    if on:
        command.changed = config.put(Line("spanning-tree", "spanning-tree", 750))
    else:
        command.changed = config.lines.pop("spanning-tree", None) is not None


def instance(command: Command) -> None:
    """`spanning-tree instance N vlan VLANS`: VLANs of an instance; `no` takes these out of it.

    Printed with blanks between them (published configurations).
    """
    number, given = command.values[0], {str(one) for one in parse_numbers(command.values[1]) or ()}
    config, identity = command.switch.config, f"spanning-tree instance {number} vlan"
    line = config.lines.get(identity)
    had = set(line.text.removeprefix(identity).split()) if line else set[str]()
    now = had - given if command.undo else had | given
    command.changed = now != had
    if now:
        config.put(Line(identity, f"{identity} {' '.join(sorted(now, key=int))}", 754))
    else:
        config.lines.pop(identity, None)


def vlan_priority(command: Command) -> None:
    """`spanning-tree vlan VLANS priority N`: each VLAN has one; 8 is the default and does not print.

    That VLANs of one priority share a line is [unverified].
    """
    config, wanted = command.switch.config, _DEFAULT_PRIORITY if command.undo else command.values[1]
    moving = {str(one) for one in parse_numbers(command.values[0]) or ()}
    stem = "spanning-tree vlan priority"
    for line in config.starting(f"{stem} "):
        line.members -= moving
        if not line.members:
            del config.lines[line.identity]
    command.changed = True
    if wanted != _DEFAULT_PRIORITY:
        held = config.lines.get(f"{stem} {wanted}")
        members = moving | (held.members if held else set[str]())
        config.put(Line(f"{stem} {wanted}", f"spanning-tree vlan * priority {wanted}", 754, members=members))


def _port_number(command: Command) -> None:
    """`no spanning-tree PORTS priority|path-cost`."""
    word = command.words[-1].text
    for name in mentioned(command.values[0]):
        gone = command.switch.config.lines.pop(f"spanning-tree {name} {word}", None)
        command.changed |= gone is not None


_PORT = "spanning-tree {ports}"

RULES = (
    Rule("spanning-tree", switched(750)),
    Rule("spanning-tree enable", lambda command: _spanning_tree(command, on=True), undo=False),
    Rule("spanning-tree disable", lambda command: _spanning_tree(command, on=False), undo=False),
    Rule(
        "spanning-tree mode (mstp|rapid-pvst)",
        setting(751, key="spanning-tree mode", default="spanning-tree mode mstp"),
    ),
    Rule(
        "spanning-tree force-version (stp-compatible|rstp-operation|mstp-operation)",
        setting(751, key="spanning-tree force-version", default="spanning-tree force-version mstp-operation"),
    ),
    Rule("spanning-tree config-name {str:32}", setting(752, quotes=(0,))),
    Rule("spanning-tree config-revision {int:0-65535}", setting(752, default="spanning-tree config-revision 0")),
    Rule(
        "spanning-tree priority {int:0-15}",
        setting(757, key="spanning-tree priority", default="spanning-tree priority 8"),
    ),
    Rule("spanning-tree (hello-time|forward-delay|maximum-age|max-hops) {int:1-40}", setting(753)),
    Rule(
        "spanning-tree bpdu-protection-timeout {int:0-65535}",
        setting(753, default="spanning-tree bpdu-protection-timeout 0"),
    ),
    Rule("spanning-tree bpdu-throttle", switched(753)),
    Rule("spanning-tree ignore-pvid-inconsistency", switched(753)),
    Rule("spanning-tree instance {int!:1-64} vlan {vlanlist}", instance),
    Rule("spanning-tree instance {int!:1-64} priority {int:0-15}", setting(754)),
    Rule("spanning-tree vlan {vlans} priority {int:0-15}", vlan_priority),
    *(Rule(f"{_PORT} {flag}", each_port(755, f"spanning-tree {{port}} {flag}")) for flag in _FLAGS),
    Rule(f"{_PORT} auto-edge-port", auto_edge),
    Rule(f"{_PORT} priority {{int:0-15}}", each_port(756, "spanning-tree {port} priority {0}")),
    Rule(f"{_PORT} path-cost {{int:1-200000000}}", each_port(756, "spanning-tree {port} path-cost {0}")),
    *(
        Rule(f"{_PORT} point-to-point-mac {word}", each_port(756, f"spanning-tree {{port}} point-to-point-mac {word}"))
        for word in ("true", "false", "auto")
    ),
    Rule("spanning-tree vlan {vlans!} disable", setting(754)),
    Rule("spanning-tree (trap|log|traps) {rest}", setting(758)),
    Rule("spanning-tree (legacy-mode|legacy-path-cost)", switched(753)),
    Rule("spanning-tree pathcost (rapid-pvst|mstp) {rest}", setting(753)),
    Rule(f"{_PORT} (priority|path-cost)", _port_number, only_undo=True),
    Rule("loop-protect {ports}", listed(820, "loop-protect *")),
    *(
        Rule(
            f"loop-protect {{ports}} receiver-action {action}",
            each_port(821, f"loop-protect {{port}} receiver-action {action}"),
        )
        for action in ("send-disable", "send-recv-dis", "no-disable")
    ),
    Rule("loop-protect trap loop-detected", switched(822)),
    Rule("loop-protect disable-timer {int:0-604800}", setting(822, default="loop-protect disable-timer 0")),
    Rule("loop-protect transmit-interval {int:1-10}", setting(822)),
    Rule("loop-protect mode (port|vlan)", setting(822, key="loop-protect mode")),
    Rule("loop-protect vlan {vlanlist}", listed(823, "loop-protect vlan *", kind="vlans")),
    Rule("dhcp-snooping", switched(40)),
    Rule("dhcp-snooping authorized-server {ip!}", setting(41)),
    Rule("dhcp-snooping database file {str:255}", setting(41, quotes=(0,))),
    Rule("dhcp-snooping vlan {vlanlist}", listed(42, "dhcp-snooping vlan *", kind="vlans")),
    Rule("dhcp-snooping option 82 (remote-id|untrusted-policy) {word}", setting(43)),
    Rule("dhcp-snooping max-bindings {rest}", setting(44)),
    Rule("dhcp-snooping option 82", switched(43, default=True)),
    Rule("dhcp-snooping verify mac", switched(43, default=True)),
    Rule("dhcp-snooping trust {onlyports}", snooping_trust),
    Rule("arp-protect", switched(45)),
    Rule("arp-protect trust {onlyports}", listed(46, "arp-protect trust *")),
    Rule("arp-protect vlan {vlanlist}", listed(46, "arp-protect vlan *", kind="vlans")),
    Rule("arp-protect validate {word!}", switched(46)),
    Rule("qos type-of-service (diff-services|ip-precedence)", setting(50, key="qos type-of-service")),
    Rule("power-over-ethernet pre-std-detect", switched(30)),
    Rule(
        "power-over-ethernet pre-std-detect ports {onlyports}", listed(30, "power-over-ethernet pre-std-detect ports *")
    ),
)
