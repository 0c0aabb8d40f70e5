"""`show interfaces`, `show trunks`, `show lacp`, `show power-over-ethernet`, `show mac-address`."""

from __future__ import annotations

from trustctl.lab.makes.aruba_aos_s.model.network import governing
from trustctl.lab.makes.aruba_aos_s.model.ports import is_trunk, parse, sort_key
from trustctl.lab.makes.aruba_aos_s.shell.commands import Call, Exec

_KINDS = {"trunk": "Trunk", "lacp": "LACP", "dt-trunk": "DT-Trunk", "dt-lacp": "DT-LACP"}


def _physical(call: Call) -> list[str]:
    return sorted((name for name in call.session.device.switch.port_names if not is_trunk(name)), key=sort_key)


def _spelled(call: Call, port: str) -> str:
    """A port with the trunk group that it is in: `23-Trk1`."""
    group = governing(call.session.device.switch, port)
    return port if group == port else f"{port}-{group}"


def _title(call: Call, port: str) -> str:
    line = call.session.device.switch.config.ports[port].lines.get("name")
    return line.text.split('"')[1] if line else ""


def _kind(port: str) -> str:
    return "SFP+SR" if any(letter.isalpha() for letter in port) else "100/1000T"


def brief(call: Call) -> str:
    """`show interfaces brief [PORTS]`."""
    switch = call.session.device.switch
    names = parse(call.values[0], switch.port_names) if call.values else _physical(call)
    rows = ""
    for name in names:
        on = not switch.config.ports[name].has("disable")
        up = switch.port_up(name)
        rows += (
            f"  {_spelled(call, name):<9} {_kind(name):<10} | No        {'Yes' if on else 'No':<7} "
            f"{'Up' if up else 'Down':<6} 1000FDx    {'MDIX' if up else 'Auto':<4} off  0    \n"
        )
    return (
        "\n Status and Counters - Port Status\n\n"
        "                       | Intrusion                           MDI  Flow Bcast\n"
        "  Port      Type       | Alert     Enabled Status Mode       Mode Ctrl Limit\n"
        f"  --------- ---------- + --------- ------- ------ ---------- ---- ---- -----\n{rows}\n"
    )


def status(call: Call) -> str:
    """`show interfaces status`."""
    switch = call.session.device.switch
    rows = ""
    for name in _physical(call):
        group = governing(switch, name)
        tags = [vlan.id for vlan in switch.vlans.values() if group in vlan.tagged]
        tagged = "multi" if len(tags) > 1 else str(tags[0]) if tags else "No"
        home = switch.config.vlan_of(group)
        title = _title(call, name)
        link = "Up" if switch.port_up(name) else "Down"
        shown = title if len(title) <= 10 else f"{title[:7]}..."  # noqa: PLR2004 - the width of the column
        rows += (
            f"  {_spelled(call, name):<8} {shown:<10} {link:<7} Auto          1000FDx  "
            f"{_kind(name):<10} {tagged:<6} {home or 'No'}\n"
        )
    return (
        "\n  Port     Name       Status  Config-mode   Speed    Type       Tagged Untagged\n"
        f"  -------- ---------- ------- ------------- -------- ---------- ------ --------\n{rows}\n"
    )


def counters(call: Call) -> str:
    """`show interfaces`."""
    rows = "".join(
        f"  {_spelled(call, name):<10} 0              0              0            0            off \n"
        for name in _physical(call)
    )
    return (
        "\n Status and Counters - Port Counters\n\n"
        "                                                                     Flow\n"
        "  Port       Total Bytes    Total Frames   Errors Rx    Drops Tx     Ctrl\n"
        f"  ---------- -------------- -------------- ------------ ------------ ----\n{rows} \n"
    )


def one_port(call: Call) -> str:
    """`show interfaces PORT`."""
    device = call.session.device
    text = ""
    for name in parse(call.values[0], device.switch.port_names):
        digits = f"{int(device.mac, 16) + sort_key(name)[-1]:012x}"
        text += (
            f"\n Status and Counters - Port Counters for port {name:<24}\n\n  Name  : {_title(call, name):<64}\n"
            f"  MAC Address      : {digits[:6]}-{digits[6:]}\n"
            f"  Link Status      : {'Up' if device.switch.port_up(name) else 'Down'}\n"
            f"  Port Enabled     : {'No' if device.switch.config.ports[name].has('disable') else 'Yes':<7}\n\n"
        )
    return text


def trunks(call: Call) -> str:
    """`show trunks`."""
    config = call.session.device.switch.config
    rows = "".join(
        f"  {name:<6} | {_title(call, name):<32} {_kind(name):<10} | {group.name:<5} {_KINDS[group.kind]:<8}\n"
        for group in sorted(config.trunks.values(), key=lambda each: sort_key(each.name))
        for name in sorted(group.ports, key=sort_key)
    )
    return (
        "\n Load Balancing Method:  L3-based (default)\n\n"
        "  Port   | Name                             Type       | Group Type    \n"
        f"  ------ + -------------------------------- ---------- + ----- --------\n{rows} \n"
    )


def power(call: Call) -> str:
    """`show power-over-ethernet brief`."""
    switch = call.session.device.switch
    if not switch.model.poe:
        return "Power over Ethernet is not supported on this switch.\n"  # [unverified]
    rows = ""
    for name in _physical(call):
        line = switch.config.ports[name].lines.get("power-over-ethernet")
        off = line is not None and line.text.startswith("no ")
        level = line.text.split()[-1] if line is not None and not off else "low"
        enabled, state = ("No", "Disabled") if off else ("Yes", "Searching")
        rows += f"  {name:<6} {enabled:<6} {level:<8} usage    17 W    -        0.0 W   {state}\n"
    return (
        "\n Status and Counters - Port Power Status\n\n"
        "  Port   Enable Priority AllocBy  Value   Config   Draw    Status\n"
        f"  ------ ------ -------- -------- ------- -------- ------- ----------\n{rows}\n"
    )


def macs(call: Call) -> str:
    """`show mac-address`: the devices at the other ends of the cables."""
    device = call.session.device
    rows = "".join(
        f"  {end.device.mac[:6]}-{end.device.mac[6:]} {end.port:<8} {device.switch.untagged_vlan(end.port) or 1}\n"
        for end in device.neighbours
        if end.up()
    )
    head = "  MAC Address   Port     VLAN\n  ------------- -------- ----\n"
    return f"\n Status and Counters - Port Address Table\n\n{head}{rows}\n"


COMMANDS = (
    Exec("show interfaces", counters, looking=True),
    Exec("show interfaces {onlyports}", one_port, looking=True),
    Exec("show interfaces brief [{onlyports}]", brief, looking=True),
    Exec("show interfaces status", status, looking=True),
    Exec("show trunks", trunks, looking=True),
    Exec("show lacp", trunks, looking=True),
    Exec("show power-over-ethernet [brief]", power, looking=True),
    Exec("show mac-address", macs, looking=True),
)
