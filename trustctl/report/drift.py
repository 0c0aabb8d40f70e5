"""What differs on the devices from what the inventory means, said from the device's side."""

from __future__ import annotations

from collections.abc import Mapping

from trustctl.model.plan import Action, Plan
from trustctl.report.page import Page
from trustctl.report.review import review
from trustctl.report.text import diff, past_days
from trustctl.report.words import count, where


def drift_headline(plan: Plan) -> str:
    """Before: a plan with one change on one of seven devices. After: "drift on 1 of 7 devices: 1 difference"."""
    lost = sum(device.action in {Action.REFUSED, Action.UNREACHABLE} for device in plan.devices)
    number = sum(len(device.changes) for device in plan.changed)
    not_known = f"; {lost} not known" if lost else ""
    if not plan.changed:
        return f"no drift on {count(len(plan.devices) - lost, 'device')}{not_known}"
    spread = f"{len(plan.changed)} of {count(len(plan.devices), 'device')}"
    return f"drift on {spread}: {count(number, 'difference')}{not_known}"


def drift_text(
    plan: Plan,
    titles: Mapping[str, str] | None = None,
    *,
    width: int = 100,
    colour: bool = False,
    next_command: str = "",
) -> str:
    """Every difference: `-` what the device has and the inventory does not, `+` what it should have."""
    folded = review(plan, titles)
    page = Page(width=width, colour=colour)
    page.prose(drift_headline(plan), style="bold")
    past_days(page, plan)
    for device in plan.devices:
        if device.action in {Action.REFUSED, Action.UNREACHABLE}:
            page.blank()
            page.prose(f"{device.action}: {device.reason}", indent=2, lead=(f"{device.name}  ", "bold"), style="yellow")
    for topic in folded.topics:
        page.heading(topic.name)
        for block in topic.blocks:
            page.prose(where(block.targets, folded.everyone), indent=2, style="cyan")
            for edit in block.edits:
                page.prose(edit.summary, indent=4)
                for mark, line in diff(edit):
                    has = {"-": "is     ", "+": "should ", " ": "       "}[mark]
                    page.native(line, indent=6, mark=has, style={"-": "red", "+": "green"}.get(mark, "dim"))
        for one in topic.described:
            page.prose(where((one.target,)), indent=2, style="cyan")
            for has, text, style in (("is     ", one.before, "red"), ("should ", one.after, "green")):
                page.native(f"description {text}" if text else "no description", indent=6, mark=has, style=style)
    if next_command and plan.changed:
        page.blank()
        page.row(("next ", "bold"), (next_command, ""))
    return page.text()
