"""Every switch of the example trust joins on the lab: each line is taken, the target reached, and undo goes back."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from golden_cases import TEMPLATES, rulebook
from ios_bench import IosBench

from trustctl.config import Scope, compare, differences, read, read_intended, secret_values, way_back
from trustctl.inventory import load
from trustctl.model.levels import Stage
from trustctl.model.plan import Intended, Rule, Severity
from trustctl.model.school import School
from trustctl.model.switch import Switch
from trustctl.platforms import device_facts
from trustctl.render import Renderer
from trustctl.secrets.source import FileSecrets
from trustctl.secrets.verify import Verifier

INVENTORY = TEMPLATES.parent / "inventory"
CAPTURED = sorted(
    INVENTORY / str(switch.captured)
    for switch in load(INVENTORY, today=date(2026, 11, 22)).switches()
    if switch.platform == "cisco_ios"
)
STATION = "10.250.10.10"
"""Where the trust's engineers sit: the access list on the terminal lines lets them in."""
Job = tuple[School, Switch, Intended]


@pytest.fixture(scope="module")
def jobs() -> dict[str, Job]:
    """Every switch with its intent, by name; rendered once."""
    trust = load(INVENTORY, today=date(2026, 11, 22))
    pairs = [(school, switch) for school in trust.schools.values() for switch in school.switches.values()]
    intents = Renderer([TEMPLATES]).render_all(trust, pairs)
    return {switch.name: (school, switch, intent) for (school, switch), intent in zip(pairs, intents, strict=True)}


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> FileSecrets:
    """The made-up passwords of the example."""
    store = tmp_path_factory.mktemp("store") / "secrets.yml"
    shutil.copyfile(INVENTORY / "lab-secrets.example.yml", store)
    store.chmod(0o600)
    return FileSecrets(store)


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_switch_joins_and_goes_back(path: Path, jobs: dict[str, Job], secrets: FileSecrets) -> None:
    """At the stage of its school, or at `ensure` where it is only observed, the change holds and undo takes it back.

    After every single line, there and back, somebody could still log in.
    """
    school, switch, intent = jobs[path.stem]
    text = path.read_text(encoding="utf-8")
    bench = IosBench(text, model=switch.model, secrets=secrets, address=str(switch.address), station=STATION)
    observed = read(bench.text, rulebook())
    intended = read_intended(intent, rulebook())
    verifier = Verifier(secrets)
    stage = Stage.ENSURE if switch.stage is Stage.OBSERVE else switch.stage
    scope = Scope(stage, dict(switch.ownership), device_facts(school, switch, rulebook().grammar.notation), verifier)
    result = compare(observed, intended, scope)
    assert bench.send(result.commands, secret_values(observed)) == []
    reached = read(bench.text, rulebook())
    assert compare(reached, intended, scope).commands == ()
    assert differences(result.target, reached, secrets=verifier) == ()
    assert bench.send(result.undo, secret_values(observed), way_back(observed).permit) == []
    left_over = differences(observed, read(bench.text, rulebook()))
    stays = [flag for change in result.changes for flag in change.flags if (flag.rule, flag.severity) == UNDOABLE]
    assert not left_over or stays, left_over
    assert bench.lost == []


UNDOABLE = (Rule.LASTING, Severity.HIGH)
"""How a change says that no command takes it back (`aaa new-model`)."""
