"""The law of a safe change, against a switch that carries out bad commands too, over real SSH."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from trustctl.errors import ExitCode
from trustctl.journal import Phase
from trustctl.lab.faults import Fault
from trustctl.model.plan import Tier
from trustctl.model.run import Outcome

if TYPE_CHECKING:
    Bencher = Any

GOOD = ("vlan 30", " name students", " exit", "interface GigabitEthernet1/0/1", " description Room 12", " exit")
CUT = ("interface GigabitEthernet1/0/48", " switchport trunk allowed vlan remove 10", " exit")


def reached(text: str) -> str:
    """Return the text that GOOD leads to."""
    return text.replace("description a room", "description Room 12").replace(
        " name staff\n", " name staff\nvlan 30\n name students\n"
    )


def test_a_good_change_is_applied_verified_and_saved(bench: Bencher) -> None:
    """A change ends as applied only with the target read back, the timer gone and startup equal to running."""
    made = bench()
    before = made.lab.running(made.name)
    outcome = made.run(made.job(GOOD, reached))
    assert (outcome.outcome, outcome.exit_code, outcome.saved) == (Outcome.APPLIED, ExitCode.DONE, True), outcome.detail
    assert made.lab.running(made.name) != before
    assert "description Room 12" in (made.lab.startup(made.name) or "")


def test_the_journal_holds_every_step_before_and_after(bench: Bencher) -> None:
    """Each step of the law stands in the journal as an intent and then as a result, in order."""
    made = bench()
    made.run(made.job(GOOD, reached))
    order = [Phase.OPEN, Phase.BACKUP, Phase.ARM, Phase.CHECK, Phase.CONFIRM, Phase.SAVE, Phase.VERIFY]
    assert made.phases() == [(phase, kind) for phase in order for kind in ("intent", "result")]
    lines = [step for _, step in made.tools.journal.records("run-1") if step.phase is Phase.LINE]
    assert len(lines) == 2 * len(GOOD)
    assert not any("Room" in str(step.detail) for step in lines)


def test_the_check_uses_a_new_session(bench: Bencher) -> None:
    """The session that pushed is not the one that confirms: there are two sign-ins and no more."""
    made = bench()
    made.run(made.job(GOOD, reached))
    assert made.lab.counters(made.name)["logins"] == 2


@pytest.mark.parametrize("cut", ["abort", "hang"])
def test_cutting_the_management_path_is_rolled_back_by_the_device(bench: Bencher, cut: str) -> None:
    """A change that cuts our own path is reverted by the device's timer and reported only after reading it back."""
    made = bench(cut=cut)
    before = made.lab.running(made.name)
    outcome = made.run(made.job(CUT, lambda text: text.replace("vlan 10,20", "vlan 20")))
    assert (outcome.outcome, outcome.exit_code) == (Outcome.ROLLED_BACK, ExitCode.ROLLED_BACK), outcome.detail
    assert "own timer" in outcome.detail
    assert made.lab.running(made.name) == before


def test_a_refused_line_is_rolled_back_at_once(bench: Bencher) -> None:
    """The push stops at the first refused line, the device is reverted on request, and the line is named."""
    made = bench()
    before = made.lab.running(made.name)
    outcome = made.run(made.job((*GOOD, "spanning-tree mode nonsense"), reached))
    assert (outcome.outcome, outcome.exit_code) == (Outcome.ROLLED_BACK, ExitCode.ROLLED_BACK), outcome.detail
    assert "spanning-tree mode nonsense" in outcome.detail
    assert "on request" in outcome.detail
    assert made.lab.running(made.name) == before


def test_a_line_that_did_not_take_effect_is_rolled_back(bench: Bencher) -> None:
    """Accepted is not applied: the read-back finds it, and the device goes back."""
    made = bench()
    before = made.lab.running(made.name)
    made.lab.break_(made.name, Fault.parse("ignore-line=5"))
    outcome = made.run(made.job(GOOD, reached))
    assert (outcome.outcome, outcome.exit_code) == (Outcome.ROLLED_BACK, ExitCode.ROLLED_BACK), outcome.detail
    assert "did not come out as intended" in outcome.detail
    assert made.lab.running(made.name) == before


def test_a_cut_connection_ends_rolled_back(bench: Bencher) -> None:
    """A connection lost in the middle of the push ends in a verified rollback."""
    made = bench()
    before = made.lab.running(made.name)
    made.lab.break_(made.name, Fault.parse("cut-line=3"))
    outcome = made.run(made.job(GOOD, reached))
    assert (outcome.outcome, outcome.exit_code) == (Outcome.ROLLED_BACK, ExitCode.ROLLED_BACK), outcome.detail
    assert made.lab.running(made.name) == before


def test_a_rollback_that_leaves_lines_is_unknown(bench: Bencher) -> None:
    """Rolled back is claimed only if the device reads back as its backup; otherwise the lines are named."""
    made = bench()
    made.lab.break_(made.name, Fault.parse("rollback-skips=description"), Fault.parse("reject-line=6"))
    outcome = made.run(made.job(GOOD, reached))
    assert (outcome.outcome, outcome.exit_code) == (Outcome.UNKNOWN, ExitCode.UNKNOWN), outcome.detail
    assert "Room 12" in outcome.detail


def test_a_device_that_never_comes_back_is_unknown(bench: Bencher) -> None:
    """A device that cannot be read after its timer ran out is unknown, with what to do next."""
    made = bench()
    made.lab.break_(made.name, Fault.parse("cut-line=3"))
    job = made.job(GOOD, reached)

    outcome = breaking(made, "refuse").run(job, grace_minutes=1.0)
    assert (outcome.outcome, outcome.exit_code) == (Outcome.UNKNOWN, ExitCode.UNKNOWN), outcome.detail
    assert "console" in outcome.detail


def breaking(made: Any, fault: str) -> Any:
    """Return the same bench with a device that gets this fault just before its second session is opened."""

    class Connector:
        """The bench's connector, and the fault."""

        def __init__(self) -> None:
            self.opened = 0

        def open(self, target: object) -> object:
            """Open a session."""
            self.opened += 1
            if self.opened == 2:
                made.lab.break_(made.name, Fault.parse(fault))
            return made.tools.connector.open(target)

    return replace(made, tools=replace(made.tools, connector=Connector()))


def breaking_on_push(made: Any, fault: str) -> Any:
    """Return the same bench with a device that gets this fault when its timer has been armed."""

    class Connector:
        """The bench's connector; each session gets the fault after it armed, and is healed when it closes."""

        def open(self, target: object) -> object:
            """Open a session."""
            session = made.tools.connector.open(target)
            arm, close = session.arm, session.close

            def armed(minutes: int) -> object:
                done = arm(minutes)
                made.lab.break_(made.name, Fault.parse(fault))
                return done

            def closed() -> None:
                close()
                made.lab.heal(made.name)

            session.arm, session.close = armed, closed
            return session

    return replace(made, tools=replace(made.tools, connector=Connector()))


def test_a_lost_stack_member_is_rolled_back(bench: Bencher) -> None:
    """A stack that has fewer members after the change than before goes back."""
    made = bench(members=("WS-C2960X-48FPS-L", "WS-C2960X-48FPS-L"))
    outcome = breaking(made, "lost-member=2").run(made.job(GOOD, reached))
    assert (outcome.outcome, outcome.exit_code) == (Outcome.ROLLED_BACK, ExitCode.ROLLED_BACK), outcome.detail
    assert "the stack had members" in outcome.detail


def test_a_full_flash_is_applied_but_not_saved(bench: Bencher) -> None:
    """A refused save leaves the change running, says so, and ends as partial."""
    made = bench()
    made.lab.break_(made.name, Fault.parse("save-refused"))
    outcome = made.run(made.job(GOOD, reached))
    assert (outcome.outcome, outcome.exit_code, outcome.saved) == (Outcome.APPLIED, ExitCode.PARTIAL, False)
    assert "not saved" in outcome.detail
    assert "description Room 12" in made.lab.running(made.name)


def test_a_stale_plan_names_the_line_and_sends_nothing(bench: Bencher) -> None:
    """A device that moved since the plan is refused with the line that moved; not one byte of change is sent."""
    made = bench()
    job = made.job(GOOD, reached)
    made.lab.device_edit(made.name, ["interface GigabitEthernet1/0/1", "description somebody was here"])
    outcome = made.run(job)
    assert (outcome.outcome, outcome.exit_code) == (Outcome.REFUSED, ExitCode.STALE)
    assert "somebody was here" in outcome.detail
    assert not any("configure" in entry.line for entry in made.lab.log(made.name))


def test_a_pending_timer_of_somebody_else_is_refused(bench: Bencher) -> None:
    """Timers cannot be layered: a device with a pending rollback is left alone."""
    made = bench()
    session = made.tools.connector.open(made.target)
    session.preflight()
    session.arm(3)
    session.end()
    outcome = made.run(made.job(GOOD, reached))
    session.close()
    assert outcome.outcome is Outcome.REFUSED
    assert "pending" in outcome.detail


@pytest.mark.parametrize(
    ("fault", "code", "text"),
    [
        ("refuse", ExitCode.FAILED_UNCHANGED, "refuse"),
        ("wrong-password", ExitCode.TRUST, "refuses the login"),
        ("host-key", ExitCode.TRUST, "host key"),
        ("serial=FOC9999X9ZZ", ExitCode.TRUST, "FOC9999X9ZZ"),
        ("garbage=show running-config", ExitCode.FAILED_UNCHANGED, ""),
        ("endless=show running-config", ExitCode.FAILED_UNCHANGED, ""),
    ],
)
def test_trouble_before_arming_changes_nothing(bench: Bencher, fault: str, code: ExitCode, text: str) -> None:
    """A device that is off, refuses us, is another box or talks nonsense is never written to."""
    made = bench()
    job = made.job(GOOD, reached)
    before = made.lab.running(made.name)
    made.lab.break_(made.name, Fault.parse(fault))
    outcome = made.run(job)
    assert outcome.exit_code is code, outcome.detail
    assert outcome.outcome in {Outcome.REFUSED, Outcome.UNCHANGED}
    assert text in outcome.detail
    made.lab.heal(made.name)
    assert made.lab.running(made.name) == before
    assert not any("configure" in entry.line for entry in made.lab.log(made.name))


def test_a_push_that_the_timer_cannot_hold_is_refused(bench: Bencher) -> None:
    """A timer shorter than the push would need is found out before arming."""
    made = bench()
    outcome = made.run(made.job(GOOD, reached), margin=1e6)
    assert outcome.outcome is Outcome.REFUSED
    assert "timer" in outcome.detail


def test_no_line_is_sent_once_the_timer_may_have_run_out(bench: Bencher) -> None:
    """A push that is slower than was measured stops in time; a line after the rollback would stay for good."""
    made = bench()
    before = made.lab.running(made.name)
    outcome = breaking_on_push(made, "latency=1").run(made.job(GOOD, reached))
    assert (outcome.outcome, outcome.exit_code) == (Outcome.ROLLED_BACK, ExitCode.ROLLED_BACK), outcome.detail
    assert "too slow" in outcome.detail
    assert made.lab.running(made.name) == before


def test_a_plan_is_begun_once(bench: Bencher) -> None:
    """The same plan is never begun twice on a device, whatever came of it."""
    made = bench()
    made.run(made.job(GOOD, reached))
    again = made.run(made.job((), lambda text: text))
    assert (again.outcome, again.exit_code) == (Outcome.REFUSED, ExitCode.LOCKED)


def test_without_archive_the_reload_timer_holds(bench: Bencher) -> None:
    """On a switch without archive the law runs on `reload in`: applied, cancelled, saved."""
    made = bench(archive=False)
    outcome = made.run(made.job(GOOD, reached, tier=Tier.B))
    assert (outcome.outcome, outcome.exit_code) == (Outcome.APPLIED, ExitCode.DONE), outcome.detail
    assert "description Room 12" in (made.lab.startup(made.name) or "")


@pytest.mark.parametrize(("restarts", "ended"), [(True, Outcome.ROLLED_BACK), (False, Outcome.UNKNOWN)])
def test_without_archive_a_cut_ends_in_a_reload(bench: Bencher, ended: Outcome, *, restarts: bool) -> None:
    """On a switch without archive a cut path comes back by the timed reload, and is compared with the backup.

    Only a device that restarts is waited for so long, whatever its tier.
    """
    made = bench(archive=False)
    before = made.lab.running(made.name)
    job = made.job(CUT, lambda text: text.replace("vlan 10,20", "vlan 20"), tier=Tier.B, restarts=restarts)
    outcome = made.run(job, grace_minutes=0.2)
    assert outcome.outcome is ended, outcome.detail
    if restarts:
        assert made.lab.running(made.name) == before


def test_a_lesser_way_back_than_planned_is_refused_in_words(bench: Bencher) -> None:
    """A plan that counts on the device's own timer does not run on a reload; the letters alone would say nothing."""
    made = bench(archive=False)
    outcome = made.run(made.job(GOOD, reached, tier=Tier.A))
    assert (outcome.outcome, outcome.exit_code) == (Outcome.REFUSED, ExitCode.FAILED_UNCHANGED)
    assert "counts on the device's own rollback timer" in outcome.detail
    assert "a timed reload" in outcome.detail


def test_without_archive_unsaved_work_is_not_destroyed(bench: Bencher) -> None:
    """A timed reload would lose somebody's unsaved lines: refused before arming."""
    made = bench(archive=False)
    made.lab.device_edit(made.name, ["interface GigabitEthernet1/0/2", "description not saved"])
    outcome = made.run(made.job(GOOD, reached, tier=Tier.B))
    assert outcome.outcome is Outcome.REFUSED
    assert outcome.exit_code is ExitCode.FAILED_UNCHANGED
