"""The journal's tables. Records cannot be changed or removed: SQLite itself refuses it."""

from __future__ import annotations

SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    plan_digest TEXT NOT NULL,
    plan        TEXT NOT NULL,
    user        TEXT NOT NULL,
    host        TEXT NOT NULL,
    started     TEXT NOT NULL,
    ended       TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS claims (
    plan_digest TEXT NOT NULL,
    device      TEXT NOT NULL,
    run_id      TEXT NOT NULL REFERENCES runs (id),
    claimed     TEXT NOT NULL,
    PRIMARY KEY (plan_digest, device)
) STRICT;
CREATE TABLE IF NOT EXISTS records (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id  TEXT NOT NULL REFERENCES runs (id),
    device  TEXT NOT NULL,
    phase   TEXT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('intent', 'result')),
    wall    TEXT NOT NULL,
    mono    REAL NOT NULL,
    boot_id TEXT NOT NULL,
    detail  TEXT NOT NULL,
    prev    TEXT NOT NULL,
    hash    TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS outcomes (
    run_id    TEXT NOT NULL REFERENCES runs (id),
    device    TEXT NOT NULL,
    outcome   TEXT NOT NULL,
    detail    TEXT NOT NULL,
    exit_code INTEGER NOT NULL,
    saved     INTEGER NOT NULL,
    seconds   REAL NOT NULL,
    PRIMARY KEY (run_id, device)
) STRICT;
CREATE TABLE IF NOT EXISTS locks (
    name     TEXT PRIMARY KEY,
    run_id   TEXT NOT NULL,
    user     TEXT NOT NULL,
    host     TEXT NOT NULL,
    pid      INTEGER NOT NULL,
    acquired TEXT NOT NULL,
    expires  TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS records_keep BEFORE UPDATE ON records
    BEGIN SELECT RAISE(ABORT, 'journal records are append-only'); END;
CREATE TRIGGER IF NOT EXISTS records_stay BEFORE DELETE ON records
    BEGIN SELECT RAISE(ABORT, 'journal records are append-only'); END;
CREATE TRIGGER IF NOT EXISTS claims_stay BEFORE DELETE ON claims
    BEGIN SELECT RAISE(ABORT, 'claims are append-only'); END;
"""
