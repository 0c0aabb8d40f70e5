"""What goes between the parent and its child: one JSON object per line. Both sides import this; it knows no pyinfra."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from trustctl import errors
from trustctl.errors import DeviceError, LineRejectedError, TrustctlError
from trustctl.hosts import Key, Resource
from trustctl.secrets.redact import redact, redact_device

Message = dict[str, Any]
"""A request `{"id", "do", ...}`, or a reply `{"id", "ok"}` or `{"id", "error"}`."""


def dump(message: Mapping[str, Any]) -> bytes:
    """One message as its line."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def load(line: bytes) -> Message:
    """The message of a line. Raises ValueError for what is none."""
    try:
        message: object = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(message, dict):
        raise ValueError("not an object")  # noqa: TRY004 - as for what is no JSON
    return cast("Message", message)


def resources_out(resources: Iterable[Resource]) -> list[list[Any]]:
    """Resources as JSON; their topics stay behind."""
    return [
        [one.kind, one.name, [list(pair) for pair in one.attrs], None if one.content is None else list(one.content)]
        for one in resources
    ]


def resources_in(data: Iterable[Any]) -> list[Resource]:
    """Resources from JSON."""
    return [
        Resource(kind, name, tuple((word, value) for word, value in attrs), None if content is None else tuple(content))
        for kind, name, attrs, content in data
    ]


def keyed(resources: Iterable[Resource]) -> dict[Key, Resource]:
    """Resources by what tells them apart."""
    return {one.key: one for one in resources}


def error_out(error: TrustctlError) -> Message:
    """An error as JSON."""
    message: Message = {
        "type": type(error).__name__,
        "problem": error.problem,
        "where": error.where,
        "remedy": error.remedy,
    }
    if isinstance(error, LineRejectedError):
        message |= {"line": error.line, "reply": error.reply}
    return message


def error_in(message: Mapping[str, Any]) -> TrustctlError:
    """The error of a reply, masked, as it quotes a host's words; one whose class is not known is a DeviceError."""
    kind = getattr(errors, str(message.get("type")), None)
    words = {word: redact(str(message.get(word, ""))) for word in ("where", "remedy")}
    problem = redact_device(str(message.get("problem", "the child gave no reason")))
    if kind is LineRejectedError:
        reply = redact_device(str(message.get("reply")))
        return LineRejectedError(problem, line=str(message.get("line")), reply=reply, **words)
    if isinstance(kind, type) and issubclass(kind, TrustctlError):
        return kind(problem, **words)
    return DeviceError(problem, **words)
