"""What differs on the devices from what the inventory means, said from the device's side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trustctl.model.plan import Action, DevicePlan, Flag, Plan, Rule
from trustctl.report.page import Page
from trustctl.report.review import review
from trustctl.report.text import diff, past_days
from trustctl.report.words import count, where


def drift_headline(plan: Plan) -> str:
    """Before: a plan with one change on one of seven devices. After: "drift on 1 of 7 devices: 1 difference"."""
    lost = sum(device.action in {Action.REFUSED, Action.UNREACHABLE} for device in plan.devices)
    number = sum(len(device.changes) for device in plan.changed)
    not_known = f"; {lost} not known" if lost else ""
    if open_ones := len(_not_compared(plan)):
        not_known += f"; {open_ones} with secrets not compared"
    if not plan.changed:
        same = len(plan.devices) - lost - open_ones
        return f"no drift on {count(same, 'device')}{not_known}"
    spread = f"{len(plan.changed)} of {count(len(plan.devices), 'device')}"
    return f"drift on {spread}: {count(number, 'difference')}{not_known}"


def _not_compared(plan: Plan) -> list[tuple[DevicePlan, list[Flag]]]:
    """The devices without a difference, and their secrets that could not be compared: they may not be in step."""
    told = [
        (device, [flag for flag in device.flags if flag.rule is Rule.SECRET])
        for device in plan.devices
        if device.action is Action.NONE
    ]
    return [(device, flags) for device, flags in told if flags]


def _not_known(plan: Plan) -> Iterator[tuple[str, str]]:
    """What nobody can say of a device, and why, by its name."""
    for device in plan.devices:
        if device.action in {Action.REFUSED, Action.UNREACHABLE}:
            yield device.name, f"{device.action}: {device.reason}"
    for device, flags in _not_compared(plan):
        more = f" (and {len(flags) - 1} more: trustctl plan names them)" if len(flags) > 1 else ""
        yield device.name, f"not compared: {flags[0].why}{more}"


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
    for name, said in _not_known(plan):
        page.blank()
        page.prose(said, indent=2, lead=(f"{name}  ", "bold"), style="yellow")
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
