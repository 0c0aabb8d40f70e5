"""AOS-CX on a simulated switch: every golden case goes there and back."""

from __future__ import annotations

import pytest
from aos_cx_bench import PLATFORM, CxBench
from golden_cases import Case, cases, rulebook

from trustctl.config.compare import compare
from trustctl.config.digest import digest
from trustctl.config.masking import secret_values
from trustctl.config.read import read
from trustctl.config.wayback import way_back

ALL = cases(PLATFORM)
NOT_OF_THE_LAB = {
    "h15_certificates_belong_to_the_device": "the lab keeps no certificates in its configuration",
    "unknown_line_is_shown_and_left_alone": "the lab knows no unknown command either",
}


KEEPS_BOTH_LISTS = pytest.mark.xfail(
    reason="the lab keeps a second list of the control plane beside the first; the guide says that it replaces it",
    strict=True,
)
MARKED = [
    pytest.param(case, id=case.name, marks=KEEPS_BOTH_LISTS if case.name == "h17_another_list_takes_the_place" else ())
    for case in ALL
]


@pytest.mark.parametrize("case", MARKED)
def test_cases_go_there_and_back(case: Case) -> None:
    """The switch refuses no line, has what was wanted, needs nothing more, and undo gives back what it had."""
    if case.name in NOT_OF_THE_LAB:
        assert case.lines("running.cfg")
        return
    # a port that routes, and its `no routing`, is a 6300's
    model = "JL662A" if "routing" in case.text("running.cfg") else "JL725A"
    bench = CxBench(case.text("running.cfg"), model=model)
    before = bench.text
    observed, scope = read(before, rulebook(PLATFORM)), case.scope()
    result = compare(observed, case.intended(), scope)
    held = secret_values(observed)
    assert bench.send(result.commands, held) == []
    again = compare(read(bench.text, rulebook(PLATFORM)), case.intended(), scope)
    assert again.commands == ()
    assert bench.send(result.undo, held, way_back(observed).permit) == []
    assert digest(read(bench.text, rulebook(PLATFORM))) == digest(observed)
