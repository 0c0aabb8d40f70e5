"""What a command is: its pattern, what it does, how it is undone, and where it prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_cx.model.grammar import INVALID
from trustctl.lab.makes.aruba_aos_cx.model.hiding import hide
from trustctl.lab.makes.aruba_aos_cx.model.names import print_vlans, vlan_list
from trustctl.lab.makes.aruba_aos_cx.model.tree import Node

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_cx.model.grammar import Read
    from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch


class RefusedError(Exception):
    """The switch refuses; `text` is what it prints."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class Context:
    """Where the configuration stands: `prompt` as it prints, `kind` which table is read, `paths` the sections."""

    prompt: str
    kind: str
    paths: tuple[tuple[str, ...], ...] = ((),)
    """The keys of the sections that a line goes to, from the top; more than one in a range."""
    parent: Context | None = None


EXEC = Context("", "exec")
CONFIG = Context("config", "config")


@dataclass(frozen=True, slots=True)
class Question:
    """Something the switch asks before it obeys; `line` is obeyed once it is confirmed."""

    text: str
    line: str


@dataclass(frozen=True, slots=True)
class Block:
    """Raw lines that the switch takes until the delimiter: a banner."""

    header: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a line did: what it printed, where the configuration stands now, and what the switch waits for."""

    output: tuple[str, ...] = ()
    context: Context = CONFIG
    changed: bool = False
    refused: bool = False
    question: Question | None = None
    block: Block | None = None


@dataclass(slots=True)
class Command:
    """A line that is being obeyed in one section."""

    switch: CxSwitch
    context: Context
    section: Node
    rule: Rule
    read: Read
    line: str
    undo: bool = False
    confirmed: bool = False
    out: list[str] = field(default_factory=list[str])
    next: Context | None = None
    question: Question | None = None
    block: Block | None = None
    changed: bool = False
    placed: int | None = None
    """Where the line that was set prints."""

    @property
    def booting(self) -> bool:
        """Whether a stored configuration is being loaded: it was valid when it was stored."""
        return self.switch.booting

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of the line, in order."""
        return self.read.arguments

    def has(self, word: str) -> bool:
        """Whether the line has that word."""
        return word in self.read.words

    def put(self, line: str, key: str, rank: int | None = None) -> Node:
        """Set a line in the section; nothing changes if it is there already."""
        self.placed = self.rule.rank if rank is None else rank
        old = self.section.get(key)
        if old is not None and old.line == line:
            return old
        self.changed = True
        node = Node(line, key, self.placed)
        if old is not None:
            node.children = old.children
        return self.section.put(node)

    def drop(self, key: str) -> bool:
        """Remove a line of the section; whether there was one."""
        gone = self.section.drop(key)
        self.changed = self.changed or gone
        return gone

    def open(self, prompt: str, kind: str, *keys: str) -> None:
        """Go into a section below the one the line is in (or several, in a range)."""
        base = self.context.paths[0]
        self.next = Context(prompt, kind, tuple((*base, key) for key in keys), self.context)

    def ask(self, text: str) -> bool:
        """Whether to go on: confirmed already, booting, or else the question is asked first."""
        if self.confirmed or self.booting:
            return True
        self.question = Question(text, self.line)
        return False


Action = Callable[[Command], None]


def put(command: Command) -> None:
    """Set the line; with `no`, remove the setting."""
    if command.undo:
        command.drop(command.read.key)
    else:
        command.put(hidden(command), command.read.key)


def toggle(command: Command) -> None:
    """A setting that is on by default: only `no` prints."""
    key = command.read.key
    if command.undo:
        command.put(f"no {key}", key)
    else:
        command.drop(key)


def either(command: Command) -> None:
    """A setting whose both forms print."""
    key = command.read.key
    command.put(f"no {key}" if command.undo else " ".join(command.read.words), key)


def state(command: Command) -> None:
    """`enable` and `disable`, of which the last one counts."""
    key = " ".join([*command.read.words[:-1], "state"])
    if command.undo:
        command.drop(key)
    else:
        command.put(" ".join(command.read.words), key)


def limited(most: int) -> Action:
    """A text of at most so many characters (HPE data sheets as generally known) [unverified]."""

    def act(command: Command) -> None:
        text = command.arguments[-1] if command.arguments else ""
        if not command.undo and not command.booting and len(text.strip("'\"")) > most:
            raise RefusedError(f"{INVALID}{text}")
        put(command)

    return act


def several(command: Command) -> None:
    """A setting that may be there more than once, with other values; `no` removes the one with those values."""
    line = hidden(command)
    if command.undo:
        command.drop(" ".join(command.read.words))
    else:
        command.put(line, " ".join(command.read.words))


def attached(command: Command) -> None:
    """`apply access-list ip NAME ...`: one list of a type at a place and direction; another one takes its place.

    AOS-CX ACLs and Classifier Policies Guide, apply access-list: only one ACL per type may be applied at a time to the
    control plane of a VRF, a port or a VLAN; applying another replaces it. `no` takes away the list that it names, and
    is refused where another one or none is applied [unverified].
    """
    verb, what, family, name, *where = command.read.words
    key = " ".join([verb, what, family, *where])
    if not command.undo:
        command.put(" ".join(command.read.words), key)
    elif command.section.text(key).split()[3:4] == [name]:
        command.drop(key)
    else:
        raise RefusedError(f"Access list {name} is not applied.")


def members(command: Command) -> None:
    """A list of VLANs at the end of a line: set, it adds to what is there; with `no` it takes away [unverified]."""
    key = command.read.key
    old = frozenset(vlan_list(command.section.value(key)) or ()) if command.section.has(key) else frozenset[int]()
    given = frozenset(vlan_list(command.read.words[-1]) or ()) if len(command.read.words) > command.read.known else old
    left = old - given if command.undo else old | given
    if left:
        command.put(f"{key} {print_vlans(left)}", key)
    else:
        command.drop(key)


def hidden(command: Command) -> str:
    """The line as it is stored: a secret in plain text becomes ciphertext, another one each time."""
    words = list(command.read.words)
    for at, word in enumerate(words[:-1]):
        if word == "plaintext":
            words[at], words[at + 1] = "ciphertext", hide(words[at + 1], command.switch.fresh())
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class Rule:
    """A command. `rank` is where it prints among the lines of its section; `no_undo` has no `no` form."""

    pattern: str
    act: Action = put
    rank: int = 50
    no_undo: bool = False


def section(prompt: str, kind: str) -> Action:
    """A command that opens a section of its own, keyed by its words; `no` removes it with all that is in it."""

    def act(command: Command) -> None:
        key = command.read.key
        if command.undo:
            command.drop(key)
            return
        command.put(" ".join(command.read.words), key)
        command.open(prompt.format(*command.arguments), kind, key)

    return act
