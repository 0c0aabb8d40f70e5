"""`show interfaces ...`, `show power inline`, `show etherchannel summary`, `show mac address-table`: the ports."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.interfaces import full_name, is_virtual, short_name
from trustctl.lab.makes.cisco_ios.model.vlans import collapse, parse
from trustctl.lab.makes.cisco_ios.shell.command import Command
from trustctl.lab.makes.cisco_ios.shell.grammar import USER, CommandError, Words
from trustctl.lab.makes.cisco_ios.shell.show.version import member_mac

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.device import IosDevice
    from trustctl.lab.makes.cisco_ios.model.status import InterfaceRow
    from trustctl.lab.makes.cisco_ios.model.tree import Node
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell

_NAME_WIDTH = 18
_ALL = frozenset(range(1, 4095))


def _node(device: IosDevice, row: InterfaceRow) -> Node | None:
    return device.switch.root.get(f"interface {row.name}")


def _value(device: IosDevice, row: InterfaceRow, setting: str, default: str = "") -> str:
    node = _node(device, row)
    return default if node is None else node.value(setting, default)


def _selected(device: IosDevice, words: Words, index: int = 0) -> list[InterfaceRow]:
    """All ports, or the one that is named. Raises CommandError."""
    rows = device.switch.interfaces()
    named = "".join(words.list[: len(words.list) - index] if index else words.list)
    if not named:
        return rows
    wanted = full_name(named)
    chosen = [row for row in rows if row.name == wanted]
    if not chosen:
        raise words.refuse()
    return chosen


def show_interfaces(shell: Shell, words: Words) -> str:
    """`show interfaces [PORT] [status | trunk | switchport | description | counters]`."""
    device = shell.device
    tables = {
        "status": _status,
        "trunk": _trunks,
        "switchport": _switchports,
        "description": _descriptions,
    }
    last = words.list[-1] if words.list else ""
    names = [name for name in tables if last and len(last) > 1 and name.startswith(last)]
    if len(names) == 1:
        rows = _selected(device, words, 1) if len(words.list) > 1 else device.switch.interfaces()
        return tables[names[0]](device, rows)
    return "".join(_details(device, row) for row in _selected(device, words))


def _status(device: IosDevice, rows: list[InterfaceRow]) -> str:
    head = "\nPort      Name               Status       Vlan       Duplex  Speed Type\n"
    ports = [row for row in rows if not is_virtual(row.name) or row.name.startswith("Port-channel")]
    return head + "".join(
        f"{row.short:<9} {row.description[:_NAME_WIDTH]:<18} {row.status:<12} {row.vlan:<10} "
        f"{row.duplex:>6} {row.speed:>6} {row.type}\n"
        for row in ports
    )


def _allowed(device: IosDevice, row: InterfaceRow) -> frozenset[int]:
    """The VLANs that a trunk allows; wrapped lines are joined."""
    node = _node(device, row)
    text = node.text_of("switchport trunk allowed vlan") if node is not None else ""
    if not text:
        return _ALL
    parts = [line.rpartition(" ")[2] for line in text.split("\n")]
    if parts == ["all"]:
        return _ALL
    return frozenset[int]().union(*(parse(part) or frozenset[int]() for part in parts))


def _trunks(device: IosDevice, rows: list[InterfaceRow]) -> str:
    trunks = [row for row in rows if row.vlan == "trunk" and row.status == "connected"]
    trunks = [row for row in trunks if not _value(device, row, "channel-group")]
    if not trunks:
        return ""
    active = frozenset(row.id for row in device.switch.vlans() if row.state == "active")
    tables: list[tuple[str, list[str]]] = [
        ("Mode             Encapsulation  Status        Native vlan", []),
        ("Vlans allowed on trunk", []),
        ("Vlans allowed and active in management domain", []),
        ("Vlans in spanning tree forwarding state and not pruned", []),
    ]
    for row in trunks:
        native = _value(device, row, "switchport trunk native vlan", "1")
        allowed = _allowed(device, row)
        lists = (collapse(allowed), collapse(allowed & active) or "none", collapse(allowed & active) or "none")
        for (_, lines), text in zip(
            tables, (f"on               802.1q         trunking      {native}", *lists), strict=True
        ):
            lines.append(f"{row.short:<11} {text}")
    return "\n" + "\n".join(f"Port        {head}\n" + "".join(f"{line}\n" for line in lines) for head, lines in tables)


def _switchports(device: IosDevice, rows: list[InterfaceRow]) -> str:
    ports = [row for row in rows if row.vlan != "routed" and not row.name.startswith(("Vlan", "Loopback", "Tunnel"))]
    return "\n".join(_switchport(device, row) for row in ports)


def _switchport(device: IosDevice, row: InterfaceRow) -> str:
    names = {vlan.id: vlan.name for vlan in device.switch.vlans()}
    access = int(_value(device, row, "switchport access vlan", "1"))
    native = int(_value(device, row, "switchport trunk native vlan", "1"))
    voice = _value(device, row, "switchport voice vlan", "none")
    mode = _value(device, row, "switchport mode", "dynamic auto")
    administrative = {"access": "static access"}.get(mode, mode)
    operational = "down" if row.status != "connected" else "trunk" if row.vlan == "trunk" else "static access"
    allowed = _allowed(device, row)
    node = _node(device, row)
    negotiation = "Off" if node is not None and node.has("switchport nonegotiate") else "On"
    rows = (
        ("Name", row.short),
        ("Switchport", "Enabled"),
        ("Administrative Mode", administrative),
        ("Operational Mode", operational),
        ("Administrative Trunking Encapsulation", "dot1q"),
        ("Negotiation of Trunking", negotiation),
        ("Access Mode VLAN", f"{access} ({names.get(access, 'Inactive')})"),
        ("Trunking Native Mode VLAN", f"{native} ({names.get(native, 'Inactive')})"),
        ("Voice VLAN", voice if not voice.isdigit() else f"{voice} ({names.get(int(voice), 'Inactive')})"),
        ("Trunking VLANs Enabled", "ALL" if allowed == _ALL else collapse(allowed)),
        ("Pruning VLANs Enabled", "2-1001"),
        ("Protected", "false"),
    )
    return "".join(f"{name}: {value}\n" for name, value in rows)


def _descriptions(device: IosDevice, rows: list[InterfaceRow]) -> str:
    lines = ["Interface                      Status         Protocol Description"]
    for row in rows:
        status = {"disabled": "admin down", "connected": "up"}.get(row.status, "down")
        protocol = "up" if row.status == "connected" else "down"
        lines.append(f"{row.short:<30} {status:<14} {protocol:<8} {row.description}".rstrip())
    return "\n".join(lines) + "\n"


def port_mac(device: IosDevice, name: str) -> str:
    """A MAC address for a port that stays the same."""
    base = int(member_mac(device, 1), 16)
    digits = f"{base + 1 + zlib.crc32(name.encode()) % 0x7F:012x}"
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def _details(device: IosDevice, row: InterfaceRow) -> str:
    state = {"disabled": "administratively down", "connected": "up"}.get(row.status, "down")
    protocol = "up (connected)" if row.status == "connected" else f"down ({row.status})"
    mac = port_mac(device, row.name)
    hardware = "Ethernet SVI" if row.name.startswith("Vlan") else "Gigabit Ethernet"
    lines = [
        f"{row.name} is {state}, line protocol is {protocol}",
        f"  Hardware is {hardware}, address is {mac} (bia {mac})",
    ]
    if row.description:
        lines.append(f"  Description: {row.description}")
    if row.address:
        lines.append(f"  Internet address is {row.address}")
    lines += [
        "  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec, ",
        "     reliability 255/255, txload 1/255, rxload 1/255",
        "  Encapsulation ARPA, loopback not set",
        "  Keepalive set (10 sec)",
    ]
    if not is_virtual(row.name):
        duplex = {"a-full": "Full-duplex", "full": "Full-duplex", "half": "Half-duplex"}.get(row.duplex, "Auto-duplex")
        speed = {"a-1000": "1000Mb/s", "auto": "Auto-speed"}.get(row.speed, f"{row.speed}Mb/s")
        lines.append(f"  {duplex}, {speed}, media type is {row.type or 'Not Present'}")
    lines += [
        "  Last input 00:00:01, output 00:00:00, output hang never",
        "  5 minute input rate 0 bits/sec, 0 packets/sec",
        "  5 minute output rate 0 bits/sec, 0 packets/sec",
        "     0 packets input, 0 bytes, 0 no buffer",
        "     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored",
        "     0 packets output, 0 bytes, 0 underruns",
    ]
    return "\n".join(lines) + "\n"


def show_power(shell: Shell, words: Words) -> str:
    """`show power inline`: every PoE port is idle, the lab has no powered devices."""
    device = shell.device
    if not device.switch.catalogue.poe:
        raise words.refuse() if words.text else CommandError("% Inline power is not supported on this platform\n")
    lines = [
        "Available:740.0(w)  Used:0.0(w)  Remaining:740.0(w)",
        "",
        "Interface Admin  Oper       Power   Device              Class Max",
        "                            (Watts)                            ",
        "--------- ------ ---------- ------- ------------------- ----- ----",
    ]
    for row in _selected(device, words):
        if row.type != "10/100/1000BaseTX":
            continue
        admin = _value(device, row, "power inline", "auto").partition(" ")[0]
        admin = "off" if admin == "never" else admin
        lines.append(f"{row.short:<9} {admin:<6} off        0.0     n/a                 n/a   30.0")
    return "\n".join(lines) + "\n"


def show_etherchannel(shell: Shell, words: Words) -> str:
    """`show etherchannel summary`."""
    if not words.text or not "summary".startswith(words.list[-1]):
        raise words.refuse()
    device = shell.device
    groups: dict[int, list[str]] = {}
    protocols: dict[int, str] = {}
    rows = {row.name: row for row in device.switch.interfaces()}
    for row in rows.values():
        value = _value(device, row, "channel-group")
        if value:
            number = int(value.split(maxsplit=1)[0])
            flag = "P" if row.status == "connected" else "D"
            groups.setdefault(number, []).append(f"{short_name(row.name)}({flag})")
            protocols[number] = "-" if value.endswith(" on") else "LACP" if "ive" in value else "PAgP"
    head = (
        "Flags:  D - down        P - bundled in port-channel\n        I - stand-alone s - suspended\n"
        "        R - Layer3      S - Layer2\n        U - in use      f - failed to allocate aggregator\n\n\n"
        f"Number of channel-groups in use: {len(groups)}\nNumber of aggregators:           {len(groups)}\n\n"
        "Group  Port-channel  Protocol    Ports\n"
        "------+-------------+-----------+-----------------------------------------------\n"
    )
    lines = ""
    for number, ports in sorted(groups.items()):
        state = "SU" if any(port.endswith("(P)") for port in ports) else "SD"
        lines += f"{number:<6} Po{number}({state}){'':<6} {protocols[number]:<11} {' '.join(ports)}\n"
    return head + lines + "\n"


def show_macs(shell: Shell, _: Words) -> str:
    """`show mac address-table`: the devices at the other ends of the cables."""
    device = shell.device
    found = [(end.port, end.device.mac) for end in device.neighbours if end.up()]
    head = (
        "          Mac Address Table\n-------------------------------------------\n\n"
        "Vlan    Mac Address       Type        Ports\n----    -----------       --------    -----\n"
    )
    rows = "".join(f"   1    {mac[:4]}.{mac[4:8]}.{mac[8:]}    DYNAMIC     {short_name(port)}\n" for port, mac in found)
    return f"{head}{rows}Total Mac Addresses for this criterion: {len(found)}\n"


COMMANDS = (
    Command("show interfaces", show_interfaces, words=True, level=USER),
    Command("show power inline", show_power, words=True, level=USER),
    Command("show etherchannel", show_etherchannel, words=True, level=USER),
    Command("show mac address-table", show_macs, words=True, level=USER),
)
