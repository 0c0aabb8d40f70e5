"""The 24 points: each asks well-formed questions, and never calls green what it was not told."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from trustctl.checks import POINTS, Check, Rag, Subject, judge, questions
from trustctl.checks.check import NEVER
from trustctl.hosts import Key, Resource
from trustctl.inventory import load
from trustctl.model.linux import Asset, Backup, Jump, OfflineCopy
from trustctl.model.secret import SecretRef


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


def _asset(warranty: str, supplier: str = "Supplier Ltd") -> Asset:
    return Asset("KV-1", supplier, date.fromisoformat(warranty))


def _copy(checked: str) -> OfflineCopy:
    return OfflineCopy("A disk in the safe", date.fromisoformat(checked), 31)


@pytest.mark.parametrize(
    ("name", "known", "rag"),
    [
        ("identity", None, Rag.GREY),
        ("identity", _asset("2026-12-01"), Rag.GREEN),
        ("identity", _asset("2026-11-29"), Rag.AMBER),
        ("identity", _asset("2026-09-01"), Rag.AMBER),
        ("identity", _asset("2026-08-31"), Rag.RED),
        ("identity", _asset("2026-12-01", ""), Rag.AMBER),
        ("identity", Asset("KV-1", "Supplier Ltd"), Rag.GREY),
        ("backup", None, Rag.GREY),
        ("backup", _copy("2026-08-01"), Rag.GREEN),
        ("backup", _copy("2026-07-31"), Rag.AMBER),
        ("backup", _copy("2026-06-30"), Rag.RED),
        ("tls", None, Rag.GREY),
        ("tls", Jump((IPv4Address("10.250.10.5"),), second_factor=True), Rag.GREEN),
        ("tls", Jump((IPv4Address("10.250.10.5"),), second_factor=False), Rag.AMBER),
    ],
)
def test_what_only_people_know_has_every_colour(
    name: str, known: Asset | OfflineCopy | Jump | None, rag: Rag, subject: Subject
) -> None:
    """On the first of September; everything that the server itself is asked is well."""
    host, school, linux = subject.host, subject.school, subject.linux
    match known:
        case Asset():
            host = replace(host, asset=known)
        case OfflineCopy():
            linux = replace(linux, backup=Backup("/srv", SecretRef("backup/restic"), (), "02:30", offline=known))
        case Jump():
            linux = replace(linux, jump=known)
        case None:
            pass
    about = Subject(host, replace(school, linux=linux), subject.today)
    check = next(one for one in POINTS if one.name == name)
    assert check.judge(about, _truly(check, about)).rag is rag


def _truly(check: Check, about: Subject) -> dict[Key, Resource]:
    """Answers of a server that is well: yes, but to the question whose answer the inventory has given."""
    return told(check.asks(about), no=NEVER)


@pytest.mark.parametrize("line", ["Accepted publickey for kv-oncall from 10.250.10.7 port 1 ssh2", ""])
def test_who_came_past_the_jump_host_is_told_by_the_log(line: str, subject: Subject, tmp_path: Path) -> None:
    """The question itself, asked of a log: the automation account and the jump host are passed by."""
    log = tmp_path / "journalctl"
    lines = [
        "Accepted password for trustctl from 10.250.10.10 port 1 ssh2",
        "Accepted publickey for kv-oncall from 10.250.10.5 port 1 ssh2",
        "Failed password for kv-oncall from 10.250.10.9 port 1 ssh2",
        line,
    ]
    log.write_text("#!/bin/sh\nprintf '%s\\n' " + " ".join(f"'{one}'" for one in lines), encoding="utf-8")
    log.chmod(0o755)
    jump = Jump((IPv4Address("10.250.10.5"),), second_factor=True)
    about = Subject(subject.host, replace(subject.school, linux=replace(subject.linux, jump=jump)), subject.today)
    tls = next(one for one in POINTS if one.name == "tls")
    asked = next(item.holds for item in tls.items(about) if "past the jump host" in item.wrong)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run(["/bin/sh", "-c", asked], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == (not line), done


def test_nothing_claims_a_benchmark(subject: Subject) -> None:
    """The points were not compared with a published text: no number of one, and no word of compliance."""
    for finding in judge(subject, {}):
        said = " ".join((finding.title, finding.remedy, *finding.untold))
        assert not re.search(r"\bCIS\b|NCSC|complian|(?<![\d.])\d+\.\d+\.\d+(?![\d.])", said), said
