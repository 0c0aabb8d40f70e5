"""Bring a configuration into canonical form: a device's text, or what the inventory means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from trustctl.config.build import make_absent, make_block, make_statement, with_origin
from trustctl.config.classify import Classifier, Header, LineMeaning, Role, SectionMeaning, classifier
from trustctl.config.defaults import is_default
from trustctl.config.parse import Fresh, Known, Skimmed, parse, skim
from trustctl.config.rules import Kind, Rulebook
from trustctl.config.stanzas import Stanza, stanzas
from trustctl.config.statement import Config, Key, Section, Shared, Statement, Unknown
from trustctl.config.syntax import Wholeness
from trustctl.config.tree import Node, Tree
from trustctl.config.values import Members, union, without
from trustctl.errors import RenderError
from trustctl.model.origin import LineOrigin
from trustctl.model.plan import Intended
from trustctl.secrets.redact_syntax import mask_line, mask_lines


def read(source: Tree | str, rulebook: Rulebook, *, where: str = "") -> Config:
    """The canonical form of what a device said. Raises LosslessError as `parse` does."""
    if isinstance(source, Tree):
        return _Reader(rulebook, {}, captured=True).read(source)
    try:
        return _Reader(rulebook, {}, captured=True).read_parts(skim(source, rulebook, where=where))
    except _SplitError:
        return _Reader(rulebook, {}, captured=True).read(parse(source, rulebook, where=where))


def read_intended(intended: Intended, rulebook: Rulebook) -> Config:
    """The canonical form of what the inventory means; each statement and section keeps where it comes from.

    Raises RenderError, with the place in the template, for a line that the rulebook does not know: it could neither be
    compared nor undone.
    """
    origins = {number: line.origin for number, line in enumerate(intended.lines, start=1)}
    text = intended.text
    try:
        skimmed = skim(text, rulebook, captured=False, where=intended.device)
        _refuse_unknown(skimmed.parts, origins, intended.device)
        return _Reader(rulebook, origins, captured=False).read_parts(skimmed)
    except _SplitError:
        tree = parse(text, rulebook, captured=False, where=intended.device)
        return _Reader(rulebook, origins, captured=False).read(tree)


def _refuse_unknown(parts: list[Known | Fresh], origins: Mapping[int, LineOrigin], device: str) -> None:
    roots = tuple(part.node for part in parts if isinstance(part, Fresh))
    for node in Tree(roots, (), 0, newline=True, where=device).unknown:
        origin = origins.get(node.number)
        raise RenderError(
            f"the rulebook does not know the line {node.text!r}",
            where=str(origin.template) if origin else f"{device}:{node.number}",
            remedy="Correct the template, or add a rule to the rulebook.",
        )


class _SplitError(Exception):
    """A section that is known stands in the text a second time: its parts must be read one after the other."""


class _Reader:
    """Reads one tree, or the parts of one text."""

    __slots__ = ("_captured", "_classifier", "_keyless", "_numbers", "_origins", "_rulebook", "_shared")

    def __init__(self, rulebook: Rulebook, origins: Mapping[int, LineOrigin], *, captured: bool) -> None:
        self._rulebook = rulebook
        self._classifier: Classifier = classifier(rulebook)
        self._origins = origins
        self._captured = captured
        self._keyless: list[tuple[LineMeaning, Section, LineOrigin | None]] = []
        """Lines that a secret tells from others: their tokens are numbered when all of them are known."""
        self._shared: set[str] = set()
        """The headers of sections that other configurations hold too, so that nothing may be added to them."""
        self._numbers: dict[Key, int] = {}
        """The lines of the statements at the top that other configurations hold too."""

    def read(self, tree: Tree) -> Config:
        """The whole tree."""
        root = Section(self._rulebook.root, ())
        for node in tree.roots:
            self._node(node, root)
        return self._finished(root, tree.whole)

    def _finished(self, root: Section, whole: Wholeness) -> Config:
        self._put_keyless()
        if self._captured:
            self._mark_idle(root)
        return Config(self._rulebook, root, self._captured, whole)

    def _mark_idle(self, root: Section) -> None:
        """Lines that say what holds anyway on this device count as defaults."""
        idle: dict[Key, Statement] = {}
        for rule in self._rulebook.idle:
            meaning = self._classifier.meaning(rule.contexts[0], rule.idle)
            flag = root.find(rule.unless)
            if isinstance(meaning, LineMeaning) and meaning.statement and not (flag is not None and flag.value):
                idle[meaning.statement.key] = replace(meaning.statement, is_default=True)
        for header, section in root.sections.items():
            if idle.keys().isdisjoint(section.statements):
                continue
            keys = [key for key, line in idle.items() if _holds(section, key, line)]
            if keys:
                root.sections[header] = marked = section.copy()
                marked.statements.update((key, idle[key]) for key in keys)

    def read_parts(self, skimmed: Skimmed) -> Config:
        """The whole text. Raises _SplitError if a known section stands in it twice; then the tree must be read."""
        root = Section(self._rulebook.root, ())
        memory = stanzas(self._rulebook)
        for part in skimmed.parts:
            if isinstance(part, Known):
                self._known(part, root)
                continue
            stanza = self._learnt(part.node) if part.text and memory.find(part.text) is None else None
            if stanza is not None:
                memory.learn(part.text, stanza)
            if stanza is not None and (self._captured or stanza.flat):
                self._known(Known(part.node.number, part.text, stanza), root)
            else:
                self._node(part.node, root)
        if self._numbers:
            numbers, origins = self._numbers, self._origins
            root.origin_of = lambda key: origins.get(numbers.get(key, 0))
        return self._finished(root, skimmed.whole)

    def _known(self, part: Known, root: Section) -> None:
        """Put what a known stanza means."""
        statement, section = part.stanza.statement, part.stanza.section
        if statement is not None:
            root.statements[statement.key] = statement
            if not self._captured:
                self._numbers[statement.key] = part.number
        if section is None:
            return
        if section.header in root.sections:
            raise _SplitError
        self._shared.add(section.header)
        if not self._captured:
            again = _Again(self._rulebook, part, self._origins)
            section = Section(
                rule=section.rule,
                path=section.path,
                captures=section.captures,
                statements=section.statements,
                origin=self._origins.get(part.number),
                origin_of=again.origin,
                shared=section.shared,
            )
        root.sections[section.header] = section

    def _learnt(self, node: Node) -> Stanza | None:
        """What a stanza that is complete in itself means, if it means that in every text."""
        meaning = node.meaning
        if isinstance(meaning, LineMeaning):
            return Stanza(statement=meaning.statement) if meaning.plain and not node.children else None
        if not isinstance(meaning, SectionMeaning) or len(meaning.headers) != 1 or meaning.inner or _is_absent(node):
            return None
        alone, root = _Reader(self._rulebook, {}, captured=True), Section(self._rulebook.root, ())
        alone._node(node, root)
        section = root.sections.get(meaning.headers[0].text)
        if section is None or alone._keyless or any(below.unknown for below in section.walk()):
            return None
        section.shared = Shared()
        return Stanza(section=section)

    def _node(self, node: Node, section: Section) -> None:
        meaning = node.meaning
        if isinstance(meaning, LineMeaning):
            if not meaning.rule.device_owned:
                self._line(meaning, node, section)
        elif isinstance(meaning, SectionMeaning):
            for header in meaning.headers:
                self._section(meaning, header, node, section)
        elif meaning is None:
            lines = tuple(_unknown_lines(node, 0))
            section.unknown.append(Unknown(lines, node.number, self._origins.get(node.number)))

    def _section(self, meaning: SectionMeaning, header: Header, node: Node, parent: Section) -> None:
        if header.rule.device_owned:
            return
        if meaning.absent and self._captured:
            parent.sections.pop(header.text, None)
            return
        section = parent.sections.get(header.text)
        if section is not None and not parent.path and header.text in self._shared:
            raise _SplitError
        if section is None:
            path = (*parent.path, header.text)
            origin = self._origins.get(node.number)
            section = Section(header.rule, path, header.captures, absent=meaning.absent, origin=origin)
            parent.sections[header.text] = section
        if meaning.inner:
            inner = self._classifier.meaning(header.rule.context, meaning.inner)
            if isinstance(inner, LineMeaning):
                self._line(inner, node, section)
            else:
                section.unknown.append(
                    Unknown((mask_line(meaning.inner),), node.number, self._origins.get(node.number))
                )
        statements = section.statements
        for child in node.children:
            inside = child.meaning
            if isinstance(inside, LineMeaning) and inside.plain and inside.statement is not None and not self._origins:
                statements[inside.statement.key] = inside.statement
            else:
                self._node(child, section)
        if len(section.ordered) > 1:
            _sort(section)

    def _line(self, meaning: LineMeaning, node: Node, section: Section) -> None:
        rule, role = meaning.rule, meaning.role
        origin = self._origins.get(node.number)
        statement = meaning.statement
        if statement is not None and role is not Role.ADD and role is not Role.SUBTRACT:
            if rule.default is not None and not statement.is_default and is_default(self._rulebook, section, statement):
                statement = replace(statement, is_default=True)
        elif role is Role.ABSENT:
            self._absent(meaning, node, section, origin)
            return
        elif rule.kind is Kind.BLOCK:
            statement = make_block(rule, meaning.pattern, meaning.captures, node.body, self._rulebook.gate)
        elif role is Role.MAIN and any(spec.capture in rule.identity for spec in rule.secrets):
            self._keyless.append((meaning, section, origin))
            return
        elif role is Role.SUBTRACT and not meaning.captures.keys() >= set(rule.identity):
            # `no trunk 5-6` says of no group that it has these ports
            section.unknown.append(Unknown((mask_line(node.text),), node.number, origin))
            return
        else:
            statement = make_statement(rule, meaning.pattern, meaning.captures, section.path)
        self._put(with_origin(statement, origin), meaning, section)

    def _put_keyless(self) -> None:
        """Number the lines that a secret tells from others in the order of the secrets, not of the lines."""
        ordinals: dict[tuple[tuple[str, ...], str], int] = {}
        for meaning, section, origin in sorted(self._keyless, key=_by_secret):
            rule = meaning.rule
            ordinal = ordinals[section.path, rule.id] = ordinals.get((section.path, rule.id), -1) + 1
            statement = make_statement(rule, meaning.pattern, meaning.captures, section.path, ordinal)
            section.statements[statement.key] = with_origin(statement, origin)

    def _absent(self, meaning: LineMeaning, node: Node, section: Section, origin: LineOrigin | None) -> None:
        statement = make_absent(meaning.rule, meaning.captures, node.text)
        if self._captured:
            section.statements.pop(statement.key, None)
        else:
            section.statements[statement.key] = with_origin(statement, origin)

    def _put(self, statement: Statement, meaning: LineMeaning, section: Section) -> None:
        rule = meaning.rule
        if rule.kind is Kind.ORDERED:
            section.ordered.append(statement)
            return
        if rule.kind is Kind.SET and meaning.role is Role.SUBTRACT and rule.default is None:
            self._taken_out(statement, section)
            return
        if rule.kind is Kind.SET and (rule.add is None or meaning.role is not Role.MAIN):
            statement = self._joined(statement, meaning.role, section)
        if rule.joined and statement.key in section.statements:
            parts = {**section.statements[statement.key].captures, **statement.captures}
            # one part given twice is still a part: it stays in its own form
            pattern = rule.pattern if rule.pattern.required <= parts.keys() else meaning.pattern
            statement = with_origin(make_statement(rule, pattern, parts, section.path), statement.origin)
        section.statements[statement.key] = statement

    def _taken_out(self, statement: Statement, section: Section) -> None:
        """Members that a set does not have (H31): of a device that is state, of an intent it is a demand."""
        held = section.statements.get(statement.key)
        if held is not None:
            rest = without(held.members, statement.members)
            if rest:
                section.statements[held.key] = held.with_members(rest)
            else:
                del section.statements[held.key]
        if not self._captured:
            section.statements[(*statement.key, "no")] = replace(
                statement, key=(*statement.key, "no"), lines=statement.subtracting(statement.members), absent=True
            )

    def _joined(self, statement: Statement, role: Role, section: Section) -> Statement:
        """A set with the members that the lines before this one gave it (H3)."""
        before = section.statements.get(statement.key)
        rule = statement.rule
        if before is None and (role is Role.MAIN or rule.default is None):
            return statement
        if before is None:
            base: Members = _default_members(self._classifier, rule.contexts[0], rule.default or "")
        else:
            base = before.members
        members = without(base, statement.members) if role is Role.SUBTRACT else union(base, statement.members)
        joined = replace(statement.with_members(members), is_default=rule.exclusive and statement.is_default)
        if rule.default is None or rule.exclusive:
            return joined
        if members == _default_members(self._classifier, rule.contexts[0], rule.default):
            joined = replace(joined, is_default=True)
        return joined


@dataclass(slots=True)
class _Again:
    """Reads a known stanza of an intended configuration again when it counts where its statements come from."""

    rulebook: Rulebook
    part: Known
    origins: Mapping[int, LineOrigin]
    _section: Section | None = field(default=None, init=False)

    def origin(self, key: Key) -> LineOrigin | None:
        """Where the statement with this key comes from."""
        if self._section is None:
            tree = parse(self.part.text, self.rulebook, captured=False)
            mine = {number: self.origins[self.part.number + number - 1] for number in range(1, tree.count + 1)}
            (self._section,) = _Reader(self.rulebook, mine, captured=False).read(tree).root.sections.values()
        found = self._section.statements.get(key)
        return found.origin if found is not None else None


def _is_absent(node: Node) -> bool:
    """Whether a line says that something is not there: in a captured text that takes it out, in an intent it stays."""
    meaning = node.meaning
    if isinstance(meaning, LineMeaning):
        return meaning.role is Role.ABSENT or (meaning.role is Role.SUBTRACT and meaning.rule.default is None)
    return (isinstance(meaning, SectionMeaning) and meaning.absent) or any(map(_is_absent, node.children))


def _holds(section: Section, key: Key, line: Statement) -> bool:
    written = section.statements.get(key)
    return written is not None and written.value == line.value


def _by_secret(entry: tuple[LineMeaning, Section, LineOrigin | None]) -> tuple[str, ...]:
    meaning, section, _ = entry
    return (*section.path, meaning.rule.id, *(meaning.captures.get(name, "") for name in meaning.rule.identity))


def _default_members(meanings: Classifier, context: str, line: str) -> Members:
    meaning = meanings.meaning(context, line)
    if isinstance(meaning, LineMeaning) and meaning.statement is not None:
        return meaning.statement.members
    return frozenset()


def _sort(section: Section) -> None:
    """Put entries that carry numbers into the order in which they are in force; those without stay behind them."""
    last = max((entry.sequence or 0) for entry in section.ordered)
    if last:
        section.ordered.sort(key=lambda entry: entry.sequence if entry.sequence is not None else last + 1)


def _unknown_lines(node: Node, depth: int) -> Iterator[str]:
    yield " " * depth + mask_line(node.text)
    yield from mask_lines(node.block)
    for child in node.children:
        yield from _unknown_lines(child, depth + 1)
