"""The 24 points: each asks well-formed questions, and never calls green what it was not told."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from trustctl.checks import POINTS, Check, Rag, Subject, judge, questions
from trustctl.hosts import Key, Resource
from trustctl.inventory import load


@pytest.fixture(scope="module")
def subject() -> Subject:
    """A server of the example trust with many roles."""
    day = date(2026, 9, 1)
    school = load(Path("inventory"), today=day).schools["ash"]
    return Subject(school.hosts["ash-srv-01"], school, day)


def told(asked: Iterable[Resource], no: str = "", untold: str = "") -> dict[Key, Resource]:
    """Answers: yes to all, but `no` to one, and none to another."""
    answers: dict[Key, Resource] = {}
    for one in asked:
        words = (("state", "untold"), ("why", "it took too long")) if one.name == untold else (("done", "yes"),)
        answers[one.key] = Resource("command", one.name, (("done", "no"),) if one.name == no else words)
    return answers


def test_each_point_stands_once() -> None:
    """1 to 24, each with a name of its own."""
    assert [one.point for one in POINTS] == list(range(1, 25))
    assert len({one.name for one in POINTS}) == len(POINTS)


def test_every_question_is_well_formed(subject: Subject) -> None:
    """As the shell of the server reads it, and on one line."""
    for one in questions(subject):
        assert "\n" not in one.name
        read = subprocess.run(["/bin/sh", "-n", "-c", one.name], capture_output=True, text=True, check=False)
        assert read.returncode == 0, (one.name, read.stderr)


@pytest.mark.parametrize("check", POINTS, ids=[one.name for one in POINTS])
def test_a_point_is_green_only_if_all_is_told_and_well(check: Check, subject: Subject) -> None:
    """One thing that is wrong makes it red or amber, one that is not told makes it grey, no answer at all too."""
    asked = check.asks(subject)
    everything = check.judge(subject, told(asked))
    assert (everything.rag is Rag.GREEN) == (not everything.untold)
    assert everything.wrong == ()
    silent = check.judge(subject, {})
    assert silent.rag is Rag.GREY
    assert silent.remedy == check.remedy
    for item in check.items(subject):
        if item.if_told == "false":
            continue
        wrong = check.judge(subject, told(asked, no=item.holds))
        assert item.wrong in wrong.wrong
        assert wrong.rag in {Rag.RED, Rag.AMBER}
        if item.rag is Rag.RED:
            assert wrong.rag is Rag.RED
        lost = check.judge(subject, told(asked, untold=item.holds))
        assert item.wrong in lost.untold
        assert lost.rag is Rag.GREY
        if item.if_told:
            assert check.judge(subject, told(asked, no=item.if_told)).rag is not Rag.GREEN


def test_nothing_claims_a_benchmark(subject: Subject) -> None:
    """The points were not compared with a published text: no number of one, and no word of compliance."""
    for finding in judge(subject, {}):
        said = " ".join((finding.title, finding.remedy, *finding.untold))
        assert not re.search(r"\bCIS\b|NCSC|complian|(?<![\d.])\d+\.\d+\.\d+(?![\d.])", said), said
