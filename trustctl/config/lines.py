"""The last gate before a device: what a line may look like, and what is never sent.

Every line on every transport is a `ConfigLine`; a platform's `Gate` is the only way to make one. What a command is
called stands in the platform's rulebook (`gate:`, read by `trustctl.config.gatefile`); what holds for every platform
stands here: printable ASCII, a bounded length, no call for help.

A banner is the one command that spans lines. Its shape, in a list of lines (`^` stands for the delimiter):

    banner motd ^          opening line: the platform's form, the delimiter last and alone
    Property of the trust  body: any printable text that does not hold the delimiter; may be empty
    ^                      closing line: the delimiter alone

`Gate.batches` groups such a block into one batch; every other line is a batch of its own.

A guarded command is on the deny-list too. It passes only with a `Permit` that was made out for it, and permits are made
by `trustctl.config.wayback` alone, for the way back to a configuration that leaves a way in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NewType

from trustctl.config.syntax import LONGEST_LINE, NEVER
from trustctl.errors import RenderError
from trustctl.model.secret import OBSERVED_TOKEN, SECRET_TOKEN

ConfigLine = NewType("ConfigLine", str)
"""One line that may be sent: printable ASCII, bounded, not a comment, not an EXEC command, not on the deny-list."""

_PRINTABLE = re.compile(r"[\x20-\x7e]+")
_TOKEN = re.compile(rf"{SECRET_TOKEN.pattern}|{OBSERVED_TOKEN.pattern}")
"""Stands for a value that is checked by itself; its brackets are ours, not a redirection."""
_CORRECT = "Change the value or the template that makes this line."


@dataclass(frozen=True, slots=True)
class Guarded:
    """A command that is refused unless what it leaves behind is known to let somebody in.

    It switches the flag `flag` off, and with it the logins of the terminal lines. In the configuration afterwards each
    of the first `first` sections of the rule `section` must have the lines `having` and none of `without`; an item of
    the rule `account` with a secret must have the level `level`, or one of the rules `enable` must be there.
    """

    line: str
    flag: str
    section: str
    first: int
    having: tuple[str, ...]
    without: tuple[str, ...]
    account: str
    level: str
    enable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Permit:
    """Guarded commands that may pass this once; made by `trustctl.config.wayback.way_back`."""

    lines: frozenset[str] = frozenset()


NO_PERMIT = Permit()


@dataclass(frozen=True, slots=True)
class Gate:
    """What one platform never takes from us. Read from its rulebook, which must hold one."""

    denied: re.Pattern[str]
    """Refused with or without a negation before it, in every abbreviation."""
    negated: re.Pattern[str]
    """Refused after a negation only: outages that a well-meant negation causes (docs/hazards.md H1, H11, H12)."""
    comments: str
    """Characters that begin a comment, which the device drops silently."""
    redirections: str
    """Characters that send output elsewhere; they may stand in free text only."""
    free_text: re.Pattern[str]
    banner: re.Pattern[str]
    """The opening line of a banner, with the group `delimiter`."""
    delimiters: str
    """Characters that may end a banner, best first."""
    shown: re.Pattern[str] = NEVER
    """Further lines whose text everybody can see (`hostname`)."""
    longest: int = LONGEST_LINE
    """Characters of one line that the platform takes."""
    guarded: tuple[Guarded, ...] = ()
    floor: Gate | None = None
    """A gate that must be passed as well: the shipped one, where a trust's own folder stands before it."""

    def check_line(self, text: str, permit: Permit = NO_PERMIT) -> ConfigLine:
        """Return `text` as a line that may be sent; raise RenderError if it may not.

        Refused: anything outside printable ASCII, an empty or over-long line, a comment (the device would drop it
        silently), `?` (the CLI takes it as a call for help), a pipe or redirection outside free text, EXEC commands in
        configuration mode (`do ...`), and the deny-list with every abbreviation. A guarded command passes if `permit`
        names it, letter by letter.
        """
        _check_printable(text, self.longest)
        bare = text.strip()
        if not bare:
            raise _refuse(text, "it is empty")
        if bare[0] in self.comments:
            raise _refuse(text, "it is a comment, which the device would drop silently")
        _check_help(text)
        said = _TOKEN.sub("", text)
        if any(mark in said for mark in self.redirections) and not self.free_text.fullmatch(said):
            raise _refuse(text, "it holds a pipe or a redirection")
        if self.denied.fullmatch(text) or (self.negated.fullmatch(text) and not self._passes(text, permit)):
            raise self._denied(text)
        if self.floor is not None:
            self.floor.check_line(text, permit)
        return ConfigLine(text)

    def shows(self, text: str) -> bool:
        """Whether the device shows the text of a line to whoever asks, so that no secret may stand in it."""
        said = _TOKEN.sub("", text)
        return self.free_text.fullmatch(said) is not None or self.shown.fullmatch(said) is not None

    def _passes(self, text: str, permit: Permit) -> bool:
        return text in permit.lines and any(text == guarded.line for guarded in self.guarded)

    def _denied(self, text: str) -> RenderError:
        if any(text.strip() == guarded.line for guarded in self.guarded):
            return _refuse(
                text,
                "the command is on the deny-list but for the way back to a configuration with another way in",
                "Use `trustctl rollback` for a change of ours; else give it at the console, with somebody beside you.",
            )
        return _refuse(text, "the command is on the deny-list")

    def batches(self, lines: Iterable[str]) -> Iterator[tuple[str, ...]]:
        """Group lines as they must be sent: a banner block in one piece, every other line alone.

        Raises RenderError if a banner is not closed by its delimiter.
        """
        rest = iter(lines)
        for line in rest:
            opening = self.banner.fullmatch(line)
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

    def check_lines(self, lines: Iterable[str], permit: Permit = NO_PERMIT) -> tuple[ConfigLine, ...]:
        """Return all lines as sendable, banner bodies included; raise RenderError at the first that is not."""
        checked: list[ConfigLine] = []
        for batch in self.batches(lines):
            if len(batch) == 1:
                checked.append(self.check_line(batch[0], permit))
                continue
            for text in batch:
                _check_printable(text, self.longest)
                _check_help(text)
                checked.append(ConfigLine(text))
        return tuple(checked)

    def delimiter_for(self, body: Iterable[str]) -> str:
        """Return a delimiter for a banner that stands nowhere in its body; raise RenderError if there is none left."""
        text = "\n".join(body)
        for candidate in self.delimiters:
            if candidate not in text:
                return candidate
        raise _refuse(text.split("\n", 1)[0], "its banner uses every character that could end it")


def _refuse(text: str, problem: str, remedy: str = _CORRECT) -> RenderError:
    return RenderError(
        f"this line may not be sent to a device: {problem}", where=repr(text[:LONGEST_LINE]), remedy=remedy
    )


def _check_printable(text: str, longest: int) -> None:
    if len(text) > longest:
        raise _refuse(text, f"it is longer than {longest} characters")
    if text and not _PRINTABLE.fullmatch(text):
        raise _refuse(text, "it holds a character that is not printable ASCII")


def _check_help(text: str) -> None:
    if "?" in text:
        raise _refuse(text, "it holds `?`, which the device takes as a call for help")


def commands_expression(commands: Iterable[str], negations: Iterable[str], *, optional: bool) -> re.Pattern[str]:
    """The expression for commands written as `aa|a n|ew-model`, in every abbreviation, with what may follow.

    The part of a word before `|` is the shortest abbreviation that the CLI accepts. A negation stands before it, or
    may stand there (`optional`). Every word may go on with a number: `gi1/0/1`, `1/1/1`. A word that is a
    number is that number and no other: `vlan 1` is not `vlan 10`. `1/` is every number that goes on after it: `1/1/24`.
    """
    forms = "|".join(" +".join(map(_word, command.split())) for command in commands)
    negation = f"(?:(?:{'|'.join(re.escape(word) for word in negations)}) +){'?' if optional else ''}"
    return re.compile(rf" *{negation}(?:{forms})(?: .*)?" if forms else r"(?!)", re.IGNORECASE)


def _word(word: str) -> str:
    """An expression for one word of a command, and the number that may follow it."""
    if word.endswith("/"):
        return f"{re.escape(word)}[0-9/:]*"
    return _abbreviations(word) + ("" if word.isdigit() else "(?:[0-9][0-9/]*)?")


def _abbreviations(keyword: str) -> str:
    """An expression for a keyword and all abbreviations that the CLI takes.

    Before: "rel|oad"    After: "rel(?:o(?:a(?:d)?)?)?"
    """
    shortest, _, rest = keyword.partition("|")
    optional = ""
    for letter in reversed(rest):
        optional = f"(?:{re.escape(letter)}{optional})?"
    return re.escape(shortest) + optional
