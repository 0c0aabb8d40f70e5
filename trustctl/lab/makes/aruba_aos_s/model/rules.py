"""What a command is: its pattern, where it applies, what it does and how it is undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model.ports import mentioned, numbers, parse_numbers, written
from trustctl.lab.makes.aruba_aos_s.model.state import Line, put

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.grammar import Word
    from trustctl.lab.makes.aruba_aos_s.model.state import Port, Vlan
    from trustctl.lab.makes.aruba_aos_s.model.switch import AosSwitch


class RefusedError(Exception):
    """The switch refuses; `text` is what it prints."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class Context:
    """Where the configuration stands: `name` is the prompt's text in brackets (empty: not configuring)."""

    name: str = ""
    kind: str = ""
    """`config`, `vlan`, `eth`, or the header of a section."""
    keys: tuple[str, ...] = ()


EXEC = Context()
CONFIG = Context("config", "config")


@dataclass(frozen=True, slots=True)
class Question:
    """Something the switch asks before it obeys; `line` is obeyed once it is confirmed."""

    text: str
    line: str


@dataclass(slots=True)
class Command:
    """A line that is being obeyed."""

    switch: AosSwitch
    context: Context
    line: str
    words: tuple[Word, ...]
    undo: bool = False
    confirmed: bool = False
    booting: bool = False
    out: list[str] = field(default_factory=list[str])
    next: Context | None = None
    question: Question | None = None
    changed: bool = False

    @property
    def values(self) -> list[str]:
        """The values of the line, in order."""
        return [word.text for word in self.words if word.value]

    @property
    def identity(self) -> str:
        """Keywords and key values: what tells the setting from others."""
        return " ".join(word.text for word in self.words if word.key or not word.value)

    def has(self, keyword: str) -> bool:
        """Whether the line has that keyword."""
        return any(word.text == keyword and not word.value for word in self.words)

    def ports(self) -> list[Port]:
        """The ports that the context configures."""
        return [self.switch.config.ports[key] for key in self.context.keys]

    def vlans(self) -> list[Vlan]:
        """The VLANs that the context configures."""
        return [self.switch.config.vlans[int(key)] for key in self.context.keys]

    def ask(self, text: str) -> bool:
        """Whether to go on: confirmed already, booting, or else the question is asked first."""
        if self.confirmed or self.booting:
            return True
        self.question = Question(text, self.line)
        return False


Action = Callable[[Command], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A command. `more`: it opens a context, and words behind it are a command there."""

    pattern: str
    act: Action
    more: bool = False
    undo: bool = True
    """Whether `no` may stand before it."""
    only_undo: bool = False


# -- settings that are a line ------------------------------------------------------------------------------------------


def render(words: Sequence[Word], pattern_quotes: frozenset[int] = frozenset()) -> str:
    """A line as it prints: values that `pattern_quotes` counts (from 0) in quotes."""
    out: list[str] = []
    count = 0
    for word in words:
        if word.value:
            out.append(f'"{word.text}"' if count in pattern_quotes else word.text)
            count += 1
        else:
            out.append(word.text)
    return " ".join(out)


def setting(
    rank: int, *, quotes: Sequence[int] = (), key: str = "", masked: str | None = None, default: str = ""
) -> Action:
    """A line of its own that replaces the one of the same identity; `default` is the line that does not print.

    No published configuration of 15.x or 16.x has a line at its default; that no release prints
    one is [unverified].

    `quotes` are the values (from 0) that print in quotes, `key` the identity (`{0}`, `{1}` for the values) if it is not
    the keywords and key values. `masked` is how it prints while credentials are hidden, with `{0}`, `{1}` for the
    values (empty: not at all).
    """

    def act(command: Command) -> None:
        identity = key.format(*command.values) if key else command.identity
        lines = command.switch.config.lines
        if command.undo:
            command.changed |= drop(lines, identity)
            return
        text = render(command.words, frozenset(quotes))
        if text == default:
            command.changed |= lines.pop(identity, None) is not None
            return
        hidden = None if masked is None else masked.format(*command.values)
        command.changed |= command.switch.config.put(Line(identity, text, rank, hidden=hidden))

    return act


def switched(rank: int, *, default: bool = False) -> Action:
    """A feature that is on or off; only what differs from the default prints: `X`, or `no X`."""

    def act(command: Command) -> None:
        identity = command.identity
        if command.undo is default:
            text = f"no {identity}" if command.undo else identity
            command.changed |= command.switch.config.put(Line(identity, text, rank))
        else:
            command.changed |= command.switch.config.lines.pop(identity, None) is not None

    return act


def listed(rank: int, text: str, *, kind: str = "ports", where: int = 0) -> Action:
    """Ports or VLANs that share one line: value number `where` is added to the list in `text` (`*`), or taken out."""

    def act(command: Command) -> None:
        given = _members(command.values[where], kind)
        config = command.switch.config
        identity = text.replace(" *", "")
        line = config.lines.get(identity)
        had = set(line.members) if line else set[str]()
        now = had - given if command.undo else had | given
        if now == had:
            return
        command.changed = True
        if not now:
            del config.lines[identity]
        else:
            config.put(Line(identity, text, rank, members=now))

    return act


def _members(value: str, kind: str) -> set[str]:
    return set(mentioned(value)) if kind == "ports" else {str(number) for number in parse_numbers(value) or ()}


def each_port(rank: int, text: str, *, where: int = 0) -> Action:
    """A line for each port of value number `where`: `{port}` stands for it in `text`, `{0}`, `{1}` for other values."""

    def act(command: Command) -> None:
        for port in mentioned(command.values[where]):
            rest = [value for at, value in enumerate(command.values) if at != where]
            stem = text.partition(" {0}")[0].format(port=port)
            if command.undo:
                command.changed |= drop(command.switch.config.lines, stem)
            else:
                line = Line(stem, text.format(*rest, port=port), rank)
                command.changed |= command.switch.config.put(line)

    return act


def on_port(rank: int, *, quotes: Sequence[int] = (), key: str = "", default: str = "") -> Action:
    """A setting of each port of the context; `default` is the line that does not print (as for `setting`)."""

    def act(command: Command) -> None:
        for port in command.ports():
            if command.undo or render(command.words, frozenset(quotes)) == default:
                command.changed |= drop(port.lines, key or command.identity)
            else:
                line = Line(key or command.identity, render(command.words, frozenset(quotes)), rank)
                command.changed |= put(port.lines, line, command.switch.config)

    return act


def port_switched(rank: int, *, default: bool = False, name: str = "") -> Action:
    """A feature of each port of the context that is on or off; only what differs from the default prints."""

    def act(command: Command) -> None:
        identity = name or command.identity
        for port in command.ports():
            if command.undo is default:
                text = f"no {identity}" if command.undo else identity
                command.changed |= put(port.lines, Line(identity, text, rank), command.switch.config)
            else:
                command.changed |= port.lines.pop(identity, None) is not None

    return act


def on_vlan(rank: int, *, quotes: Sequence[int] = (), key: str = "") -> Action:
    """A setting of each VLAN of the context."""

    def act(command: Command) -> None:
        for vlan in command.vlans():
            if command.undo:
                command.changed |= drop(vlan.lines, key or command.identity)
            else:
                line = Line(key or command.identity, render(command.words, frozenset(quotes)), rank)
                command.changed |= put(vlan.lines, line, command.switch.config)

    return act


def drop(lines: dict[str, Line], prefix: str) -> bool:
    """Remove the setting of that identity and those whose identity goes on from it; whether there was one."""
    gone = [key for key in lines if key == prefix or key.startswith(f"{prefix} ")]
    for key in gone:
        del lines[key]
    return bool(gone)


def line_text(line: Line) -> str:
    """A line as it prints, with its list."""
    if not line.members:
        return line.text
    every = line.members
    value = numbers(int(each) for each in every) if " vlan *" in line.text else written(every)
    return line.text.replace("*", value)
