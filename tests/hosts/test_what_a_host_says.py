"""A host that writes our own words for secrets into its files is given none of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from trustctl.apply.hosts import HostContext, restore_commands, restore_job
from trustctl.errors import DeviceError
from trustctl.hosts import observed
from trustctl.model.levels import Stage
from trustctl.model.origin import LineOrigin, Place
from trustctl.model.plan import Intended, IntendedLine, Observed, Tier
from trustctl.plan.hosts import HostScope, observed_of

if TYPE_CHECKING:
    from trustctl.engines.protocol import Target

_FILE = "file /etc/motd owner=root group=root mode=0644\n    {}\n"
_NOW = _FILE.format("Kestrel Vale")
_LISTED = ("<secret:login/trustctl>", "x <secret:radius/oak#key> x")


def context(asked: list[str]) -> HostContext:
    """A server whose inventory speaks of that file; `asked` gets the name of every secret that is fetched."""

    def resolve(name: str) -> str:
        asked.append(name)
        return "Value-4711"

    origin = LineOrigin(Place("base.j2", 1), ())
    lines = tuple(IntendedLine(line, origin) for line in _NOW.splitlines())
    target = cast("Target", cast("Any", None))  # what is refused is refused before anybody is dialled
    return HostContext(target, Intended("srv", "linux", lines), HostScope(Stage.OWN), None, None, resolve=resolve)


@pytest.mark.parametrize("line", _LISTED)
def test_no_way_back_fills_what_a_server_itself_wrote(line: str) -> None:
    """Whoever may write a file of one server could otherwise read every secret of the trust."""
    asked: list[str] = []
    earlier = _FILE.format(line)
    for refused in (
        lambda: restore_job("srv", earlier, _NOW, context(asked), "", Tier.A),
        lambda: restore_commands("srv", earlier, _NOW, context(asked)),
        lambda: observed_of(Observed("srv", earlier, "live", datetime(2026, 11, 22, tzinfo=UTC))),
    ):
        with pytest.raises(DeviceError, match="file /etc/motd on the host holds <secret:"):
            refused()
    assert asked == []


def test_what_only_looks_like_it_is_text() -> None:
    """Brackets and words of a host that are no token are its own business."""
    (one,) = observed(_FILE.format("<secrets: none> <secret:>"), "srv").values()
    assert one.content == ("<secrets: none> <secret:>",)
