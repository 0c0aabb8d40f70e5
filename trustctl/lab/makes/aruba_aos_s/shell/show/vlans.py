"""`show vlans`: all, one, and those of ports."""

from __future__ import annotations

from trustctl.lab.makes.aruba_aos_s.model.ports import parse, sort_key
from trustctl.lab.makes.aruba_aos_s.model.state import Vlan
from trustctl.lab.makes.aruba_aos_s.shell.commands import Call, Exec


def _yes(value: bool) -> str:  # noqa: FBT001 - what is printed
    return "Yes" if value else "No "


def _named(call: Call, word: str) -> str:
    config = call.session.device.switch.config
    number = config.text(word).split()[-1:]
    return config.vlans[int(number[0])].name if number and int(number[0]) in config.vlans else ""


_TABLE = (
    "  VLAN ID Name                             | Status     Voice Jumbo\n"
    "  ------- -------------------------------- + ---------- ----- -----\n"
)


def _row(vlan: Vlan) -> str:
    voice, jumbo = _yes("voice" in vlan.lines), _yes("jumbo" in vlan.lines)
    return f"  {vlan.id:<7} {vlan.name:<32} | Port-based {voice:<5} {jumbo:<5}\n"


def all_vlans(call: Call) -> str:
    """`show vlans`."""
    switch = call.session.device.switch
    rows = "".join(_row(vlan) for vlan in sorted(switch.vlans.values(), key=lambda each: each.id))
    return (
        "\n Status and Counters - VLAN Information\n\n"
        f"  Maximum VLANs to support : {switch.vlan_limit:<20}\n"
        f"  Primary VLAN : {_named(call, 'primary-vlan') or switch.vlans[1].name}\n"
        f"  Management VLAN : {_named(call, 'management-vlan'):<12}\n\n{_TABLE}{rows} \n\n"
    )


def one_vlan(call: Call) -> str:
    """`show vlans N`."""
    switch = call.session.device.switch
    vlan = switch.vlans.get(int(call.values[0]))
    if vlan is None:
        return f"VLAN {call.values[0]} does not exist.\n"  # [unverified]
    rows = ""
    for name in sorted(vlan.untagged | vlan.tagged, key=sort_key):
        mode = "Untagged" if name in vlan.untagged else "Tagged"
        rows += f"  {name:<16} {mode:<8} Learn        {'Up' if switch.port_up(name) else 'Down':<10}\n"
    return (
        f"\n Status and Counters - VLAN Information - VLAN {vlan.id}\n\n  VLAN ID : {vlan.id:<7}\n"
        f"  Name : {vlan.name:<32}\n  Status : Port-based\n  Voice : {_yes('voice' in vlan.lines)}\n"
        f"  Jumbo : {_yes('jumbo' in vlan.lines)}\n\n  Port Information Mode     Unknown VLAN Status    \n"
        f"  ---------------- -------- ------------ ----------\n{rows} \n"
        "  Overridden Port VLAN configuration\n\n  Port  Mode        \n  ----- ------------\n \n\n"
    )


def of_ports(call: Call) -> str:
    """`show vlans ports PORTS [detail]`: the VLANs that ports are in; with `detail` one list for each port."""
    switch = call.session.device.switch
    names = parse(call.values[0], switch.port_names)
    if not call.has("detail"):
        found = [
            vlan
            for vlan in sorted(switch.vlans.values(), key=lambda each: each.id)
            if (vlan.untagged | vlan.tagged) & set(names)
        ]
        rows = "".join(_row(vlan) for vlan in found)
        return f"\n Status and Counters - VLAN Information - for ports {call.values[0]}\n\n{_TABLE}{rows} \n"
    return "".join(_port(call, name) for name in names)


def _port(call: Call, name: str) -> str:
    switch = call.session.device.switch
    rows = ""
    for vlan in sorted(switch.vlans.values(), key=lambda each: each.id):
        if name in vlan.untagged | vlan.tagged:
            mode = "Untagged" if name in vlan.untagged else "Tagged"
            voice, jumbo = _yes("voice" in vlan.lines), _yes("jumbo" in vlan.lines)
            rows += f"  {vlan.id:<7} {vlan.name[:20]:<20} | Port-based {voice:<5} {jumbo:<5} {mode:<8}\n"
    title = switch.config.ports[name].lines.get("name")
    named = f"  Port name: {title.text.split(chr(34))[1]}\n" if title else ""
    return (
        f"\n Status and Counters - VLAN Information - for ports {name}\n\n{named}"
        "  VLAN ID Name                 | Status     Voice Jumbo Mode    \n"
        f"  ------- -------------------- + ---------- ----- ----- --------\n{rows} \n"
    )


COMMANDS = (
    Exec("show vlans", all_vlans, looking=True),
    Exec("show vlans {vlan}", one_vlan, looking=True),
    Exec("show vlans ports {onlyports} [detail]", of_ports, looking=True),
)
