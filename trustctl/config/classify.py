"""Which rule a line falls under in a context: a dispatch by first words, with bounded memory of what was seen.

Configurations of many devices repeat the same lines; each distinct (context, line) is worked out once per rulebook.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from trustctl.config.build import make_off, make_statement
from trustctl.config.pattern import Pattern
from trustctl.config.rules import ROOT, IgnoreRule, Kind, LineRule, Rulebook, SectionRule
from trustctl.config.statement import Statement

SECTION_CAPTURE = "{section."
"""A default that holds this depends on its section: `name VLAN{section.vlan:04d}`."""
_LARGEST_MEMORY = 100_000
"""Distinct lines per context that are remembered; then the memory starts again."""


class Role(Enum):
    """Which form of its rule a line is."""

    MAIN = "main"
    OFF = "off"
    ADD = "add"
    SUBTRACT = "subtract"
    ABSENT = "absent"
    """The removal form, or the main form after `no`: the thing is not there."""


@dataclass(frozen=True, slots=True)
class LineMeaning:
    """A line that a rule knows."""

    rule: LineRule
    role: Role
    pattern: Pattern
    captures: dict[str, str]
    exact: bool
    """The line is already as the pattern prints it; otherwise it is normalised."""
    statement: Statement | None
    """The finished statement, where it depends on nothing but the line: shared by all configurations that hold it."""
    plain: bool = False
    """The statement goes into its section as it is, whatever else is there: most lines of most devices."""


@dataclass(frozen=True, slots=True)
class Header:
    """One section that a header line opens."""

    rule: SectionRule
    text: str
    """The canonical header."""
    captures: dict[str, str]


@dataclass(frozen=True, slots=True)
class SectionMeaning:
    """A header line: one section, or several where it stands for many."""

    headers: tuple[Header, ...]
    absent: bool
    exact: bool
    inner: str = ""
    """For a prefix form: the line inside the section that the same line holds."""


@dataclass(frozen=True, slots=True)
class IgnoredMeaning:
    """A line that means nothing, by a named rule."""

    rule: IgnoreRule


@dataclass(frozen=True, slots=True)
class OpaqueMeaning:
    """A line of a section that is the device's own (a certificate): known, and nobody else's business."""

    rule: SectionRule


Meaning = LineMeaning | SectionMeaning | IgnoredMeaning | OpaqueMeaning | None
"""None: the rulebook does not know the line."""
_Target = LineRule | SectionRule


@dataclass(frozen=True, slots=True)
class _Candidate:
    pattern: Pattern
    target: _Target
    role: Role
    second: tuple[str, ...]
    """The spellings of the second word (after a leading `no`), if it is literal."""


class _Context:
    """The dispatch table and the memory of one context."""

    __slots__ = ("_by_first", "_narrowed", "_open", "all", "memory")

    def __init__(self, candidates: Iterable[_Candidate]) -> None:
        self._by_first: dict[str, list[_Candidate]] = {}
        self._open: list[_Candidate] = []
        self._narrowed: dict[tuple[str, str], tuple[_Candidate, ...]] = {}
        self.memory: dict[str, Meaning] = {}
        self.all = tuple(candidates)
        for candidate in self.all:
            for word in _first_words(candidate.pattern):
                self._by_first.setdefault(word, []).append(candidate)
            if not _first_words(candidate.pattern):
                self._open.append(candidate)

    def candidates(self, line: str) -> tuple[_Candidate, ...]:
        """The rules that the first words of the line allow, in the order of the files."""
        first, _, rest = line.partition(" ")
        if first == "no":
            second, _, rest = rest.partition(" ")
            first = f"no {second}"
        next_word = rest.partition(" ")[0]
        key = (first, next_word)
        found = self._narrowed.get(key)
        if found is None:
            found = tuple(
                candidate
                for candidate in self._by_first.get(first, ())
                if not candidate.second or next_word in candidate.second
            )
            if len(self._narrowed) < _LARGEST_MEMORY:
                self._narrowed[key] = found
        return (*found, *self._open)


class Classifier:
    """Finds the meaning of lines by one rulebook. Shared between threads: it only ever adds to its memory."""

    __slots__ = ("_contexts", "_negation", "_rulebook", "_syntax")

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._syntax = rulebook.grammar.syntax
        self._negation = f"{self._syntax.negation} " if self._syntax.negation else ""
        names = {ROOT, *rulebook.by_context, *rulebook.sections_in}
        names.update(section.context for section in rulebook.sections.values())
        self._contexts = {name: _Context(_candidates(rulebook, name)) for name in names}

    def memory(self, context: str) -> dict[str, Meaning]:
        """What was worked out so far in a context: look here first, then ask `meaning`."""
        return self._contexts[context].memory

    def meaning(self, context: str, line: str) -> Meaning:
        """What `line` (no blanks around it) means in `context`."""
        table = self._contexts[context]
        if line in table.memory:
            return table.memory[line]
        found = self._work_out(table, context, line)
        if len(table.memory) >= _LARGEST_MEMORY:
            table.memory.clear()
        table.memory[line] = found
        return found

    def _work_out(self, table: _Context, context: str, line: str) -> Meaning:
        for ignore in self._rulebook.ignores:
            if (ignore.anywhere or context == ROOT) and ignore.expression.fullmatch(line):
                return IgnoredMeaning(ignore)
        squeezed = self._syntax.squeeze(line)
        first, _, rest = line.partition(" ")
        for text in dict.fromkeys((line, f"{first} {rest.lstrip()}", squeezed)):
            found = self._match(table, text, line) or self._expanded(context, text)
            if found is not None:
                return found
        if self._negation and squeezed.startswith(self._negation):
            return self._negated(context, squeezed)
        respelt = self._respelt(table, context, squeezed) if self._syntax.any_case else squeezed
        return self.meaning(context, respelt) if respelt != squeezed else None

    def _respelt(self, table: _Context, context: str, line: str) -> str:
        """The line with its keywords as the rules spell them, where only the case of letters is in the way.

        Before: "Switchport Access VLAN 10"    After: "switchport access vlan 10"
        """
        first, blank, rest = line.partition(" ")
        if first.lower() == self._syntax.negation and first != self._syntax.negation:
            return self._syntax.negation + blank + rest
        forms = [candidate.pattern for candidate in table.all]
        if context == ROOT:
            forms += [expansion.pattern for expansion in self._rulebook.expansions]
        words = line.lower().split(" ")
        for form in forms:
            if all(word in map(str.lower, spellings) for word, spellings in zip(words, form.head, strict=False)):
                captures = form.match(line, any_case=True) if form.head else None
                if captures is not None:
                    return form.print(captures)
        return line

    def _match(self, table: _Context, text: str, line: str) -> Meaning:
        for candidate in table.candidates(text):
            captures = candidate.pattern.match(text)
            if captures is None:
                continue
            target = candidate.target
            if isinstance(target, LineRule):
                printed = candidate.pattern.print(captures)
                return self._line_meaning(target, candidate, captures, exact=printed == line)
            if candidate.pattern is target.prefix:
                inner = captures.pop(next(name for name in reversed(list(captures))))
                return SectionMeaning((_header(target, captures),), absent=False, exact=False, inner=inner)
            header = _header(target, captures)
            absent = candidate.role is Role.ABSENT
            return SectionMeaning((header,), absent=absent, exact=header.text == line)
        return None

    def _line_meaning(
        self, rule: LineRule, candidate: _Candidate, captures: dict[str, str], *, exact: bool
    ) -> LineMeaning:
        statement: Statement | None = None
        if candidate.role is Role.MAIN and not rule.secrets and rule.kind is not Kind.BLOCK:
            statement = make_statement(rule, candidate.pattern, captures)
        elif candidate.role is Role.OFF:
            statement = make_off(rule, candidate.pattern, captures)
        if statement is not None and rule.default is not None:
            default = self._default(rule, statement)
            if default is not None and (
                statement.value == default.value if not rule.exclusive else statement.key == default.key
            ):
                statement = replace(statement, is_default=True)
        plain = (
            statement is not None
            and candidate.role in {Role.MAIN, Role.OFF}
            and not rule.device_owned
            and rule.kind is not Kind.ORDERED
            and not rule.joined
            and (rule.kind is not Kind.SET or rule.add is not None)
            and (rule.default is None or SECTION_CAPTURE not in rule.default)
        )
        return LineMeaning(rule, candidate.role, candidate.pattern, captures, exact, statement, plain)

    def _default(self, rule: LineRule, statement: Statement) -> Statement | None:
        """The default of the rule, unless it depends on the section that the statement stands in."""
        if rule.default is None or SECTION_CAPTURE in rule.default:
            return None
        line = self._rulebook.grammar.compile(rule.default).print(statement.captures)
        for candidate in self._contexts[rule.contexts[0]].candidates(rule.default):
            captures = candidate.pattern.match(line) if candidate.target is rule else None
            if captures is None:
                continue
            if candidate.role is Role.OFF:
                return make_off(rule, candidate.pattern, captures)
            return make_statement(rule, candidate.pattern, captures)
        return None

    def _expanded(self, context: str, text: str) -> Meaning:
        """A header that stands for several sections (H11, H12)."""
        if context != ROOT:
            return None
        for expansion in self._rulebook.expansions:
            captures = expansion.pattern.match(text)
            if captures is None:
                continue
            expand = expansion.pattern.types[expansion.members].expand
            try:
                members = expand(captures[expansion.members]) if expand else []
            except ValueError:
                return None
            headers: list[Header] = []
            for member in members:
                each = self.meaning(context, expansion.header.print({expansion.member: member}))
                if not isinstance(each, SectionMeaning):
                    return None
                headers.extend(each.headers)
            return SectionMeaning(tuple(headers), absent=False, exact=False)
        return None

    def _negated(self, context: str, line: str) -> Meaning:
        """The main form after `no`: the statement or section is not to be there."""
        positive = self.meaning(context, line.removeprefix(self._negation))
        if isinstance(positive, LineMeaning) and positive.role is Role.MAIN:
            rule, pattern = positive.rule, positive.pattern
            if rule.kind is Kind.FLAG and rule.default is not None and not rule.device_owned:
                off = _Candidate(self._rulebook.grammar.negative(pattern), rule, Role.OFF, ())
                return self._line_meaning(rule, off, positive.captures, exact=False)
            return LineMeaning(
                positive.rule, Role.ABSENT, positive.pattern, positive.captures, exact=True, statement=None
            )
        if isinstance(positive, SectionMeaning) and not positive.absent:
            return SectionMeaning(positive.headers, absent=True, exact=False, inner=positive.inner)
        return None


def _first_words(pattern: Pattern) -> tuple[str, ...]:
    """The words that a line of this pattern starts with, a `no` and the word after it counting as one; () if any."""
    if not pattern.head:
        return ()
    first, *more = pattern.head
    if first != ("no",):
        return first
    return tuple(f"no {word}" for word in more[0]) if more else ()


def _header(rule: SectionRule, captures: dict[str, str]) -> Header:
    return Header(rule, rule.pattern.print(captures), captures)


def _candidates(rulebook: Rulebook, context: str) -> list[_Candidate]:
    found: list[_Candidate] = []
    removals: list[_Candidate] = []
    for section in rulebook.sections_in.get(context, ()):
        prefix = (section.prefix,) if section.prefix is not None else ()
        found.extend(_candidate(form, section, Role.MAIN) for form in (section.pattern, *section.also, *prefix))
        if section.remove is not None:
            removals.append(_candidate(section.remove, section, Role.ABSENT))
    for rule in rulebook.by_context.get(context, ()):
        for form, role in ((rule.add, Role.ADD), (rule.subtract, Role.SUBTRACT), (rule.off, Role.OFF)):
            if form is not None:
                found.append(_candidate(form, rule, role))
        found.extend(_candidate(form, rule, Role.MAIN) for form in (*rule.unseen, rule.pattern, *rule.also))
        if rule.remove is not None:
            removals.append(_candidate(rule.remove, rule, Role.ABSENT))
    return [*found, *removals]


def _candidate(pattern: Pattern, target: _Target, role: Role) -> _Candidate:
    after = pattern.head[2:] if pattern.head[:1] == (("no",),) else pattern.head[1:]
    return _Candidate(pattern, target, role, after[0] if after else ())


@lru_cache(maxsize=16)
def classifier(rulebook: Rulebook) -> Classifier:
    """The classifier of a rulebook, made once."""
    return Classifier(rulebook)
