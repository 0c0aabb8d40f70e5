"""Every golden case of Aruba Instant on a simulated cluster: it takes each line, ends as wanted, and goes back."""

from __future__ import annotations

import dataclasses

import pytest
from golden_cases import Case, cases, rulebook
from instant_bench import PLATFORM, InstantBench
from lab_bench import Stores

from trustctl.config.compare import compare
from trustctl.config.digest import differences, digest
from trustctl.config.masking import secret_values
from trustctl.config.read import read
from trustctl.secrets.verify import Verifier

ALL = cases(PLATFORM)


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_there_and_back(case: Case) -> None:
    """The cluster refuses no line, has what was wanted, needs nothing more, and undo gives back what it had.

    `undo: partial` in a case: what the cluster does not show cannot come back (its change is flagged).
    """
    book = rulebook(PLATFORM)
    bench = InstantBench(case.text("running.cfg"))
    observed = read(bench.text, book)
    assert not differences(observed, case.observed())
    scope = dataclasses.replace(case.scope(), secrets=Verifier(Stores()))
    result = compare(observed, case.intended(), scope)
    held = secret_values(observed)
    assert bench.send(result.commands, held) == []
    again = compare(read(bench.text, book), case.intended(), scope)
    assert again.commands == ()
    assert bench.send(result.undo, held) == []
    if case.settings.get("undo") != "partial":
        assert digest(read(bench.text, book)) == digest(observed)
