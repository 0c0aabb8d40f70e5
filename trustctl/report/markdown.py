"""A plan as a comment on a pull request."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace

from trustctl.model.plan import Action, Plan, Severity
from trustctl.report.review import Review, Topic, review
from trustctl.report.safe import fence, safe_text
from trustctl.report.text import device_note, diff, kind_counts, said
from trustctl.report.words import (
    MARKS,
    count,
    described_counts,
    description_words,
    flag_tags,
    headline,
    left_alone,
    paragraphs,
    topic_counts,
    where,
)

MARKER = "<!-- trustctl plan -->"
"""First line of the comment, by which a pipeline finds the one that it wrote before and replaces it."""

BUDGET = 60_000
"""Characters of the whole comment; forges cut at 65,535 (docs/sources.md, reports)."""

_MOST_ROWS = 150
_MOST_RISKS = 20
_LONGEST_CELL = 300
_NOTE_ROOM = 1_000
"""Characters kept free for the note that says what was cut."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~])")
_BEGINS = re.compile(r"^( *[0-9]*)([-=.])")
"""What makes a list item, a line or a heading of a text that begins with it (CommonMark 0.31, 4.1, 4.3, 5.2)."""


def plan_markdown(
    plan: Plan, titles: Mapping[str, str] | None = None, *, next_command: str = "", budget: int = BUDGET
) -> str:
    """The comment: a table first, one folded part per topic (per school if there are several), then the native lines.

    Two lines when nothing changes. What does not fit in `budget` characters is left out and named; the native lines
    are there for all devices or for none.
    """
    folded = review(plan, titles)
    lost = [device for device in plan.devices if device.action in {Action.REFUSED, Action.UNREACHABLE}]
    if not plan.changed and not lost and plan.rotation is None:
        return f"{MARKER}\n**trustctl plan** {_words(headline(folded))}\n"
    head = "\n".join([MARKER, f"### trustctl plan: {_words(headline(folded))}", "", *_head(folded), "", ""])
    foot = "\n".join(_foot(plan, next_command))
    room = budget - len(head) - len(foot) - _NOTE_ROOM
    kept: list[str] = []
    cut: list[str] = []
    for name, part in _parts(folded):
        if len(part) <= room:
            kept.append(part)
            room -= len(part)
        else:
            cut.append(name)
    native = _native_parts(folded)
    if sum(map(len, native)) <= room:
        kept += native
    elif native:
        cut.append("the native lines of each device")
    return "".join([head, *kept, _cut_note(cut), foot])


def _words(text: str) -> str:
    """Text outside a fence: no markup, no HTML, no mention acts."""
    shown = safe_text(text)
    return _escaped(shown if len(shown) <= _LONGEST_CELL else f"{shown[: _LONGEST_CELL - 1]}…")


def _escaped(text: str) -> str:
    """As `_words`, of any length."""
    shown = safe_text(text)
    escaped = _BEGINS.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", html.escape(shown, quote=False)))
    return escaped.replace("@", "@\u2060").replace("://", ":\u2060//")


def _head(folded: Review) -> list[str]:
    lines = ["\n\n".join(_escaped(part) for part in paragraphs(folded)), ""]
    lines += [f"> - **Past its day:** {_words(past)}" for past in folded.plan.overdue[:_MOST_RISKS]]
    left_out = len(folded.plan.overdue) - _MOST_RISKS
    lines += [f"> - {left_out} more past their day: `trustctl validate` lists them"] if left_out > 0 else []
    # what a person does by hand in a rotation is not cut
    said = _escaped if folded.plan.rotation else _words
    lines += [f"> - {said(note)}" for note in folded.plan.notes[:_MOST_RISKS]]
    lines += ["", *_table(folded)]
    weighty = [risk for risk in folded.risks if risk.severity in {Severity.HIGH, Severity.MEDIUM}]
    if weighty:
        lines += ["", "**Take care**", ""]
    for risk in weighty[:_MOST_RISKS]:
        place = _words(where(risk.targets, folded.everyone))
        lines.append(f"- **{risk.severity.value} {risk.rule}** {_words(risk.why)} ({place})")
    if len(weighty) > _MOST_RISKS:
        lines.append(f"- and {len(weighty) - _MOST_RISKS} more, in the parts below")
    return lines


def _table(folded: Review) -> list[str]:
    rows: list[str] = []
    if len(folded.schools) > 1:
        rows += [_school_row(folded, school) for school in folded.schools]
        lines = ["| School | Devices | To change | Not planned | Changes | Risk |", "|---|--:|--:|--:|--:|---|"]
    else:
        lines = ["| Device | Stage | Tier | Changes | Risk | |", "|---|---|---|---|---|---|"]
        for device in folded.plan.devices:
            lost = device.action in {Action.REFUSED, Action.UNREACHABLE}
            note = f"{device.action}: {device.reason}" if lost else device_note(device)
            facts = ("", "", "") if lost else (device.tier.value, kind_counts(device), device.risk.value)
            cells = (device.name, device.stage.value, *facts, note)
            rows.append(f"| {' | '.join(_words(cell) for cell in cells)} |")
    more = [f"\nand {len(rows) - _MOST_ROWS} more rows"] if len(rows) > _MOST_ROWS else []
    return [*lines, *rows[:_MOST_ROWS], *more]


def _school_row(folded: Review, school: str) -> str:
    devices = [device for device in folded.plan.devices if device.school == school]
    changing = [device for device in devices if device.differs]
    lost = sum(device.action in {Action.REFUSED, Action.UNREACHABLE} for device in devices)
    risk = max((device.risk for device in devices), key=list(Severity).index)
    changes = sum(len(device.changes) for device in changing)
    cells = (_words(folded.title(school)), len(devices), len(changing), lost or "", changes, risk.value)
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _parts(folded: Review) -> list[tuple[str, str]]:
    """Every folded part as (its name for the note, its Markdown), the most useful first."""
    return _topic_parts(folded) if len(folded.schools) == 1 else _school_parts(folded)


def _native_parts(folded: Review) -> list[str]:
    parts: list[str] = []
    for dialogue in folded.dialogues:
        names = ", ".join(dialogue.devices[:6]) + (" and others" if len(dialogue.devices) > 6 else "")  # noqa: PLR2004 - a title's length
        title = f"{names}: {count(len(dialogue.commands), 'native line')}, {len(dialogue.undo)} to undo"
        lines = ["! sent, in this order", *dialogue.commands, "", "! undo", *dialogue.undo]
        parts.append(_details(title, lines, "text"))
    return parts


def _topic_parts(folded: Review) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    for topic in folded.topics:
        risk = "" if topic.severity is Severity.NONE else f", risk {topic.severity}"
        title = f"{topic.name}: {topic_counts(topic)}{risk}"
        parts.append((topic.name, _details(title, _topic_lines(topic, folded), "diff")))
    if folded.left_alone:
        lines = [left_alone(part) for part in folded.left_alone]
        parts.append(("what is left alone", _details("Left alone", lines, "text")))
    return parts


def _school_parts(folded: Review) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    for school in folded.schools:
        devices = tuple(device for device in folded.plan.devices if device.school == school)
        one = review(replace(folded.plan, devices=devices), folded.titles)
        if one.numbers.changes or one.left_alone:
            lines = [line for topic in one.topics for line in (f"# {topic.name}", *_topic_lines(topic, one))]
            lines += [f"# left alone: {left_alone(part)}" for part in one.left_alone]
            parts.append((f"the changes of {school}", _details(headline(one), lines, "diff")))
    return parts


def _topic_lines(topic: Topic, folded: Review) -> list[str]:
    lines: list[str] = []
    for block in topic.blocks:
        lines += [f"@@ {where(block.targets, folded.everyone)} @@"]
        for edit in block.edits:
            flags = flag_tags(edit)
            lines += [f"  {MARKS[edit.kind]} {edit.summary}{f'  [{flags}]' if flags else ''}"]
            lines += [] if said(edit) else [f"{mark}     {line}" for mark, line in diff(edit)]
    for what, places in described_counts(topic):
        lines += [f"@@ {what} of {places} @@"]
        lines += [
            f"! {where((each.target,))}: {description_words(each.before, each.after)}"
            for each in topic.described
            if each.what == what
        ]
    return lines


def _details(title: str, lines: list[str], language: str) -> str:
    safe = tuple(safe_text(line) for line in lines)
    mark = fence(safe)
    summary = html.escape(safe_text(title)).replace("@", "@\u2060")
    body = "\n".join([f"{mark}{language}", *safe, mark])
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>\n\n"


def _cut_note(cut: list[str]) -> str:
    if not cut:
        return ""
    names = "; ".join(cut)
    names = names if len(names) < _NOTE_ROOM // 2 else f"{names[: _NOTE_ROOM // 2]}…"
    return f"**Cut to fit** ({count(len(cut), 'part')}): {_words(names)}. The plan file holds everything.\n\n"


def _foot(plan: Plan, next_command: str) -> list[str]:
    lines = [f"plan `{plan.digest}`, valid until {plan.expires:%d %b %Y %H:%M} UTC"] if plan.digest else []
    mark = fence((next_command,))
    return [*lines, *(["", f"{mark}console", safe_text(next_command), mark] if next_command else []), ""]
