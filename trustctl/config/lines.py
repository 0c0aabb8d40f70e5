"""The last gate before a device: what a line may look like, and what is never sent.

Every line on every transport is a `ConfigLine`; `check_line` and `check_lines` are the only ways to make one.

A banner is the one command that spans lines. Its shape, in a list of lines:

    banner motd ^          opening line: `banner <kind> <delimiter>`, the delimiter last and alone
    Property of the trust  body: any printable text that does not hold the delimiter; may be empty
    ^                      closing line: the delimiter alone

`batches` groups such a block into one batch; every other line is a batch of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NewType

from trustctl.errors import RenderError

ConfigLine = NewType("ConfigLine", str)
"""One line that may be sent: printable ASCII, bounded, not a comment, not an EXEC command, not on the deny-list."""

LONGEST_LINE = 200
"""Bytes of one line that every IOS release takes on its command line; longer is refused (SECURITY rule 2)."""

_PRINTABLE = re.compile(r"[\x20-\x7e]+")
_BANNER = re.compile(r"banner (?:motd|login|exec|incoming|prompt-timeout|slip-ppp) (?P<delimiter>[^ A-Za-z0-9])")
_FREE_TEXT = re.compile(
    r" *(?:\d+ )?(?:description|remark|name|snmp-server (?:location|contact)|title|banner) .*"
    r"|.*<(?:secret|observed):[a-z0-9._/-]+>.*"
)

_DENIED: tuple[tuple[str, ...], ...] = (
    ("rel|oad",),
    ("er|ase",),
    ("form|at",),
    ("del|ete",),
    ("wr|ite",),
    ("copy",),
    ("squ|eeze",),
    ("boo|t",),
    ("config-r|egister",),
    ("do",),
    ("do-exec",),
    ("tcl|sh",),
    ("end",),
    ("cr|ypto", "k|ey"),
    ("cr|ypto", "pk|i"),
    ("cr|ypto", "ca"),
)
"""Refused with or without a leading `no`. The part before `|` is the shortest abbreviation that the CLI accepts."""

_DENIED_WITH_NO: tuple[tuple[str, ...], ...] = (
    ("aa|a", "n|ew-model"),
    ("lin|e", "v|ty"),
    ("lin|e", "c|onsole"),
    ("in|terface", "g|igabitethernet"),
    ("in|terface", "te|ngigabitethernet"),
    ("in|terface", "fa|stethernet"),
    ("in|terface", "fo|rtygigabitethernet"),
    ("in|terface", "twe|ntyfivegige"),
    ("in|terface", "r|ange"),
    ("sw|itchport", "t|runk", "a|llowed"),
)
"""Refused after `no` only: outages that a well-meant negation causes (PLATFORMS H1, H11, H12)."""


def _abbreviations(keyword: str) -> str:
    """An expression for a keyword and all abbreviations that the CLI takes.

    Before: "rel|oad"    After: "rel(?:o(?:a(?:d)?)?)?"
    """
    shortest, _, rest = keyword.partition("|")
    optional = ""
    for letter in reversed(rest):
        optional = f"(?:{re.escape(letter)}{optional})?"
    return re.escape(shortest) + optional


def _any_of(commands: Iterable[tuple[str, ...]]) -> str:
    return "|".join(" +".join(f"{_abbreviations(word)}(?:[0-9][0-9/]*)?" for word in words) for words in commands)


_DANGEROUS = re.compile(
    rf" *(?:(?:no|default) +)?(?:{_any_of(_DENIED)})(?: .*)?|"
    rf" *(?:no|default) +(?:{_any_of(_DENIED_WITH_NO)})(?: .*)?",
    re.IGNORECASE,
)
"""An interface name ends in its number, with or without a blank before it."""


def _refuse(text: str, problem: str) -> RenderError:
    return RenderError(
        f"this line may not be sent to a device: {problem}",
        where=repr(text[:LONGEST_LINE]),
        remedy="Change the value or the template that makes this line.",
    )


def _check_printable(text: str) -> None:
    if len(text) > LONGEST_LINE:
        raise _refuse(text, f"it is longer than {LONGEST_LINE} characters")
    if text and not _PRINTABLE.fullmatch(text):
        raise _refuse(text, "it holds a character that is not printable ASCII")


def check_line(text: str) -> ConfigLine:
    """Return `text` as a line that may be sent; raise RenderError if it may not.

    Refused: anything outside printable ASCII, an empty or over-long line, a comment (the device would drop it
    silently), `?` (the CLI takes it as a call for help), a pipe or redirection outside free text, EXEC commands in
    configuration mode (`do ...`), and the deny-list with every abbreviation.
    """
    _check_printable(text)
    bare = text.strip()
    if not bare:
        raise _refuse(text, "it is empty")
    if bare[0] in "!#;":
        raise _refuse(text, "it is a comment, which the device would drop silently")
    if "?" in bare:
        raise _refuse(text, "it holds `?`, which the device takes as a call for help")
    if any(mark in bare for mark in "|<>") and not _FREE_TEXT.fullmatch(text):
        raise _refuse(text, "it holds a pipe or a redirection")
    if _DANGEROUS.fullmatch(text):
        raise _refuse(text, "the command is on the deny-list")
    return ConfigLine(text)


def batches(lines: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Group lines as they must be sent: a banner block in one piece, every other line alone.

    Raises RenderError if a banner is not closed by its delimiter.
    """
    rest = iter(lines)
    for line in rest:
        opening = _BANNER.fullmatch(line)
        if opening is None:
            yield (line,)
            continue
        block = [line]
        for body in rest:
            block.append(body)
            if opening["delimiter"] in body:
                break
        if len(block) == 1 or block[-1] != opening["delimiter"]:
            raise _refuse(line, "its banner is not closed by the delimiter on a line of its own")
        yield tuple(block)


def check_lines(lines: Iterable[str]) -> tuple[ConfigLine, ...]:
    """Return all lines as sendable, banner bodies included; raise RenderError at the first that is not."""
    checked: list[ConfigLine] = []
    for batch in batches(lines):
        if len(batch) == 1:
            checked.append(check_line(batch[0]))
            continue
        for text in batch:
            _check_printable(text)
            if "?" in text:
                raise _refuse(text, "it holds `?`, which the device takes as a call for help")
            checked.append(ConfigLine(text))
    return tuple(checked)


def banner_delimiter(body: Iterable[str]) -> str:
    """Return a delimiter for a banner that stands nowhere in its body; raise RenderError if there is none left."""
    text = "\n".join(body)
    for candidate in "^~#%@$&*=+_/":
        if candidate not in text:
            return candidate
    raise _refuse(text.split("\n", 1)[0], "its banner uses every character that could end it")
