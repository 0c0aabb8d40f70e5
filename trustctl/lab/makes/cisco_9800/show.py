"""Exec commands that a controller answers otherwise than a switch, or alone.

Source of `show version`: a recorded session of a C9800-L on 17.6. The wireless summaries' columns are [unverified].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_9800.commands.states import is_on, name_of
from trustctl.lab.makes.cisco_ios.shell.command import Command
from trustctl.lab.makes.cisco_ios.shell.grammar import USER, Words
from trustctl.lab.makes.cisco_ios.shell.show.version import members, serial
from trustctl.lab.makes.cisco_ios.times import spell_uptime, stamp

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.device import IosDevice
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell


def _short(version: str) -> str:
    """Before: `17.06.05`.  After: `17.6.5`."""
    return ".".join(part.lstrip("0") or "0" for part in version.split("."))


def show_version(shell: Shell, _: Words) -> str:
    """`show version`."""
    device = shell.device
    switch = device.switch
    uptime = spell_uptime(device.clock.uptime())
    digits = device.mac.upper()
    mac = ":".join(digits[at : at + 2] for at in range(0, 12, 2))
    software = f"C9800 Software ({switch.catalogue.image}), Version {_short(switch.version)}, RELEASE SOFTWARE (fc3)"
    lines = [
        f"Cisco IOS XE Software, Version {switch.version}",
        f"Cisco IOS Software [Cupertino], {software}",
        "Technical Support: http://www.cisco.com/techsupport",
        "",
        "ROM: 16.12(3r)",
        "",
        f"{switch.hostname} uptime is {uptime}",
        f"Uptime for this control processor is {uptime}",
        f"System returned to ROM by {device.reload_reason}",
        f"System restarted at {stamp(device.clock, device.clock.booted_at())}",
        f'System image file is "bootflash:{switch.image_file}"',
        f"Last reload reason: {device.reload_reason}",
        "",
        f"cisco {members(device)[0]} (KATAR) processor (revision KATAR) with 1688671K/6147K bytes of memory.",
        f"Processor board ID {serial(device)}",
        "Router operating mode: Autonomous",
        *_ports(device),
        "32768K bytes of non-volatile configuration memory.",
        "",
        f"Base Ethernet MAC Address          : {mac}",
        "",
        "Installation mode is INSTALL",
        "",
        "Configuration register is 0x2102",
        "",
    ]
    return "\n".join(lines) + "\n"


def _ports(device: IosDevice) -> list[str]:
    spelled = {"Two": "2.5 Gigabit Ethernet", "Ten": "Ten Gigabit Ethernet", "Gig": "Gigabit Ethernet"}
    counts = {
        word: sum(row.name.startswith(start) for row in device.switch.interfaces()) for start, word in spelled.items()
    }
    return [f"{count} {word} interfaces" for word, count in counts.items() if count]


def show_wlans(shell: Shell, _: Words) -> str:
    """`show wlan summary`."""
    found = list(shell.device.switch.root.starting("wlan "))
    rows = [f"{name_of(node):<34}{'UP' if is_on(node) else 'DOWN'}" for node in found]
    return "\n".join([f"Number of WLANs: {len(rows)}", "", f"{'Profile Name':<34}Status", "-" * 40, *rows, ""]) + "\n"


def show_policies(shell: Shell, _: Words) -> str:
    """`show wireless profile policy summary`."""
    found = list(shell.device.switch.root.starting("wireless profile policy "))
    rows = [f"{name_of(node):<34}{'ENABLED' if is_on(node) else 'DISABLED'}" for node in found]
    return "\n".join([f"Number of Policy Profiles: {len(rows)}", "", *rows, ""]) + "\n"


COMMANDS = (
    Command("show version", show_version, words=True, level=USER),
    Command("show wlan summary", show_wlans, level=USER),
    Command("show wireless profile policy summary", show_policies, level=USER),
)
