"""Parse the text of a configuration into its lossless tree.

The structure comes from the indentation that the device prints. Where people wrote the text without indentation, a line
belongs to the open section whose rules know it, as it would if it were typed. Blocks of free text (banners,
certificates, macros) are taken whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from trustctl.config.blocks import find_block, hexadecimal_block, opened_by_mark
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
from trustctl.config.syntax import NEVER, Wholeness
from trustctl.config.tree import Node, Tree
from trustctl.errors import LosslessError

_BLANK = " \t\r"
_PAGER_STARTS = "-<\x08\x1b"
"""How a line that a pager printed may begin."""
_BYTE_ORDER_MARK = "\ufeff"
"""What some editors put before the first line of a file."""
_HEAD_LINES = 200
"""A terminal's greeting before the configuration is at most this long."""


def parse(text: str, rulebook: Rulebook, *, captured: bool = True, where: str = "") -> Tree:
    """Parse a configuration without losing a line.

    `captured` means that a device printed the text, so it must be whole: it ends with the platform's end mark, or with
    every section closed; where nothing in a text can tell, the tree says so (`Tree.whole`). `where` names the file or
    device in messages. Raises LosslessError (`where` is "file:line") for a text that is cut short, that holds the
    prompt of a pager, whose banner does not end, or that goes on after its end.
    """
    lines, newline = _lines(text)
    parser = _Parser(lines, rulebook, where or "configuration", captured=captured)
    parser.run()
    return Tree(tuple(parser.roots), tuple(parser.ignored), len(lines), newline, parser.where, parser.whole)


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


@dataclass(frozen=True, slots=True)
class Skimmed:
    """The parts of a text at the margin, in order, and how it is known that they are all."""

    parts: list[Known | Fresh]
    whole: Wholeness


def skim(text: str, rulebook: Rulebook, *, captured: bool = True, where: str = "") -> Skimmed:
    """Parse a configuration as `parse` does, without the stanzas whose meaning is known.

    Those were parsed without loss when they came first. Raises LosslessError as `parse` does. Of an intended
    configuration (not `captured`) only flat stanzas are taken as known: the origins of others cannot be found again.
    """
    lines, _ = _lines(text)
    parser = _Parser(lines, rulebook, where or "configuration", captured=captured)
    parts = parser.skim(stanzas(rulebook))
    return Skimmed(parts, parser.whole)


def _lines(text: str) -> tuple[list[str], bool]:
    """The lines, and whether the last one ends in a newline."""
    lines = text.replace("\r\n", "\n").split("\n")
    newline = lines[-1] == "" and len(lines) > 1
    if newline:
        lines.pop()
    return lines, newline


class _Parser:
    """The state while one text is read from top to bottom."""

    __slots__ = (
        *("_begun", "_captured", "_classifier", "_comments", "_ended", "_flat", "_lines", "_separated", "_stack"),
        *("_syntax", "ignored", "roots", "where", "whole"),
    )

    def __init__(self, lines: list[str], rulebook: Rulebook, where: str, *, captured: bool) -> None:
        self._lines = lines
        self._captured = captured
        self._classifier: Classifier = classifier(rulebook)
        self._syntax = rulebook.grammar.syntax
        self._comments = rulebook.gate.comments
        self._stack: list[Node] = []
        """The open line and the lines that it stands below, outermost first."""
        self._flat: list[Node] = []
        """The open sections that so far have no indented line: their lines may stand without indentation."""
        self._ended = 0
        self._begun = False
        """A line of the configuration was seen: a prompt before it is none behind it."""
        self._separated = False
        """A comment at the margin stands between this line and the last one."""
        self.roots: list[Node] = []
        self.ignored: list[tuple[int, str, str]] = []
        self.where = where
        self.whole = Wholeness.PART

    def run(self) -> None:
        """Read all lines."""
        index = self._preamble() if self._captured else 0
        count = len(self._lines)
        while index < count:
            index += self._take(index)
        if self._captured:
            self._check_whole(empty=not self.roots)

    def skim(self, known: Stanzas) -> list[Known | Fresh]:
        """Read all lines but those of known stanzas; the parts at the margin, in order."""
        captured = self._captured
        parts: list[Known | Fresh] = []
        index = self._preamble() if captured else 0
        start = 0
        for text in split("\n".join(self._lines), self._comments):
            stop = start + text.count("\n") + 1
            stanza = known.find(text) if index == start and not self._ended and not self._goes_on(stop) else None
            if stanza is not None and (captured or stanza.flat):
                if text[:1] not in self._comments:
                    self._stack.clear()
                    self._flat.clear()
                    parts.append(Known(start + 1, text, stanza))
                    self._begun = True
                index = stop
            else:
                index = self._stanza(text, range(start, stop), index, parts)
                if not self._ended and self._is_comment(text):
                    known.learn(text, Stanza())
            start = stop
        if captured:
            self._check_whole(empty=not parts)
        return parts

    def _is_comment(self, text: str) -> bool:
        if text[:1] not in self._comments or "\n" in text:
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

    def _check_whole(self, *, empty: bool) -> None:
        """Raise LosslessError if what a device printed is not all here; `whole` says how that is known."""
        count = len(self._lines)
        if not self._ended and self._syntax.end:
            problem = f"the text is cut short: it has no `{self._syntax.end}`"
            raise self._error(count, problem, "Capture the configuration again.")
        if not self._ended and self._syntax.closed and self._open():
            raise self._error(
                count, "the text is cut short: its last section is not closed", "Capture the configuration again."
            )
        if empty:
            raise self._error(1, "the text holds no configuration", "Capture the running configuration whole.")
        self.whole = Wholeness.ENDED if self._ended else Wholeness.UNTOLD

    def _open(self) -> bool:
        """Whether the last section is still open: each ends with a closing line at the depth of its first line."""
        if self._flat:
            return True
        inside: list[str] = []
        for raw in reversed(self._lines):
            if not raw.strip(_BLANK):
                continue
            if raw[0] not in _BLANK:
                break
            inside.append(raw)
        if not inside:
            return False
        last = self._classifier.meaning(ROOT, inside[0].strip(_BLANK))
        closes = isinstance(last, IgnoredMeaning) and last.rule.closes
        return not closes or self._indent(inside[0]) != self._indent(inside[-1])

    def _goes_on(self, index: int) -> bool:
        """Whether the line at `index` belongs to the end of the line before it."""
        return (
            index < len(self._lines)
            and self._syntax.continued is not NEVER
            and self._syntax.continued.fullmatch(self._lines[index].strip(_BLANK)) is not None
        )

    def _error(self, number: int, problem: str, remedy: str) -> LosslessError:
        return LosslessError(problem, where=f"{self.where}:{max(number, 1)}", remedy=remedy)

    def _preamble(self) -> int:
        """Set aside what stands before the first line that `show running-config` prints; the number of such lines."""
        head = self._syntax.heads
        heads = (index for index, raw in enumerate(self._lines[:_HEAD_LINES]) if head.fullmatch(raw.strip(_BLANK)))
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
        indent = self._indent(raw) if raw[0] in _BLANK else 0
        if indent == 0 and self._is_end(text):
            self._ended = number
            self.ignored.append((number, raw, "end"))
            return 1
        if text[0] in _PAGER_STARTS and self._syntax.pager.match(text):
            raise self._error(number, "the text holds the prompt of a pager", "Capture it with the pager switched off.")
        joined = 0
        while self._goes_on(number + joined):
            text = f"{text} {self._lines[number + joined].strip(_BLANK)}"
            joined += 1
        return self._place(number, raw, text, indent, tuple(self._lines[number : number + joined]))

    def _is_end(self, text: str) -> bool:
        """Whether a line at the margin ends the configuration: the end mark, or the prompt where there is none."""
        if self._syntax.end:
            return text == self._syntax.end
        prompt = self._captured and self._begun and self._syntax.trailers.fullmatch(text) is not None
        return bool(prompt) and self._classifier.meaning(ROOT, text) is None

    def _place(self, number: int, raw: str, text: str, indent: int, more: tuple[str, ...]) -> int:
        """Hang a line where it belongs, with the lines that continue it.

        A comment stands between lines, and opens and closes nothing.
        """
        comment = self._classifier.meaning(ROOT, text) if text[0] in self._comments else None
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
        self._begun = True
        node = Node(number, raw, text, indent, meaning, block=more)
        (self.roots if parent is None else parent.children).append(node)
        stack.append(node)
        if more or (isinstance(meaning, LineMeaning) and meaning.rule.kind is not Kind.BLOCK):
            return 1 + len(more)
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
        else:
            opening = opened_by_mark(opening, self._syntax.marks)
            if not opening:
                return 1
        found = find_block(opening, self._lines[node.number :], until, self._syntax.marks, self._stops)
        if found is None:
            raise self._error(node.number, "the text of this block does not end", "Capture the configuration again.")
        node.block, node.body = found
        return 1 + len(node.block)

    def _after_end(self, number: int, raw: str, text: str) -> int:
        meaning = self._classifier.meaning(ROOT, text)
        if isinstance(meaning, IgnoredMeaning) or self._syntax.trailers.fullmatch(text):
            self.ignored.append((number, raw, "after-end"))
            return 1
        raise self._error(
            number,
            f"the text goes on after its `{self._syntax.end or 'prompt'}`",
            "Give one configuration per file.",
        )

    def _stops(self, raw: str) -> bool:
        """Whether a line stands outside every block: the end of the configuration, or the start of another block."""
        text = raw.rstrip(_BLANK)
        if text == self._syntax.end:
            return True
        meaning = self._classifier.meaning(ROOT, text) if text and raw[0] not in _BLANK else None
        return isinstance(meaning, LineMeaning) and meaning.rule.kind is Kind.BLOCK

    def _indent(self, raw: str) -> int:
        """The columns that the blanks at the start of a line take; a tab goes to the next multiple of the syntax."""
        columns = 0
        for char in raw:
            if char == " ":
                columns += 1
            elif char == "\t":
                columns += self._syntax.tab - columns % self._syntax.tab
            else:
                break
        return columns
