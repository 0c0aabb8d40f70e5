"""`show ip ...`, `show hosts`, `show snmp user`, `show ntp status`: addresses, routes and services."""

from __future__ import annotations

import re
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.shell.command import Command
from trustctl.lab.makes.cisco_ios.shell.grammar import USER, Words

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.status import InterfaceRow
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell

_STATIC = re.compile(r"^ip route (\S+) (\S+) (\S+)", re.MULTILINE)
_GATEWAY = re.compile(r"^ip default-gateway (\S+)", re.MULTILINE)
_SSH_TIMEOUT = re.compile(r"^ip ssh time-out (\d+)", re.MULTILINE)
_SSH_RETRIES = re.compile(r"^ip ssh authentication-retries (\d+)", re.MULTILINE)
_NTP = re.compile(r"^ntp server (?:vrf \S+ )?(\S+)", re.MULTILINE)


def show_brief(shell: Shell, words: Words) -> str:
    """`show ip interface brief`."""
    if words.text and not "brief".startswith(words.text):
        raise words.refuse()
    lines = ["Interface              IP-Address      OK? Method Status                Protocol"]
    lines += [_brief(row) for row in shell.device.switch.interfaces() if not _layer2(row)]
    return "\n".join(lines) + "\n"


def _layer2(row: InterfaceRow) -> bool:
    return False if row.address else row.name.startswith("Tunnel")


def _brief(row: InterfaceRow) -> str:
    status = {"disabled": "administratively down", "connected": "up"}.get(row.status, "down")
    address = row.address.partition("/")[0] or "unassigned"
    method = "NVRAM " if row.address else "unset "
    protocol = "up" if row.status == "connected" else "down"
    return f"{row.name:<22} {address:<15} YES {method} {status:<21} {protocol}"


def show_route(shell: Shell, words: Words) -> str:
    """`show ip route`; a switch that does not route shows its gateway."""
    device = shell.device
    running = device.running()
    connected = [row for row in device.switch.interfaces() if row.address and row.status == "connected"]
    if "\nip routing\n" not in running:
        gateway = _GATEWAY.search(running)
        via = gateway[1] if gateway else "is not set"
        head = "Host               Gateway           Last Use    Total Uses  Interface\nICMP redirect cache is empty\n"
        return f"Default gateway is {via}\n\n{head}"
    static = [found.groups() for found in _STATIC.finditer(running)]
    default = next((hop for net, mask, hop in static if (net, mask) == ("0.0.0.0", "0.0.0.0")), "")  # noqa: S104 - a route
    lines = [
        "Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP",
        "       * - candidate default",
        "",
    ]
    lines.append(
        f"Gateway of last resort is {default} to network 0.0.0.0" if default else "Gateway of last resort is not set"
    )
    lines.append("")
    for net, mask, hop in static:
        network = IPv4Interface(f"{net}/{mask}").network
        lines.append(f"S{'*' if network.prefixlen == 0 else ' '}    {network} [1/0] via {hop}")
    for row in connected:
        interface = IPv4Interface(row.address)
        lines.append(f"C     {interface.network} is directly connected, {row.name}")
        lines.append(f"L     {interface.ip}/32 is directly connected, {row.name}")
    return "\n".join(lines) + "\n"


def show_ssh(shell: Shell, _: Words) -> str:
    """`show ip ssh`."""
    running = shell.device.running()
    version = "2.0" if "\nip ssh version 2\n" in running else "1.99"
    timeout, retries = _SSH_TIMEOUT.search(running), _SSH_RETRIES.search(running)
    return (
        f"SSH Enabled - version {version}\n"
        "Authentication methods:publickey,keyboard-interactive,password\n"
        f"Authentication timeout: {timeout[1] if timeout else 120} secs; "
        f"Authentication retries: {retries[1] if retries else 3}\n"
        "Minimum expected Diffie Hellman key size : 2048 bits\n"
    )


def show_hosts(shell: Shell, _: Words) -> str:
    """`show hosts`."""
    root = shell.device.switch.root
    domain = root.value("ip domain name") or root.value("ip domain-name")
    first = f"Default domain is {domain}" if domain else "Default domain is not set"
    head = "Host                      Port  Flags      Age Type   Address(es)\n"
    return f"{first}\nName/address lookup uses static mappings\n\n{head}"


def show_snmp_user(shell: Shell, _: Words) -> str:
    """`show snmp user`: the SNMPv3 users, which the configuration does not show."""
    parts: list[str] = []
    for name, line in sorted(shell.device.switch.hidden_snmp_users.items()):
        words = line.split()
        auth = words[words.index("auth") + 1].upper() if "auth" in words else "None"
        privacy = "None"
        if "priv" in words:
            kind = words[words.index("priv") + 1].upper()
            after = words[words.index("priv") + 2] if len(words) > words.index("priv") + 2 else ""
            privacy = f"{kind}{after}" if after.isdigit() else kind
        group = words[words.index("user") + 2] if "user" in words and len(words) > words.index("user") + 2 else ""
        parts.append(
            f"\nUser name: {name.split()[0]}\nEngine ID: 800000090300001122334400\n"
            f"storage-type: nonvolatile        active\nAuthentication Protocol: {auth}\n"
            f"Privacy Protocol: {privacy}\nGroup-name: {group}\n"
        )
    return "".join(parts) + "\n"


def show_ntp_status(shell: Shell, _: Words) -> str:
    """`show ntp status`: in the lab a configured server is heard at once."""
    server = _NTP.search(shell.device.running())
    if server is None:
        return "Clock is unsynchronized, stratum 16, no reference clock\n"
    return f"Clock is synchronized, stratum 3, reference is {server[1]}\n"


def show_ntp_associations(shell: Shell, _: Words) -> str:
    """`show ntp associations`."""
    head = "\n  address         ref clock       st   when   poll reach  delay  offset   disp\n"
    servers = _NTP.findall(shell.device.running())
    rows = "".join(
        f"{'*' if at == 0 else '+'}~{server:<15} .GPS.            2     12     64   377  1.000   0.100  1.200\n"
        for at, server in enumerate(servers)
    )
    return f"{head}{rows} * sys.peer, # selected, + candidate, - outlyer, x falseticker, ~ configured\n"


COMMANDS = (
    Command("show ip interface", show_brief, words=True, level=USER),
    Command("show ip route", show_route, words=True, level=USER),
    Command("show ip ssh", show_ssh, level=USER),
    Command("show hosts", show_hosts, words=True, level=USER),
    Command("show snmp user", show_snmp_user, words=True),
    Command("show ntp status", show_ntp_status, level=USER),
    Command("show ntp associations", show_ntp_associations, words=True, level=USER),
)
