"""Plan files: written once, private, checked when read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from trustctl.errors import PlanFileError, StorageError
from trustctl.journal import write_private
from trustctl.model.plan import Plan
from trustctl.plan.document import from_document, to_document

MAX_BYTES = 256 * 1024 * 1024


def dumps(plan: Plan) -> str:
    """Return the plan file's text: one line of JSON, because the indented form takes ten times as long to write."""
    return json.dumps(to_document(plan), ensure_ascii=True) + "\n"


def loads(text: str, *, where: str = "plan") -> Plan:
    """Return the Plan of a plan file's text. Raises PlanFileError."""
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlanFileError(
            f"not a plan file: {error}", where=where, remedy="make one: trustctl plan --out FILE"
        ) from error
    if not isinstance(document, Mapping):
        raise PlanFileError(
            "not a plan file: not a JSON object", where=where, remedy="make one: trustctl plan --out FILE"
        )
    return from_document(cast("Mapping[str, object]", document), where=where)


def save(plan: Plan, path: Path) -> None:
    """Write a plan file with mode 0600. Raises StorageError."""
    try:
        write_private(path, dumps(plan))
    except OSError as error:
        raise StorageError(f"the plan cannot be written: {error}", where=str(path)) from error


def load(path: Path) -> Plan:
    """Read a plan file. Raises PlanFileError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PlanFileError("the file is too large for a plan", where=str(path))
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PlanFileError(
            f"the plan cannot be read: {error}", where=str(path), remedy="make one: trustctl plan --out FILE"
        ) from error
    return loads(text, where=str(path))
