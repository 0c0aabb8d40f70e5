"""What a way back leaves alone on real connections, resources that two topics ask for, features that go along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from windows_bench import HERE, Bench, spec

from trustctl.lab.windows.model.features import Features
from trustctl.lab.windows.spec import WindowsSpec, read_specs
from trustctl.model.plan import Action
from trustctl.model.run import Outcome

UNITS = """\
ad_school_units:
  - {name: Schools, path: "DC=kestrelvale,DC=example", description: "Every school"}
  - {name: Oak, path: "OU=Schools,DC=kestrelvale,DC=example"}
"""
DEFENDER = """\
windows_baseline_defender:
  realtime: true
hyperv_host_defender_exclusions:
  paths: ["D:\\\\Hyper-V"]
"""
TOOLS = """\
windows_baseline_features:
  - {name: RSAT, installed: false}
"""
ALONG = ("RSAT-AD-PowerShell", "RSAT-AD-Tools", "RSAT-Role-Tools")


@pytest.fixture(scope="module")
def specs() -> tuple[WindowsSpec, ...]:
    """A controller of the domain with nothing of a school in it, a Hyper-V host, a server with tools."""
    controller = read_specs(HERE / "molecule/ad_school/hosts.json")[0]
    made = spec(controller.name, 99, domain=controller.domain, directory=controller.directory)
    host = spec("OAK-HV-01", 1, features=("Hyper-V", "Hyper-V-PowerShell", "Windows-Defender"))
    tools = spec("OAK-TOOLS", 2, features=("RSAT-AD-PowerShell",))
    return (replace(made, features=controller.features, adapters=controller.adapters), host, tools)


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    """What each shall be."""
    return {"KV-DC-01": UNITS, "OAK-HV-01": DEFENDER, "OAK-TOOLS": TOOLS}


@pytest.mark.long
def test_an_ou_that_a_run_made_is_never_deleted_with_who_is_in_it(bench: Bench) -> None:
    """Nothing of that run can be set back, and the person hears what stays."""
    assert bench.carry_out(bench.job(bench.plan("KV-DC-01"))).outcome is Outcome.APPLIED
    directory = bench.lab.world.directory("kestrelvale.example")
    assert directory is not None
    pupil = "CN=Pupil,OU=Oak,OU=Schools,DC=kestrelvale,DC=example"
    directory.add(pupil, "user", sid=True)
    outcome = bench.carry_out(bench.restore("KV-DC-01"))
    assert directory.find(pupil), outcome.detail
    assert outcome.outcome is Outcome.APPLIED, outcome.detail
    assert "OU=Oak,OU=Schools,DC=kestrelvale,DC=example stays: every account" in outcome.detail
    assert bench.plan("KV-DC-01").action is Action.NONE


@pytest.mark.long
def test_a_resource_of_two_topics_is_carried_out_by_the_one_that_changes_it(bench: Bench) -> None:
    """Defender's settings are as asked; its exclusions, which another role asks for, are not."""
    planned = bench.plan("OAK-HV-01")
    assert [(change.topic, change.section) for change in planned.changes] == [
        ("Defender exclusions", ("trust_defender",))
    ]
    outcome = bench.carry_out(bench.job(planned))
    assert outcome.outcome is Outcome.APPLIED, outcome.detail
    assert bench.plan("OAK-HV-01").action is Action.NONE


@pytest.mark.long
def test_what_goes_along_with_a_feature_is_planned_by_the_dry_run_of_windows(bench: Bench) -> None:
    """Stock Ansible asks the host for it; what was named goes, and nothing else."""
    planned = bench.plan("OAK-TOOLS")
    (change,) = planned.changes
    assert change.before == ("installed: true", *(f"along with it: {name}" for name in ALONG))
    before = set(bench.lab.machine("OAK-TOOLS").part(Features).installed)
    outcome = bench.carry_out(bench.job(planned))
    assert outcome.outcome is Outcome.APPLIED, outcome.detail
    assert before - bench.lab.machine("OAK-TOOLS").part(Features).installed == {"RSAT", *ALONG}
    assert bench.plan("OAK-TOOLS").action is Action.NONE
