"""Sections that are switched off while they change: the rule's `pause`.

A wireless network that is on is switched off before the first of its edits and on again behind the last. One that is
switched on by the change comes up behind its edits; one that is switched off goes down before them. What stands in a
section below it (a list of keys) is of the network too.
"""

from __future__ import annotations

from trustctl.config.build import make_off, make_statement
from trustctl.config.defaults import effective
from trustctl.config.edit import Edit
from trustctl.config.rules import LineRule
from trustctl.config.script import Path
from trustctl.config.statement import Config, Section, Statement
from trustctl.model.plan import ChangeKind, Flag, Rule, Severity


def with_pauses(ordered: list[Edit], before: Config, after: Config) -> tuple[list[Edit], dict[Edit, tuple[Flag, ...]]]:
    """The edits with what switches their sections off and on around them, and the flags of what was added."""
    flags: dict[Edit, tuple[Flag, ...]] = {}
    for path in dict.fromkeys(path for edit in ordered for path in _outer(edit)):
        becomes = after.section(*path)
        if becomes is None or not becomes.rule.pause:
            continue
        others = [edit for edit in ordered if path in _outer(edit)]
        rule = after.rulebook.line(becomes.rule.pause)
        switch = next((edit for edit in others if edit.rule.id == rule.id and edit.section.path == path), None)
        others = [edit for edit in others if edit is not switch]
        stood = _is_on(before, path, rule)
        if not others:
            continue
        if switch is not None:
            ordered = [edit for edit in ordered if edit is not switch]
            at = ordered.index(others[0]) if stood else ordered.index(others[-1]) + 1
            ordered.insert(at, switch)
        elif stood:
            off, on = _turned(becomes, rule)
            ordered.insert(ordered.index(others[0]), off)
            ordered.insert(ordered.index(others[-1]) + 1, on)
            flags |= {off: (_flag(becomes),), on: ()}
    return ordered, flags


def _outer(edit: Edit) -> list[Path]:
    """The sections that an edit stands in, the outermost first."""
    path = edit.section.path
    return [path[:end] for end in range(1, len(path) + 1)]


def _is_on(before: Config, path: Path, rule: LineRule) -> bool:
    """Whether the section is there and not switched off."""
    section = before.section(*path)
    state = effective(before, section, (rule.id,)) if section is not None else None
    return section is not None and (state is None or state.value is False)


def _turned(section: Section, rule: LineRule) -> tuple[Edit, Edit]:
    """Off and on again. The flag is the switch that turns the section off: `shutdown`."""
    is_off = make_statement(rule, rule.pattern, {})
    is_on = make_off(rule, rule.off or rule.pattern, {})

    def turned(had: Statement, gets: Statement) -> Edit:
        return Edit(ChangeKind.REPLACE, section, rule, gets.lines, before=had, after=gets, clears=True)

    return turned(is_on, is_off), turned(is_off, is_on)


def _flag(section: Section) -> Flag:
    why = f"`{section.header}` is switched off while it changes and on again after it: whoever uses it is cut off"
    return Flag(Rule.CLIENT, Severity.HIGH, why)
