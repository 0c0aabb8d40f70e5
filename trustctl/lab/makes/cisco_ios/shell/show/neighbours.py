"""`show lldp neighbors` and `show cdp neighbors`: the switches at the other ends of the cables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.interfaces import short_name, split_name
from trustctl.lab.makes.cisco_ios.shell.command import Command
from trustctl.lab.makes.cisco_ios.shell.grammar import USER, Words
from trustctl.lab.makes.cisco_ios.shell.show.version import member_mac, members

if TYPE_CHECKING:
    from trustctl.lab.device import Device, Neighbour
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell


def _dotted(device: Device) -> str:
    digits = member_mac(device, 1)
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def _full_name(device: Device) -> str:
    """Host and domain name."""
    domain = device.switch.root.value("ip domain name") or device.switch.root.value("ip domain-name")
    return f"{device.switch.hostname}.{domain}" if domain else device.switch.hostname


def _address(device: Device) -> str:
    if device.spec.management_address:
        return device.spec.management_address
    return next((row.address.partition("/")[0] for row in device.switch.interfaces() if row.address), "")


def _lldp_on(device: Device) -> bool:
    return device.switch.root.has("lldp run")


def _heard(device: Device) -> list[Neighbour]:
    return [end for end in device.neighbours if end.up() and _lldp_on(end.device)]


def show_lldp(shell: Shell, words: Words) -> str:
    """`show lldp neighbors [detail]`."""
    device = shell.device
    if not _lldp_on(device):
        return "% LLDP is not enabled\n"
    heard = _heard(device)
    if words.text:
        if not "detail".startswith(words.list[-1]):
            raise words.refuse()
        return "".join(_lldp_detail(end) for end in heard) + f"\n\nTotal entries displayed: {len(heard)}\n\n"
    head = (
        "Capability codes:\n    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device\n"
        "    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other\n\n"
        "Device ID           Local Intf     Hold-time  Capability      Port ID\n"
    )
    rows = "".join(
        f"{_full_name(end.device)[:20]:<20}{short_name(end.port):<15}120        B               {short_name(end.far)}\n"
        for end in heard
    )
    return f"\n{head}{rows}\nTotal entries displayed: {len(heard)}\n\n"


def _lldp_detail(end: Neighbour) -> str:
    far = end.device
    image = far.switch.catalogue.image or "IOS"
    return (
        "------------------------------------------------\n"
        f"Local Intf: {short_name(end.port)}\nChassis id: {_dotted(far)}\nPort id: {short_name(end.far)}\n"
        f"Port Description: {end.far}\nSystem Name: {_full_name(far)}\n\nSystem Description: \n"
        f"Cisco IOS Software, {members(far)[0]} Software ({image}), Version {far.switch.version}\n\n"
        "Time remaining: 101 seconds\nSystem Capabilities: B\nEnabled Capabilities: B\nManagement Addresses:\n"
        f"    IP: {_address(far)}\nAuto Negotiation - supported, enabled\nVlan ID: 1\n\n"
    )


def _cdp_on(device: Device) -> bool:
    return "\nno cdp run\n" not in device.running()


def show_cdp(shell: Shell, words: Words) -> str:
    """`show cdp neighbors [detail]`."""
    device = shell.device
    if not _cdp_on(device):
        return "% CDP is not enabled\n"
    heard = [end for end in device.neighbours if end.up() and _cdp_on(end.device)]
    if words.text:
        if not "detail".startswith(words.list[-1]):
            raise words.refuse()
        return "".join(_cdp_detail(end) for end in heard) + f"\nTotal cdp entries displayed : {len(heard)}\n"
    head = (
        "Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge\n"
        "                  S - Switch, H - Host, I - IGMP, r - Repeater, P - Phone, \n"
        "                  D - Remote, C - CVTA, M - Two-port Mac Relay \n\n"
        "Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID\n"
    )
    rows = "".join(
        f"{_full_name(end.device)[:16]:<17}{_spaced(end.port):<18}139              S I   "
        f"{members(end.device)[0][:9]:<10}{_spaced(end.far)}\n"
        for end in heard
    )
    return f"{head}{rows}\nTotal cdp entries displayed : {len(heard)}\n"


def _spaced(port: str) -> str:
    """The short form with a blank.  Before: `GigabitEthernet1/0/1`.  After: `Gig 1/0/1`."""
    kind, number = split_name(port)
    return f"{kind[:3]} {number}"


def _cdp_detail(end: Neighbour) -> str:
    far = end.device
    return (
        "-------------------------\n"
        f"Device ID: {_full_name(far)}\nEntry address(es): \n  IP address: {_address(far)}\n"
        f"Platform: cisco {members(far)[0]},  Capabilities: Switch IGMP \n"
        f"Interface: {end.port},  Port ID (outgoing port): {end.far}\nHoldtime : 139 sec\n\n"
        f"Version :\nCisco IOS Software, Version {far.switch.version}\n\nadvertisement version: 2\nDuplex: full\n"
        f"Management address(es): \n  IP address: {_address(far)}\n\n"
    )


COMMANDS = (
    Command("show lldp neighbors", show_lldp, words=True, level=USER),
    Command("show cdp neighbors", show_cdp, words=True, level=USER),
)
