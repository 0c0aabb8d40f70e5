"""Drift, runs, explanations and values for machines: what they say, and that device text stays text in them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trustctl.errors import ExitCode
from trustctl.inventory import describe, load
from trustctl.model.origin import Layer, LineOrigin, Origin, Place
from trustctl.model.plan import Action, Flag, Intended, IntendedLine, Plan, Rule, Severity
from trustctl.model.run import DeviceOutcome, Outcome, Run
from trustctl.plan.document import digest_of, to_document
from trustctl.plan.files import loads
from trustctl.report.drift import drift_headline, drift_text
from trustctl.report.explain import explain_text, matching, sources
from trustctl.report.json import plan_json, run_document, to_json
from trustctl.report.page import Page
from trustctl.report.resolved import school_text
from trustctl.report.run import history_text, run_text

CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(hostile: str) -> Run:
    """A run in which everything happened that can happen."""
    start = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    return Run(
        id="20261122-0300",
        plan_digest="sha256:" + "e" * 64,
        started=start,
        ended=start.replace(minute=9),
        user="j.smith",
        outcomes=(
            DeviceOutcome("hth-core-01", Outcome.APPLIED, seconds=41.2),
            DeviceOutcome("hth-sw-01", Outcome.APPLIED, "startup differs", ExitCode.PARTIAL, saved=False),
            DeviceOutcome("hth-sw-02", Outcome.UNKNOWN, f"no prompt: {hostile}", ExitCode.UNKNOWN, seconds=90.0),
            DeviceOutcome("hth-sw-03", Outcome.UNCHANGED),
        ),
    )


def test_a_run_leads_with_what_needs_a_person(run: Run) -> None:
    """The devices that did not end well come first, each with what happened; the counts add up."""
    text = run_text(run, next_command="trustctl reconcile hth-sw-02")
    first = text.split("\n")[0]
    assert first == "apply 20261122-0300: 1 applied and verified; 1 applied, NOT SAVED; 1 unknown; 1 unchanged"
    order = re.findall(r"^  (hth-[a-z0-9-]+)  ", text, re.MULTILINE)
    assert order == ["hth-sw-01", "hth-sw-02", "hth-core-01", "hth-sw-03"]
    assert text.endswith("next trustctl reconcile hth-sw-02\n")


def test_a_run_keeps_hostile_text_inert(run: Run) -> None:
    """What a device said on its way out cannot act on the terminal that reads about it, nor in JSON."""
    assert not CONTROL.search(run_text(run))
    assert to_json(run_document(run)).isascii()


def test_a_run_that_did_not_end_says_so(run: Run) -> None:
    """A run cut short is never listed with an exit code."""
    text = history_text([replace(run, ended=None), run])
    assert "did not end" in text
    assert text.count("20261122-0300") == 2
    assert history_text([]) == "no run yet\n"


def test_a_run_as_a_document(run: Run) -> None:
    """Machines get every outcome with its own code, and the run's."""
    document = json.loads(to_json(run_document(run)))
    assert document["exit_code"] == int(ExitCode.UNKNOWN)
    assert [one["outcome"] for one in document["outcomes"]] == ["applied", "applied", "unknown", "unchanged"]


def test_drift_is_said_from_the_devices_side(plan: Plan) -> None:
    """`is` is what the device has, `should` what it does not have; what could not be read is never "no drift"."""
    text = drift_text(plan)
    assert text.startswith("drift on 4 of 7 devices: 87 differences; 2 not known\n")
    assert "      is     snmp-server community <observed:snmp.1> RO\n" in text
    assert "should description Library printer" in text
    assert "hth-sw-05  unreachable: no answer" in text
    assert not CONTROL.search(text)


def test_no_drift_is_one_line(plan: Plan) -> None:
    """Silence where nothing differs, and devices that were not read are named beside it."""
    same = tuple(device for device in plan.devices if device.action is Action.NONE)
    assert drift_text(replace(plan, devices=same, overdue=())) == "no drift on 1 device\n"
    lost = tuple(device for device in plan.devices if device.action is Action.UNREACHABLE)
    assert drift_headline(replace(plan, devices=(*same, *lost))) == "no drift on 1 device; 1 not known"


def test_a_device_whose_secrets_were_not_compared_is_not_called_in_step(plan: Plan) -> None:
    """Without a difference, and still nobody knows: it is named with the reason, once however many there are."""
    same = next(device for device in plan.devices if device.action is Action.NONE)
    flags = tuple(Flag(Rule.SECRET, Severity.NONE, f"{name} is not in the secret store") for name in ("a/b", "c/d"))
    told = replace(plan, devices=(same, replace(same, name="hth-sw-77", flags=flags)), overdue=())
    text = " ".join(drift_text(told).split())
    assert text.startswith("no drift on 1 device; 1 with secrets not compared hth-sw-77 not compared: a/b is not in ")
    assert text.count("hth-sw-77") == 1
    assert "1 more" in text


def test_drift_says_which_exceptions_are_past_their_day(plan: Plan) -> None:
    """Also where nothing differs: the exception is why nothing differs."""
    same = tuple(device for device in plan.devices if device.action is Action.NONE)
    for devices in (plan.devices, same):
        told = " ".join(drift_text(replace(plan, devices=devices)).split())
        assert "past its day: hth: the override of services.dns ended on 31 Aug 2026" in told


def test_the_json_of_a_plan_is_the_plan(plan: Plan) -> None:
    """What `--format json` prints is the plan file: it reads back as the same plan, and is ASCII."""
    sealed = replace(plan, digest=digest_of(to_document(plan)))
    text = plan_json(sealed)
    assert loads(text) == sealed
    assert text.isascii()


def test_an_explained_line_stands_under_its_section() -> None:
    """A line is found by a part of it whatever its case, and shown with its section and its template."""
    lines = [
        IntendedLine(text, LineOrigin(Place("templates/cisco_ios/vlans.j2", number)))
        for number, text in enumerate(("vlan 20", " name STAFF", "vlan 30", " name STUDENT"), start=1)
    ]
    found = matching(Intended("hth-sw-01", "cisco_ios", tuple(lines)), "student")
    assert [explained.section for explained in found] == [("vlan 30",)]
    text = explain_text("hth-sw-01", found, ())
    assert "  vlan 30\n   name STUDENT\n      written by  templates/cisco_ios/vlans.j2:4\n" in text


def test_values_of_one_kind_and_file_are_one() -> None:
    """A line made of every VLAN of a school does not bury its own template under a screen of places."""

    def value(role: str, line: int, file: str = "vlans.yml") -> tuple[str, Origin]:
        return f"vlans.{role}.id", Origin(Layer.BASELINE, Place(file, line))

    many = [value(role, line) for line, role in enumerate("abcd", start=8)]
    few = [value("e", 3, "school.yml"), ("snmp.contact", Origin(Layer.TRUST, note="worked out"))]
    assert sources([many[2], *few, many[0], many[1], many[3]]) == [
        "vlans.*.id (4)  vlans.yml:8-11 (baseline)",
        "vlans.e.id  school.yml:3 (baseline)",
        "snmp.contact  worked out (trust)",
    ]
    assert len(sources(many[:3])) == 3


@pytest.mark.parametrize(
    ("middle", "last", "most"), [("x", "y " * 60, 60), ("word " * 20, "y" * 38, 60), ("z" * 40, "y" * 10, 60)]
)
def test_a_table_keeps_to_the_page(middle: str, last: str, most: int) -> None:
    """A long column wraps where the last one needs the room; nothing is lost."""
    page = Page(width=most)
    page.table(("a", "b", "c"), [[("one", ""), (middle.strip(), ""), (last.strip(), "")]])
    text = page.text()
    assert max(len(line) for line in text.splitlines()) <= most + 24
    assert text.count("y") == last.count("y")
    assert text.count("word") == middle.count("word")


def test_a_school_is_shown_with_where_each_value_comes_from() -> None:
    """Of the example trust's school every VLAN and every device is there, with a file and a line."""
    trust = load(ROOT / "inventory", today=datetime(2026, 11, 22, tzinfo=UTC).date())
    school = trust.schools["ash"]
    text = school_text(trust, school)
    assert all(f"{vlan.id} " in text for vlan in school.vlans.values())
    assert all(name in text for name in school.switches)
    assert re.search(r"inventory/\S+\.yml:\d+", text)
    assert "Virtual machines" not in text
    assert max(len(line) for line in text.split("\n")) <= 100


def test_a_hosts_machines_stand_in_its_school() -> None:
    """Each with its host, size and place, within the page; as rows for `--json` too."""
    trust = load(ROOT / "inventory", today=datetime(2026, 11, 22, tzinfo=UTC).date())
    school = trust.schools["oak"]
    text = school_text(trust, school)
    assert re.search(r"\n  OAK-DC-01  OAK-HV-01  2 +6 GiB +system 80 GiB +20 ", text)
    assert re.search(r"\n  OAK-FS-01  OAK-HV-01  4 +4 to 16 GiB  system 80 GiB, ", text)
    values = {row.path: row.value for row in describe(school)}
    says = "file-server: 4 processors, memory 4 to 16 GiB, disks system 80 GiB, data 2048 GiB, VLAN 20"
    assert values["servers.OAK-HV-01.machines.OAK-FS-01"] == says
    assert values["servers.OAK-HV-01.switches.TRUST"] == "over NIC1, NIC2"
