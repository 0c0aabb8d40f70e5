"""The journal on SQLite: write-ahead log, a full sync for each record, append-only.

A record counts only once its transaction is on disk (`synchronous=FULL`); if it cannot be written, the act that it
announces MUST NOT be taken: every method raises StorageError and the caller stops.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from trustctl.errors import ExitCode, LockedError, StorageError
from trustctl.journal.record import Phase, Stamp, Step, chain
from trustctl.journal.schema import SCHEMA, SCHEMA_VERSION
from trustctl.model.clock import Clock
from trustctl.model.plan import Tier
from trustctl.model.run import DeviceOutcome, Outcome, Run

LOCK_LIFE = timedelta(hours=2)
"""From the last step of its run on; longer than any step may take (a Windows host's roles: an hour and a half)."""
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PATIENCE = 3.0
"""Seconds that a write waits for another process's; one takes milliseconds, so longer means that somebody holds it."""


class Journal:
    """The durable record of every run, its claims, locks and outcomes.

    One object may be shared by threads. `folder` is the state folder (`.trustctl/`), made with mode 0700. `mask` hides
    secrets in every text that is recorded.
    """

    def __init__(
        self, folder: Path, *, clock: Clock, user: str, host: str, mask: Callable[[str], str] | None = None
    ) -> None:
        self.folder = folder
        self._mask = mask or str
        self._clock = clock
        self._user = user
        self._host = host
        self._guard = threading.RLock()
        self._boot_id = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else ""
        with _storage(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder / "journal.db"
            path.touch(mode=0o600, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA foreign_keys=ON")
            self._refuse_newer()
            self._db.executescript(SCHEMA)
            self._db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    def _refuse_newer(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise StorageError(
                f"the journal was written by a newer trustctl (schema {version}, this one knows {SCHEMA_VERSION})",
                where=str(self.folder),
                remedy="upgrade trustctl on this machine",
            )

    def close(self) -> None:
        """Close the database."""
        with self._guard:
            self._db.close()

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        with self._guard, _storage(self.folder):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def start(self, run_id: str, plan_digest: str, plan: str, *, kind: str = "apply") -> None:
        """Begin a run; `plan` is the plan document that was given, for rollback and history."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
                (run_id, kind, plan_digest, plan, self._user, self._host, self._now()),
            )

    def claim(self, run_id: str, plan_digest: str, device: str) -> None:
        """Claim a device for a plan, once; again only if the earlier run is known to have ended before it armed.

        So a plan can be repeated for a switch that was off, and never for one that was written to or whose end is not
        known. Raises LockedError.
        """
        with self._transaction() as db:
            row = db.execute("SELECT run_id FROM claims WHERE plan_digest = ? AND device = ?", (plan_digest, device))
            held = row.fetchone()
            if held is None:
                db.execute("INSERT INTO claims VALUES (?, ?, ?, ?)", (plan_digest, device, run_id, self._now()))
            elif _ended_before_arming(db, held[0], device):
                db.execute(
                    "UPDATE claims SET run_id = ?, claimed = ? WHERE plan_digest = ? AND device = ?",
                    (run_id, self._now(), plan_digest, device),
                )
            else:
                raise LockedError(
                    "this plan was already begun on this device",
                    where=device,
                    remedy="look at `trustctl history`, then make a new plan",
                )

    def record(self, step: Step) -> None:
        """Write one step, durably, before returning. The locks of its run last anew."""
        step = replace(step, detail=self._masked(step.detail))
        with self._transaction() as db:
            last = db.execute("SELECT hash FROM records ORDER BY seq DESC LIMIT 1").fetchone()
            previous = str(last[0]) if last else ""
            stamp = Stamp(self._now(), self._clock.monotonic(), self._boot_id)
            db.execute(
                "INSERT INTO records (run_id, device, phase, kind, wall, mono, boot_id, detail, prev, hash)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    step.run_id,
                    step.device,
                    step.phase,
                    step.kind,
                    stamp.wall,
                    stamp.mono,
                    stamp.boot_id,
                    json.dumps(dict(step.detail), sort_keys=True),
                    previous,
                    chain(previous, step, stamp),
                ),
            )
            # a run that goes on keeps its locks: hosts in turn may take longer than a lock lasts
            db.execute("UPDATE locks SET expires = ? WHERE run_id = ?", (self._lasts(), step.run_id))

    def _masked(self, detail: Mapping[str, object]) -> dict[str, object]:
        return {name: self._mask(value) if isinstance(value, str) else value for name, value in detail.items()}

    def finish_device(self, run_id: str, outcome: DeviceOutcome) -> None:
        """Record how a device ended."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    run_id,
                    outcome.device,
                    outcome.outcome,
                    self._mask(outcome.detail),
                    int(outcome.exit_code),
                    int(outcome.saved),
                    outcome.seconds,
                ),
            )

    def finish(self, run_id: str) -> None:
        """End a run."""
        with self._transaction() as db:
            db.execute("UPDATE runs SET ended = ? WHERE id = ?", (self._now(), run_id))

    @contextmanager
    def lock(self, name: str, run_id: str) -> Generator[None]:
        """Hold the lock of a school, or of a server that schools share, while the body runs.

        Raises LockedError that names the holder.

        A lock whose process on this host is gone, or that has expired, is taken over.
        """
        self._acquire(name, run_id)
        try:
            yield
        finally:
            with self._transaction() as db:
                db.execute("DELETE FROM locks WHERE name = ? AND run_id = ?", (name, run_id))

    def _acquire(self, name: str, run_id: str) -> None:
        now = self._clock.now()
        with self._transaction() as db:
            row = db.execute("SELECT run_id, user, host, pid, acquired, expires FROM locks WHERE name = ?", (name,))
            held = row.fetchone()
            if held and not self._abandoned(held[2], held[3], held[5], now):
                raise LockedError(
                    f"{held[1]} on {held[2]} (process {held[3]}) has been applying to {name} since {held[4]}",
                    where=f"run {held[0]}",
                    remedy="wait for that run to end; `trustctl history` shows it",
                )
            db.execute("DELETE FROM locks WHERE name = ?", (name,))
            db.execute(
                "INSERT INTO locks VALUES (?, ?, ?, ?, ?, ?, ?)",
                (name, run_id, self._user, self._host, os.getpid(), now.isoformat(), self._lasts()),
            )

    def _abandoned(self, host: str, pid: int, expires: str, now: datetime) -> bool:
        if datetime.fromisoformat(expires) <= now:
            return True
        return host == self._host and not _alive(pid)

    def runs(self) -> tuple[Run, ...]:
        """Return every run, newest first."""
        with self._guard, _storage(self.folder):
            rows = self._db.execute(
                "SELECT id, plan_digest, started, ended, user, kind FROM runs ORDER BY started DESC, id DESC"
            ).fetchall()
            return tuple(self._run(row) for row in rows)

    def _run(self, row: tuple[str, str, str, str | None, str, str]) -> Run:
        run_id, digest, started, ended, user, kind = row
        with self._guard, _storage(self.folder):
            rows = self._db.execute(
                "SELECT device, outcome, detail, exit_code, saved, seconds"
                " FROM outcomes WHERE run_id = ? ORDER BY rowid",
                (run_id,),
            ).fetchall()
            under_way = ended is None and self._under_way(run_id)
            broken_off = () if ended or under_way else _broken_off(self._db, run_id)
        outcomes = [
            DeviceOutcome(device, Outcome(outcome), detail, ExitCode(code), bool(saved), seconds)
            for device, outcome, detail, code, saved, seconds in rows
        ]
        return Run(
            id=run_id,
            plan_digest=digest,
            started=datetime.fromisoformat(started),
            ended=datetime.fromisoformat(ended) if ended else None,
            user=user,
            outcomes=(*outcomes, *broken_off),
            kind=kind,
            under_way=under_way,
        )

    def _under_way(self, run_id: str) -> bool:
        held = self._db.execute("SELECT host, pid, expires FROM locks WHERE run_id = ?", (run_id,)).fetchall()
        now = self._clock.now()
        return any(not self._abandoned(host, pid, expires, now) for host, pid, expires in held)

    def plan_of(self, run_id: str) -> str:
        """Return the plan document of a run. Raises StorageError if there is no such run."""
        with self._guard, _storage(self.folder):
            row = self._db.execute("SELECT plan FROM runs WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise StorageError("no such run", where=run_id, remedy="`trustctl history` lists the runs")
        return str(row[0])

    def records(self, run_id: str) -> tuple[tuple[int, Step], ...]:
        """Return the steps of a run in order, after checking the whole chain. Raises StorageError if it is broken."""
        self._check_chain()
        with self._guard, _storage(self.folder):
            rows = self._db.execute(
                "SELECT seq, device, phase, kind, detail FROM records WHERE run_id = ? ORDER BY seq", (run_id,)
            ).fetchall()
            return tuple(
                (seq, Step(run_id, device, Phase(phase), kind, json.loads(detail)))
                for seq, device, phase, kind, detail in rows
            )

    def _check_chain(self) -> None:
        previous = ""
        with self._guard, _storage(self.folder):
            rows = self._db.execute(
                "SELECT seq, run_id, device, phase, kind, wall, mono, boot_id, detail, prev, hash"
                " FROM records ORDER BY seq"
            )
            for seq, run_id, device, phase, kind, wall, mono, boot, detail, prev, digest in rows:
                step = Step(run_id, device, Phase(phase), kind, json.loads(detail))
                if prev != previous or digest != chain(previous, step, Stamp(wall, mono, boot)):
                    raise StorageError(
                        f"record {seq} of the journal does not follow from the record before it",
                        where=str(self.folder / "journal.db"),
                        remedy="keep this file, and compare the devices with their backups by `trustctl drift`",
                    )
                previous = digest

    def _now(self) -> str:
        return self._clock.now().isoformat()

    def _lasts(self) -> str:
        return (self._clock.now() + LOCK_LIFE).isoformat()


def _ended_before_arming(db: sqlite3.Connection, run_id: str, device: str) -> bool:
    (ended,) = db.execute("SELECT count(*) FROM outcomes WHERE run_id = ? AND device = ?", (run_id, device)).fetchone()
    (armed,) = db.execute(
        "SELECT count(*) FROM records WHERE run_id = ? AND device = ? AND phase = ?", (run_id, device, Phase.ARM)
    ).fetchone()
    return bool(ended) and not armed


def _broken_off(db: sqlite3.Connection, run_id: str) -> tuple[DeviceOutcome, ...]:
    """Return how the devices ended that a run had claimed when its process ended: unknown from the arming on."""
    rows = db.execute(
        "SELECT device FROM claims WHERE run_id = ? AND device NOT IN (SELECT device FROM outcomes WHERE run_id = ?)"
        " ORDER BY claimed, device",
        (run_id, run_id),
    ).fetchall()
    return tuple(_left(db, run_id, str(device)) for (device,) in rows)


def _left(db: sqlite3.Connection, run_id: str, device: str) -> DeviceOutcome:
    query = "SELECT phase, detail FROM records WHERE run_id = ? AND device = ? ORDER BY seq"
    found = [(str(phase), json.loads(detail)) for phase, detail in db.execute(query, (run_id, device)).fetchall()]
    armed = next((detail for phase, detail in found if phase == Phase.ARM), None)
    if armed is None:
        detail = "the run was broken off before anything was sent"
        return DeviceOutcome(device, Outcome.UNCHANGED, detail, ExitCode.FAILED_UNCHANGED)
    hope = "unless it was confirmed, the device's own timer takes it back: wait for it, then plan again"
    if armed.get("tier") == Tier.C.value:
        hope = "nothing takes it back by itself (tier C): look at the device, then plan again"
    detail = f"the run was broken off at the step '{found[-1][0]}'; {hope} and see what differs"
    kept = next((told["sha256"] for phase, told in found if phase == Phase.BACKUP and "sha256" in told), "")
    if kept:
        detail = f"{detail}. What it had before lies in .trustctl/backups/{device}/{kept}.cfg"
    return DeviceOutcome(device, Outcome.UNKNOWN, detail, ExitCode.UNKNOWN)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remedy(error: Exception) -> str:
    if "locked" in str(error):
        return "another process holds it: wait until that has ended"
    if "not a database" in str(error) or "malformed" in str(error):
        return "it is damaged: move journal.db aside, keep it, and bring back a copy or begin a new one"
    return "free space or mend the folder's permissions"


@contextmanager
def _storage(folder: Path) -> Generator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StorageError(
            f"the journal cannot be used: {error}",
            where=str(folder),
            remedy=f"{_remedy(error)}; nothing is sent to a device without its journal",
        ) from error
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise StorageError(
            f"the journal holds what no trustctl has written: {error}",
            where=str(folder / "journal.db"),
            remedy="keep this file, bring back a copy of it, and compare the devices by `trustctl drift`",
        ) from error
