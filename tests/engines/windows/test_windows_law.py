"""A change of a Windows host under the law: carried out by its roles, told in the journal, proved, and set back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from windows_bench import Bench, spec

from trustctl.engines.protocol import Target
from trustctl.engines.windows.reading import HostReading, Told
from trustctl.engines.windows.session import WindowsSession
from trustctl.errors import ExitCode
from trustctl.lab.faults import Fault, FaultKind
from trustctl.lab.windows.model.features import Features
from trustctl.lab.windows.parts import System
from trustctl.lab.windows.spec import WindowsSpec
from trustctl.model.plan import Action
from trustctl.model.run import Outcome

TIME = 'windows_baseline_timezone: "GMT Standard Time"\n'
FEATURE = """\
windows_baseline_features:
  - name: "Telnet-Client"
    installed: true
"""
POWER = 'windows_baseline_power_plan: "high_performance"\n'


@pytest.fixture(scope="module")
def specs() -> tuple[WindowsSpec, ...]:
    """One host for each test: each leaves its own as it ended."""
    names = ["OAK-GOOD", "OAK-FAILS", "OAK-DROPS", "OAK-LASTS", "OAK-GONE", "OAK-MOVED", "OAK-STALE"]
    names += ["OAK-NAMED", "OAK-LATER", "OAK-SLOW"]
    return tuple(spec(name, number) for number, name in enumerate(names, start=1))


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    """What each shall be."""
    return {
        "OAK-GOOD": TIME + FEATURE,
        "OAK-FAILS": TIME + POWER,
        "OAK-DROPS": TIME + POWER,
        "OAK-LASTS": TIME + FEATURE + POWER,
        "OAK-GONE": TIME + POWER,
        "OAK-MOVED": TIME,
        "OAK-STALE": TIME,
        "OAK-NAMED": 'windows_baseline_hostname: "OAK-HV-77"\n' + TIME,
        "OAK-LATER": TIME,
        "OAK-SLOW": FEATURE,
    }


def test_an_apply_is_proved_by_a_run_that_finds_nothing_left_to_do(bench: Bench) -> None:
    """Two topics, a lasting feature among them; each change's lines come from its own lines of the text."""
    planned = bench.plan("OAK-GOOD")
    assert (planned.action, planned.kind, planned.engine) == (Action.CHANGE, "windows", "windows"), planned.reason
    assert [change.section for change in planned.changes] == [
        ("ansible.windows.win_timezone",),
        ("trust_feature Telnet-Client",),
    ]
    assert [origin.template.line for change in planned.changes for origin in change.origin] == [1, 3, 4]
    outcome = bench.carry_out(bench.job(planned))
    assert outcome.outcome is Outcome.APPLIED, outcome.detail
    assert "a new run finds nothing left to do" in outcome.detail
    assert "with a restart of Windows" not in outcome.detail, "the feature might have needed one, and did not"
    assert bench.lines() == ([0, 1], [0, 1])
    host = bench.lab.machine("OAK-GOOD")
    assert host.part(System).timezone == "GMT Standard Time"
    assert "Telnet-Client" in host.part(Features).installed


@pytest.mark.long
def test_a_run_is_taken_back_to_what_the_host_had(bench: Bench) -> None:
    """And a second time there is nothing left to take back."""
    assert bench.carry_out(bench.job(bench.plan("OAK-MOVED"))).outcome is Outcome.APPLIED
    job = bench.restore("OAK-MOVED")
    outcome = bench.carry_out(job)
    assert outcome.outcome is Outcome.APPLIED, outcome.detail
    assert "Pacific Standard Time" in str(bench.plan("OAK-MOVED").changes[0].before)
    assert bench.carry_out(replace(job, plan_digest="again")).exit_code is ExitCode.STALE


@pytest.mark.long
def test_a_plan_is_stale_once_the_host_has_moved(bench: Bench) -> None:
    """With the line that moved."""
    job = bench.job(bench.plan("OAK-STALE"))
    bench.lab.machine("OAK-STALE").part(System).timezone = "UTC"
    outcome = bench.carry_out(job)
    assert (outcome.outcome, outcome.exit_code) == (Outcome.REFUSED, ExitCode.STALE)
    assert "UTC" in outcome.detail


@pytest.mark.long
def test_a_task_that_fails_stops_the_run_and_what_was_done_is_set_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal knows what was meant and what was done."""
    job = bench.job(bench.plan("OAK-FAILS"))
    _while_applying(bench, monkeypatch, Fault(FaultKind.MODULE, text="trust_power_plan: the policy forbids it"))
    outcome = bench.carry_out(job)
    assert outcome.outcome is Outcome.ROLLED_BACK, outcome.detail
    assert "the policy forbids it" in outcome.detail
    assert "Power | Choose the plan" in outcome.detail
    assert bench.lines() == ([0, 1], [0])
    assert bench.lab.machine("OAK-FAILS").part(System).timezone == "Pacific Standard Time"


@pytest.mark.long
def test_a_connection_that_is_lost_in_the_middle_is_read_back_and_set_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody heard whether the task was carried out."""
    job = bench.job(bench.plan("OAK-DROPS"))
    _while_applying(bench, monkeypatch, Fault(FaultKind.DROP_AFTER, text="ansible.windows.win_timezone"))
    outcome = bench.carry_out(job)
    assert outcome.outcome is Outcome.ROLLED_BACK, outcome.detail
    assert "connection was lost in the middle" in outcome.detail
    assert bench.lab.machine("OAK-DROPS").part(System).timezone == "Pacific Standard Time"


@pytest.mark.long
def test_what_lasts_is_named_and_never_called_rolled_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A feature stays; the rest is set back."""
    job = bench.job(bench.plan("OAK-LASTS"))
    _while_applying(bench, monkeypatch, Fault(FaultKind.MODULE, text="trust_power_plan: the policy forbids it"))
    outcome = bench.carry_out(job)
    assert outcome.outcome is Outcome.UNKNOWN, outcome.detail
    assert "Telnet-Client" in outcome.detail
    assert bench.lab.machine("OAK-LASTS").part(System).timezone == "Pacific Standard Time"


@pytest.mark.long
def test_a_name_that_waits_for_a_restart_is_never_called_rolled_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host reads as before, and would be called otherwise after its next restart."""
    job = bench.job(bench.plan("OAK-NAMED"))
    _while_applying(bench, monkeypatch, Fault(FaultKind.DROP_BEFORE, text="ansible.windows.win_timezone"))
    outcome = bench.carry_out(job)
    assert bench.lab.machine("OAK-NAMED").part(System).waiting_name == "OAK-HV-77"
    assert (outcome.outcome, outcome.exit_code) == (Outcome.UNKNOWN, ExitCode.UNKNOWN), outcome.detail
    assert "a new name or another domain waits for the next restart" in outcome.detail


@pytest.mark.long
def test_a_task_that_ends_after_its_connection_was_lost_is_set_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first reading is as before; the task ends after it, and the readings behind it show that."""
    job = bench.job(bench.plan("OAK-LATER"))
    read: list[str] = []
    plain = bench.engine.open

    def opened(target: Target) -> WindowsSession:
        session = plain(target)
        read.append(session.running())
        bench.lab.machine("OAK-LATER").finish()
        return session

    monkeypatch.setattr(bench.engine, "open", opened)
    _while_applying(bench, monkeypatch, Fault(FaultKind.OUTLIVES, 3600.0, "ansible.windows.win_timezone"))
    outcome = bench.carry_out(job)
    assert "Pacific Standard Time" in read[1], "the first reading after the loss"
    assert "GMT Standard Time" in read[-1], "two readings that agree show what came late"
    assert outcome.outcome is Outcome.ROLLED_BACK, outcome.detail
    assert "taken back" in outcome.detail
    assert bench.lab.machine("OAK-LATER").part(System).timezone == "Pacific Standard Time"


@pytest.mark.long
def test_a_slow_task_whose_connection_was_lost_is_named_and_not_called_rolled_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feature takes minutes: that two readings are as before proves nothing."""
    job = bench.job(bench.plan("OAK-SLOW"))
    _while_applying(bench, monkeypatch, Fault(FaultKind.OUTLIVES, 3600.0, "trust_feature"))
    outcome = bench.carry_out(job)
    assert (outcome.outcome, outcome.exit_code) == (Outcome.UNKNOWN, ExitCode.UNKNOWN), outcome.detail
    assert "Telnet-Client was under way when the connection was lost" in outcome.detail


@pytest.mark.long
def test_a_host_that_does_not_come_back_is_unknown(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the way to find out is said."""
    job = bench.job(bench.plan("OAK-GONE"))
    _while_applying(bench, monkeypatch, Fault(FaultKind.OFF), heal=False)
    outcome = bench.carry_out(job)
    assert (outcome.outcome, outcome.exit_code) == (Outcome.UNKNOWN, ExitCode.UNKNOWN), outcome.detail
    assert "go to its console" in outcome.detail


def _while_applying(bench: Bench, monkeypatch: pytest.MonkeyPatch, fault: Fault, *, heal: bool = True) -> None:
    """The host suffers this while its roles are carried out: the check run before went well."""
    plain = bench.engine.carried_out

    def carried_out(target: Target, tags: Sequence[str], told: Told, *, restart: bool) -> HostReading:
        bench.lab.break_(target.device, fault)
        try:
            return plain(target, tags, told, restart=restart)
        finally:
            if heal:
                bench.lab.machine(target.device).faults.clear()

    monkeypatch.setattr(bench.engine, "carried_out", carried_out)
