"""Where packets go, names, and the out-of-band port."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model.rules import Context, Rule, setting, switched
from trustctl.lab.makes.aruba_aos_s.model.state import Line, Section

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.rules import Command

_OOBM_RANK = 600


def route(command: Command) -> None:
    """`ip route NETWORK MASK GATEWAY [distance]`, the network also with its length behind a slash."""
    values = list(command.values)
    network = values.pop(0)
    mask = "" if "/" in network else f"/{values.pop(0)}"
    found = IPv4Network(f"{network}{mask}", strict=False)
    gateway = values.pop(0) if values else ("reject" if command.has("reject") else "blackhole")
    distance = f" distance {values[0]}" if values else ""
    text = f"ip route {found.network_address} {found.netmask} {gateway}"
    if command.undo:
        command.changed = command.switch.config.lines.pop(text, None) is not None
    else:
        command.changed = command.switch.config.put(Line(text, f"{text}{distance}", 200))


def oobm(command: Command) -> None:
    """`oobm`: go to the out-of-band port."""
    command.switch.config.sections.setdefault("oobm", Section("oobm", _OOBM_RANK))
    command.next = Context("oobm", "oobm")


def oobm_address(command: Command) -> None:
    """`ip address` of the out-of-band port."""
    lines = command.switch.config.sections["oobm"].lines
    kept = [line for line in lines if not line.startswith(("ip address", "no ip address"))]
    if command.undo:
        fresh = "no ip address"
    elif command.has("dhcp-bootp"):
        fresh = "ip address dhcp-bootp"
    else:
        found = IPv4Interface("/".join(command.values))
        fresh = f"ip address {found.ip} {found.netmask}"
    command.changed = lines != [fresh, *kept]
    command.switch.config.sections["oobm"].lines = [fresh, *kept]


def oobm_gateway(command: Command) -> None:
    """`ip default-gateway` of the out-of-band port."""
    lines = command.switch.config.sections["oobm"].lines
    kept = [line for line in lines if not line.startswith("ip default-gateway")]
    fresh = [] if command.undo else [f"ip default-gateway {command.values[0]}"]
    command.changed = lines != [*kept, *fresh]
    command.switch.config.sections["oobm"].lines = [*kept, *fresh]


RULES = (
    Rule("ip default-gateway {ip}", setting(190, key="ip default-gateway")),
    Rule("ip default-gateway", setting(190), only_undo=True),
    Rule("ip dns server-address priority {int!:1-2} {ip}", setting(192)),
    Rule("ip dns domain-name {str:255}", setting(193, quotes=(0,))),
    Rule("ip route ({prefix}|{ip} {mask}) {ip} [distance {int:1-255}]", route),
    Rule("ip route ({prefix}|{ip} {mask}) (reject|blackhole)", route),
    Rule("ip routing", switched(210)),
    Rule("ip icmp {word!}", switched(212)),
    Rule("oobm", oobm, more=True, undo=False),
)

IN_OOBM = (
    Rule("ip address (dhcp-bootp|{prefix}|{ip} {mask})", oobm_address),
    Rule("ip address", oobm_address, only_undo=True),
    Rule("ip default-gateway {ip}", oobm_gateway),
    Rule("ip default-gateway", oobm_gateway, only_undo=True),
)
