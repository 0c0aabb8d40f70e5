"""Other engines judge each golden case of a platform that they know; where they would send something else, it says why.

`differs` in case.yml holds, by engine, the reason in words, or a list of names of shared reasons (`oracle_reasons.yml`)
with the words for what is left, if anything is. A difference that is not explained fails, and so does an explanation of
a difference that is no longer there, in a case or among the shared ones.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from golden_cases import Case, all_cases
from oracles import ORACLES, Sent, one_by_one, sent

pytestmark = pytest.mark.peers

SHARED = yaml.safe_load(Path(__file__).with_name("oracle_reasons.yml").read_text(encoding="utf-8"))
ASKED = [(case, oracle) for case in all_cases() for oracle in ORACLES.get(case.platform, ())]


def shared(platform: str, oracle: str) -> dict[str, re.Pattern[str]]:
    """The shared reasons by name, with the lines that each explains."""
    reasons = SHARED[platform].get(oracle, {})
    assert all(reason["why"].strip() for reason in reasons.values()), f"{platform}, {oracle}: a reason without words"
    return {name: re.compile(reason["lines"], re.MULTILINE) for name, reason in reasons.items()}


def text(lines: Sent) -> str:
    """Lines as the shared reasons know them."""
    return "".join(f"{header} | {line}\n" for header, line in lines)


@cache
def rest(folder: Path, oracle: str) -> tuple[str, frozenset[str]]:
    """What the oracle sends apart from what shared reasons explain, and the names of those reasons."""
    case = next(case for case, _ in ASKED if case.folder == folder)
    lines = ORACLES[case.platform][oracle](case.text("running.cfg"), case.text("intended.cfg"))
    left, names = text(one_by_one(case.platform, lines)), set[str]()
    for name, pattern in shared(case.platform, oracle).items():
        left, count = pattern.subn("", left)
        names |= {name} if count else set()
    return left, frozenset(names)


@pytest.mark.parametrize(
    ("case", "oracle"), ASKED, ids=lambda at: f"{at.platform}-{at.name}" if isinstance(at, Case) else at
)
def test_difference_is_explained(case: Case, oracle: str) -> None:
    """The oracle sends what we send, or the case explains why not."""
    place = f"templates/{case.platform}/cases/{case.name}/case.yml"
    theirs, apply = rest(case.folder, oracle)
    ours = text(one_by_one(case.platform, sent(case.lines("change.txt"))))
    written = case.settings.get("differs", {}).get(oracle, [])
    reasons = [written] if isinstance(written, str) else written
    named = {reason for reason in reasons if " " not in reason}
    words = [reason for reason in reasons if " " in reason]
    assert named == apply, f"{place}: shared reasons that apply to {oracle}: {sorted(apply)}, named: {sorted(named)}"
    if theirs == ours:
        assert not words, f"{oracle} agrees by now: take the explanation out of {place}"
    else:
        assert words, f"{oracle} sends\n{theirs}\nwe send\n{ours}\nexplain it in {place}"


@pytest.mark.parametrize("platform", SHARED)
def test_shared_reason_is_needed(platform: str) -> None:
    """Each shared reason explains something in some case."""
    for oracle, reasons in SHARED[platform].items():
        used = {
            name
            for case, asked in ASKED
            if (case.platform, asked) == (platform, oracle)
            for name in rest(case.folder, oracle)[1]
        }
        assert used == set(reasons), f"{platform}, {oracle}: no case needs {sorted(set(reasons) - used)}"


def test_engines_are_asked_about_what_they_know() -> None:
    """No case names an engine that is not asked about its platform."""
    asked = {(case.folder, oracle) for case, oracle in ASKED}
    named = {(case.folder, oracle) for case in all_cases() for oracle in case.settings.get("differs", {})}
    assert named <= asked
