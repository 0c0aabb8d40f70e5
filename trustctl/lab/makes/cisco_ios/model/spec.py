"""The values that pass between a simulated IOS switch and its shell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mode:
    """A configuration mode and what is being configured in it.

    `name` is the prompt's text in brackets without them (`config`, `config-if`, `config-if-range`, ...), or `exec` once
    configuration has ended. `keys` are the sections edited (several for a range), inside `parent`.
    """

    name: str
    keys: tuple[str, ...] = ()
    parent: Mode | None = None


EXEC = Mode("exec")
CONFIG = Mode("config")


@dataclass(frozen=True, slots=True)
class BlockRequest:
    """The switch wants raw lines until an end mark: a banner or a certificate.

    The shell collects lines as typed. If `delimiter` is set, the block ends at the first line that contains it (the
    text after it is dropped); else at a line that, stripped, equals `terminator`. Then it calls
    `IosSwitch.finish_block`.
    """

    what: str
    """`banner motd`, `banner login`, `banner exec`, `banner incoming`, or `certificate`."""
    delimiter: str = ""
    terminator: str = ""
    first: str = ""
    """Text after the opening delimiter on the command's own line."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """A question the switch asks before it obeys; answer with `IosSwitch.answer`. Enter, `y` and `yes` mean yes."""

    question: str
    line: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What one line in configuration mode did.

    If `caret` is not None, the shell prints a line with `^` under that column of the typed line (0-based; add the
    prompt's width), then `output`. `do` is an exec command to run (after `do `). `cleared_vtys` are vty lines that
    ceased to exist or were reset: sessions on them end at once. `mutated` is True if the running configuration or the
    VLAN database moved.
    """

    output: tuple[str, ...] = ()
    mode: Mode = CONFIG
    wants_block: BlockRequest | None = None
    confirm: Confirm | None = None
    mutated: bool = False
    caret: int | None = None
    do: str | None = None
    cleared_vtys: frozenset[int] = frozenset()
    refused: bool = False
    """Whether the switch printed an error instead of obeying. Not every line that starts with `%` is one."""
