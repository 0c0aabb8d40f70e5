"""Commands about the session and the few that touch the network or the power."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from trustctl.lab.files import FileError
from trustctl.lab.makes.aruba_aos_cx.shell.command import CommandError, Exec
from trustctl.lab.shell import Leave

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_cx.model.grammar import Read
    from trustctl.lab.makes.aruba_aos_cx.shell.shell import Shell

_REBOOT = (
    "This will reboot the entire switch and render it unavailable\nuntil the process is complete.\nContinue (y/n)?"
)
_SAVE = "Do you want to save the current configuration (y/n)?"
_SAVED = "The running configuration was saved to the startup configuration."
_DEFAULT_LENGTH = 24


def leave(_: Shell, __: Read) -> str:
    """`exit`: end the session."""
    raise Leave


def end(_: Shell, __: Read) -> str:
    """`end` in the manager context does nothing."""
    return ""


def configure(shell: Shell, _: Read) -> str:
    """`configure terminal`."""
    shell.enter_config()
    return ""


def no_page(shell: Shell, _: Read) -> str:
    """`no page`: output without pages."""
    shell.terminal.length = 0
    return ""


def page(shell: Shell, words: Read) -> str:
    """`page [N]`: output in pages of so many lines."""
    given = words.arguments
    shell.terminal.length = int(given[0]) if given else shell.terminal.window[1] or _DEFAULT_LENGTH
    return ""


def ping(shell: Shell, words: Read) -> str:
    """`ping ADDRESS`: whether the address answers this switch, at once (form of iputils, as AOS-CX prints it)."""
    target = words.arguments[0]
    try:
        address = str(IPv4Address(target))
    except ValueError:
        raise CommandError(f"ping: {target}: Name or service not known") from None
    given = words.words
    count = int(given[given.index("repetitions") + 1]) if "repetitions" in given else 5
    answers = shell.device.answers_ping(address)
    lines = [f"PING {address} ({address}) 100(128) bytes of data."]
    if answers:
        lines += [f"108 bytes from {address}: icmp_seq={number} ttl=64 time=1.21 ms" for number in range(1, count + 1)]
    received, loss = (count, 0) if answers else (0, 100)
    lines += ["", f"--- {address} ping statistics ---"]
    lines += [f"{count} packets transmitted, {received} received, {loss}% packet loss, time {(count - 1) * 1001}ms"]
    lines += ["rtt min/avg/max/mdev = 1.100/1.210/1.320/0.110 ms"] if answers else [""]
    return "".join(f"{line}\n" for line in lines)


def listed(_: Shell, __: Read) -> str:
    """`list`: every command of the context."""
    from trustctl.lab.makes.aruba_aos_cx.shell import table  # noqa: PLC0415 - the table is made of this module

    return "".join(f"  {command.pattern}\n" for command in table.COMMANDS)


async def boot(shell: Shell, words: Read) -> str:
    """`boot system`: asks whether to save, then whether to go on."""
    device = shell.device
    if words.words[2:]:
        shell.terminal.write(f"Default boot image set to {words.words[2]}.\n")
    shell.terminal.write("Checking if the configuration needs to be saved...\n\n")
    if device.modified() and await shell.ask(_SAVE):
        try:
            device.save(shell.login.user)
        except FileError as error:
            raise CommandError(str(error)) from None
        shell.terminal.write(f"{_SAVED}\n")
    if not await shell.ask(_REBOOT):
        return "Reboot aborted.\n"
    shell.terminal.write("The system is going down for reboot.\n")
    device.reboot("Reboot requested by user")
    raise Leave


def quiet(_: Shell, __: Read) -> str:
    """A command that works and prints nothing, whose effect the lab does not have."""
    return ""


COMMANDS = (
    Exec("exit", leave, anywhere=False),
    Exec("end", end, anywhere=False),
    Exec("enable", quiet, anywhere=False),
    Exec("configure [terminal]", configure, operator=False, anywhere=False),
    Exec("no page", no_page),
    Exec("page [<2-1000>]", page),
    Exec("list", listed, anywhere=False),
    Exec("ping <word> {repetitions <1-10000>|datagram-size <100-65399>|timeout <1-60>|vrf <name>|source <word>}", ping),
    Exec("boot system [(primary|secondary)]", boot, operator=False),
    Exec("terminal-monitor [<text>]", quiet, anywhere=False),
    Exec("clear (lldp|mac-address|arp|events|interface|counters) [<text>]", quiet, operator=False),
)
