"""Terminal lines. Each vty is kept by itself, so ranges may be cut and joined at will."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.catalogue import Family
from trustctl.lab.makes.cisco_ios.model.commands.acl import one_per_direction
from trustctl.lab.makes.cisco_ios.model.commands.passwords import keyed
from trustctl.lab.makes.cisco_ios.model.rules import InvalidWordError, Rule, Undo, explicit, quirk, setting, store
from trustctl.lab.makes.cisco_ios.model.spec import Mode

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.model.rules import Command

ALWAYS = 5
"""vty 0-4 cannot be removed."""


def last_vty(switch: IosSwitch) -> int:
    """The highest vty number that the image knows."""
    return 97 if switch.family is Family.IOSXE else 15


def line_key(kind: str, number: int) -> str:
    """The identity of one line's section."""
    return f"line {kind} {number}"


def _order(kind: str, number: int) -> tuple[int | str, ...]:
    return ({"con": 0, "aux": 1, "vty": 2}.get(kind, 3), number)


def _open(command: Command, kind: str, number: int) -> str:
    key = line_key(kind, number)
    node = command.put(key, key, section=True)
    node.order = (command.rule.rank, _order(kind, number), 0)
    return key


def terminal_line(command: Command) -> None:
    """`line con 0`, `line vty 0 4`: opens the lines; vtys below the first one named come into being with it."""
    kind = command.words[1]
    first = int(command.words[2])
    last = int(command.words[3]) if len(command.words) > 3 else first  # noqa: PLR2004 - line, kind, first
    if last < first or (kind == "vty" and last > last_vty(command.switch)) or (kind != "vty" and last > 0):
        raise InvalidWordError(len(command.words) - 1)
    if command.undoing:
        _remove(command, kind, first, last)
        return
    if kind == "vty":
        for number in range(first):
            _open(command, kind, number)
    keys = [_open(command, kind, number) for number in range(first, last + 1)]
    command.next_mode = Mode("config-line", tuple(keys))


def _remove(command: Command, kind: str, first: int, last: int) -> None:
    """`no line vty`: lines above 4 go, with all that follow them; 0-4 lose their settings. Sessions on them end."""
    cleared: set[int] = set()
    for key in [key for key in command.node.settings if key.startswith(f"line {kind} ")]:
        number = int(key.rsplit(" ", 1)[1])
        if number < first:
            continue
        if kind == "vty" and number >= ALWAYS:
            command.drop(key)
            cleared.add(number)
        elif number <= last:
            node = command.node.settings[key]
            command.changed = command.changed or bool(node.children)
            node.settings.clear()
            cleared.add(number)
    if kind == "vty":
        command.cleared_vtys = frozenset(cleared)


def login(command: Command) -> None:
    """`login`: with AAA on, lines know only `login authentication`.

    The default is `login`, a line password, on a vty, and no login at all on other lines; only a vty prints `no login`.
    """
    aaa = command.switch.root.has("aaa new-model")
    method = command.text.removeprefix("login").strip()
    if not command.booting and method and method.startswith("authentication") is not aaa:
        raise InvalidWordError(1)
    if not command.booting and not method and aaa and not command.undoing:
        raise InvalidWordError(0)
    vty = command.node.text.startswith("line vty ")
    if command.form == "default" and vty and not aaa:
        command.put("login", "login")
    elif command.form == "no" and not vty and not command.booting:
        command.drop("login")
    else:
        store(command)


def exec_timeout(command: Command) -> None:
    """`exec-timeout MINUTES [SECONDS]`: 10 minutes unless set; prints with seconds."""
    if command.undoing:
        command.drop("exec-timeout")
        return
    minutes, seconds = (*command.words, "0")[1:3]
    if (minutes, seconds) == ("10", "0"):
        command.drop("exec-timeout")
    else:
        command.put("exec-timeout", f"exec-timeout {minutes} {seconds}")


def transport(command: Command) -> None:
    """`transport input ssh telnet`: prints in the device's own order.  After: `transport input telnet ssh`."""
    named = command.words[2:]
    command.words = (*command.words[:2], *sorted(named, key=lambda name: (name == "ssh", name)))
    store(command)


_PROTOCOLS = "(all|none|{ssh|telnet|lat|rlogin|mop|pad|nasi|udptn|acercon})"
GLOBAL: dict[str, tuple[Rule, ...]] = {
    "line": (quirk("line (con|console|vty|aux) <0-97> [<1-97>]", terminal_line),),
}
MODES: dict[str, tuple[Rule, ...]] = {
    "config-line": (
        setting("session-timeout / <0-35791> [output]"),
        setting("location / LINE"),
        quirk("access-class WORD (in|out) / [vrf-also]", one_per_direction),
        setting("ipv6 access-class WORD (in|out)"),
        quirk("exec-timeout / <0-35791> [<0-2147483>]", exec_timeout),
        setting("privilege level / <0-15>", default="privilege level 1"),
        quirk("password / [(0|6|7)] LINE", keyed),
        setting("authorization (exec|arap|reverse-access) / WORD"),
        setting("authorization commands <0-15> / WORD"),
        setting("accounting (exec|connection) / WORD"),
        setting("accounting commands <0-15> / WORD"),
        setting("logging synchronous / {level WORD|limit <0-2147483647>}"),
        Rule("login / [(local|authentication WORD)]", run=login, undo=Undo.STORE),
        setting("length / <0-512>", default="length 24"),
        setting("width / <0-512>", default="width 80"),
        explicit("exec"),
        setting("rotary / <0-127>"),
        setting("history size / <0-256>", default="history size 20"),
        setting("escape-character / LINE"),
        setting("transport preferred / (all|none|ssh|telnet|lat)"),
        quirk(f"transport input / {_PROTOCOLS}", transport),
        quirk(f"transport output / {_PROTOCOLS}", transport),
        setting("databits / <5-8>"),
        setting("stopbits / (1|1.5|2)"),
        setting("speed / <0-4294967295>"),
        setting("flowcontrol / LINE"),
        setting("media-type / (rj45|usb)"),
        setting("autocommand / LINE"),
        setting("notify"),
        setting("monitor"),
        setting("vacant-message / LINE"),
    ),
}
