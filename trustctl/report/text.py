"""A plan on a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from rich.cells import cell_len

from trustctl.model.origin import LineOrigin
from trustctl.model.plan import Action, ChangeKind, DevicePlan, Plan, Rule, Severity
from trustctl.report.page import Cell, Page
from trustctl.report.review import Block, Edit, Review, Topic, review
from trustctl.report.view import TextOptions, View
from trustctl.report.words import (
    MARKS,
    count,
    described_counts,
    description_words,
    flag_tags,
    gist,
    headline,
    left_alone,
    paragraphs,
    topic_counts,
    weight,
    where,
)

_MANY_DEVICES = 40
"""From here on the devices are counted per school, and only those out of the ordinary are named."""

_LOST = frozenset({Action.REFUSED, Action.UNREACHABLE})

_STYLE = {ChangeKind.ADD: "green", ChangeKind.REPLACE: "yellow", ChangeKind.REMOVE: "red"}
SEVERITY_STYLE = {
    Severity.NONE: "dim",
    Severity.LOW: "cyan",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "bold red",
}
"""How a risk looks on a terminal."""

_LEAST_GIST = 30
"""Columns that the gist of a topic always gets."""


_WEIGHTY = frozenset({Severity.HIGH, Severity.MEDIUM})
_SPELT_OUT: Mapping[View, frozenset[Severity]] = {
    View.SUMMARY: frozenset({Severity.HIGH}),
    View.SEMANTIC: _WEIGHTY,
    View.NATIVE: _WEIGHTY,
    View.FULL: frozenset(Severity),
}
"""Risks of which weight are given with their reasons; the others are counted."""


def plan_text(plan: Plan, options: TextOptions, titles: Mapping[str, str] | None = None) -> str:
    """The plan for a terminal. `titles` gives the schools' names."""
    folded = review(plan, titles)
    page = Page(width=options.width, colour=options.colour)
    page.prose(headline(folded), style="bold")
    page.blank()
    for part in paragraphs(folded):
        page.prose(part, indent=2)
    _notes(page, plan, options)
    _devices(page, folded, options)
    _care(page, folded, options)
    if options.view is View.SUMMARY:
        _gists(page, folded, options)
    elif options.view is not View.NATIVE:
        for topic in folded.topics:
            _topic(page, topic, folded.everyone, options)
    _untouched(page, folded, options)
    if folded.dialogues and options.view in {View.NATIVE, View.FULL}:
        _native(page, folded, "Lines in the order they are sent", undo=False)
    if folded.dialogues and (options.undo or options.view is View.FULL):
        _native(page, folded, "Undo, in the order it would be sent", undo=True)
    _footer(page, plan, options)
    return page.text()


def _notes(page: Page, plan: Plan, options: TextOptions) -> None:
    past_days(page, plan)
    if options.view is View.SUMMARY:
        if plan.notes:
            page.prose(f"{count(len(plan.notes), 'note')}: --view {View.SEMANTIC} has them", indent=2, style="dim")
        return
    for note in plan.notes:
        page.prose(note, indent=2, lead=("note: ", "dim"))


def past_days(page: Page, plan: Plan) -> None:
    """The exceptions that still hold although their day has passed."""
    for past in plan.overdue:
        page.prose(past, indent=2, lead=("past its day: ", "bold yellow"))


def _devices(page: Page, folded: Review, options: TextOptions) -> None:
    devices = folded.plan.devices
    lost = tuple(device for device in devices if device.action in _LOST)
    planned = tuple(device for device in devices if device.action not in _LOST)
    if planned:
        page.heading("Devices", _against(folded.plan))
    if len(devices) > _MANY_DEVICES and options.view is not View.FULL:
        rows = [_school_row(school, [one for one in devices if one.school == school]) for school in folded.schools]
        page.table(("school", "devices", "to change", "the same", "not planned", "risk"), rows)
        planned = tuple(one for one in planned if one.reason)
        page.blank()
    if planned:
        page.table(("device", "stage", "tier", "changes", "risk", ""), [_device_row(device) for device in planned])
    if lost:
        page.heading("Not planned", "nothing will be changed on these devices")
    for device in lost:
        page.prose(f"{device.action}: {device.reason}", indent=2, lead=(f"{device.name}  ", "bold"), style="yellow")


def _against(plan: Plan) -> str:
    return f"compared with the captured configurations in {plan.against}" if plan.against else ""


def _school_row(school: str, devices: list[DevicePlan]) -> list[Cell]:
    risk = max((device.risk for device in devices), key=list(Severity).index)
    numbers = [sum(device.differs for device in devices), sum(device.action is Action.NONE for device in devices)]
    return [
        (school, ""),
        (str(len(devices)), ""),
        (str(numbers[0]), ""),
        (str(numbers[1]), ""),
        (str(len(devices) - sum(numbers) or ""), "yellow"),
        (risk.value, SEVERITY_STYLE[risk]),
    ]


def device_note(device: DevicePlan) -> str:
    """The plan's own reason; without one, what is not applied, or what a device in step leaves open."""
    if device.reason or device.changes:
        return device.reason or ("shown, not applied" if device.differs and not device.applies else "")
    secrets = sum(flag.rule is Rule.SECRET for flag in device.flags)
    return f"{count(secrets, 'secret')} not compared" if secrets else ""


def kind_counts(device: DevicePlan) -> str:
    """Before: three adds and a replacement. After: "+3 ~1"; "none" without changes."""
    kinds = [change.kind for change in device.changes]
    return " ".join(f"{MARKS[kind]}{kinds.count(kind)}" for kind in ChangeKind if kind in kinds) or "none"


def _device_row(device: DevicePlan) -> list[Cell]:
    return [
        (device.name, "bold" if device.changes else ""),
        (device.stage.value, ""),
        (device.tier.value, ""),
        (kind_counts(device), "" if device.changes else "dim"),
        (device.risk.value, SEVERITY_STYLE[device.risk]),
        (device_note(device), "dim"),
    ]


def _care(page: Page, folded: Review, options: TextOptions) -> None:
    if not folded.risks:
        return
    page.heading("Take care" if folded.risks[0].severity is not Severity.NONE else "To know")
    light: dict[Severity, dict[str, int]] = {}
    for risk in folded.risks:
        if risk.severity not in _SPELT_OUT[options.view]:
            places = sum(max(1, len(target.ports)) for target in risk.targets)
            rules = light.setdefault(risk.severity, {})
            rules[risk.rule] = rules.get(risk.rule, 0) + places
            continue
        lead = f"{weight(risk.severity):<7}{risk.rule.value:<9}"
        page.prose(risk.why, indent=2, lead=(lead, SEVERITY_STYLE[risk.severity]))
        if options.view is not View.SUMMARY:
            place = where(risk.targets, folded.everyone, whole=options.view is View.FULL)
            page.prose(place, indent=2 + len(lead), style="dim")
    for severity, rules in light.items():
        words = ", ".join(f"{rule} {number}" for rule, number in rules.items())
        more = View.SEMANTIC if severity is Severity.MEDIUM else View.FULL
        words = f"{words}  (--view {more} gives the reasons)"
        page.prose(words, indent=2, lead=(f"{weight(severity):<7}", SEVERITY_STYLE[severity]))


def _gists(page: Page, folded: Review, options: TextOptions) -> None:
    if not folded.topics:
        return
    page.heading("What changes", f"--view {View.SEMANTIC} shows each change")
    rows: list[list[Cell]] = [
        [(topic.name, ""), (topic_counts(topic), ""), (topic.severity.value, SEVERITY_STYLE[topic.severity])]
        for topic in folded.topics
    ]
    taken = 2 + sum(2 + max(cell_len(row[column][0]) for row in rows) for column in range(3))
    for row, topic in zip(rows, folded.topics, strict=True):
        room = max(_LEAST_GIST, options.width - taken)
        row.append((textwrap.shorten(gist(topic), room, placeholder=" …", break_on_hyphens=False), "dim"))
    page.table(("", "", "", ""), rows)


def _topic(page: Page, topic: Topic, everyone: frozenset[str], options: TextOptions) -> None:
    page.heading(topic.name, topic_counts(topic))
    for number, block in enumerate(topic.blocks):
        if number:
            page.blank()
        _block(page, block, everyone, options)
    for what, places in described_counts(topic):
        page.blank()
        page.prose(f"{what} of {places}", indent=2, style="cyan")
        for one in topic.described:
            if one.what == what:
                place = where((one.target,), whole=True)
                page.prose(
                    description_words(one.before, one.after), indent=4, lead=(f"{place}  ", "dim"), style="yellow"
                )


def _block(page: Page, block: Block, everyone: frozenset[str], options: TextOptions) -> None:
    page.prose(where(block.targets, everyone, whole=options.view is View.FULL), indent=2, style="cyan")
    for edit in block.edits:
        mark = f"{MARKS[edit.kind]} "
        tags = flag_tags(edit)
        page.prose(f"{edit.summary}{f'  [{tags}]' if tags else ''}", indent=4, lead=(mark, _STYLE[edit.kind]))
        if options.view is View.FULL or not said(edit):
            _lines(page, edit)
        if options.origins or options.view is View.FULL:
            for origin in edit.origin:
                page.prose(origin_words(origin), indent=8, lead=("from ", "dim"), style="dim")


def said(edit: Edit) -> bool:
    """Whether the summary has the words of every line already, so that the lines need not follow it."""
    summary = edit.summary.lower()
    return not (edit.before or edit.diff) and all(line.strip().lower() in summary for line in edit.after)


def diff(edit: Edit) -> tuple[tuple[str, str], ...]:
    """The edit's lines as (mark, line): context with " ", then what goes with "-" and what comes with "+".

    Of a file, its unified diff; a hunk's own line (`@@ -1,3 +1,4 @@`) stands as context.
    """
    if edit.diff:
        return tuple((" ", line) if line.startswith("@@") else (line[:1] or " ", line[1:]) for line in edit.diff)
    own = {line.strip() for line in (*edit.before, *edit.after)}
    context = [(" ", line) for line in edit.context if line.strip() not in own]
    return (*context, *(("-", line) for line in edit.before), *(("+", line) for line in edit.after))


def _lines(page: Page, edit: Edit) -> None:
    for mark, line in diff(edit):
        style = {"+": "green", "-": "red"}.get(mark, "dim")
        page.native(line, indent=8, mark=f"{mark} ", style=style)


def origin_words(origin: LineOrigin) -> str:
    """Before: a LineOrigin. After: "templates/x/vlans.j2:4 <- vlans.staff.id inventory/baseline/vlans.yml:8"."""
    values = "; ".join(f"{path} {value}" for path, value in origin.values)
    return f"{origin.template} <- {values}" if values else str(origin.template)


def _native(page: Page, folded: Review, heading: str, *, undo: bool) -> None:
    page.heading(heading)
    for dialogue in folded.dialogues:
        lines = dialogue.undo if undo else dialogue.commands
        note = "" if dialogue.applies else "  shown, not applied"
        page.blank()
        page.prose(f"{', '.join(dialogue.devices)}: {count(len(lines), 'line')}{note}", indent=2, style="cyan")
        width = len(str(len(lines)))
        for position, line in enumerate(lines, start=1):
            page.native(line, indent=4, mark=f"{position:>{width}}  ")


def _untouched(page: Page, folded: Review, options: TextOptions) -> None:
    if not folded.left_alone:
        return
    page.heading("Left alone", "" if options.view is View.FULL else "--view full lists them")
    for part in folded.left_alone:
        page.prose(left_alone(part), indent=2)
        if options.view is not View.FULL:
            continue
        for device, section, lines in part.parts:
            page.native(" / ".join(section) or "top level", indent=4, mark=f"{device}: ", style="dim")
            for line in lines:
                page.native(line, indent=8, mark="= ", style="dim")


def _footer(page: Page, plan: Plan, options: TextOptions) -> None:
    page.blank()
    if plan.digest:
        until = f"{plan.expires:%d %b %Y %H:%M} UTC"
        commit = f", inventory {plan.inventory_commit[:19]}" if plan.inventory_commit else ""
        page.row((f"plan {plan.digest}", "dim"))
        page.row((f"     valid until {until}{commit}", "dim"))
    if options.next_command:
        page.row(("next ", "bold"), (options.next_command, ""))
