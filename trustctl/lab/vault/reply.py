"""Makes successes: each with its own request id."""

from __future__ import annotations

from collections.abc import Mapping

from trustctl.lab.vault.clock import Ids
from trustctl.lab.vault.message import Reply, envelope


class Replies:
    """Makes the replies of one server."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids

    def data(self, data: Mapping[str, object], *, status: int = 200, lease_duration: int = 0) -> Reply:
        """An answer with data."""
        return Reply(status, envelope(self._ids.uuid(), data, lease_duration=lease_duration))

    def twice(self, data: Mapping[str, object]) -> Reply:
        """An answer that stands at the top level and under `data` (recorded of mounts and capabilities)."""
        return Reply(200, {**data, **envelope(self._ids.uuid(), data)})

    def auth(self, auth: Mapping[str, object], warnings: list[str] | None = None) -> Reply:
        """The answer of a login or a renewal."""
        return Reply(200, envelope(self._ids.uuid(), auth=auth, warnings=warnings))

    def empty(self) -> Reply:
        """200 with an empty envelope (recorded of a new JWT role)."""
        return Reply(200, envelope(self._ids.uuid()))

    def warned(self, status: int, warning: str) -> Reply:
        """An answer that is a warning alone."""
        return Reply(status, envelope(self._ids.uuid(), warnings=[warning]))

    def wrapped(self, wrap_info: Mapping[str, object]) -> Reply:
        """A wrapped answer; its request id is empty (recorded)."""
        return Reply(200, envelope("", wrap_info=wrap_info))
