"""AOS-CX on a simulated switch: every golden case and every golden configuration goes there and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from aos_cx_bench import PLATFORM, CxBench
from golden_cases import Case, cases, intended_of, rulebook
from lab_bench import Stores

from trustctl.config.compare import compare
from trustctl.config.digest import digest
from trustctl.config.masking import secret_values
from trustctl.config.read import read, read_intended
from trustctl.config.scope import DeviceFacts, Scope
from trustctl.config.wayback import way_back
from trustctl.model.levels import Ownership, Stage
from trustctl.secrets.verify import Verifier

ALL = cases(PLATFORM)
NOT_OF_THE_LAB = {
    "h15_certificates_belong_to_the_device": "the lab keeps no certificates in its configuration",
    "unknown_line_is_shown_and_left_alone": "the lab knows no unknown command either",
}


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
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


GOLDEN = Path(__file__).parents[1] / "render" / "golden"
SWITCHES = {"oak-sw-x0-01": "JL662A", "oak-sw-x1-01": "JL725A", "oak-sw-x2-01": "R8N87A"}
NEW = "!\n!Version ArubaOS-CX XX.10.10.1040\n!export-password: default\nhostname new\nssh server vrf default\nvlan 1\n"


@pytest.mark.parametrize("stage", [Stage.ENSURE, Stage.OWN])
@pytest.mark.parametrize("name", SWITCHES)
def test_a_new_switch_becomes_the_golden_one_and_new_again(name: str, stage: Stage) -> None:
    """The whole baseline on a switch out of its box: taken line by line, the second plan empty, and undone."""
    bench = CxBench(NEW, model=SWITCHES[name])
    text = (GOLDEN / f"{name}.cfg").read_text(encoding="utf-8")
    intended = read_intended(intended_of(text, name, PLATFORM), rulebook(PLATFORM))
    scope = Scope(stage=stage, ownership={"*": Ownership.OWNED}, facts=DeviceFacts(), secrets=Verifier(Stores()))
    before = read(bench.text, rulebook(PLATFORM))
    result = compare(before, intended, scope)
    held = secret_values(before)
    assert bench.send(result.commands, held) == []
    assert compare(read(bench.text, rulebook(PLATFORM)), intended, scope).commands == ()
    assert bench.send(result.undo, held) == []
    assert digest(read(bench.text, rulebook(PLATFORM))) == digest(before)
