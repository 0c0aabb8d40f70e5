"""`show vlan`, `show vtp status`, `show spanning-tree`: the VLANs and what keeps them free of loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.shell.command import Command
from trustctl.lab.makes.cisco_ios.shell.grammar import USER, Words
from trustctl.lab.makes.cisco_ios.shell.show.version import member_mac

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.device import IosDevice
    from trustctl.lab.makes.cisco_ios.model.status import VlanRow
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell

_PORTS_WIDTH = 31
_HEAD = (
    "VLAN Name                             Status    Ports\n"
    "---- -------------------------------- --------- -------------------------------\n"
)
_TYPES = (
    "\nVLAN Type  SAID       MTU   Parent RingNo BridgeNo Stp  BrdgMode Trans1 Trans2\n"
    "---- ----- ---------- ----- ------ ------ -------- ---- -------- ------ ------\n"
)
_REMOTE = (
    "\nRemote SPAN VLANs\n------------------------------------------------------------------------------\n\n\n"
    "Primary Secondary Type              Ports\n"
    "------- --------- ----------------- ------------------------------------------\n\n"
)
_DEFAULT_PRIORITY = 32_768
_BRIDGE_COST = {"Gi": 4, "Te": 2, "Fa": 19, "Tw": 2}


def show_vlan(shell: Shell, words: Words) -> str:
    """`show vlan`, `show vlan brief`, `show vlan id N`."""
    rows = shell.device.switch.vlans()
    if words.text:
        first, *rest = words.list
        if "brief".startswith(first):
            return "\n" + _table(rows)
        if first not in {"id", "name"} or not rest:
            raise words.refuse()
        rows = [row for row in rows if rest[0] in {str(row.id), row.name}]
        if not rows:
            return f"VLAN {first} {rest[0]} not found in current VLAN database\n"
    return "\n" + _table(rows) + _TYPES + "".join(_type_row(row) for row in rows) + _REMOTE


def _table(rows: list[VlanRow]) -> str:
    return _HEAD + "".join(_vlan_rows(row) for row in rows)


def _vlan_rows(row: VlanRow) -> str:
    """One VLAN, its ports wrapped below each other."""
    lines = [""]
    for port in row.ports:
        joined = f"{lines[-1]}, {port}" if lines[-1] else port
        if len(joined) > _PORTS_WIDTH:
            lines.append(port)
        else:
            lines[-1] = joined
    first = f"{row.id:<4} {row.name:<32} {row.state:<9} {lines[0]}".rstrip()
    return "".join(f"{line}\n" for line in [first, *(" " * 48 + line for line in lines[1:])])


def _type_row(row: VlanRow) -> str:
    kind = {1002: "fddi", 1003: "tr", 1004: "fdnet", 1005: "trnet"}.get(row.id, "enet")
    return f"{row.id:<4} {kind:<5} {100000 + row.id:<10} 1500  -      -      -        -    -        0      0   \n"


def show_vtp_status(shell: Shell, _: Words) -> str:
    """`show vtp status`."""
    device = shell.device
    switch = device.switch
    mode = {"off": "Off"}.get(switch.vtp_mode, switch.vtp_mode.capitalize())
    digits = member_mac(device, 1)
    rows = (
        ("VTP Version capable", "1 to 3"),
        ("VTP version running", switch.root.value("vtp version", "1")),
        ("VTP Domain Name", switch.root.value("vtp domain")),
        ("VTP Pruning Mode", "Disabled"),
        ("VTP Traps Generation", "Disabled"),
        ("Device ID", f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"),
    )
    feature = (
        ("VTP Operating Mode", mode),
        ("Maximum VLANs supported locally", "1005"),
        ("Number of existing VLANs", str(len(switch.vlans()))),
        ("Configuration Revision", "0"),
        ("MD5 digest", "0x35 0x0C 0x1F 0x9A 0x44 0x27 0x7F 0xB4"),
    )
    head = "".join(f"{name:<32}: {value}\n" for name, value in rows)
    body = "".join(f"{name:<34}: {value}\n" for name, value in feature)
    modified = "Configuration last modified by 0.0.0.0 at 0-0-00 00:00:00\n"
    return f"{head}{modified}\nFeature VLAN:\n--------------\n{body}"


def _mode(device: IosDevice) -> str:
    return device.switch.root.value("spanning-tree mode", "pvst")


def _priority(device: IosDevice, vlan: int) -> int:
    """The bridge priority of a VLAN, from the configuration as printed."""
    for line in device.running().split("\n"):
        if line.startswith("spanning-tree vlan ") and " priority " in line:
            listed, _, value = line.removeprefix("spanning-tree vlan ").partition(" priority ")
            if vlan in _numbers(listed):
                return int(value)
    return _DEFAULT_PRIORITY


def _numbers(listed: str) -> set[int]:
    found: set[int] = set()
    for part in listed.split(","):
        first, _, last = part.partition("-")
        if first.isdigit():
            found.update(range(int(first), int(last or first) + 1))
    return found


def _tree_vlans(device: IosDevice) -> list[int]:
    return [row.id for row in device.switch.vlans() if row.state == "active"]


def show_spanning_tree(shell: Shell, words: Words) -> str:
    """`show spanning-tree`, `summary`, `root`, `vlan N`; each switch of the lab is the root of its own VLANs."""
    device = shell.device
    first, *rest = words.list or ("",)
    if first and "summary".startswith(first):
        return _summary(device)
    if first and "root".startswith(first):
        return _roots(device)
    vlans = _tree_vlans(device)
    if first:
        if not "vlan".startswith(first) or not rest:
            raise words.refuse()
        vlans = [vlan for vlan in vlans if vlan in _numbers(rest[0])]
    if not vlans:
        return "\nNo spanning tree instance exists.\n\n"
    return "".join(_tree(device, vlan) for vlan in vlans)


def _tree(device: IosDevice, vlan: int) -> str:
    protocol = {"rapid-pvst": "rstp", "mst": "mstp"}.get(_mode(device), "ieee")
    digits = member_mac(device, 1)
    address = f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"
    priority = _priority(device, vlan) + vlan
    times = "Hello Time   2 sec  Max Age 20 sec  Forward Delay 15 sec"
    rows = [row for row in device.switch.interfaces() if row.status == "connected" and row.vlan in {"trunk", str(vlan)}]
    ports = "".join(
        f"{row.short:<19} Desg FWD {_BRIDGE_COST.get(row.short[:2], 4):<9} 128.{at:<6} P2p \n"
        for at, row in enumerate(rows, start=1)
    )
    return (
        f"\nVLAN{vlan:04d}\n  Spanning tree enabled protocol {protocol}\n"
        f"  Root ID    Priority    {priority}\n             Address     {address}\n"
        f"             This bridge is the root\n             {times}\n\n"
        f"  Bridge ID  Priority    {priority}  (priority {priority - vlan} sys-id-ext {vlan})\n"
        f"             Address     {address}\n             {times}\n             Aging Time  300 sec\n\n"
        "Interface           Role Sts Cost      Prio.Nbr Type\n"
        "------------------- ---- --- --------- -------- --------------------------------\n"
        f"{ports}\n"
    )


def _roots(device: IosDevice) -> str:
    digits = member_mac(device, 1)
    address = f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"
    head = (
        "\n                                        Root    Hello Max Fwd\n"
        "Vlan                   Root ID          Cost    Time  Age Dly  Root Port\n"
        "---------------- -------------------- --------- ----- --- ---  ------------\n"
    )
    return head + "".join(
        f"VLAN{vlan:04d}         {_priority(device, vlan) + vlan:>5} {address}         0    2   20  15\n"
        for vlan in _tree_vlans(device)
    )


def _summary(device: IosDevice) -> str:
    running = device.running()
    vlans = _tree_vlans(device)

    def state(line: str) -> str:
        return "enabled" if f"\n{line}\n" in running else "disabled"

    rows = (
        ("Extended system ID", state("spanning-tree extend system-id")),
        ("Portfast Default", state("spanning-tree portfast default")),
        ("PortFast BPDU Guard Default", state("spanning-tree portfast bpduguard default")),
        ("Portfast BPDU Filter Default", state("spanning-tree portfast bpdufilter default")),
        ("Loopguard Default", state("spanning-tree loopguard default")),
    )
    listed = ", ".join(f"VLAN{vlan:04d}" for vlan in vlans)
    head = f"Switch is in {_mode(device)} mode\nRoot bridge for: {listed}\n"
    return head + "".join(f"{name:<28} is {value}\n" for name, value in rows) + "\n"


COMMANDS = (
    Command("show vlan", show_vlan, words=True, level=USER),
    Command("show vtp status", show_vtp_status, level=USER),
    Command("show spanning-tree", show_spanning_tree, words=True, level=USER),
)
