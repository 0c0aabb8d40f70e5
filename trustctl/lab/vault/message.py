"""Requests, replies and refusals, and the envelope that every success comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `verb` is GET, LIST, POST, DELETE or HEAD: PUT is POST, and GET ?list=true is LIST.

    `path` is what follows `/v1/`. `body` is empty where none was sent.
    """

    verb: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    token: str = ""
    namespace: str = ""
    wrap_ttl: str = ""
    body: Mapping[str, object] = field(default_factory=dict[str, object])

    def text(self, name: str) -> str:
        """A text of the body; "" if there is none."""
        found = self.body.get(name)
        return found if isinstance(found, str) else ""

    def mapping(self, name: str) -> Json:
        """An object of the body; empty if there is none."""
        return as_json(self.body.get(name))

    def listed(self, name: str) -> list[object]:
        """A list of the body; text with commas is a list as well."""
        return as_list(self.body.get(name))


@dataclass(frozen=True, slots=True)
class Reply:
    """A status and a JSON object, None for no body."""

    status: int
    body: Json | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Refusal(Exception):  # noqa: N818 - the server's word for it, and no fault of the lab
    """The server does not do it."""

    def __init__(self, status: int, *errors: str) -> None:
        super().__init__(f"{status}: {errors}")
        self.status = status
        self.errors = errors

    def reply(self) -> Reply:
        """The reply that says so."""
        return Reply(self.status, {"errors": list(self.errors)})


NO_CONTENT = Reply(204)
DENIED = "1 error occurred:\n\t* permission denied\n\n"
"""The text of a policy's refusal; a bad token's is `permission denied` alone (recorded)."""


def wrong_verb() -> Refusal:
    """405 with an empty list (recorded)."""
    return Refusal(405)


def missing() -> Refusal:
    """404 with an empty list (recorded)."""
    return Refusal(404)


def envelope(
    request_id: str,
    data: Mapping[str, object] | None = None,
    *,
    auth: Mapping[str, object] | None = None,
    wrap_info: Mapping[str, object] | None = None,
    warnings: list[str] | None = None,
    lease_duration: int = 0,
) -> Json:
    """What every success with a body looks like."""
    return {
        "request_id": request_id,
        "lease_id": "",
        "renewable": False,
        "lease_duration": lease_duration,
        "data": dict(data) if data is not None else None,
        "wrap_info": dict(wrap_info) if wrap_info is not None else None,
        "warnings": warnings,
        "auth": dict(auth) if auth is not None else None,
    }


def as_json(found: object) -> Json:
    """An object; empty if it is anything else."""
    return cast("Json", found) if isinstance(found, dict) else {}


def as_list(found: object) -> list[object]:
    """A list; text with commas is one, nothing is an empty one."""
    if isinstance(found, list):
        return list(cast("list[object]", found))
    return [part.strip() for part in found.split(",") if part.strip()] if isinstance(found, str) else []
