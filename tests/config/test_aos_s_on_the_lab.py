"""AOS-S on a simulated switch: every golden case and every golden configuration goes there and back."""

from __future__ import annotations

import dataclasses
import re
import sys
from pathlib import Path

import pytest
from aos_s_bench import PLATFORM, AosBench
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

sys.path.insert(0, str(Path(__file__).parents[1] / "render"))
ALL = cases(PLATFORM)
GOLDEN = Path(__file__).parents[1] / "render" / "golden"


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_cases_go_there_and_back(case: Case) -> None:
    """The switch refuses no line, has what was wanted, needs nothing more, and undo gives back what it had.

    `undo: partial` in a case: a command that may not be sent would be needed (its change is flagged).
    """
    # a hash on a line of its own and behind its command are the same line
    bench = AosBench(re.sub(r"\n *(\"[0-9a-f]+\")", r" \1", case.text("running.cfg")))
    before = bench.text
    observed = read(before, rulebook(PLATFORM))
    scope = dataclasses.replace(case.scope(), secrets=Verifier(Stores()))
    result = compare(observed, case.intended(), scope)
    held = secret_values(observed)
    assert bench.send(result.commands, held) == []
    again = compare(read(bench.text, rulebook(PLATFORM)), case.intended(), scope)
    assert again.commands == ()
    assert bench.send(result.undo, held, way_back(observed).permit) == []
    if case.settings.get("undo") == "partial":
        return
    assert sorted(bench.text.split("\n")) == sorted(before.split("\n"))
    assert digest(read(bench.text, rulebook(PLATFORM))) == digest(observed)


NEW = """; {model} Configuration Editor; Created on release #WC.16.10.0009
; Ver #14:01.4f.f8.1d.9b.3f.bf.bb.ef.7c.59.fc.6b.fb.9f.fc.ff.ff.37.ef:02
hostname "switch"
{module}include-credentials
snmp-server community "public" unrestricted
vlan 1
   name "DEFAULT_VLAN"
   untagged {ports}
   ip address dhcp-bootp
   exit
"""
SWITCHES = {
    "oak-sw-c0-01": ("J9850A", "module A type j9986a\n", "A1-A24"),
    "oak-sw-c1-01": ("JL256A", "", "1-52"),
    "oak-sw-c2-01": ("J9774A", "", "1-10"),
}


@pytest.mark.parametrize("stage", [Stage.ENSURE, Stage.OWN])
@pytest.mark.parametrize("name", SWITCHES)
def test_a_new_switch_becomes_the_golden_one_and_new_again(name: str, stage: Stage) -> None:
    """The whole baseline on a switch out of its box: taken line by line, the second plan empty, and undone."""
    model, module, ports = SWITCHES[name]
    bench = AosBench(NEW.format(model=model, module=module, ports=ports))
    golden = (GOLDEN / f"{name}.cfg").read_text(encoding="utf-8")
    intended = read_intended(intended_of(golden, name, PLATFORM), rulebook(PLATFORM))
    scope = Scope(stage=stage, ownership={"*": Ownership.OWNED}, facts=DeviceFacts(), secrets=Verifier(Stores()))
    text = bench.text
    before = read(text, rulebook(PLATFORM))
    result = compare(before, intended, scope)
    held = secret_values(before)
    assert bench.send(result.commands, held) == []
    assert compare(read(bench.text, rulebook(PLATFORM)), intended, scope).commands == ()
    assert bench.send(result.undo, held) == []
    left = [line for line in bench.text.split("\n") if not line.startswith("password manager")]
    assert sorted(left) == sorted(text.split("\n"))
