"""Values for machines. Every report of a verb's `--json` is made here; a plan is its own file's document."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from enum import Enum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import cast

from trustctl.model.origin import Origin, Place
from trustctl.model.plan import Plan
from trustctl.model.run import Run
from trustctl.model.secret import SecretRef
from trustctl.plan.files import dumps


def plan_json(plan: Plan) -> str:
    """Exactly the plan file."""
    return dumps(plan)


def to_json(value: object) -> str:
    """Any value of the model as one line of JSON. ASCII only, so that no text of a device acts on a terminal."""
    return json.dumps(plain(value), ensure_ascii=True)


def plain(value: object) -> object:
    """Before: dataclasses, enums, addresses, dates. After: mappings, lists, texts and numbers, as JSON knows them."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Origin | Place | SecretRef | IPv4Address | IPv4Interface | IPv4Network):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return _collection(value)


def _collection(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return {str(plain(key)): plain(item) for key, item in pairs.items()}
    if isinstance(value, AbstractSet):
        return sorted(str(plain(item)) for item in cast("AbstractSet[object]", value))
    if isinstance(value, Sequence):
        return [plain(item) for item in cast("Sequence[object]", value)]
    return str(value)


def run_document(run: Run) -> dict[str, object]:
    """One run: what `apply`, `rehearse`, `rollback` and `history` print."""
    return {
        "run": run.id,
        "kind": run.kind,
        "plan_digest": run.plan_digest,
        "started": run.started.isoformat(),
        "ended": run.ended.isoformat() if run.ended else None,
        "user": run.user,
        "exit_code": int(run.exit_code),
        "outcomes": [plain(outcome) for outcome in run.outcomes],
    }
