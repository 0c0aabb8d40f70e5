"""Time, addresses, routes, the log, spanning tree."""

from __future__ import annotations

from ipaddress import IPv4Interface

from trustctl.lab.makes.aruba_aos_s.model.network import DHCP, addresses
from trustctl.lab.makes.aruba_aos_s.shell.commands import Call, Exec


def time(call: Call) -> str:
    """`show time`."""
    at = call.session.device.clock.now()
    return f"{at:%a %b} {at.day:>2} {at:%H:%M:%S %Y}\n"


def uptime(call: Call) -> str:
    """`show uptime`."""
    seconds = int(call.session.device.clock.uptime())
    days, rest = divmod(seconds, 86_400)
    return f"{days:04d}:{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}.00\n"


def addresses_shown(call: Call) -> str:
    """`show ip`."""
    switch = call.session.device.switch
    config = switch.config
    gateway = config.text("ip default-gateway").split()[-1:] or [""]
    rows = ""
    for vlan in config.vlans.values():
        found = [address for interface, address in addresses(switch) if interface.vlan == vlan.id]
        kind = "DHCP/Bootp" if DHCP in vlan.addresses else "Manual" if vlan.addresses else "Disabled"
        if not found:
            rows += f"  {vlan.name[:20]:<20} | {kind:<10}\n"
        for address in found:
            rows += f"  {vlan.name[:20]:<20} | {kind:<10} {address.ip!s:<15} {address.netmask!s:<15}  No    No\n"
    return (
        f"\n Internet (IP) Service\n\n  IP Routing : {'Enabled' if config.has('ip routing') else 'Disabled'}\n\n"
        f"  Default Gateway : {gateway[0]:<15}\n  Default TTL     : 64   \n  Arp Age         : 20  \n"
        "  Domain Suffix   : \n  DNS server      : \n\n"
        "                       |                                            Proxy ARP\n"
        "  VLAN                 | IP Config  IP Address      Subnet Mask     Std  Local\n"
        f"  -------------------- + ---------- --------------- --------------- ----------\n{rows}\n"
    )


def routes(call: Call) -> str:
    """`show ip route`."""
    switch = call.session.device.switch
    rows: list[tuple[str, str]] = []
    for line in switch.config.starting("ip route "):
        words = line.text.split()
        network = IPv4Interface(f"{words[2]}/{words[3]}").network
        rows.append((str(network), f"  {network!s:<18} {words[4]:<15}      static               1          1    \n"))
    for interface, address in addresses(switch):
        name = switch.config.vlans[interface.vlan].name if interface.vlan in switch.config.vlans else interface.name
        vlan = interface.vlan or ""
        rows.append(
            (
                str(address.network),
                f"  {address.network!s:<18} {name[:15]:<15} {vlan:<4} connected            1          0    \n",
            )
        )
    return (
        "\n                                IP Route Entries\n\n"
        "  Destination        Gateway         VLAN Type      Sub-Type   Metric     Dist.\n"
        "  ------------------ --------------- ---- --------- ---------- ---------- -----\n"
        f"{''.join(row for _, row in sorted(rows))} \n\n"
    )


def arp(call: Call) -> str:
    """`show arp`: gateways that answer."""
    device = call.session.device
    rows = "".join(
        f"  {gateway:<16} 001c73-aabbcc     dynamic \n"
        for gateway in sorted(device.switch.assumed.gateways)
        if device.answers_ping(gateway)
    )
    return (
        "\n IP ARP table\n\n  IP Address       MAC Address       Type    Port\n"
        f"  ---------------  ----------------- ------- ----\n{rows}\n\n"
    )


def log(call: Call) -> str:
    """`show logging`."""
    lines = call.session.device.syslog_lines
    shown = "".join(f"{line}\n" for line in (reversed(lines) if call.has("-r") else lines))
    return (
        " Keys:   W=Warning   I=Information\n         M=Major     D=Debug E=Error\n"
        "----  Event Log listing: Events Since Boot  ----\n"
        f"{shown}----  Bottom of Log : Events Listed = {len(lines)}  ----\n"
    )


def spanning_tree(call: Call) -> str:
    """`show spanning-tree`: whether it is on, and its priority."""
    device = call.session.device
    config = device.switch.config
    if not config.has("spanning-tree"):
        return "\n Multiple Spanning Tree (MST) Information\n\n  STP Enabled   : No \n\n"
    priority = (config.text("spanning-tree priority").split() or ["8"])[-1]
    mac = f"{device.mac[:6]}-{device.mac[6:]}"
    return (
        "\n Multiple Spanning Tree (MST) Information\n\n  STP Enabled   : Yes\n  Force Version : MSTP-operation\n"
        f"  IST Mapped VLANs : 1-4094\n  Switch MAC Address : {mac}\n  Switch Priority    : {int(priority) * 4096}\n"
        "  Max Age  : 20\n  Max Hops : 20\n  Forward Delay : 15\n\n"
    )


COMMANDS = (
    Exec("show time", time, looking=True),
    Exec("show uptime", uptime, looking=True),
    Exec("show ip", addresses_shown, looking=True),
    Exec("show ip route", routes, looking=True),
    Exec("show arp", arp, looking=True),
    Exec("show logging [-r]", log, looking=True),
    Exec("show spanning-tree", spanning_tree, looking=True),
)
