"""Changes: the edits of one purpose as one thing to review, complete in itself, with its way back.

All edits below one section's header are one change; lines at the top are grouped by their rule (all NTP servers).
Neighbouring terminal lines that get the same lines are one change under their range header.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from trustctl.config.edit import Edit
from trustctl.config.hazards import ManagementPath, deletion
from trustctl.config.ledger import section_lines
from trustctl.config.lines import NO_PERMIT
from trustctl.config.order import in_safe_order, natural
from trustctl.config.pauses import with_pauses
from trustctl.config.ranks import ranked
from trustctl.config.rules import Kind, LineRule, Rulebook, SectionRemoval, SectionRule
from trustctl.config.script import Path, ScriptLine, range_header, write
from trustctl.config.statement import Config, Section, Statement
from trustctl.config.summary import summarise
from trustctl.config.transition import edits
from trustctl.config.wayback import WayBack, way_back
from trustctl.errors import RenderError
from trustctl.model.origin import LineOrigin
from trustctl.model.plan import Change, ChangeKind, Flag, Own, Rule, Severity

Group = tuple[str, ...]
"""What a change is about: a section's header, or the topic and rule of lines at the top."""


class Direction:
    """The edits from one configuration to another, ordered, flagged and written.

    `returning`: `after` is a configuration that the device itself had, and `user` signs in afterwards if it is known.
    Guarded commands are possible only then, and only if that configuration lets us in.
    """

    def __init__(
        self, before: Config, after: Config, path: ManagementPath, *, returning: bool = False, user: str = ""
    ) -> None:
        self.before = before
        self.after = after
        self.facts = path.facts
        self.rulebook: Rulebook = before.rulebook
        found = list(edits(before.root, after.root, self.rulebook, path.facts))
        tops = {**after.root.sections, **before.root.sections}
        self.sections: dict[Path, Section] = {}
        for edit in found:
            for header_path in (edit.section.path[:depth] for depth in range(1, len(edit.section.path) + 1)):
                section = before.section(*header_path) or after.section(*header_path)
                if section is not None:
                    self.sections[header_path] = section
        ordered, flags = in_safe_order(found, path, tops)
        self.ordered, added = with_pauses(ordered, before, after)
        self.flags = {**flags, **added}
        self.way = way_back(after, user) if returning else WayBack(NO_PERMIT, {})
        self.blocked = self._blocked()
        """Edits whose lines may not be sent (a description with `?`, `no aaa new-model` without a way in)."""
        self.script = self.write(self.ordered)

    def _blocked(self) -> set[Edit]:
        """What may not be sent, what comes only after it, and the removal of what stays in use because of it."""
        blocked = {edit for edit in self.ordered if not self._sendable(edit)}
        rules = [(edit.removes, edit.rule) for edit in blocked if isinstance(edit.rule, LineRule)]
        later = {name for _, rule in rules for name in rule.displaces}
        used = {name for removes, rule in rules if removes for name in rule.needs}
        blocked.update(edit for edit in self.ordered if edit.rule.id in later)
        blocked.update(edit for edit in self.ordered if edit.removes and edit.rule.id in used)
        return blocked

    def _sendable(self, edit: Edit) -> bool:
        """Whether the lines pass the gate and the values of their secrets are known."""
        if edit.after is not None and not edit.after.observable:
            return False
        try:
            self.rulebook.gate.check_lines(edit.lines, self.way.permit)
        except RenderError:
            return False
        return True

    def checked(self) -> tuple[str, ...]:
        """All lines, past the gate; raises RenderError at the first that may not be sent."""
        return self.rulebook.gate.check_lines((line.text for line in self.script), self.way.permit)

    def write(self, some: Iterable[Edit]) -> list[ScriptLine]:
        """The lines of some of the edits, complete in themselves."""
        return write(some, self.rulebook, self.sections)

    def write_sendable(self, some: Iterable[Edit]) -> tuple[str, ...]:
        """The lines of those edits that may be sent at all."""
        return tuple(line.text for line in self.write(edit for edit in some if edit not in self.blocked))


def _group(edit: Edit) -> Group:
    section = edit.target or edit.section
    if section.path:
        return section.path[:1]
    return ("", edit.rule.topic, edit.rule.id)


def _groups(ordered: Sequence[Edit], rulebook: Rulebook) -> Callable[[Edit], Group]:
    """How edits are grouped into changes; neighbouring sections that get the same lines and share a header are one."""
    lines: dict[Group, list[str]] = {}
    for edit in ordered:
        if edit.section.path and edit.target is None and edit.section.rule.removal is SectionRemoval.NEVER:
            lines.setdefault(_group(edit), []).extend(edit.lines)
    shared: dict[tuple[str, ...], list[str]] = {}
    for group, sent in lines.items():
        shared.setdefault(tuple(sent), []).append(group[0])
    alias: dict[Group, Group] = {}
    for headers in shared.values():
        if len(headers) > 1 and (header := range_header(headers, rulebook)):
            alias.update({(one,): (header,) for one in headers})
    return lambda edit: alias.get(_group(edit), _group(edit))


def changes(forth: Direction, back: Direction) -> tuple[Change, ...]:
    """The changes of one direction, in send order, each with its way back from the other."""
    group_of = _groups(forth.ordered, forth.rulebook)
    gathered: dict[Group, list[Edit]] = {}
    for edit in forth.ordered:
        gathered.setdefault(group_of(edit), []).append(edit)
    returning: dict[Group, list[Edit]] = {}
    for edit in back.ordered:
        returning.setdefault(group_of(edit), []).append(edit)
    places: dict[Group, list[int]] = {}
    for number, line in enumerate(forth.script):
        for group in {group_of(edit) for edit in line.edits}:
            places.setdefault(group, []).append(number)
    found: list[Change] = []
    for group, some in gathered.items():
        undo = [*returning.get(group, []), *_moved_back(some, back, group_of)]
        way_back = back.write_sendable(undo)
        found_flags = [*(forth.flags[edit] for edit in some), tuple(deletion(some))]
        found_flags += [_no_way_back(undo, back), _for_good(some)]
        flags = _merged_flags(found_flags)
        found.append(_change(group, some, forth, way_back, flags, places.get(group, [])))
    return tuple(found)


def _moved_back(some: Sequence[Edit], back: Direction, group_of: Callable[[Edit], Group]) -> list[Edit]:
    """The edits of other groups that bring the members back which these edits moved here: only those members."""
    found: list[Edit] = []
    here = {group_of(edit) for edit in some}
    for edit in some:
        came = {section.header for section in edit.leaves}
        for other in back.ordered:
            members = edit.members & other.members
            same_rule = other.rule.id == edit.rule.id and not other.removes
            if members and same_rule and other.section.header in came and group_of(other) not in here and other.after:
                found.append(replace(other, lines=other.after.adding(members), members=members))
    return found


def _change(
    group: Group, some: list[Edit], forth: Direction, undo: tuple[str, ...], flags: list[Flag], places: list[int]
) -> Change:
    section, before, after = _lines(group, some)
    kinds = {edit.kind for edit in some if not edit.clears}
    corrected = any(edit.before is not None and edit.after is not None for edit in some)
    kind = kinds.pop() if len(kinds) == 1 and not corrected else ChangeKind.REPLACE
    first = some[0]
    owner = first.target or first.section
    header = group[0] if group[0] and owner.path and group[0] != owner.path[0] else ""
    return Change(
        summary=summarise(some, forth.facts, header),
        topic=_topic(some, forth),
        kind=kind,
        section=section,
        before=before,
        after=after,
        commands=tuple(line.text for line in forth.write(some)),
        undo=undo,
        origin=tuple(dict.fromkeys(origin for edit in some for origin in _origins(edit))),
        flags=tuple(flags),
        in_commands=tuple(places),
        own=_own(some),
    )


def _own(some: Sequence[Edit]) -> tuple[Own, ...]:
    """The lines among these edits that are each port's or device's own."""
    said = [edit.statement for edit in some]
    said += [one for edit in some if edit.target is not None for one in edit.target.statements.values()]
    rules = {one.rule.id: one.rule for one in said if one is not None and one.rule.own}
    return tuple(Own("".join(f"{words[0]} " for words in rule.pattern.head), rule.own) for rule in rules.values())


def _topic(some: Sequence[Edit], forth: Direction) -> str:
    edit = some[0]
    section = edit.target or edit.section
    name = section.path[0].removeprefix("interface ") if section.path else ""
    if name in forth.facts.uplinks and "Uplinks" in forth.rulebook.topics:
        return "Uplinks"
    return section.rule.topic if section.path else edit.rule.topic


def _origins(edit: Edit) -> Iterable[LineOrigin]:
    if edit.target is not None and edit.target.origin is not None and not edit.removes:
        yield edit.target.origin
    if edit.after is not None and edit.after.origin is not None:
        yield edit.after.origin
    if edit.rule_kind is Kind.ORDERED:
        had = {entry.value for entry in edit.had}
        yield from (
            entry.origin for entry in edit.section.ordered if entry.origin is not None and entry.value not in had
        )


def _lines(group: Group, some: Sequence[Edit]) -> tuple[Path, tuple[str, ...], tuple[str, ...]]:
    """The section, and the lines before and after, as the device prints them."""
    whole = next((edit for edit in some if edit.target is not None and len(edit.target.path) == 1), None)
    if whole is not None and whole.target is not None:
        blanks = " " * whole.target.rule.grammar.syntax.indent
        lines = (whole.target.header, *(f"{blanks}{line}" for line in section_lines(whole.target)))
        return ((), lines, ()) if whole.removes else ((), (), lines)
    before: dict[str, None] = {}
    after: dict[str, None] = {}
    for edit in some:
        depth = " " * (edit.rule.grammar.syntax.indent * max(len(edit.path) - 1, 0))
        if edit.clears or edit.at_top:
            continue
        if edit.rule_kind is Kind.ORDERED:
            before.update((f"{depth}{line}", None) for line in _leaving(edit))
            after.update((f"{depth}{line}", None) for line in _entering(edit))
            continue
        if edit.put_back and edit.was is not None and edit.before is not None:
            for section, shown in ((edit.was, before), (edit.section, after)):
                shown.update((line, None) for one in ranked(section.statements, edit.before) for line in one.lines)
            continue
        for statement, shown in ((edit.before, before), (edit.after, after)):
            if statement is not None:
                shown.update((f"{depth}{line}", None) for line in statement.lines)
    path = some[0].section.path
    return ((group[0],) if path else (), tuple(before), tuple(after))


def _leaving(edit: Edit) -> tuple[str, ...]:
    kept = {entry.value for entry in edit.section.ordered}
    return tuple(entry.line for entry in edit.had if entry.value not in kept)


def _entering(edit: Edit) -> tuple[str, ...]:
    had = {entry.value for entry in edit.had}
    return tuple(entry.line for entry in edit.section.ordered if entry.value not in had)


def _merged_flags(flags: Iterable[Sequence[Flag]]) -> list[Flag]:
    """Each rule with its reasons at its heaviest severity, the heaviest rule first."""
    weights = list(Severity)
    unique = list(dict.fromkeys(flag for some in flags for flag in some))
    heaviest: dict[Rule, int] = {}
    for flag in unique:
        heaviest[flag.rule] = max(heaviest.get(flag.rule, 0), weights.index(flag.severity))
    kept = [flag for flag in unique if weights.index(flag.severity) == heaviest[flag.rule]]
    return sorted(kept, key=lambda flag: -weights.index(flag.severity))


def _no_way_back(undo: Iterable[Edit], back: Direction) -> tuple[Flag, ...]:
    """A flag for each edit that cannot be undone by commands, so that nobody counts on it."""
    return tuple(
        Flag(
            Rule.LASTING,
            Severity.HIGH,
            f"no undo command {_undone(edit)}{_because(edit, back)}; only a rollback of the device itself does",
        )
        for edit in undo
        if edit in back.blocked or (edit.target is None and not edit.lines and not _moved(edit))
    )


def _for_good(some: Iterable[Edit]) -> tuple[Flag, ...]:
    """A flag for each new section that no command may remove: terminal lines, over one of which we come."""
    stay = [edit.target.header for edit in some if edit.target is not None and not edit.removes and _stays(edit.rule)]
    if not stay:
        return ()
    stay.sort(key=natural)
    lines = f"`{stay[0]}`" + (f" to `{stay[-1]}`" if len(stay) > 1 else "")
    why = f"no undo command takes {lines} away again, they stay, empty; only a rollback of the device itself does"
    return (Flag(Rule.LASTING, Severity.HIGH, why),)


def _stays(rule: LineRule | SectionRule) -> bool:
    return isinstance(rule, SectionRule) and rule.removal is SectionRemoval.NEVER and not rule.fixed


def _undone(edit: Edit) -> str:
    return f"takes `{_text(edit)}` away again" if edit.removes else f"brings back `{_text(edit)}`"


def _because(edit: Edit, back: Direction) -> str:
    reason = next((back.way.refused[line] for line in edit.lines if line in back.way.refused), "")
    return f", because {reason}" if reason else ""


def _moved(edit: Edit) -> bool:
    """Members of an exclusive set that another item took over need no line of their own."""
    return edit.statement is not None and edit.statement.rule.exclusive


def _text(edit: Edit) -> str:
    statement: Statement | None = edit.statement
    return statement.line if statement is not None else edit.section.header
