"""Parse the text of a configuration into its lossless tree.

The structure comes from the indentation that the device prints. Where people wrote the text without indentation, a line
belongs to the open section whose rules know it, as it would if it were typed. Blocks of free text (banners,
certificates, macros) are taken whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trustctl.config.blocks import find_block, hexadecimal_block
from trustctl.config.classify import (
    Classifier,
    IgnoredMeaning,
    LineMeaning,
    Meaning,
    OpaqueMeaning,
    SectionMeaning,
    classifier,
)
from trustctl.config.rules import ROOT, Kind, Rulebook
from trustctl.config.stanzas import Stanza, Stanzas, split, stanzas
from trustctl.config.tree import Node, Tree
from trustctl.errors import LosslessError

_PAGER = re.compile(r"\x08*\s*(?:<?-+ ?[Mm][Oo][Rr][Ee] ?-+>?|-- MORE --, next page.*)")
_BLANK = " \t\r"
_BYTE_ORDER_MARK = "\ufeff"
"""What some editors put before the first line of a file."""
_TAB = 8
_COMMENTS = "!#;"
_END = "end"
_TRAILER = re.compile(r"[\w.()/:-]+[>#].*|Connection to .* closed.*|logout", re.ASCII)
"""What stands after a captured configuration: a prompt, perhaps with the next command."""
_HEAD = re.compile(r"Building configuration\.\.\.|Current configuration ?: ?\d+ bytes|Using \d+ out of \d+ bytes.*")
_HEAD_LINES = 200
"""A terminal's greeting before the configuration is at most this long."""


def parse(text: str, rulebook: Rulebook, *, captured: bool = True, where: str = "") -> Tree:
    """Parse a configuration without losing a line.

    `captured` means that a device printed the text, so it must be whole: it ends with `end`. `where` names the file or
    device in messages. Raises LosslessError (`where` is "file:line") for a text that is cut short, that holds the
    prompt of a pager, whose banner does not end, or that goes on after its end.
    """
    lines, newline = _lines(text)
    parser = _Parser(lines, classifier(rulebook), where or "configuration")
    parser.run(captured=captured)
    return Tree(tuple(parser.roots), tuple(parser.ignored), len(lines), newline, parser.where)


@dataclass(frozen=True, slots=True)
class Known:
    """A stanza that was read before; `number` is the line that it starts at."""

    number: int
    text: str
    stanza: Stanza


@dataclass(frozen=True, slots=True)
class Fresh:
    """A line at the margin with what hangs below it; `text` is its stanza if it is complete in itself, or empty."""

    node: Node
    text: str


def skim(text: str, rulebook: Rulebook, *, captured: bool = True, where: str = "") -> list[Known | Fresh]:
    """Parse a configuration as `parse` does, without the stanzas whose meaning is known.

    Those were parsed without loss when they came first. Raises LosslessError as `parse` does. Of an intended
    configuration (not `captured`) only flat stanzas are taken as known: the origins of others cannot be found again.
    """
    lines, _ = _lines(text)
    parser = _Parser(lines, classifier(rulebook), where or "configuration")
    return parser.skim(stanzas(rulebook), captured=captured)


def _lines(text: str) -> tuple[list[str], bool]:
    """The lines, and whether the last one ends in a newline."""
    lines = text.replace("\r\n", "\n").split("\n")
    newline = lines[-1] == "" and len(lines) > 1
    if newline:
        lines.pop()
    return lines, newline


class _Parser:
    """The state while one text is read from top to bottom."""

    __slots__ = ("_classifier", "_ended", "_flat", "_lines", "_separated", "_stack", "ignored", "roots", "where")

    def __init__(self, lines: list[str], meanings: Classifier, where: str) -> None:
        self._lines = lines
        self._classifier = meanings
        self._stack: list[Node] = []
        """The open line and the lines that it stands below, outermost first."""
        self._flat: list[Node] = []
        """The open sections that so far have no indented line: their lines may stand without indentation."""
        self._ended = 0
        self._separated = False
        """A comment at the margin stands between this line and the last one."""
        self.roots: list[Node] = []
        self.ignored: list[tuple[int, str, str]] = []
        self.where = where

    def run(self, *, captured: bool) -> None:
        """Read all lines."""
        index = self._preamble() if captured else 0
        count = len(self._lines)
        while index < count:
            index += self._take(index)
        if captured:
            self._whole(empty=not self.roots)

    def skim(self, known: Stanzas, *, captured: bool) -> list[Known | Fresh]:
        """Read all lines but those of known stanzas; the parts at the margin, in order."""
        parts: list[Known | Fresh] = []
        index = self._preamble() if captured else 0
        start = 0
        for text in split("\n".join(self._lines)):
            stop = start + text.count("\n") + 1
            stanza = known.find(text) if index == start and not self._ended else None
            if stanza is not None and (captured or stanza.flat):
                if text[:1] not in _COMMENTS:
                    self._stack.clear()
                    self._flat.clear()
                    parts.append(Known(start + 1, text, stanza))
                index = stop
            else:
                index = self._stanza(text, range(start, stop), index, parts)
                if not self._ended and self._is_comment(text):
                    known.learn(text, Stanza())
            start = stop
        if captured:
            self._whole(empty=not parts)
        return parts

    def _is_comment(self, text: str) -> bool:
        if text[:1] not in _COMMENTS or "\n" in text:
            return False
        return not text or isinstance(self._classifier.meaning(ROOT, text.strip(_BLANK)), IgnoredMeaning)

    def _stanza(self, text: str, lines: range, index: int, parts: list[Known | Fresh]) -> int:
        """Read on from `index` to the end of a stanza that stands at `lines`; the next line to read.

        A stanza is complete in itself if its first line is known at the top (so nothing before it matters), if it ends
        where it seems to, and if nothing after it can belong to it.
        """
        roots, whole = len(self.roots), index == lines.start
        while index < lines.stop:
            index += self._take(index)
        added = self.roots[roots:]
        complete = (
            whole
            and index == lines.stop
            and len(added) == 1
            and added[0].number == lines.start + 1
            and added[0].meaning is not None
            and not (self._flat or self._ended or self._separated)
            and not text.startswith("\ufeff")
        )
        parts.extend(Fresh(node, text if complete else "") for node in added)
        return index

    def _whole(self, *, empty: bool) -> None:
        """Raise LosslessError if what a device printed is not all here."""
        if not self._ended:
            count = len(self._lines)
            raise self._error(count, "the text is cut short: it has no `end`", "Capture the configuration again.")
        if empty:
            raise self._error(1, "the text holds no configuration", "Capture `show running-config` whole.")

    def _error(self, number: int, problem: str, remedy: str) -> LosslessError:
        return LosslessError(problem, where=f"{self.where}:{max(number, 1)}", remedy=remedy)

    def _preamble(self) -> int:
        """Set aside what stands before the first line that `show running-config` prints; the number of such lines."""
        heads = (index for index, raw in enumerate(self._lines[:_HEAD_LINES]) if _HEAD.fullmatch(raw.strip(_BLANK)))
        before = self._lines[: next(heads, 0)]
        if any(isinstance(self._classifier.meaning(ROOT, raw.strip(_BLANK)), LineMeaning) for raw in before):
            return 0
        self.ignored.extend((number, raw, "before-configuration") for number, raw in enumerate(before, start=1))
        return len(before)

    def _take(self, index: int) -> int:
        """Read the line at `index` and the text that belongs to it; how many lines that was."""
        raw = self._lines[index]
        text = (raw if index else raw.removeprefix(_BYTE_ORDER_MARK)).strip(_BLANK)
        number = index + 1
        if not text:
            self.ignored.append((number, raw, "blank"))
            return 1
        if self._ended:
            return self._after_end(number, raw, text)
        indent = _indent(raw) if raw[0] in _BLANK else 0
        if text == _END and indent == 0:
            self._ended = number
            self.ignored.append((number, raw, "end"))
            return 1
        if text[0] in "-<\x08" and _PAGER.match(text):
            raise self._error(number, "the text holds the prompt of a pager", "Capture it with `terminal length 0`.")
        return self._place(number, raw, text, indent)

    def _place(self, number: int, raw: str, text: str, indent: int) -> int:
        """Hang a line where it belongs. A comment stands between lines, and opens and closes nothing."""
        comment = self._classifier.meaning(ROOT, text) if text[0] in _COMMENTS else None
        if isinstance(comment, IgnoredMeaning):
            self.ignored.append((number, raw, comment.rule.name))
            self._separated = self._separated or indent == 0
            return 1
        stack = self._stack
        while stack and stack[-1].indent >= indent:
            stack.pop()
        if stack:
            parent, meaning = self._below(stack[-1], text)
        else:
            parent, meaning = self._at_top(text)
        if isinstance(meaning, IgnoredMeaning):
            self.ignored.append((number, raw, meaning.rule.name))
            if meaning.rule.closes and self._flat:
                self._flat.pop()
            return 1
        self._separated = False
        node = Node(number, raw, text, indent, meaning)
        (self.roots if parent is None else parent.children).append(node)
        stack.append(node)
        if isinstance(meaning, LineMeaning) and meaning.rule.kind is not Kind.BLOCK:
            return 1
        return self._block(node, parent)

    def _at_top(self, text: str) -> tuple[Node | None, Meaning]:
        """A line at the outermost indentation: at the top, or in a section that is written without indentation."""
        meaning = self._classifier.meaning(ROOT, text)
        if meaning is None:
            while self._flat:
                meaning = self._inside(self._flat[-1], text)
                if meaning is not None:
                    return self._flat[-1], meaning
                if not self._known_further_out(text):
                    break
                self._flat.pop()
        elif not isinstance(meaning, IgnoredMeaning):
            self._flat.clear()
        return None, meaning

    def _known_further_out(self, text: str) -> bool:
        return any(self._inside(section, text) is not None for section in self._flat[:-1])

    def _inside(self, section: Node, text: str) -> Meaning:
        meaning = section.meaning
        if not isinstance(meaning, SectionMeaning):
            return None
        return self._classifier.meaning(meaning.headers[0].rule.context, text)

    def _below(self, parent: Node, text: str) -> tuple[Node | None, Meaning]:
        """A line that is indented below `parent`."""
        if self._flat:
            self._flat.clear()
        meaning = parent.meaning
        if isinstance(meaning, SectionMeaning):
            rule = meaning.headers[0].rule
            memory = self._classifier.memory(rule.context)
            if text in memory:
                return parent, memory[text]
            return parent, OpaqueMeaning(rule) if rule.device_owned else self._classifier.meaning(rule.context, text)
        if isinstance(meaning, OpaqueMeaning):
            return parent, meaning
        if isinstance(meaning, LineMeaning):
            outer = next((node for node in reversed(self._stack) if isinstance(node.meaning, SectionMeaning)), None)
            beside = self._inside(outer, text) if outer is not None else self._classifier.meaning(ROOT, text)
            if beside is not None or self._separated:
                return outer, beside
            parent.meaning = None
        ignored = self._classifier.meaning(ROOT, text)
        return parent, ignored if isinstance(ignored, IgnoredMeaning) and ignored.rule.anywhere else None

    def _block(self, node: Node, parent: Node | None) -> int:
        """Take the text that belongs to `node`, or open its section; how many lines that was with its own."""
        meaning = node.meaning
        if isinstance(meaning, SectionMeaning):
            if not meaning.inner and (parent is None or self._flat):
                self._flat.append(node)
            return 1
        if isinstance(meaning, OpaqueMeaning) and parent is not None:
            if meaning.rule.until:
                node.block = hexadecimal_block(self._lines[node.number :], meaning.rule.until)
            return 1 + len(node.block)
        opening, until = node.text, ""
        if isinstance(meaning, LineMeaning):
            opening, until = meaning.captures.get("text", ""), meaning.rule.until
        elif not _opens_block(opening):
            return 1
        else:
            opening = opening[_delimiter_at(opening) :]
        found = find_block(opening, self._lines[node.number :], until)
        if found is None:
            raise self._error(node.number, "the text of this block does not end", "Capture the configuration again.")
        node.block, node.body = found
        return 1 + len(node.block)

    def _after_end(self, number: int, raw: str, text: str) -> int:
        meaning = self._classifier.meaning(ROOT, text)
        if isinstance(meaning, IgnoredMeaning) or _TRAILER.fullmatch(text):
            self.ignored.append((number, raw, "after-end"))
            return 1
        raise self._error(
            number,
            "the text goes on after its `end`",
            "Give one configuration per file.",
        )


def _delimiter_at(text: str) -> int:
    """Where the control character that opens a block stands, as the device prints it (`^C`) or as the byte itself."""
    return max(text.find("^C"), text.find("\x03"))


def _opens_block(text: str) -> bool:
    """Whether a line that no rule knows opens a block of text (`menu staff title ^C`)."""
    return text.count("^C") == 1 or text.count("\x03") == 1


def _indent(raw: str) -> int:
    """The columns that the blanks at the start of a line take; a tab goes to the next multiple of 8."""
    columns = 0
    for char in raw:
        if char == " ":
            columns += 1
        elif char == "\t":
            columns += _TAB - columns % _TAB
        else:
            break
    return columns
