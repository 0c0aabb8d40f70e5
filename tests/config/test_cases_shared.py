"""A platform that extends another behaves as that one does, in every case of the one below."""

from __future__ import annotations

import pytest
from golden_cases import Case, cases, intended_of, rulebook

from trustctl.config.compare import compare
from trustctl.config.read import read, read_intended

ALL = cases("cisco_ios")


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_a_controller_does_what_a_switch_does(case: Case) -> None:
    """The rules of `cisco_ios` send on a Catalyst 9800 the same lines there and back."""
    book = rulebook("cisco_9800")
    intended = read_intended(intended_of(case.text("intended.cfg"), case.name), book)
    result = compare(read(case.text("running.cfg"), book), intended, case.scope())
    assert result.commands == case.lines("change.txt")
    assert result.undo == case.lines("undo.txt")
