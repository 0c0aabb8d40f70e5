"""Every case of a host description: what is said, and that nothing is said of a host in step."""

from __future__ import annotations

from pathlib import Path

import pytest
from host_cases import CASES, said


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda path: path.name)
def test_what_is_said(case: Path) -> None:
    """The golden text of each case; a change of it is a change of what people review."""
    assert said(case) == (case / "expected.txt").read_text(encoding="utf-8")


def test_a_host_in_step_has_no_change() -> None:
    """The most important answer: drift can be green."""
    assert said(CASES / "in_step") == "the way back:\n"
