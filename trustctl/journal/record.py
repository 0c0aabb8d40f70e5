"""One step of a run, written before it is taken and after."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """The steps of a safe change, in order (docs/safe-change.md)."""

    OPEN = "open"
    BACKUP = "backup"
    ARM = "arm"
    LINE = "line"
    CHECK = "check"
    CONFIRM = "confirm"
    SAVE = "save"
    VERIFY = "verify"
    REVERT = "revert"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Step:
    """One record. `detail` holds counts, digests and texts without secrets; never the text of a line."""

    run_id: str
    device: str
    phase: Phase
    kind: str
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a record was written: wall clock, monotonic clock, and the boot in which the latter means something."""

    wall: str
    mono: float
    boot_id: str


def chain(previous: str, step: Step, stamp: Stamp) -> str:
    """Return the hash that binds this record to the one before it."""
    body = json.dumps(
        [
            previous,
            step.run_id,
            step.device,
            step.phase,
            step.kind,
            stamp.wall,
            stamp.mono,
            stamp.boot_id,
            dict(step.detail),
        ],
        sort_keys=True,
    )
    return hashlib.sha256(body.encode()).hexdigest()
