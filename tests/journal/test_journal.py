"""The journal is durable, append-only, and knows who holds what."""

import os
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trustctl.errors import ExitCode, LockedError, StorageError
from trustctl.journal import Backups, Journal, Phase, Step, store
from trustctl.model.run import DeviceOutcome, Outcome


class FixedClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
        self.mono = 0.0

    def now(self) -> datetime:
        """Return the set time."""
        return self.wall

    def monotonic(self) -> float:
        """Return seconds that grow at each call."""
        self.mono += 1
        return self.mono

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.wall += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> FixedClock:
    """Return a clock at a known time."""
    return FixedClock()


@pytest.fixture
def journal(tmp_path: Path, clock: FixedClock) -> Journal:
    """Return an empty journal."""
    made = Journal(tmp_path / "state", clock=clock, user="jo", host="laptop")
    made.start("run-1", "sha256:aa", "{}")
    return made


def step(phase: Phase = Phase.ARM, kind: str = "intent", **detail: object) -> Step:
    """Return a step of run-1."""
    return Step("run-1", "oak-sw-01", phase, kind, detail)


def test_records_come_back_in_order(journal: Journal) -> None:
    """What was recorded is read back in the order in which it was written."""
    journal.record(step(Phase.BACKUP, "intent"))
    journal.record(step(Phase.BACKUP, "result", sha256="ab"))
    read = [(item.phase, item.kind, dict(item.detail)) for _, item in journal.records("run-1")]
    assert read == [(Phase.BACKUP, "intent", {}), (Phase.BACKUP, "result", {"sha256": "ab"})]


@pytest.mark.parametrize("statement", ["DELETE FROM records", "UPDATE records SET detail = '{}'", "DELETE FROM claims"])
def test_records_cannot_be_changed(journal: Journal, tmp_path: Path, statement: str) -> None:
    """Neither records nor claims can be changed or removed, not even by another program."""
    journal.record(step())
    journal.claim("run-1", "sha256:aa", "oak-sw-01")
    other = sqlite3.connect(tmp_path / "state" / "journal.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(statement)
    other.close()


def test_a_forged_record_is_found(journal: Journal, tmp_path: Path) -> None:
    """A record changed behind SQLite's triggers breaks the chain and is named."""
    journal.record(step(lines=3))
    journal.record(step(kind="result"))
    other = sqlite3.connect(tmp_path / "state" / "journal.db")
    other.executescript("DROP TRIGGER records_keep; UPDATE records SET detail = '{\"lines\": 4}' WHERE seq = 1;")
    other.close()
    with pytest.raises(StorageError, match="record 1 "):
        journal.records("run-1")


def test_a_plan_is_begun_once_on_a_device(journal: Journal) -> None:
    """A second claim of the same plan on the same device is refused."""
    journal.claim("run-1", "sha256:aa", "oak-sw-01")
    with pytest.raises(LockedError, match="already begun"):
        journal.claim("run-1", "sha256:aa", "oak-sw-01")


@pytest.mark.parametrize("armed", [False, True])
def test_a_plan_may_be_repeated_where_nothing_was_sent(journal: Journal, armed: bool) -> None:
    """A device that was off may be claimed again by a later run; one that was armed never, however it ended."""
    journal.claim("run-1", "sha256:aa", "oak-sw-01")
    if armed:
        journal.record(Step("run-1", "oak-sw-01", Phase.ARM, "intent", {}))
    outcome = DeviceOutcome("oak-sw-01", Outcome.UNCHANGED, "it was off", ExitCode.FAILED_UNCHANGED)
    journal.finish_device("run-1", outcome)
    journal.start("run-2", "sha256:aa", "{}")
    if armed:
        with pytest.raises(LockedError, match="already begun"):
            journal.claim("run-2", "sha256:aa", "oak-sw-01")
        return
    journal.claim("run-2", "sha256:aa", "oak-sw-01")
    with pytest.raises(LockedError, match="already begun"):
        journal.claim("run-3", "sha256:aa", "oak-sw-01")


def test_a_held_lock_names_its_holder(journal: Journal, tmp_path: Path, clock: FixedClock) -> None:
    """The second engineer is told who holds the school's lock."""
    other = Journal(tmp_path / "state", clock=clock, user="sam", host="laptop")
    other.start("run-2", "sha256:bb", "{}")
    with journal.lock("oak", "run-1"), pytest.raises(LockedError, match="jo on laptop"), other.lock("oak", "run-2"):
        pass
    with other.lock("oak", "run-2"):
        pass
    other.close()


def test_a_dead_holder_does_not_lock_for_ever(journal: Journal, tmp_path: Path) -> None:
    """A lock whose process is gone is taken over."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    other = sqlite3.connect(tmp_path / "state" / "journal.db")
    other.execute(
        "INSERT INTO locks VALUES ('oak', 'run-0', 'sam', 'laptop', ?, '2026-11-22T08:00', '2026-11-22T10:00+00:00')",
        (child,),
    )
    other.commit()
    other.close()
    with journal.lock("oak", "run-1"):
        pass


def test_outcomes_make_the_exit_code(journal: Journal) -> None:
    """A run's exit code is unknown before partial before common."""
    journal.finish_device("run-1", DeviceOutcome("a", Outcome.APPLIED))
    journal.finish_device("run-1", DeviceOutcome("b", Outcome.ROLLED_BACK, "reverted", ExitCode.ROLLED_BACK))
    journal.finish("run-1")
    (run,) = journal.runs()
    assert run.exit_code is ExitCode.PARTIAL
    assert run.ended is not None


@pytest.mark.parametrize("armed", [True, False], ids=["armed", "not armed"])
def test_a_run_that_broke_off_says_so_for_each_device(journal: Journal, *, armed: bool) -> None:
    """A device that was claimed and has no outcome is unknown from the arming on, and untouched before it."""
    journal.claim("run-1", "sha256:aa", "oak-sw-01")
    journal.record(step(Phase.BACKUP, "result"))
    with journal.lock("oak", "run-1"):
        (run,) = journal.runs()
        assert run.under_way
        assert run.outcomes == ()
    if armed:
        journal.record(step(Phase.ARM, "intent"))
    (run,) = journal.runs()
    assert not run.under_way
    (outcome,) = run.outcomes
    assert outcome.device == "oak-sw-01"
    expected = (Outcome.UNKNOWN, ExitCode.UNKNOWN) if armed else (Outcome.UNCHANGED, ExitCode.FAILED_UNCHANGED)
    assert (outcome.outcome, outcome.exit_code) == expected
    assert run.exit_code is expected[1]


@pytest.mark.parametrize(("tier", "said"), [("A", "own timer takes it back"), ("C", "nothing takes it back by itself")])
def test_nobody_waits_for_a_timer_that_a_device_has_not(journal: Journal, tier: str, said: str) -> None:
    """What a broken run left is taken back by the device at tier A, by nobody at tier C; the backup is named."""
    journal.claim("run-1", "sha256:aa", "oak-sw-01")
    journal.record(Step("run-1", "oak-sw-01", Phase.BACKUP, "result", {"sha256": "f00d"}))
    journal.record(Step("run-1", "oak-sw-01", Phase.ARM, "intent", {"tier": tier}))
    (outcome,) = journal.runs()[0].outcomes
    assert said in outcome.detail
    assert ".trustctl/backups/oak-sw-01/f00d.cfg" in outcome.detail


def test_a_run_that_goes_on_keeps_its_lock(journal: Journal, tmp_path: Path, clock: FixedClock) -> None:
    """A Windows host's roles may take longer than a lock lasts: each step of the run makes it last anew."""
    other = Journal(tmp_path / "state", clock=clock, user="sam", host="laptop")
    with journal.lock("oak", "run-1"):
        for _ in range(2):
            clock.sleep(store.LOCK_LIFE.total_seconds() * 0.75)
            journal.record(step(Phase.LINE, "intent"))
        with pytest.raises(LockedError), other.lock("oak", "run-2"):
            pass


def test_a_damaged_journal_says_what_to_do(tmp_path: Path, clock: FixedClock) -> None:
    """A file that is no database is told apart from a full disk."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "journal.db").write_bytes(b"not a database at all" * 500)
    with pytest.raises(StorageError) as caught:
        Journal(tmp_path / "state", clock=clock, user="jo", host="laptop")
    assert "move journal.db aside" in caught.value.remedy


def test_no_folder_no_journal(tmp_path: Path, clock: FixedClock) -> None:
    """A state folder that cannot be made is a storage error with exit code 10."""
    (tmp_path / "state").write_text("a file")
    with pytest.raises(StorageError) as caught:
        Journal(tmp_path / "state", clock=clock, user="jo", host="laptop")
    assert caught.value.exit_code is ExitCode.STORAGE


def test_backups_are_private_and_checked(tmp_path: Path) -> None:
    """A backup has mode 0600, comes back whole, and is refused when damaged."""
    backups = Backups(tmp_path)
    digest = backups.store("oak-sw-01", "hostname oak-sw-01\nend\n")
    path = tmp_path / "backups" / "oak-sw-01" / f"{digest}.cfg"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert backups.load("oak-sw-01", digest) == "hostname oak-sw-01\nend\n"
    path.write_text("hostname other\n")
    with pytest.raises(StorageError, match="damaged"):
        backups.load("oak-sw-01", digest)


def test_a_device_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    """A name with a path in it is refused."""
    with pytest.raises(StorageError, match="device name"):
        Backups(tmp_path).store("../outside", "x")


def test_a_journal_that_somebody_writes_to_is_told(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    """Another process that never ends its write does not keep us: we say so, and nothing was written."""
    monkeypatch.setattr(store, "_PATIENCE", 0.05)
    other = Journal(tmp_path / "state", clock=clock, user="sam", host="laptop")
    held = sqlite3.connect(tmp_path / "state" / "journal.db", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError):
        other.start("run-9", "sha256:0", "{}")
    held.execute("ROLLBACK")
    held.close()
    assert "run-9" not in {run.id for run in journal.runs()}


def test_every_text_of_a_record_is_masked(tmp_path: Path, clock: FixedClock) -> None:
    """Whatever a step or an outcome says goes through the redactor, and the chain is made of what was written."""
    made = Journal(
        tmp_path / "state", clock=clock, user="jo", host="laptop", mask=lambda text: text.replace("Canary", "<hidden>")
    )
    made.start("run-1", "sha256:aa", "{}")
    made.record(step(Phase.BACKUP, "result", text="key Canary", count=3))
    made.finish_device("run-1", DeviceOutcome("oak-sw-01", Outcome.REFUSED, "it said Canary", ExitCode.ROLLED_BACK))
    ((_, read),) = made.records("run-1")
    assert dict(read.detail) == {"text": "key <hidden>", "count": 3}
    assert made.runs()[0].outcomes[0].detail == "it said <hidden>"
    made.close()
    assert not any(b"Canary" in path.read_bytes() for path in (tmp_path / "state").iterdir())
