"""Readers of files that people or we ourselves have written: inventory, plan, pins, endpoints, journal."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import cast

from target import ROOT, Target, chosen, file, files, hold, said, scratch, text_of

from trustctl.cli.dialling import contacts
from trustctl.engines.network.link import parse_key
from trustctl.engines.network.pins import load_pins
from trustctl.errors import TrustctlError
from trustctl.inventory import load
from trustctl.inventory.file_check import check
from trustctl.inventory.schema import KINDS
from trustctl.inventory.yaml_document import read_document
from trustctl.journal import Journal
from trustctl.journal.record import Phase, Step
from trustctl.journal.schema import SCHEMA
from trustctl.model.levels import Stage
from trustctl.model.origin import Layer, LineOrigin, Origin, Place
from trustctl.model.plan import Action, Change, ChangeKind, DevicePlan, Flag, Plan, Rule, Severity, Tier, Untouched
from trustctl.plan.document import digest_of
from trustctl.plan.files import dumps, loads

_TODAY = date(2026, 11, 22)
_NOW = datetime(2026, 11, 22, tzinfo=UTC)
_FILES: Mapping[str, str] = {
    "trust": "trust.yml",
    "baseline": "baseline/fuzz.yml",
    **{kind: f"schools/oak/{kind}.yml" for kind in ("school", "switches", "wireless", "servers")},
}
_NAMES = tuple(KINDS)


@cache
def _trust() -> Path:
    folder = scratch() / "inventory"
    shutil.copytree(ROOT / "tests" / "inventory" / "minimal", folder)
    return folder


def _inventory(data: bytes) -> None:
    """One file by itself; if it is well formed, in its place in a whole trust. The first byte chooses the kind."""
    kind, data = _NAMES[(data[:1] or b"\0")[0] % len(_NAMES)], data[1:]
    document, problems = read_document(data, "x.yml")
    if document is not None:
        problems += check(document, KINDS[kind])[1]
    for problem in problems:
        hold("\x1b" not in problem.format(), "a problem could act on a terminal")
    if problems:
        return
    path = _trust() / _FILES[kind]
    before = path.read_bytes() if path.exists() else None
    try:
        path.write_bytes(data)
        load(_trust(), today=_TODAY)
    finally:
        path.unlink() if before is None else path.write_bytes(before)


def _inventory_seeds() -> Iterator[bytes]:
    for number, kind in enumerate(_NAMES):
        places = {"trust": "trust.yml", "baseline": "baseline/*.yml"}.get(kind, f"schools/*/{kind}.yml")
        yield from chosen(number, files(f"inventory/{places}", f"tests/inventory/minimal/{places}"))


def _plan(data: bytes) -> None:
    """The file as it is, and once more with a digest that fits: else nothing behind the digest is ever read."""
    text = text_of(data)
    with suppress(TrustctlError):
        loads(text)
    with suppress(ValueError, RecursionError):
        document: object = json.loads(text)
        if isinstance(document, dict):
            body = cast("dict[str, object]", document)
            loads(json.dumps({**body, "digest": digest_of(body)}))


def _plans() -> Iterator[bytes]:
    """A plan with everything that a plan can hold, and little of it: fuzzing a long file finds nothing more."""
    place = Place("inventory/a.yml", 3)
    names = (("vlans.staff", Origin(Layer.SCHOOL, place)), ("x", Origin(Layer.TRUST, None, "10.0.0.0/8")))
    origin = LineOrigin(place, names)
    flag = Flag(Rule.MGMT, Severity.HIGH, "why")
    change = Change(
        "VLAN 20",
        "VLANs",
        ChangeKind.ADD,
        ("vlan 20",),
        ("a",),
        ("b",),
        ("vlan 20",),
        ("no vlan 20",),
        (origin,),
        (flag,),
    )
    device = DevicePlan(
        name="oak-sw-01",
        school="oak",
        kind="switch",
        platform="cisco_ios",
        engine="network",
        stage=Stage.OWN,
        tier=Tier.A,
        action=Action.CHANGE,
        changes=(change,),
        commands=("vlan 20",),
        undo=("no vlan 20",),
        untouched=(Untouched(("x",), ("y",), "z"),),
        flags=(flag,),
        observed_lines=("vlan 1",),
    )
    plan = Plan(_NOW, _NOW, "abc", "sha256:0", "0.1.0", (device,))
    # a key a line, so that a mutation of lines is one of keys
    yield json.dumps(json.loads(dumps(plan)), indent=1).encode()


def _pins(data: bytes) -> None:
    for name, pin in load_pins(file(data, "pins.yml")).items():
        with suppress(TrustctlError):
            parse_key(pin.host_key, name)


def _endpoints(data: bytes) -> None:
    contacts(file(data, "endpoints.json"))


class _Clock:
    """Stands still."""

    def now(self) -> datetime:
        return _NOW

    def monotonic(self) -> float:
        return 1.0

    def sleep(self, seconds: float) -> None:
        """Nobody waits."""


_COLUMNS = 17


def _journal(data: bytes) -> None:
    """A database file that is not ours, or one of ours in which somebody has changed the words."""
    folder = scratch() / "state"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if data[:1] < b"\x80":
        (folder / "journal.db").write_bytes(data[1:])
    else:
        _filled(folder / "journal.db", [text_of(part) for part in data[1:].split(b"\n")])
    journal = Journal(folder, clock=_Clock(), user="ann", host="here")
    try:
        with suppress(TrustctlError):
            journal.runs()
        with suppress(TrustctlError):
            journal.plan_of("r1")
        with suppress(TrustctlError):
            journal.records("r1")
        with suppress(TrustctlError):
            journal.claim("r2", "d1", "oak-sw-01")
        with suppress(TrustctlError):
            journal.record(Step("r1", "oak-sw-01", Phase.LINE, "intent", {"n": 1}))
        with suppress(TrustctlError), journal.lock("oak", "r1"):
            pass
    finally:
        journal.close()


def _filled(path: Path, words: list[str]) -> None:
    """A journal with these words in its columns; what a column's own check refuses is left out."""
    given = (words + [""] * _COLUMNS)[:_COLUMNS]
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(SCHEMA)
    rows = (
        ("runs", ("r1", given[0], "d1", given[1], "ann", "here", given[2], given[3] or None)),
        ("claims", ("d1", "oak-sw-01", "r1", given[4])),
        ("records", (1, "r1", "oak-sw-01", given[5], "intent", given[6], 1.0, "", given[7], given[8], given[9])),
        ("outcomes", ("r1", given[10], given[11], given[12], given[13], 1, 1.0)),
        ("locks", ("oak", "r1", "ann", given[14], given[15], "", given[16])),
    )
    for table, row in rows:
        with suppress(sqlite3.Error):
            database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - our own names
    database.close()


def _journals() -> Iterator[bytes]:
    path = scratch() / "seed.db"
    when = _NOW.isoformat()
    words = [
        "apply",
        "{}",
        when,
        "",
        when,
        "arm",
        when,
        "{}",
        "",
        "",
        "oak-sw-01",
        "applied",
        "",
        "0",
        "here",
        "1",
        when,
    ]
    _filled(path, words)
    yield b"\0" + path.read_bytes()
    yield b"\xff" + "\n".join(words).encode()


TARGETS = (
    Target("inventory", _inventory, _inventory_seeds),
    Target("plan", _plan, _plans),
    Target(
        "pins",
        _pins,
        said(
            b"switch-01:\n  host_key: ssh-ed25519 AAAA\n  fingerprint: SHA256:"
            + b"A" * 43
            + b"\n  serial: FOC1\n  model: x\n  adopted: 2026-01-01\n"
        ),
    ),
    Target(
        "endpoints",
        _endpoints,
        said(b'{"devices": {"sw": {"host": "h", "port": 22, "host_key": "x", "serial": "y"}}, "minute_seconds": 1}'),
    ),
    Target("journal", _journal, _journals, stretch=False),
)
"""Every target of this file."""
