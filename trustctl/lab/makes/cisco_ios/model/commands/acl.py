"""Access lists: numbered entries, kept in the order of their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.catalogue import Family
from trustctl.lab.makes.cisco_ios.model.rules import RefusedError, Rule, open_section, quirk, setting

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.model.rules import Command
    from trustctl.lab.makes.cisco_ios.model.tree import Node

_STEP = 10
_ENDPOINT = "(any|host (IP|WORD)|object-group WORD|IP WILD)"
_PORT = "[(eq|gt|lt|neq) WORD|range WORD WORD]"
_EXTENDED_TAIL = "{log|log-input|established|dscp WORD|fragments|echo|echo-reply|unreachable|time-range WORD|WORD}"


def entries(node: Node) -> list[tuple[int, str]]:
    """The rules of a list with their numbers, in order; remarks are left out."""
    found = [(int(key), child.text) for key, child in (node.children or {}).items() if key.isdigit()]
    return sorted((number, text) for number, text in found if not text.startswith("remark"))


def _next_number(node: Node) -> int:
    numbers = [int(key) for key in node.settings if key.isdigit()]
    return (max(numbers) // _STEP + 1) * _STEP if numbers else _STEP


def _put(command: Command, node: Node, number: int, text: str) -> None:
    saved, command.node = command.node, node
    child = command.put(str(number), text)
    child.order = (0.0, (number,), 0)
    command.node = saved


def access_entry(command: Command) -> None:
    """`[NUMBER] permit ...`: refused if the number or the rule is there already; goes to the end without one."""
    words = list(command.words)
    number = int(words.pop(0)) if words[0].isdigit() else None
    if command.booting:
        command.switch.numbers_in_lists = number is not None
    text = " ".join(words)
    node = command.node
    same = [key for key, child in node.settings.items() if child.text == text and key.isdigit()]
    if command.undoing:
        for key in [str(number)] if number is not None and not words else same:
            command.drop(key)
        return
    if same and not words[0].startswith("remark"):
        if not command.booting and number is not None and str(number) not in same:
            raise RefusedError("% Duplicate sequence number" if str(number) in node.settings else "%Duplicate entry")
        return
    if number is not None and str(number) in node.settings and not command.booting:
        raise RefusedError("% Duplicate sequence number")
    _put(command, node, _next_number(node) if number is None else number, text)


def numbered(command: Command) -> None:
    """`access-list 10 permit ...`: one rule at the end of a numbered list; the `no` form removes the whole list."""
    number = int(command.words[1])
    kind = "standard" if number < 100 or 1300 <= number < 2000 else "extended"  # noqa: PLR2004 - the numbering plan
    key = f"ip access-list {kind} {number}"
    if command.undoing:
        command.drop(key)
        return
    node = command.put(key, key, section=True)
    text = " ".join(command.words[2:])
    if not any(child.text == text for child in node.settings.values()):
        _put(command, node, _next_number(node), text)


def resequence(command: Command) -> None:
    """`ip access-list resequence NAME START STEP`: same order, new numbers."""
    name = command.words[3]
    for kind in ("standard", "extended"):
        node = command.node.get(f"ip access-list {kind} {name}")
        if node is None:
            continue
        children = [child for _, child in sorted((int(key), child) for key, child in node.settings.items())]
        node.settings.clear()
        for index, child in enumerate(children):
            number = int(command.words[4]) + index * int(command.words[5])
            child.order = (0.0, (number,), 0)
            node.settings[str(number)] = child
        command.changed = True


def named_list(command: Command) -> None:
    """`ip access-list standard NAME`: the same name cannot be of the other kind."""
    kind, name = command.words[2], command.words[3]
    other = "extended" if kind == "standard" else "standard"
    if not command.undoing and command.node.get(f"ip access-list {other} {name}") is not None:
        raise RefusedError(f"% A named access list of a different type exists: {name}")
    open_section(command)
    command.next_mode = (
        command.next_mode
        if command.undoing
        else type(command.mode)("config-std-nacl" if kind == "standard" else "config-ext-nacl", (command.identity,))
    )


def one_per_direction(command: Command) -> None:
    """`access-class X in`, `ip access-group X in`: one list for each direction; another replaces it."""
    stem = " ".join(command.words[: command.words.index("in" if "in" in command.words else "out") - 1])
    identity = f"{stem} {'in' if 'in' in command.words else 'out'}"
    if command.undoing:
        command.drop(identity)
    else:
        command.put(identity, command.text)


def shows_numbers(switch: IosSwitch) -> bool:
    """Whether the running configuration prints entry numbers: as the boot configuration did, else from IOS-XE 17 on.

    Source: published 15.x, 16.x and 17.x configurations.
    """
    if switch.numbers_in_lists is not None:
        return switch.numbers_in_lists
    return switch.family is Family.IOSXE and switch.version.startswith("17")


GLOBAL: dict[str, tuple[Rule, ...]] = {
    "acl": (
        quirk("ip access-list resequence WORD <1-2147483647> <1-2147483647>", resequence),
        quirk("ip access-list (standard|extended) WORD", named_list),
        quirk("access-list <1-2699> / (permit|deny|remark) LINE", numbered),
        setting("ipv6 access-list LINE"),
    ),
}
_STANDARD = "(permit|deny) (any|host (IP|WORD)|IP [WILD]) [log]"
_EXTENDED = f"(permit|deny) WORD {_ENDPOINT} {_PORT} {_ENDPOINT} {_PORT} {_EXTENDED_TAIL}"
MODES: dict[str, tuple[Rule, ...]] = {
    "config-std-nacl": (
        quirk("<1-2147483647> / remark LINE", access_entry),
        quirk(f"<1-2147483647> {_STANDARD}", access_entry),
        quirk("remark LINE", access_entry),
        quirk(_STANDARD, access_entry),
    ),
    "config-ext-nacl": (
        quirk("<1-2147483647> / remark LINE", access_entry),
        quirk(f"<1-2147483647> {_EXTENDED}", access_entry),
        quirk("remark LINE", access_entry),
        quirk(_EXTENDED, access_entry),
    ),
}
