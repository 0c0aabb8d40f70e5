"""Plan files: written once, private, checked when read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from trustctl.errors import PlanFileError, StorageError
from trustctl.journal import write_private
from trustctl.model.plan import Plan
from trustctl.plan.document import from_document, to_document
from trustctl.plan.signature import signature_of

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
    """Write a plan file with mode 0600; the signature of what was there before goes. Raises StorageError."""
    try:
        signature_of(path).unlink(missing_ok=True)
        write_private(path, dumps(plan))
    except OSError as error:
        raise StorageError(f"the plan cannot be written: {error}", where=str(path)) from error


def load(path: Path, verify: Callable[[bytes], object] | None = None) -> Plan:
    """Read a plan file; `verify` sees the very bytes that become the plan. Raises PlanFileError, and what it raises."""
    data = read(path)
    try:
        plan = loads(data.decode("utf-8"), where=str(path))
    except UnicodeDecodeError as error:
        raise _unreadable(path, error) from error
    if verify is not None:
        verify(data)
    return plan


def read(path: Path) -> bytes:
    """The bytes of a plan file, up to 256 MiB. Raises PlanFileError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(data) > MAX_BYTES:
        raise PlanFileError("the file is too large for a plan", where=str(path))
    return data


def _unreadable(path: Path, error: Exception) -> PlanFileError:
    return PlanFileError(
        f"the plan cannot be read: {error}", where=str(path), remedy="make one: trustctl plan --out FILE"
    )
