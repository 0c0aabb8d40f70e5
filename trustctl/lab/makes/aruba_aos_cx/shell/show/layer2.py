"""Ports, VLANs and neighbours. Layouts: ntc-templates' recorded output; `show interface brief` from docs-csm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.forwarding import Interface
from trustctl.lab.makes.aruba_aos_cx.model import switching
from trustctl.lab.makes.aruba_aos_cx.model.names import natural, print_ports
from trustctl.lab.makes.aruba_aos_cx.shell.command import CommandError, Exec
from trustctl.lab.neighbours import Advert, Discovery

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_cx.model.grammar import Read
    from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch
    from trustctl.lab.makes.aruba_aos_cx.shell.shell import Shell

_LIST = 30


def _lines(*rows: str) -> str:
    return "".join(f"{row}\n" for row in rows)


def _colons(digits: str) -> str:
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def brief(shell: Shell, _: Read) -> str:
    """`show interface brief`."""
    switch, rule = shell.device.switch, "-" * 104
    rows = [
        rule,
        "Port      Native  Mode   Type           Enabled Status  Reason                  Speed   Description",
        "          VLAN                                                                  (Mb/s)",
        rule,
    ]
    rows += [_brief(switch, name) for name in _interfaces(switch)]
    return _lines(*rows)


def _interfaces(switch: CxSwitch) -> list[str]:
    """Every port, then LAGs, then SVIs, as their names print."""
    ports = sorted((name for name, _ in switch.ports()), key=natural)
    others = [node.key.removeprefix("interface ") for node in switch.root.sorted() if node.key.startswith("interface ")]
    logical = [name.replace(" ", "") for name in others if name.startswith(("lag ", "vlan ", "loopback "))]
    return [*ports, *logical]


def _brief(switch: CxSwitch, name: str) -> str:
    node = switching.node_of(switch, name) or switch.root.get(f"interface {name[:4]} {name[4:]}")
    down = node is not None and node.text("shutdown") == "shutdown"
    logical = name.startswith(("vlan", "loopback"))
    if logical:
        interface = Interface(name, int(name[4:]) if name.startswith("vlan") else None)
        up = not switching.why_down(switch, interface)
    else:
        up = switching.port_up(switch, name)
    owner = switching.node_of(switch, switching.bundle_of(switch, name) or name)
    vlan, mode = "--", "routed" if not logical else "--"
    if owner is not None and not logical and not switch.routes(owner):
        vlan, mode = str(switching.native(owner)), "trunk" if switching.is_trunk(owner) else "access"
    reason = "" if up else "Administratively down" if down else "Waiting for link"
    kind = "--" if logical or name.startswith("lag") else switch.model_of(name).kind(name)
    speed = "1000" if up and not logical else "--"
    words = node.value("description") if node is not None else ""
    return (
        f"{name:<9} {vlan:<7} {mode:<6} {kind:<14} {'no' if down else 'yes':<7} "
        f"{'up' if up else 'down':<7} {reason:<23} {speed:<7} {words or '--'}"
    )


def vlans(shell: Shell, words: Read) -> str:
    """`show vlan [N]`: a VLAN is up if a port that is up carries it."""
    switch = shell.device.switch
    ids = sorted(switch.vlan_ids())
    if words.arguments:
        wanted = int(words.arguments[0])
        if wanted not in ids:
            raise CommandError(f"VLAN {wanted} does not exist")
        ids = [wanted]
    rule = "-" * 114
    rows = [
        rule,
        f"{'VLAN':<5} {'Name':<33} {'Status':<7} {'Reason':<23} {'Type':<11} {'Interfaces':<30}",
        rule,
    ]
    for vlan in ids:
        rows += _vlan(switch, vlan)
    return _lines(*rows)


def _vlan(switch: CxSwitch, vlan: int) -> list[str]:
    node = switch.root.children[f"vlan {vlan}"]
    name = node.value("name").strip("'\"") or ("DEFAULT_VLAN_1" if vlan == 1 else f"VLAN{vlan}")
    ports = [port for port in _interfaces(switch) if not port.startswith(("vlan", "loopback"))]
    carrying = [port for port in ports if switching.bundle_of(switch, port) is None and switch.carries(port, vlan)]
    up = any(switch.port_up(port) for port in carrying)
    reason = "ok" if up else "no_member_forwarding" if carrying else "no_member_port"
    if node.has("shutdown"):
        up, reason = False, "admin_down"
    listed = _wrapped(print_ports(carrying))
    kind = "default" if vlan == 1 else "static"
    head = f"{vlan:<5} {name:<33} {'up' if up else 'down':<7} {reason:<23} {kind:<11} {listed[0]}"
    return [head, *(f"{'':<84}{each}" for each in listed[1:])]


def _wrapped(text: str) -> list[str]:
    """A list of ports in lines of at most so many characters, each but the last ending in a comma."""
    lines = [""]
    parts = text.split(",")
    for at, part in enumerate(parts):
        piece = part if at == len(parts) - 1 else f"{part},"
        if lines[-1] and len(lines[-1]) + len(piece) > _LIST:
            lines.append("")
        lines[-1] += piece
    return lines


def _heard(shell: Shell) -> list[tuple[str, Advert]]:
    found: list[tuple[str, Advert]] = []
    root = shell.device.switch.root
    for end in shell.device.neighbours:
        node = root.get(f"interface {end.port}")
        if root.has("lldp") or node is None or node.has("lldp receive"):
            continue
        advert = end.heard(Discovery.LLDP)
        if advert is not None:
            found.append((end.port, advert))
    return sorted(found, key=lambda each: natural(each[0]))


def _totals(count: int) -> list[str]:
    return [
        "LLDP Neighbor Information ",
        "=========================",
        "",
        f"Total Neighbor Entries          : {count}",
        "Total Neighbor Entries Deleted  : 0",
        "Total Neighbor Entries Dropped  : 0",
        "Total Neighbor Entries Aged-Out : 0",
        "",
    ]


def lldp(shell: Shell, _: Read) -> str:
    """`show lldp neighbor-info`."""
    heard = _heard(shell)
    rows = _totals(len(heard))
    rows += [
        f"{'LOCAL-PORT':<11} {'CHASSIS-ID':<18} {'PORT-ID':<28} {'PORT-DESC':<28} {'TTL':<8} SYS-NAME    ",
        "-" * 107,
    ]
    for port, advert in heard:
        chassis, named = _colons(advert.chassis), advert.port_description
        rows.append(f"{port:<11} {chassis:<18} {advert.port:<28} {named:<28} {'120':<8} {advert.system}")
    return _lines(*rows)


def lldp_detail(shell: Shell, words: Read) -> str:
    """`show lldp neighbor-info [PORT] [detail]`."""
    heard = [each for each in _heard(shell) if not words.arguments or each[0] == words.arguments[0]]
    rows = [] if words.arguments else _totals(len(heard))
    for port, advert in heard:
        rows += [
            "-" * 80,
            "",
            f"Port                           : {port}",
            "Neighbor Entries               : 1",
            "Neighbor Entries Deleted       : 0",
            "Neighbor Entries Dropped       : 0",
            "Neighbor Entries Aged-Out      : 0",
            f"Neighbor System-Name           : {advert.system}",
            f"Neighbor System-Description    : {advert.description}",
            f"Neighbor Chassis-ID            : {_colons(advert.chassis)}",
            f"Neighbor Management-Address    : {advert.address}",
            f"Chassis Capabilities Available : Bridge{', Router' if advert.router else ''}",
            f"Chassis Capabilities Enabled   : Bridge{', Router' if advert.router else ''}",
            f"Neighbor Port-ID               : {advert.port}",
            f"Neighbor Port-Desc             : {advert.port_description}",
            "Neighbor Port VLAN ID          : ",
            "TTL                            : 120",
            "",
        ]
    return _lines(*rows)


def macs(_: Shell, __: Read) -> str:
    """`show mac-address-table`: no stations are simulated."""
    return "No MAC entries found.\n"


def transceivers(_: Shell, __: Read) -> str:
    """`show interface transceiver` without modules (recorded, 10.08)."""
    return "No pluggable modules found.\n"


COMMANDS = (
    Exec("show interface brief", brief),
    Exec("show interface transceiver [<text>]", transceivers),
    Exec("show vlan [<vlan>]", vlans),
    Exec("show lldp neighbor-info", lldp),
    Exec("show lldp neighbor-info detail", lldp_detail),
    Exec("show lldp neighbor-info <port> [detail]", lldp_detail),
    Exec("show mac-address-table", macs),
)
