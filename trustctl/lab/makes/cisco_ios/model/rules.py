"""Rules: what a command means for the running configuration. The tables in `commands` are made of these."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.spec import CONFIG, BlockRequest, Confirm, Mode
from trustctl.lab.makes.cisco_ios.model.tree import Node

if TYPE_CHECKING:
    from collections.abc import Callable

    from trustctl.lab.makes.cisco_ios.model.catalogue import Family
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch


class Undo(Enum):
    """What the `no` form of a command does."""

    REMOVE = "remove"
    """The setting goes; its default is in force."""
    STORE = "store"
    """The `no` form is itself a setting, printed unless it is the default."""
    NONE = "none"
    """There is no `no` form."""


class On(Enum):
    """The kinds of interface that know a command."""

    ANY = "any"
    PORT = "port"
    """Physical ports and bundles."""
    PHYSICAL = "physical"


class RefusedError(Exception):
    """The switch understood the line and will not do it; `lines` is what it prints."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines


class InvalidWordError(Exception):
    """The line is wrong at word number `word` (0-based, without `no`): the caret goes there."""

    def __init__(self, word: int) -> None:
        super().__init__(word)
        self.word = word


class Command:
    """One understood line while it is being obeyed.

    `form` is ``""``, `no` or `default`. `node` is the section being configured; for a range the action runs once for
    each.
    Actions set `next_mode`, `block` and `confirm`, call `say`, and mark `changed` through `put` and `drop`.
    """

    __slots__ = (
        "block",
        "booting",
        "changed",
        "cleared_vtys",
        "confirm",
        "confirmed",
        "form",
        "identity",
        "line",
        "mode",
        "next_mode",
        "node",
        "out",
        "rule",
        "switch",
        "words",
    )

    def __init__(
        self, switch: IosSwitch, mode: Mode, line: str, form: str, rule: Rule, words: tuple[str, ...], identity: str
    ) -> None:
        self.switch = switch
        self.mode = mode
        self.line = line
        self.form = form
        self.rule = rule
        self.words = words
        self.identity = identity
        self.node = switch.root
        self.next_mode = mode
        self.out: list[str] = []
        self.block: BlockRequest | None = None
        self.confirm: Confirm | None = None
        self.confirmed = False
        self.booting = switch.booting
        self.changed = False
        self.cleared_vtys: frozenset[int] = frozenset()

    @property
    def undoing(self) -> bool:
        """Whether this is the `no` or the `default` form."""
        return bool(self.form)

    @property
    def text(self) -> str:
        """The command with all words in full."""
        return " ".join(self.words)

    def say(self, *lines: str) -> None:
        """Print lines; nothing is printed while the startup configuration loads, and nothing twice in a row."""
        if not self.booting and tuple(self.out[-len(lines) :]) != lines:
            self.out.extend(lines)

    def put(self, identity: str, text: str, *, section: bool = False) -> Node:
        """Set what `identity` is; the place in the printed order comes from the rule."""
        node = self.node.get(identity)
        if node is None:
            sort = self.rule.sort(self.words) if self.rule.sort else ()
            node = Node(text, (self.rule.rank, sort, self.switch.next_age()), section=section)
            self.node.settings[identity] = node
            self.changed = True
        elif node.text != text:
            node.text = text
            self.changed = True
        return node

    def drop(self, identity: str) -> bool:
        """Remove what `identity` is; False if it was not there."""
        if self.node.children and identity in self.node.children:
            del self.node.children[identity]
            self.changed = True
            return True
        return False

    def enter(self, *keys: str) -> None:
        """Go on in the section (or sections) with these identities."""
        parent = None if self.mode.name == CONFIG.name else self.mode
        self.next_mode = Mode(self.rule.enters, keys, parent)


def store(command: Command) -> None:
    """Keep a setting as its rule says: the usual action.

    What a boot configuration spells out is kept even where it is the default, and so is a `no` form that takes nothing
    away: that image prints them, now and later.
    """
    rule, identity, spelled = command.rule, command.identity, command.switch.spelled_defaults
    default = rule.default
    if command.form == "default" or (command.form == "no" and rule.undo is Undo.REMOVE):
        if command.form == "no" and command.booting and command.node.get(identity) is None:
            command.put(identity, f"no {command.text}")
        elif identity in spelled:
            command.put(identity, default)
        else:
            command.drop(identity)
        return
    text = f"no {identity}" if command.form == "no" else command.text
    if command.booting and text == default:
        spelled.add(identity)
    if text == default and identity not in spelled:
        command.drop(identity)
    else:
        command.put(identity, text)


def open_section(command: Command) -> None:
    """Create a section if need be and go on in it; the `no` form removes it whole."""
    if command.undoing:
        command.drop(command.identity)
        return
    command.put(command.identity, command.text, section=True)
    command.enter(command.identity)


def leave(command: Command) -> None:
    """`exit-address-family` and the like: one level up."""
    command.next_mode = command.mode.parent or CONFIG


@dataclass(frozen=True, slots=True)
class Rule:
    """One command: its pattern and what it means.

    `default` is the text in force when nothing is stored; it is not printed unless the image does.
    `rank` is its place among the lines of its mode. `sort` orders several settings of the same rule.
    """

    pattern: str
    run: Callable[[Command], None] = store
    undo: Undo = Undo.REMOVE
    default: str = ""
    enters: str = ""
    on: On = On.ANY
    families: frozenset[Family] | None = None
    sort: Callable[[tuple[str, ...]], tuple[int | str, ...]] | None = None
    rank: float = 0.0
    boot_only: bool = False
    """The device writes the line itself: a boot configuration may carry it, nobody may type it."""

    @property
    def has_no(self) -> bool:
        """Whether the command has a `no` form."""
        return self.undo is not Undo.NONE


def setting(pattern: str, *, default: str = "", on: On = On.ANY) -> Rule:
    """A value or flag that the `no` form takes away."""
    return Rule(pattern, default=default, on=on)


def on_by_default(pattern: str, *, on: On = On.ANY) -> Rule:
    """A flag that is on: only its `no` form prints."""
    return Rule(pattern, undo=Undo.STORE, default=pattern, on=on)


def explicit(pattern: str, *, on: On = On.ANY, default: str = "") -> Rule:
    """A flag that prints in both forms; `default` where images differ in whether they print that form."""
    return Rule(pattern, undo=Undo.STORE, on=on, default=default)


def section(pattern: str, enters: str, *, families: frozenset[Family] | None = None) -> Rule:
    """A section with a mode of its own, removed whole by its `no` form."""
    return Rule(pattern, run=open_section, enters=enters, families=families)


def quirk(
    pattern: str,
    run: Callable[[Command], None],
    *,
    default: str = "",
    enters: str = "",
    on: On = On.ANY,
) -> Rule:
    """A command that data cannot describe."""
    return Rule(pattern, run=run, default=default, enters=enters, on=on)


def device_owned(pattern: str) -> Rule:
    """A line that the device writes itself."""
    return Rule(pattern, undo=Undo.NONE, boot_only=True)
