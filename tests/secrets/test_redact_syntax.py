"""The masker by syntax: each line of redact_cases.yml comes out as it says."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
import yaml

from trustctl.secrets.redact import redact, redact_device
from trustctl.secrets.redact_syntax import mask_line, mask_text

Case = dict[str, str]
_DATA = cast(
    "dict[str, object]", yaml.safe_load(Path(__file__).with_name("redact_cases.yml").read_text(encoding="utf-8"))
)
_LINES = [(make, case) for make, cases in cast("dict[str, list[Case]]", _DATA["lines"]).items() for case in cases]


@pytest.mark.parametrize(("make", "case"), _LINES, ids=[f"{make}: {case['before'][:60]}" for make, case in _LINES])
def test_a_line(make: str, case: Case) -> None:
    """What is behind an announcing word is hidden, what has no secret is left, and masking again changes nothing."""
    after = case.get("after", case["before"])
    assert mask_line(case["before"]) == after, make
    assert mask_line(after) == after


@pytest.mark.parametrize("case", cast("list[Case]", _DATA["prose"]))
def test_an_answer_of_a_device(case: Case) -> None:
    """A device's own words stay readable, and a line that it quotes is masked."""
    assert redact_device(case["before"]) == case.get("after", case["before"])


@pytest.mark.parametrize(("name", "case"), cast("dict[str, Case]", _DATA["texts"]).items())
def test_a_text(name: str, case: Case) -> None:
    """Secrets that go over several lines."""
    assert mask_text(case["before"]) == case["after"], name


def test_our_own_words_are_never_hidden() -> None:
    """What trustctl says of secrets is not masked by its words, only by what looks like a value."""
    said = "the device refuses the enable secret; check password login/trustctl, key <secret:radius/shared-key>"
    assert redact(said) == said
