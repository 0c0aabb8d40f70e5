"""Exceptions past their day: told by `validate` and every plan, and still in force."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from bad_cases import HERE

from trustctl.cli.main import outcome
from trustctl.inventory import load
from trustctl.model.overdue import overdue

LAST = date(2026, 11, 22)
EXCEPTIONS = f"""
overrides:
  - {{path: services.dns, value: [10.11.20.5], reason: Own server., expires: {LAST}}}
legacy:
  - {{vlan: 3, name: CURRIC, prefix: 192.168.4.0/24, purpose: Classrooms, until: {LAST - timedelta(days=30)}}}
  - {{vlan: 4, name: CCTV, prefix: 192.168.5.0/24, purpose: Cameras}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The minimal trust; one school has an override and an old range with a last day, and a range without one."""
    folder = Path(shutil.copytree(HERE / "minimal", tmp_path / "inventory"))
    with (folder / "schools/oak/school.yml").open("a", encoding="utf-8") as stream:
        stream.write(EXCEPTIONS)
    return folder


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (LAST - timedelta(days=30), []),
        (LAST, [30]),
        (LAST + timedelta(days=1), [31, 1]),
    ],
)
def test_the_day_itself_still_counts(folder: Path, today: date, days: list[int]) -> None:
    """What is past its day is listed, the longest first; what has no last day never is."""
    school = load(folder, today=today).schools["oak"]
    assert [one.days for one in overdue(school, today)] == days


def test_it_still_holds_and_names_its_place(folder: Path) -> None:
    """The override stays in force, and the sentence says what, since when, why, and where to change it."""
    today = LAST + timedelta(days=1)
    school = load(folder, today=today).schools["oak"]
    assert [str(address) for address in school.services.dns] == ["10.11.20.5"]
    old, override = (one.text for one in overdue(school, today))
    assert "the old range 192.168.4.0/24 (VLAN 3) ended on 23 Oct 2026, 31 days ago, and still holds" in old
    assert "the override of services.dns ended on 22 Nov 2026, 1 day ago, and still holds (Own server.)" in override
    assert "Remove it, or give it a new `expires`." in override
    assert "schools/oak/school.yml:9)" in override


def test_validate_and_plan_say_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`validate` tells it in both forms and ends with 0, since nothing is wrong with the files; a plan tells it too."""
    text = (folder / "schools/oak/school.yml").read_text("utf-8").replace(str(LAST), "2001-02-03")
    (folder / "schools/oak/school.yml").write_text(text, encoding="utf-8")
    assert outcome(["validate", "--inventory", str(folder)]) == 0
    assert "past its day: oak: the override of services.dns" in " ".join(capsys.readouterr().out.split())
    assert outcome(["validate", "--inventory", str(folder), "--json"]) == 0
    (told, *_) = json.loads(capsys.readouterr().out)["overdue"]
    assert (told["until"], told["school"]) == ("2001-02-03", "oak")
    for form in ("text", "json", "markdown", "html"):
        outcome(["plan", "oak", "--captured", "--inventory", str(folder), "--format", form, "--view", "summary"])
        assert "ended on 3 Feb 2001" in " ".join(capsys.readouterr().out.split()), form
