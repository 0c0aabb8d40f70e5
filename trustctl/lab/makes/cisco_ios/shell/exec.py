"""Exec commands about the session itself, and the few that touch the network."""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.shell.command import Command
from trustctl.lab.makes.cisco_ios.shell.grammar import ENABLED, INCOMPLETE, USER, CommandError, Words
from trustctl.lab.makes.cisco_ios.shell.tcl import TclInput
from trustctl.lab.shell import Leave

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell

_TRIES = 3
_SECRET = re.compile(r"^(?:enable (?:secret|password) |aaa authentication enable )", re.MULTILINE)
_PING = re.compile(r"^(?:ip )?(?P<target>\S+)(?P<options>(?: (?:repeat|size|timeout|source) .+)?)$")
_REPEAT = re.compile(r"repeat (\d+)")
_LIMITS = {"length": 512, "width": 512}


async def enable(shell: Shell, words: Words) -> str:
    """`enable`: ask for the secret, three times at most."""
    if words.text and words.text != str(ENABLED):
        return "" if words.text.isdigit() else INCOMPLETE
    if shell.privilege >= ENABLED:
        return ""
    if _SECRET.search(shell.device.running()) is None:
        return "% No password set\n"
    for _ in range(_TRIES):
        answer = await shell.ask("Password: ", echo=False)
        if shell.device.switch.enable(answer.text):
            shell.privilege = ENABLED
            return ""
    return "% Bad secrets\n\n"


def disable(shell: Shell, _: Words) -> str:
    """`disable`: back to user mode."""
    shell.privilege = USER
    return ""


def leave(shell: Shell, _: Words) -> str:
    """`exit`, `quit`, `logout`: end the session."""
    raise Leave


def terminal_length(shell: Shell, words: Words) -> str:
    """`terminal length N`: lines per page, 0 for no pages."""
    shell.terminal.length = _number(words, _LIMITS["length"])
    return ""


def terminal_width(shell: Shell, words: Words) -> str:
    """`terminal width N`: columns, 0 for no limit."""
    shell.terminal.width = _number(words, _LIMITS["width"])
    return ""


def _number(words: Words, most: int) -> int:
    if not words.text:
        raise CommandError(INCOMPLETE)
    if len(words.list) != 1 or not words.text.isdigit() or int(words.text) > most:
        raise words.refuse()
    return int(words.text)


def monitor_on(shell: Shell, _: Words) -> str:
    """`terminal monitor`: log lines are printed on this session."""
    shell.monitor = True
    return ""


def monitor_off(shell: Shell, _: Words) -> str:
    """`terminal no monitor`."""
    shell.monitor = False
    return ""


def page_default(shell: Shell, words: Words) -> str:
    """`terminal no length`, `terminal default length`: 24 lines; the other settings have no effect in the lab."""
    if words.text.startswith("len"):
        shell.terminal.length = 24
    return ""


def accepted(shell: Shell, words: Words) -> str:
    """A command that works and prints nothing, whose effect the lab does not have."""
    return ""


async def clear_confirmed(shell: Shell, words: Words) -> str:
    """`clear counters`: asks, and does what the lab has no counters for."""
    await shell.confirm('Clear "show interface" counters on all interfaces ')
    return ""


async def clear_logging(shell: Shell, _: Words) -> str:
    """`clear logging`: empty the log buffer."""
    if await shell.confirm("Clear logging buffer "):
        shell.device.syslog_lines.clear()
    return ""


async def clear_line(shell: Shell, words: Words) -> str:
    """`clear line vty N`: end the session there."""
    number = words.list[-1] if words.list else ""
    if not number.isdigit():
        raise words.refuse()
    if not await shell.confirm(""):
        return ""
    other = shell.device.shells.get(int(number))
    if other is not None:
        other.hang_up()
    return " [OK]\n"


def ping(shell: Shell, words: Words) -> str:
    """`ping ADDRESS`: whether the address answers this switch, at once."""
    found = _PING.match(words.text)
    if found is None:
        raise CommandError(INCOMPLETE)
    try:
        target = IPv4Address(found["target"])
    except ValueError:
        return "% Unrecognized host or address, or protocol not running.\n\n"
    repeat = _REPEAT.search(found["options"])
    count = int(repeat[1]) if repeat else 5
    answers = shell.device.answers_ping(str(target))
    marks = "!" * count if answers else "." * count
    rows = "\n".join(marks[at : at + 70] for at in range(0, count, 70))
    result = f"Success rate is {100 if answers else 0} percent ({count if answers else 0}/{count})"
    trip = ", round-trip min/avg/max = 1/1/2 ms" if answers else ""
    return (
        "Type escape sequence to abort.\n"
        f"Sending {count}, 100-byte ICMP Echos to {target}, timeout is 2 seconds:\n{rows}\n{result}{trip}\n"
    )


def tclsh(shell: Shell, _: Words) -> str:
    """`tclsh`: the Tcl interpreter."""
    shell.tcl = TclInput()
    return ""


COMMANDS = (
    Command("enable", enable, words=True, level=USER),
    Command("disable", disable, words=True, level=USER),
    Command("exit", leave, level=USER),
    Command("quit", leave, level=USER),
    Command("logout", leave, level=USER),
    Command("terminal length", terminal_length, words=True, level=USER),
    Command("terminal width", terminal_width, words=True, level=USER),
    Command("terminal monitor", monitor_on, level=USER),
    Command("terminal no monitor", monitor_off, level=USER),
    Command("terminal no", page_default, words=True, level=USER),
    Command("terminal default", page_default, words=True, level=USER),
    Command("terminal history", accepted, words=True, level=USER),
    Command("terminal exec", accepted, words=True, level=USER),
    Command("clear counters", clear_confirmed, words=True),
    Command("clear logging", clear_logging),
    Command("clear line", clear_line, words=True),
    Command("clear mac address-table", accepted, words=True),
    Command("clear arp-cache", accepted, words=True),
    Command("clear spanning-tree", accepted, words=True),
    Command("clear authentication sessions", accepted, words=True),
    Command("clear lldp", accepted, words=True),
    Command("clear port-security", accepted, words=True),
    Command("undebug all", accepted),
    Command("ping", ping, words=True, level=USER),
    Command("tclsh", tclsh),
)

NOT_SIMULATED = (
    *("access-enable", "cd", "connect", "debug", "disconnect", "event", "lock", "login", "mstat", "name-connection"),
    *("pwd", "release", "rename", "renew", "resume", "set", "ssh", "systat", "telnet", "test", "traceroute", "where"),
)
"""Keywords of other commands: they make `te` or `s` ambiguous, as on a switch."""
