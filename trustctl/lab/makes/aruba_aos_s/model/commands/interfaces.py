"""Ports: their own settings, and VLAN membership said from the port's side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model.commands.vlans import leave, move_untagged
from trustctl.lab.makes.aruba_aos_s.model.ports import parse, parse_numbers
from trustctl.lab.makes.aruba_aos_s.model.rules import Context, RefusedError, Rule, on_port, port_switched
from trustctl.lab.makes.aruba_aos_s.model.state import Line, put

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.rules import Command
    from trustctl.lab.makes.aruba_aos_s.model.state import Vlan

_SPEEDS = (
    "(10-half|10-full|100-half|100-full|auto|auto-10|auto-100|auto-10-100|1000-full|auto-1000|auto-10g|10-gigabit)"
)


def open_ports(command: Command) -> None:
    """`interface PORTS`: go to them."""
    if command.undo and not command.booting and command.next is None and not command.line.split()[3:]:
        raise RefusedError(f"Invalid input: {command.values[0]}")  # [unverified]
    names = parse(command.values[0], command.switch.port_names)
    command.next = Context(f"eth-{command.values[0]}", "eth", tuple(names))


def membership(command: Command) -> None:
    """`untagged vlan N` and `tagged vlan N`, seen from the port. Raises RefusedError for a VLAN that is not there."""
    config = command.switch.config
    ids = parse_numbers(command.values[0]) or []
    for number in ids:
        if number not in config.vlans:
            raise RefusedError(f"VLAN {number} does not exist.")  # [unverified]
    for port in command.ports():
        if any(port.name in trunk.ports for trunk in config.trunks.values()):
            raise RefusedError(f"Module not present for port or invalid port: {port.name}")
        for number in ids:
            _join(command, config.vlans[number], port.name)


def _join(command: Command, vlan: Vlan, port: str) -> None:
    tag = command.has("tagged")
    if command.undo:
        leave(command, vlan, port, vlan.tagged if tag else vlan.untagged)
    elif not tag:
        command.changed |= move_untagged(command.switch.config, vlan, port)
    elif port not in vlan.tagged:
        vlan.untagged.discard(port)
        vlan.tagged.add(port)
        command.changed = True


def enable(command: Command) -> None:
    """`enable` and `disable`; also `no disable`, `no enable`."""
    off = command.has("disable") is not command.undo
    for port in command.ports():
        if off:
            command.changed |= put(port.lines, Line("disable", "disable", 0), command.switch.config)
        else:
            command.changed |= port.lines.pop("disable", None) is not None


def poe(command: Command) -> None:
    """`power-over-ethernet [critical|high|low]`, `no power-over-ethernet`."""
    levels = [word.text for word in command.words if word.text in {"critical", "high"}]
    for port in command.ports():
        text = "no power-over-ethernet" if command.undo else f"power-over-ethernet {levels[0]}" if levels else ""
        if text:
            line = Line("power-over-ethernet", text, 0)
            command.changed |= put(port.lines, line, command.switch.config)
        else:
            command.changed |= port.lines.pop("power-over-ethernet", None) is not None


def on_the_list(command: Command) -> None:
    """`loop-protect` on a port: it joins the switch's list."""
    config = command.switch.config
    line = config.lines.get("loop-protect")
    before = set(line.members) if line else set[str]()
    names = {port.name for port in command.ports()}
    now = before - names if command.undo else before | names
    command.changed = now != before
    if now:
        config.put(Line("loop-protect", "loop-protect *", 820, members=now))
    else:
        config.lines.pop("loop-protect", None)


def rate_limit(command: Command) -> None:
    """`rate-limit KIND in percent N`: one limit of a kind; the 16.08 guide's `no rate-limit KIND in` takes it away.

    Refused for a port in a trunk group, and kept without effect by one that joins it (2930F Management and
    Configuration Guide, operating notes for rate-limiting).
    """
    bundled = {name for trunk in command.switch.config.trunks.values() for name in trunk.ports}
    inside = [port.name for port in command.ports() if port.name in bundled]
    if inside and not command.booting and not command.undo:
        raise RefusedError(f"{inside[0]}: Operation is not allowed for a trunked port.")
    key = " ".join(word.text for word in command.words[:3])
    on_port(0, key=key)(command)


GLOBAL = (Rule("interface [ethernet] {onlyports}", open_ports, more=True),)

ON_PORT = (
    Rule("name {str:64}", on_port(0, quotes=(0,), key="name"), undo=False),
    Rule("name", on_port(0), only_undo=True),
    Rule("(enable|disable)", enable),
    Rule(f"speed-duplex {_SPEEDS}", on_port(0, key="speed-duplex", default="speed-duplex auto"), undo=False),
    Rule("speed-duplex", on_port(0), only_undo=True),
    Rule("flow-control", port_switched(0)),
    Rule("mdix-mode (mdi|mdix|auto-mdix)", on_port(0, key="mdix-mode", default="mdix-mode auto-mdix")),
    Rule("untagged vlan {vlan}", membership),
    Rule("tagged vlan {vlans}", membership),
    Rule("power-over-ethernet [(critical|high|low)]", poe),
    Rule("poe-lldp-detect (enabled|disabled)", on_port(0, key="poe-lldp-detect")),
    Rule("poe-allocate-by (usage|class|value)", on_port(0, key="poe-allocate-by")),
    Rule("poe-value {int:1-33}", on_port(0, key="poe-value")),
    Rule("lacp (active|passive|static)", on_port(0, key="lacp")),
    Rule("lacp", on_port(0), only_undo=True),
    Rule("dhcp-snooping trust", port_switched(0)),
    Rule("arp-protect trust", port_switched(0)),
    Rule("broadcast-limit {int:0-99}", on_port(0, key="broadcast-limit", default="broadcast-limit 0")),
    Rule("rate-limit (bcast|mcast|unknown-unicast|icmp) in (percent {int:0-100}|kbps {int:0-100000000})", rate_limit),
    Rule("rate-limit all (in|out) (percent {int:0-100}|kbps {int:0-100000000})", rate_limit),
    Rule("rate-limit (bcast|mcast|unknown-unicast|icmp) in", rate_limit, only_undo=True),
    Rule("rate-limit all (in|out)", rate_limit, only_undo=True),
    Rule("lacp (key|timeout|mad-passthrough) {word}", on_port(0)),
    Rule("link-keepalive [vlan {vlan}]", on_port(0, key="link-keepalive")),
    Rule("monitor {rest}", on_port(0)),
    Rule("service-policy {str:64} in", on_port(0, quotes=(0,))),
    Rule("qos trust {word}", on_port(0, key="qos trust")),
    Rule("gvrp", port_switched(0, default=True)),
    Rule("unknown-vlans (learn|block|disable)", on_port(0, key="unknown-vlans", default="unknown-vlans learn")),
    Rule("qos priority {int:0-7}", on_port(0, key="qos priority")),
    Rule("qos dscp {word}", on_port(0, key="qos dscp")),
    Rule("ip access-group {str:64} in", on_port(0, quotes=(0,))),
    Rule("energy-efficient-ethernet", port_switched(0)),
    Rule("loop-protect", on_the_list),
)
