"""A login that is refused after a change is tried twice in all: accounts lock after a few."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from trustctl.apply.server import HostRecovery
from trustctl.errors import ExitCode
from trustctl.model.run import Outcome

if TYPE_CHECKING:
    Bencher = Any


@pytest.mark.parametrize(("already", "tries"), [(False, 2), (True, 1)])
def test_a_second_refused_login_ends_as_unknown(bench: Bencher, *, already: bool, tries: int) -> None:
    """The second try comes when the device's timer has put back who gets in, not before; there is no third."""
    on = bench()
    job = replace(on.job(()), target=replace(on.target, password="Not-This-One-1"), server=True)
    minute = on.tools.pace.minute
    clock, began = on.tools.clock, on.tools.clock.monotonic()
    recovery = HostRecovery(job, on.tools.connector, clock, on.tools.pace, refused=already)
    outcome, detail, code = recovery.run("", began + 2 * minute)
    assert (outcome, code) == (Outcome.UNKNOWN, ExitCode.UNKNOWN)
    assert "refuses the login of" in detail
    assert "not tried again" in detail
    assert "if its timer was started" in detail
    assert on.lab.counters(on.name)["failed_logins"] == tries
    assert on.lab.counters(on.name).get("logins", 0) == 0
    assert clock.monotonic() >= began + 3 * minute
