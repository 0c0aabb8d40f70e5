"""What the box is: `show version`, `show system`, `show modules`, `show stacking`, `show flash`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.faults import FaultKind
from trustctl.lab.makes.aruba_aos_s.model import catalogue
from trustctl.lab.makes.aruba_aos_s.shell.commands import Call, Exec

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.device import AosSDevice

_NO_STACK = "Stacking is disabled.\n"
_STEP = 0x40


def serial(device: AosSDevice, member: int = 1) -> str:
    """The serial number of a member; a fault may put another box there."""
    fault = device.faults.get(FaultKind.SERIAL)
    first = fault.text if fault and fault.text else device.spec.serial
    return first if member == 1 else f"{first[:-1]}{chr(ord('A') + (ord(first[-1]) + member) % 26)}"


def mac(device: AosSDevice, member: int = 1) -> str:
    """The MAC address of a member, `883a30-1a2020`."""
    digits = f"{int(device.mac, 16) + (member - 1) * _STEP:012x}"
    return f"{digits[:6]}-{digits[6:]}"


def members(device: AosSDevice) -> list[tuple[int, str]]:
    """Stack members with their products; none for a switch of its own."""
    if device.spec.members:
        return list(enumerate(device.spec.members, start=1))
    numbers = sorted({int(name.split("/")[0]) for name in device.switch.config.ports if "/" in name})
    return [(number, device.switch.model.product) for number in numbers]


def uptime(device: AosSDevice) -> str:
    """As `show system` writes it: `19 hours`."""
    minutes = int(device.clock.uptime() // 60)
    for size, name in ((1440, "day"), (60, "hour")):
        if minutes >= size:
            return f"{minutes // size} {name}{'s' if minutes >= 2 * size else ''}"
    return f"{minutes} mins"


def version(call: Call) -> str:
    """`show version`."""
    switch = call.session.device.switch
    build = switch.model.release.lower()
    return (
        f"\nImage stamp:   \n /ws/swbuildm/rel_{build}_qaoff/code/build/{build}"
        f"(swbuildm_rel_{build}_qaoff_rel_{build})\n"
        f"                Jun 17 2025 02:34:30\n                {switch.version}\n                444\n"
        f"Boot Image:     Primary\n\nBoot ROM Version:    {switch.model.rom}\n"
    )


def system(call: Call) -> str:
    """`show system`, `show system information`: the serial number is here."""
    device = call.session.device
    if members(device):
        return _stack_system(device)
    switch = device.switch
    return (
        _head(device)
        + f"  Software revision  : {switch.version:<20} Base MAC Addr      : {mac(device)}\n"
        + f"  ROM Version        : {switch.model.rom:<20} Serial Number      : {serial(device):<10}  \n\n"
        + f"  Up Time            : {uptime(device):<20} Memory   - Total   : 67,108,864  \n"
        + "  CPU Util (%)       : 12                              Free    : 37,836,892  \n\n"
        + "  IP Mgmt  - Pkts Rx : 9290                 Packet   - Total   : 3022        \n"
        + "             Pkts Tx : 1797                 Buffers    Free    : 2899        \n"
        + "                                                       Lowest  : 2875        \n"
        + "                                                       Missed  : 0           \n\n"
    )


def _quoted(text: str, word: str) -> str:
    _, found, rest = text.partition(f'{word} "')
    return rest.partition('"')[0] if found else ""


def _head(device: AosSDevice) -> str:
    config = device.switch.config
    told = config.text("snmp-server contact")
    zone = config.text("time timezone").split()[-1:] or ["0"]
    rule = config.text("time daylight-time-rule").split()[-1:] or ["None"]
    return (
        "\n Status and Counters - General System Information\n\n"
        f"  System Name        : {config.hostname:<48}\n  System Contact     : {_quoted(told, 'contact')}\n"
        f"  System Location    : {_quoted(told, 'location')}\n\n  MAC Age Time (sec) : 300    \n\n"
        f"  Time Zone          : {zone[0]:<5}\n  Daylight Time Rule : {rule[0].title():<26}\n\n"
    )


def _stack_system(device: AosSDevice) -> str:
    text = _head(device) + f"  Software revision  : {device.switch.version}\n  Base MAC Addr      : {mac(device)}\n\n"
    gone = device.faults.get(FaultKind.LOST_MEMBER)
    for number, _ in members(device):
        if gone and int(gone.amount) == number:
            continue
        text += (
            f" VSF-Member :{number}\n\n  ROM Version        : {device.switch.model.rom}\n"
            f"  Up Time            : {uptime(device)}\n  CPU Util (%)       : 0\n"
            f"  MAC Addr           : {mac(device, number)}\n  Serial Number      : {serial(device, number)}\n"
            "  Memory   - Total   : 333,451,776\n             Free    : 210,899,116\n\n\n\n"
        )
    return text


def modules(call: Call) -> str:
    """`show modules`: the chassis, and what sits in it."""
    device = call.session.device
    model = device.switch.model
    rows = ""
    for line in device.switch.config.starting("module "):
        words = line.text.split()
        product = words[3].upper()
        if not words[1].isdigit():
            rows += f"  {words[1]:<4}  {f'HP {product} module':<40} {serial(device)[:-2] + words[1] + 'M':<14} Up\n"
    return (
        f"\n Status and Counters - Module Information\n\n  Chassis: {model.title} {model.product:<15} Serial Number:   "
        f"{serial(device)}\n\n  Slot  Module Description                       Serial Number  Status  \n"
        f"  ----- ---------------------------------------- -------------- --------\n{rows}\n"
    )


def stacking(call: Call) -> str:
    """`show stacking`, `show vsf`: the members and their state."""
    device = call.session.device
    found = members(device)
    if not found:
        return _NO_STACK
    gone = device.faults.get(FaultKind.LOST_MEMBER)
    rows = ""
    for at, (number, product) in enumerate(found):
        model = catalogue.model(product)
        state = "Commander" if at == 0 else "Standby" if at == 1 else "Member"
        if gone and int(gone.amount) == number:
            state = "Missing"
        star = "*" if at == 0 else " "
        title = f"{model.brand} {model.product} {model.title} Switch"
        rows += f" {star}{number:<3} {mac(device, number):<17} {title:<37} 128 {state}\n"
    minutes = int(device.clock.uptime() // 60)
    return (
        f"\nStack ID         : 0100{mac(device)[2:6]}-{mac(device).replace('-', '')[4:]}\n\n"
        f"MAC Address      : {mac(device)}\nStack Topology   : {'Ring' if len(found) > 2 else 'Chain'}\n"  # noqa: PLR2004 - two make a chain
        f"Stack Status     : Active\nSplit Policy     : One-Fragment-Up\n"
        f"Uptime           : {minutes // 1440}d {minutes // 60 % 24}h {minutes % 60}m\n"
        f"Software Version : {device.switch.version}\n\n"
        " Mbr                                                                            \n"
        " ID  Mac Address       Model                                 Pri Status         \n"
        f" --- ----------------- ------------------------------------- --- ---------------\n{rows}\n"
    )


def flash(call: Call) -> str:
    """`show flash`."""
    switch = call.session.device.switch
    return (
        "Image           Size (bytes) Date     Version\n--------------- ------------ -------- --------------\n"
        f"Primary Image   :   12345678 06/17/25 {switch.version}\n"
        f"Secondary Image :   12345678 06/17/25 {switch.version}\n\n"
        f"Boot ROM Version : {switch.model.rom}\nDefault Boot     : Primary\n\n"
    )


def boot_history(call: Call) -> str:
    """`show boot-history`: why it started last."""
    device = call.session.device
    at = device.clock.booted_at()
    title = "Mgmt Module 1 -- Saved Crash Information (most recent first):"
    return f"\n{title}\n\n{device.boot_reason}: {at:%m/%d/%y %H:%M:%S}\n\n"


COMMANDS = (
    Exec("show version", version, looking=True),
    Exec("show system [information]", system, looking=True),
    Exec("show system-information", system, looking=True),
    Exec("show modules", modules, looking=True),
    Exec("show stacking [detail]", stacking, looking=True),
    Exec("show vsf [detail]", stacking, looking=True),
    Exec("show flash", flash, looking=True),
    Exec("show boot-history", boot_history, looking=True),
)
