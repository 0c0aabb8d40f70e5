"""A plan in its text, Markdown and HTML forms, compared with files that a person can open."""

from __future__ import annotations

import html
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from trustctl.cli.verb_plan import command
from trustctl.model.plan import Action, Change, ChangeKind, Flag, Own, Plan, Rule, Severity, Tier
from trustctl.report.html import plan_html
from trustctl.report.markdown import BUDGET, plan_markdown
from trustctl.report.text import plan_text
from trustctl.report.view import TextOptions, View

GOLDEN = Path(__file__).parent / "golden"
TITLES = {"heath": "Heath Primary School"}
NEXT = "trustctl apply heath.plan.json"


def same_as_golden(name: str, text: str) -> None:
    """Compare with the file; `TRUSTCTL_UPDATE_GOLDEN=1` rewrites it, for a person to review."""
    path = GOLDEN / name
    if os.environ.get("TRUSTCTL_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("view", list(View))
def test_text_golden(plan: Plan, view: View) -> None:
    """Each view reads as the file says, at 100 columns."""
    text = plan_text(plan, TextOptions(view=view, next_command=NEXT), TITLES)
    same_as_golden(f"plan-{view}.txt", text)
    assert max(len(line) for line in text.split("\n")) <= 100


def test_text_undo_golden(plan: Plan) -> None:
    """Undo lines and origins come on request."""
    text = plan_text(plan, TextOptions(undo=True, origins=True, next_command=NEXT), TITLES)
    same_as_golden("plan-undo.txt", text)


def test_text_colour_golden(plan: Plan) -> None:
    """Colour adds escapes of ours around the same words, and nothing else."""
    coloured = plan_text(plan, TextOptions(colour=True, next_command=NEXT), TITLES)
    same_as_golden("plan-colour.ansi", coloured)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plan_text(plan, TextOptions(next_command=NEXT), TITLES)


def test_markdown_golden(plan: Plan) -> None:
    """The comment reads as the file says."""
    same_as_golden("plan.md", plan_markdown(plan, TITLES, next_command=NEXT))


def test_html_golden(plan: Plan) -> None:
    """The page reads as the file says."""
    same_as_golden("plan.html", plan_html(plan, TITLES, next_command=NEXT))


def test_hostile_text_acts_nowhere(plan: Plan) -> None:
    """No escape, control, bidi mark, markup, fence or CI order of a device survives in any form."""
    text = plan_text(plan, TextOptions(view=View.FULL))
    markdown = plan_markdown(plan)
    page = plan_html(plan)
    for form in (text, markdown, page):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", form)
        assert not any(line.lstrip().startswith(("::", "##[")) for line in form.split("\n"))
    assert "<script" not in page
    assert page.count("</details>") == page.count("<details")
    assert "default-src 'none'; style-src 'sha256-" in html.unescape(page)


def test_markdown_fences_hold(plan: Plan) -> None:
    """Outside the fences there is no markup of a device: every fence is longer than the backticks within."""
    outside: list[str] = []
    fence = ""
    for line in plan_markdown(plan).split("\n"):
        ticks = re.match(r"`{3,}", line)
        if ticks and not fence:
            fence = ticks[0]
        elif fence and line == fence:
            fence = ""
        elif not fence:
            outside.append(line)
    assert not fence
    assert "<script" not in "\n".join(outside)


def test_markdown_keeps_its_budget(plan: Plan) -> None:
    """However many schools and devices, the comment stays within the forge's limit and names what was cut."""
    devices = tuple(
        replace(device, name=f"s{number}-{device.name}", school=f"school-{number}", reason=device.reason * 20)
        for number in range(150)
        for device in plan.devices
    )
    text = plan_markdown(replace(plan, devices=devices))
    assert len(text) <= BUDGET
    assert "**Cut to fit**" in text


@pytest.mark.parametrize("number", [1, 400])
def test_markdown_is_short_when_nothing_changes(plan: Plan, number: int) -> None:
    """A plan without changes is two lines."""
    same = next(device for device in plan.devices if device.action is Action.NONE)
    devices = tuple(replace(same, name=f"sw-{position}") for position in range(number))
    text = plan_markdown(replace(plan, devices=devices))
    assert text.count("\n") == 2
    assert "nothing to change" in text


def test_markdown_has_native_lines_of_all_devices_or_of_none(plan: Plan) -> None:
    """A comment never shows the lines of just some devices, which would look like all of them."""
    whole = plan_markdown(plan)
    assert whole.count("! sent, in this order") == 4
    short = plan_markdown(plan, budget=len(whole))
    assert "! sent, in this order" not in short
    assert "the native lines of each device" in short


def test_markdown_folds_each_topic(plan: Plan) -> None:
    """One folded part for each topic of a school, the weightiest first."""
    parts = re.findall(r"<summary>([^:<]+): [-+~]", plan_markdown(plan))
    assert parts == ["Uplinks", "SNMP", "Access ports", "RADIUS", "VLANs"]


def test_like_risks_of_many_devices_are_one(plan: Plan) -> None:
    """A risk that names each device's own address reads as one, and the address of another device stays."""
    devices = tuple(
        replace(device, address=address, flags=(Flag(Rule.MGMT, Severity.HIGH, f"{address} leads to 10.40.10.20"),))
        for device, address in zip(plan.devices[:2], ("10.40.10.2", "10.40.10.3"), strict=True)
    )
    text = plan_text(replace(plan, devices=devices), TextOptions(), TITLES)
    assert text.count("the device leads to 10.40.10.20") == 1


def test_what_is_each_devices_own_stands_in_one_table(plan: Plan) -> None:
    """Host names differ by nature: one block for all of them, not one for each device."""
    devices = tuple(
        replace(device, changes=(renamed(f"OLD-{number}", device.name),))
        for number, device in enumerate(plan.devices[:3])
    )
    text = plan_text(replace(plan, devices=devices), TextOptions(), TITLES)
    assert "host name of 3 devices" in text
    assert "hth-sw-01  OLD-1 -> hth-sw-01" in text
    assert "hostname" not in text


def renamed(old: str, new: str) -> Change:
    """A device gets another name."""
    return Change(
        summary=f"Host name {old} to {new}",
        topic="System",
        kind=ChangeKind.REPLACE,
        section=(),
        before=(f"hostname {old}",),
        after=(f"hostname {new}",),
        commands=(f"hostname {new}",),
        undo=(f"hostname {old}",),
        own=(Own("hostname ", "host name"),),
    )


def test_a_change_without_way_back_is_not_called_undo_ready(plan: Plan) -> None:
    """If one change of a device has no undo, the headline says so, however many undo lines there are."""
    first = plan.devices[0]
    lacking = replace(first, changes=(replace(first.changes[0], undo=()), *first.changes[1:]))
    text = plan_text(replace(plan, devices=(lacking, *plan.devices[1:])), TextOptions(), TITLES)
    assert "undo incomplete on 1 device" in text
    assert "undo ready" not in text


@pytest.mark.parametrize(
    ("tier", "restarts", "words"),
    [
        (Tier.A, False, "goes back to what it was by itself within minutes"),
        (Tier.B, False, "goes back to what it was by itself within minutes"),
        (Tier.B, True, "restarts by itself within minutes"),
        (Tier.C, False, "of tier C only we can undo a change: somebody should be able to reach them on site."),
    ],
)
def test_the_paragraph_says_what_a_lost_device_does(plan: Plan, tier: Tier, restarts: bool, words: str) -> None:
    """A head teacher must not read that a device undoes its change where it would restart, or where only we can."""
    devices = tuple(replace(device, tier=tier, restarts=restarts) for device in plan.devices)
    text = plan_text(replace(plan, devices=devices), TextOptions(width=800), TITLES)
    assert words in text


def test_the_paragraph_tells_a_device_that_nothing_takes_back_from_the_others(plan: Plan) -> None:
    """One cluster of access points does not make the switches look as if somebody had to stand beside them."""
    first, *others = (device for device in plan.devices if device.applies)
    devices = (replace(first, tier=Tier.C), *(replace(device, tier=Tier.B, restarts=True) for device in others))
    text = plan_text(replace(plan, devices=devices), TextOptions(width=800), TITLES)
    assert "On 1 device of tier C only we can undo a change: somebody should be able to reach it on site. Any" in text
    assert "Any other that we can no longer reach restarts by itself within minutes and comes back as it was." in text


def test_a_refused_device_shows_what_it_would_need(plan: Plan) -> None:
    """It was compared: the words neither say that nothing is known, nor that anything will be taken back."""
    refused = replace(plan.devices[0], action=Action.REFUSED, reason="it takes 8 VLANs and would have 27")
    text = plan_text(replace(plan, devices=(refused,)), TextOptions(), TITLES)
    assert "On 1 device the changes are refused: they are shown, and nothing is sent." in text
    assert "nothing will be applied, refused 1" in text
    assert "nothing is known" not in text


def test_many_devices_are_counted_per_school(plan: Plan) -> None:
    """A hundred devices do not scroll the changes off the screen; those not planned are named all the same."""
    devices = tuple(replace(device, name=f"n{number}-{device.name}") for number in range(15) for device in plan.devices)
    text = plan_text(replace(plan, devices=devices), TextOptions(view=View.SUMMARY), TITLES)
    assert "school  devices  to change  the same  not planned  risk" in text
    assert "n14-hth-sw-05  unreachable: no answer" in text
    assert text.count("VLAN 20 STAFF") == 1


def test_plan_without_devices_reads_well(plan: Plan) -> None:
    """Nothing selected is not an error of the report."""
    text = plan_text(replace(plan, devices=()), TextOptions())
    assert text.startswith("0 schools: 0 devices, nothing to change")


def test_the_next_command_keeps_the_plan_as_it_was_asked_for() -> None:
    """What is printed as next can be typed: the same schools and choices, and a file for the plan."""
    result = CliRunner().invoke(command, ["ash", "--captured", "--only", "Access lists", "--view", "summary"], obj=None)
    assert result.exit_code == 0, result.output
    assert result.output.endswith("next trustctl plan ash --captured --only 'Access lists' --out ash.plan.json\n")
