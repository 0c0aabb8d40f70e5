"""Every golden case on a simulated switch: it takes each line, ends as wanted, and goes back to the same lines."""

from __future__ import annotations

import dataclasses

import pytest
from golden_cases import Case, cases, rulebook
from ios_bench import ACCESS_SWITCH, IosBench
from lab_bench import Stores

from trustctl.config.compare import compare
from trustctl.config.digest import digest
from trustctl.config.masking import secret_values
from trustctl.config.read import read
from trustctl.config.wayback import way_back
from trustctl.secrets.verify import Verifier

ALL = [*cases(), *cases("cisco_9800")]
USUAL = {"cisco_ios": ACCESS_SWITCH, "cisco_9800": "C9800-L-F-K9"}


@pytest.mark.parametrize("case", ALL, ids=[f"{case.platform}-{case.name}" for case in ALL])
def test_there_and_back(case: Case) -> None:
    """The switch refuses no line, has what was wanted, needs nothing more, and undo gives back its lines.

    `model` in a case: the switch it needs, where the usual one does not route. `undo: partial`: a command that may not
    be sent would be needed (its change is flagged).
    """
    book = rulebook(case.platform)
    model = case.settings.get("model", USUAL[case.platform])
    bench = IosBench(case.text("running.cfg"), model=model, platform=case.platform)
    before = bench.text
    observed = read(before, book)
    scope = dataclasses.replace(case.scope(), secrets=Verifier(Stores()))
    result = compare(observed, case.intended(), scope)
    held = secret_values(observed)
    assert bench.send(result.commands, held) == []
    again = compare(read(bench.text, book), case.intended(), scope)
    assert again.commands == ()
    assert bench.send(result.undo, held, way_back(observed).permit) == []
    if case.settings.get("undo") == "partial":
        return
    assert sorted(bench.text.split("\n")) == sorted(before.split("\n"))
    assert digest(read(bench.text, book)) == digest(observed)
