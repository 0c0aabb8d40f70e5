"""Version, system, modules, environment, stack, clock: layouts as recorded in published sessions."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from trustctl.lab.faults import FaultKind
from trustctl.lab.makes.aruba_aos_cx.model.grammar import INVALID
from trustctl.lab.makes.aruba_aos_cx.shell.command import CommandError, Exec

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_cx.device import CxDevice
    from trustctl.lab.makes.aruba_aos_cx.model.grammar import Read
    from trustctl.lab.makes.aruba_aos_cx.shell.shell import Shell

_RULE = "-" * 77
_DETAILED = (10, 12)
"""Since about this release `show system` prints three lines about the processor (recorded: 10.11 one, 10.13 three)."""


def _lines(*rows: str) -> str:
    return "".join(f"{row}\n" for row in rows)


def serial(device: CxDevice, member: int = 1) -> str:
    """The serial number of a stack member; the fault `SERIAL` gives another box's."""
    fault = device.faults.get(FaultKind.SERIAL)
    base = fault.text if fault else device.spec.serial
    return base if member == 1 else f"{base[:-1]}{member}"


def mac(device: CxDevice, member: int = 1) -> str:
    """The base MAC address of a member, twelve digits."""
    return f"{int(device.mac or '0', 16) + (member - 1) * 0x1000:012x}"


def spelled(seconds: float) -> str:
    """An uptime as the switch spells it: `4 weeks, 19 hours, 41 minutes`."""
    minutes = int(seconds // 60)
    parts: list[str] = []
    for name, size in (("week", 10_080), ("day", 1_440), ("hour", 60), ("minute", 1)):
        count, minutes = divmod(minutes, size)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    return ", ".join(parts) or "under a minute"


def version(shell: Shell, _: Read) -> str:
    """`show version`."""
    switch = shell.device.switch
    sha = hashlib.sha1(switch.version.encode(), usedforsecurity=False).hexdigest()
    letters = switch.version.partition(".")[0]
    return _lines(
        _RULE,
        switch.product,
        "(c) Copyright 2017-2025 Hewlett Packard Enterprise Development LP",
        _RULE,
        f"Version      : {switch.version:<62} ",
        f"Build Date   : {'2025-01-10 17:16:36 UTC':<62} ",
        f"Build ID     : {f'{switch.product}:{switch.version}:{sha[:12]}:202501101706':<62} ",
        f"Build SHA    : {sha:<62} ",
        *([f"Hot Patches  : {'':<62} "] if switch.release >= _DETAILED else []),
        f"Active Image : {'primary':<28} ",
        "",
        f"Service OS Version : {f'{letters}.01.12.0003':<28} ",
        f"BIOS Version       : {f'{letters}.02.0002':<28} ",
    )


def system(shell: Shell, _: Read) -> str:
    """`show system`."""
    device, switch = shell.device, shell.device.switch
    model = switch.models[0]
    wide = switch.release >= _DETAILED
    title = f"{model.part} {model.title}" if model.title != model.part else model.part
    rows = [
        ("Hostname", switch.hostname),
        ("System Description", switch.version),
        ("System Contact", switch.root.value("snmp-server system-contact")),
        ("System Location", switch.root.value("snmp-server system-location")),
        None,
        ("Vendor", switch.vendor),
        ("Product Name", title),
        ("Chassis Serial Nbr", serial(device)),
        ("Base MAC Address", f"{device.mac[:6]}-{device.mac[6:]}"),
        (f"{switch.product} Version", switch.version),
        None,
        ("Time Zone", device.clock.zone),
        None,
        ("Up Time", spelled(device.clock.uptime())),
        ("CPU Util (%)", "9"),
        *([("CPU Util (% avg 1 min)", "11"), ("CPU Util (% avg 5 min)", "7")] if wide else []),
        ("Memory Usage (%)", "23"),
    ]
    width = 22 if wide else 18
    return _lines(*("" if row is None else f"{row[0]:<{width}} : {row[1]:<29} " for row in rows))


def module(shell: Shell, _: Read) -> str:
    """`show module`."""
    device = shell.device
    lost = device.faults.get(FaultKind.LOST_MEMBER)
    heading = (
        "     Product                                        Serial",
        "Name Number  Description                            Number     Status",
        "---- ------- -------------------------------------- ---------- ----------------",
    )
    tables: list[str] = [""]
    stacked = len(device.switch.models) > 1
    for title, mark in (("Management Modules", "Active (local)" if stacked else "Ready"), ("Line Modules", "Ready")):
        tables += [title, "=" * len(title), "", *heading]
        for number, model in enumerate(device.switch.models, start=1):
            if lost is None or number != int(lost.amount):
                status = mark if number == 1 else "Ready"
                tables.append(f"{number}/1  {model.part:<7} {model.title:<38} {serial(device, number):<10} {status}")
        tables += ["", ""]
    return _lines(*tables)


def environment(shell: Shell, _: Read) -> str:
    """`show environment`: the parts that recorded sessions have in common."""
    members = range(1, len(shell.device.switch.models) + 1)
    led = [f"{number}/locator      off          ok        " for number in members]
    power = [
        f"{number}/1      N/A      N/A               OK                 AC     100V-240V  460" for number in members
    ]
    heat = [f"{number}/1-Inlet-Air                   management-module    27.75 C    normal" for number in members]
    return _lines(
        "",
        "",
        "show environment led",
        "Mbr/Name       State        Status    ",
        "-" * 34,
        *led,
        "",
        "",
        "show environment power-supply",
        "-" * 80,
        "         Product  Serial            PSU                Input  Voltage    Wattage",
        "Mbr/PSU  Number   Number            Status             Type   Range      Maximum",
        "-" * 80,
        *power,
        "",
        "",
        "",
        "show environment temperature",
        "Temperature information",
        "-" * 78,
        "                                                     Current",
        "Mbr/Slot-Sensor                 Module Type        Temperature  Status",
        "-" * 78,
        *heat,
        "",
    )


def clock(shell: Shell, _: Read) -> str:
    """`show clock`."""
    at, zone = shell.device.clock.now(), shell.device.clock.zone
    return _lines(
        f"{at:%a %b} {at.day:>2} {at:%H:%M:%S} {zone if zone == 'UTC' else ''} {at.year}".replace("  ", " "),
        f"System is configured for timezone : {zone}",
    )


def images(shell: Shell, _: Read) -> str:
    """`show images`."""
    version_, rule = shell.device.switch.version, "-" * 75
    rows: list[str] = []
    for name in ("Primary", "Secondary"):
        rows += [rule, f"AOS-CX {name} Image", rule, f"Version : {version_}", "Size    : 443 MB", ""]
    return _lines(*rows, "Default Image : primary", "Boot Profile Timeout : 5 seconds")


def hostname(shell: Shell, _: Read) -> str:
    """`show hostname`."""
    return _lines(f"Hostname is {shell.device.switch.hostname}")


def stack(shell: Shell, words: Read) -> str:
    """`show vsf`: the stack's members; `detail` as ntc-templates records it. A 6000 or 6100 has no such command."""
    device, switch = shell.device, shell.device.switch
    if not switch.models[0].stacks:
        raise CommandError(f"{INVALID}vsf")
    lost = device.faults.get(FaultKind.LOST_MEMBER)
    there = [number for number in range(1, len(switch.models) + 1) if lost is None or number != int(lost.amount)]
    secondary = switch.root.value("vsf secondary-member")
    topology = "standalone" if len(switch.models) == 1 else "chain"
    head = [
        ("MAC Address", _colons(mac(device))),
        ("Secondary", secondary),
        ("Topology", topology),
        ("Status", "No Split"),
        ("Split Detection Method", "None"),
    ]
    if "detail" in words.words:
        head += [("Software Version", switch.version), ("Name", switch.hostname)]
        rows = ["VSF Stack", *(f"\t{name:<25}: {value}" for name, value in head)]
        for number in there:
            rows += _member(device, number)
        return _lines(*rows)
    rows = [*(f"{name:<25}: {value}" for name, value in head), ""]
    rows += [
        "Mbr Mac Address         type           Status",
        "ID",
        "--- ------------------- -------------- ---------------",
    ]
    rows += [
        f"{each:<3} {_colons(mac(device, each)):<19} {switch.models[each - 1].part:<14} {_role(each, secondary)}"
        for each in there
    ]
    return _lines(*rows)


def _member(device: CxDevice, number: int) -> list[str]:
    model = device.switch.models[number - 1]
    rows = [
        ("MAC Address", _colons(mac(device, number))),
        ("Type", model.part),
        ("Model", model.title),
        ("Status", _role(number, device.switch.root.value("vsf secondary-member"))),
        ("Serial Number", serial(device, number)),
        ("Uptime", spelled(device.clock.uptime())),
    ]
    return [f"Member ID                        : {number}", *(f"\t{name:<25}: {value}" for name, value in rows)]


def _role(number: int, secondary: str) -> str:
    if number == 1:
        return "Conductor"
    return "Standby" if str(number) == secondary else "Member"


def _colons(digits: str) -> str:
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def events(shell: Shell, _: Read) -> str:
    """`show events`, `show logging`: what the switch logged."""
    return _lines("-" * 51, "Event logs from current boot", "-" * 51, *shell.device.syslog_lines)


def users(shell: Shell, _: Read) -> str:
    """`show user-list`."""
    rows = ["USER                  GROUP", "-" * 44]
    for node in shell.device.switch.root.starting("user "):
        words = node.line.split()
        if "group" in words:
            rows.append(f"{words[1]:<21} {words[words.index('group') + 1]}")
    return _lines(*rows)


COMMANDS = (
    Exec("show version", version),
    Exec("show system", system),
    Exec("show module", module),
    Exec("show environment [<word>]", environment),
    Exec("show clock", clock),
    Exec("show images", images),
    Exec("show hostname", hostname),
    Exec("show vsf [detail]", stack),
    Exec("show (events|logging) [<text>]", events, operator=False),
    Exec("show user-list", users, operator=False),
)
