"""`show version`, `show inventory`, `show switch`, `show clock`, `show boot`, `show reload`: what the box is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from trustctl.lab.faults import FaultKind
from trustctl.lab.makes.cisco_ios.model.catalogue import Family
from trustctl.lab.makes.cisco_ios.model.interfaces import split_name
from trustctl.lab.makes.cisco_ios.shell.command import Command
from trustctl.lab.makes.cisco_ios.shell.grammar import USER, Words
from trustctl.lab.makes.cisco_ios.times import spell_uptime, stamp

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.device import IosDevice
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell

_MEMORY = {
    Family.IOS12: "with 131072K bytes of memory",
    Family.IOS15: "with 524288K bytes of memory",
    Family.IOSXE: "with 1333273K/6147K bytes of memory",
}
_PROCESSOR = {
    Family.IOS12: "(PowerPC405) processor (revision R0)",
    Family.IOS15: "(APM86XXX) processor (revision A0)",
    Family.IOSXE: "(ARM64) processor",
}
_SPELLED = {
    "Vlan": "Virtual Ethernet",
    "FastEthernet": "FastEthernet",
    "GigabitEthernet": "Gigabit Ethernet",
    "TenGigabitEthernet": "Ten Gigabit Ethernet",
    "TwentyFiveGigE": "TwentyFive Gigabit Ethernet",
    "FortyGigabitEthernet": "Forty Gigabit Ethernet",
    "HundredGigE": "Hundred Gigabit Ethernet",
    "TwoGigabitEthernet": "2.5 Gigabit Ethernet",
    "FiveGigabitEthernet": "Five Gigabit Ethernet",
    "AppGigabitEthernet": "AppGigabit Ethernet",
}


def serial(device: IosDevice, member: int = 1) -> str:
    """The serial number of a stack member; a fault may put another box there."""
    fault = device.faults.get(FaultKind.SERIAL)
    first = fault.text if fault and fault.text else device.spec.serial
    if member == 1:
        return first
    return f"{first[:-1]}{chr(ord('A') + (ord(first[-1]) + member) % 26)}"


def members(device: IosDevice) -> tuple[str, ...]:
    """The product numbers of all stack members, member 1 first."""
    return device.switch.models


def member_mac(device: IosDevice, member: int) -> str:
    """The base MAC address of a stack member, as twelve hexadecimal digits."""
    return f"{int(device.mac, 16) + (member - 1) * 0x80:012x}"


def _ports_of(device: IosDevice, member: int) -> list[str]:
    stacked = len(members(device)) > 1 or any("/" in row.name[-6:] for row in device.switch.interfaces())
    names = [row.name for row in device.switch.interfaces() if "/" in row.name]
    if not stacked:
        return names
    return [name for name in names if name.count("/") == 1 or split_name(name)[1].startswith(f"{member}/")]


def _interface_counts(device: IosDevice) -> list[str]:
    kinds = Counter(split_name(row.name)[0] for row in device.switch.interfaces())
    order = sorted((kind for kind in kinds if kind in _SPELLED), key=list(_SPELLED).index)
    return [f"{kinds[kind]} {_SPELLED[kind]} interface{'s' if kinds[kind] != 1 else ''}" for kind in order]


def _software_lines(device: IosDevice) -> list[str]:
    switch = device.switch
    image, version = switch.catalogue.image or "IOS-UNIVERSALK9-M", switch.version
    year = 2023
    if switch.family is Family.IOSXE:
        short = ".".join(str(int(part)) if part.isdigit() else part.lstrip("0") for part in version.split("."))
        product = f"Catalyst L3 Switch Software ({image})"
        return [
            f"Cisco IOS XE Software, Version {version}",
            f"Cisco IOS Software [Cupertino], {product}, Version {short}, RELEASE SOFTWARE (fc3)",
            "Technical Support: http://www.cisco.com/techsupport",
            f"Copyright (c) 1986-{year} by Cisco Systems, Inc.",
            "Compiled Fri 20-Oct-23 10:33 by mcpre",
            "",
            "",
            "ROM: IOS-XE ROMMON",
            "BOOTLDR: System Bootstrap, Version 17.9.1r [FC13], RELEASE SOFTWARE (P)",
            "",
        ]
    platform = image.partition("-")[0]
    return [
        f"Cisco IOS Software, {platform} Software ({image}), Version {version}, RELEASE SOFTWARE (fc3)",
        "Technical Support: http://www.cisco.com/techsupport",
        f"Copyright (c) 1986-{year} by Cisco Systems, Inc.",
        "Compiled Wed 08-Mar-23 06:41 by prod_rel_team",
        "",
        f"ROM: Bootstrap program is {platform} boot loader",
        f"BOOTLDR: {platform} Boot Loader ({platform}-HBOOT-M) Version 15.2(7r)E2, RELEASE SOFTWARE (fc1)",
        "",
    ]


def _uptime_lines(device: IosDevice) -> list[str]:
    uptime = spell_uptime(device.clock.uptime())
    slash = "" if device.switch.family is Family.IOSXE else "/"
    lines = [f"{device.switch.hostname} uptime is {uptime}"]
    if device.switch.family is Family.IOSXE:
        lines.append(f"Uptime for this control processor is {uptime}")
    return [
        *lines,
        f"System returned to ROM by {device.reload_reason}",
        f"System restarted at {stamp(device.clock, device.clock.booted_at())}",
        f'System image file is "flash:{slash}{device.switch.image_file}"',
        f"Last reload reason: {device.reload_reason}",
        "",
        "",
        "",
    ]


def _hardware_lines(device: IosDevice) -> list[str]:
    family = device.switch.family
    model = members(device)[0]
    lines = [
        f"cisco {model} {_PROCESSOR[family]} {_MEMORY[family]}.",
        f"Processor board ID {serial(device)}",
    ]
    if family is not Family.IOSXE:
        lines.append(f"Last reset from {device.reload_reason}")
    lines += _interface_counts(device)
    if family is Family.IOSXE:
        lines += ["2048K bytes of non-volatile configuration memory.", "3905352K bytes of physical memory.", ""]
    else:
        lines += ["The password-recovery mechanism is enabled.", ""]
        lines.append("512K bytes of flash-simulated non-volatile configuration memory.")
    return lines + _numbers(device, 1)


def _numbers(device: IosDevice, member: int) -> list[str]:
    digits = member_mac(device, member)
    mac = ":".join(digits[at : at + 2] for at in range(0, 12, 2))
    if device.switch.family is not Family.IOSXE:
        mac = mac.upper()
    number = serial(device, member)
    rows = (
        ("Base Ethernet MAC Address", mac),
        ("Motherboard Assembly Number", "73-16649-06"),
        ("Motherboard Serial Number", number),
        ("Model Revision Number", "A0"),
        ("Model Number", members(device)[member - 1]),
        ("System Serial Number", number),
    )
    if device.switch.family is Family.IOSXE:
        return [f"{label:<35}: {value}" for label, value in rows]
    return [f"{label.capitalize().replace('mac', 'MAC'):<32}: {value}" for label, value in rows]


def _stack_table(device: IosDevice) -> list[str]:
    switch = device.switch
    xe = switch.family is Family.IOSXE
    image = (switch.catalogue.image or "IOS-UNIVERSALK9-M").removesuffix("-M") if xe else switch.catalogue.image
    last = "  Mode" if xe else ""
    lines = [
        "",
        "",
        f"Switch Ports Model              SW Version        SW Image            {last}",
        f"------ ----- -----              ----------        ----------          {'  ----' if xe else ''}",
    ]
    for member, model in enumerate(members(device), start=1):
        mark = "*" if member == 1 else " "
        ports = len(_ports_of(device, member))
        row = f"{mark} {member:>4} {ports:<5} {model:<18} {switch.version:<17} {image:<20}"
        lines.append(f"{row}  INSTALL" if xe else row)
    lines += ["", ""]
    for member in range(2, len(members(device)) + 1):
        uptime = spell_uptime(device.clock.uptime())
        lines += [f"Switch {member:02d}", "-" * 9, f"Switch uptime                      : {uptime}", ""]
        lines += [*_numbers(device, member), f"Last reload reason                 : {device.reload_reason}", ""]
    return [*lines, f"Configuration register is {'0x102' if xe else '0xF'}", ""]


def show_version(shell: Shell, _: Words) -> str:
    """`show version`."""
    device = shell.device
    lines = _software_lines(device) + _uptime_lines(device) + _hardware_lines(device) + _stack_table(device)
    return "\n".join(lines) + "\n"


def show_inventory(shell: Shell, _: Words) -> str:
    """`show inventory`."""
    device = shell.device
    rows: list[tuple[str, str, str, str]] = []
    if len(members(device)) > 1 or device.switch.family is Family.IOSXE:
        first = members(device)[0]
        rows.append((f"{first[:5]} Stack", f"{first[:5]} Stack", first, serial(device)))
    for member, model in enumerate(members(device), start=1):
        name = f"Switch {member}" if device.switch.family is Family.IOSXE else str(member)
        rows.append((name, model, model, serial(device, member)))
    parts = [
        f'NAME: "{name}", DESCR: "{what}"\nPID: {pid:<18}, VID: V01  , SN: {number}\n'
        for name, what, pid, number in rows
    ]
    return "\n".join(parts) + "\n\n"


def show_switch(shell: Shell, words: Words) -> str:
    """`show switch`: the stack."""
    if words.text and not "detail".startswith(words.text):
        raise words.refuse()
    device = shell.device
    digits = member_mac(device, 1)
    mac = f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"
    lines = [
        f"Switch/Stack Mac Address : {mac} - Local Mac Address",
        "Mac persistency wait time: Indefinite",
        "                                             H/W   Current",
        "Switch#   Role    Mac Address     Priority Version  State",
        "-" * 61,
    ]
    lost = device.faults.get(FaultKind.LOST_MEMBER)
    gone = int(lost.amount) if lost is not None else 0
    lines += [_member_row(device, member, lost=member == gone) for member in range(1, len(members(device)) + 1)]
    return "\n".join(lines) + "\n\n"


def _member_row(device: IosDevice, member: int, *, lost: bool) -> str:
    """One stack member as `show switch` lists it."""
    if lost:
        return f" {member:<8} Member   0000.0000.0000      0      V01     Removed"
    digits = member_mac(device, member)
    mac = f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"
    roles = ("Active", "Standby") if device.switch.family is Family.IOSXE else ("Master",)
    role = roles[member - 1] if member <= len(roles) else "Member"
    return f"{'*' if member == 1 else ' '}{member:<8} {role:<8} {mac} {16 - member:>6}      V01     Ready"


def show_switch_virtual(shell: Shell, words: Words) -> str:
    """`show switch virtual`: no switch of the lab is half of a virtual one; old images do not know the command."""
    if shell.device.switch.family is not Family.IOSXE:
        raise words.refuse()
    return "Switch mode                  : Standalone\n"


def show_clock(shell: Shell, _: Words) -> str:
    """`show clock`."""
    clock = shell.device.clock
    at = clock.now()
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d} {clock.zone} {at:%a %b} {at.day} {at.year}\n"


def show_boot(shell: Shell, _: Words) -> str:
    """`show boot`."""
    image = shell.device.switch.image_file
    return (
        f"BOOT path-list      : flash:/{image}\nConfig file         : flash:/config.text\n"
        "Private Config file : flash:/private-config.text\nEnable Break        : no\nManual Boot         : no\n"
        "Auto upgrade        : yes\n"
    )


def show_reload(shell: Shell, _: Words) -> str:
    """`show reload`."""
    return shell.device.reloader.show()


COMMANDS = (
    Command("show version", show_version, words=True, level=USER),
    Command("show inventory", show_inventory, words=True, level=USER),
    Command("show switch", show_switch, words=True, level=USER),
    Command("show switch virtual", show_switch_virtual, words=True, level=USER),
    Command("show clock", show_clock, words=True, level=USER),
    Command("show boot", show_boot),
    Command("show reload", show_reload, level=USER),
)
