"""`show lldp neighbors` and `show cdp neighbors`: the switches at the other ends of the cables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.advert import speaks
from trustctl.lab.makes.cisco_ios.model.interfaces import short_name, split_name
from trustctl.lab.makes.cisco_ios.shell.command import Command
from trustctl.lab.makes.cisco_ios.shell.grammar import USER, Words
from trustctl.lab.neighbours import Advert, Discovery

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.device import IosDevice
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell


def _heard(device: IosDevice, protocol: Discovery) -> list[tuple[str, Advert]]:
    """The ports here, in full, and what is heard on each."""
    return [(end.port, advert) for end in device.neighbours if (advert := end.heard(protocol)) is not None]


def show_lldp(shell: Shell, words: Words) -> str:
    """`show lldp neighbors [detail]`."""
    if not speaks(shell.device, Discovery.LLDP):
        return "% LLDP is not enabled\n"
    heard = _heard(shell.device, Discovery.LLDP)
    if words.text:
        if not "detail".startswith(words.list[-1]):
            raise words.refuse()
        details = "".join(_lldp_detail(port, advert) for port, advert in heard)
        return f"{details}\n\nTotal entries displayed: {len(heard)}\n\n"
    head = (
        "Capability codes:\n    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device\n"
        "    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other\n\n"
        "Device ID           Local Intf     Hold-time  Capability      Port ID\n"
    )
    rows = "".join(
        f"{advert.system[:20]:<20}{short_name(port):<15}120        {_capabilities(advert):<16}{advert.port}\n"
        for port, advert in heard
    )
    return f"\n{head}{rows}\nTotal entries displayed: {len(heard)}\n\n"


def _capabilities(advert: Advert) -> str:
    return "B,R" if advert.router else "B"


def _lldp_detail(port: str, advert: Advert) -> str:
    chassis = f"{advert.chassis[:4]}.{advert.chassis[4:8]}.{advert.chassis[8:]}"
    return (
        "------------------------------------------------\n"
        f"Local Intf: {short_name(port)}\nChassis id: {chassis}\nPort id: {advert.port}\n"
        f"Port Description: {advert.port_description}\nSystem Name: {advert.system}\n\nSystem Description: \n"
        f"{advert.description}\n\n"
        f"Time remaining: 101 seconds\nSystem Capabilities: {_capabilities(advert)}\n"
        f"Enabled Capabilities: {_capabilities(advert)}\nManagement Addresses:\n"
        f"    IP: {advert.address}\nAuto Negotiation - supported, enabled\nVlan ID: 1\n\n"
    )


def show_cdp(shell: Shell, words: Words) -> str:
    """`show cdp neighbors [detail]`."""
    if not speaks(shell.device, Discovery.CDP):
        return "% CDP is not enabled\n"
    heard = _heard(shell.device, Discovery.CDP)
    if words.text:
        if not "detail".startswith(words.list[-1]):
            raise words.refuse()
        details = "".join(_cdp_detail(port, advert) for port, advert in heard)
        return f"{details}\nTotal cdp entries displayed : {len(heard)}\n"
    head = (
        "Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge\n"
        "                  S - Switch, H - Host, I - IGMP, r - Repeater, P - Phone, \n"
        "                  D - Remote, C - CVTA, M - Two-port Mac Relay \n\n"
        "Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID\n"
    )
    rows = "".join(
        f"{advert.system[:16]:<17}{_spaced(port):<18}139              S I   "
        f"{advert.platform.removeprefix('cisco ')[:9]:<10}{_spaced(advert.port)}\n"
        for port, advert in heard
    )
    return f"{head}{rows}\nTotal cdp entries displayed : {len(heard)}\n"


def _spaced(port: str) -> str:
    """The short form with a blank.  Before: `GigabitEthernet1/0/1`.  After: `Gig 1/0/1`."""
    kind, number = split_name(port)
    return f"{kind[:3]} {number}"


def _cdp_detail(port: str, advert: Advert) -> str:
    return (
        "-------------------------\n"
        f"Device ID: {advert.system}\nEntry address(es): \n  IP address: {advert.address}\n"
        f"Platform: {advert.platform},  Capabilities: Switch IGMP \n"
        f"Interface: {port},  Port ID (outgoing port): {advert.port}\nHoldtime : 139 sec\n\n"
        f"Version :\n{advert.version}\n\nadvertisement version: 2\nDuplex: full\n"
        f"Management address(es): \n  IP address: {advert.address}\n\n"
    )


COMMANDS = (
    Command("show lldp neighbors", show_lldp, words=True, level=USER),
    Command("show cdp neighbors", show_cdp, words=True, level=USER),
)
