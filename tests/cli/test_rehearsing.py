"""How a rehearsal is paced: its timers outlast its pushes."""

from datetime import UTC, datetime, timedelta

import pytest

from trustctl.apply.job import Pace
from trustctl.cli.rehearsing import minute_for
from trustctl.model.levels import Stage
from trustctl.model.plan import Action, DevicePlan, Plan, Tier

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def plan(*lines: int) -> Plan:
    """A plan with so many lines on each device."""
    devices = tuple(
        DevicePlan(
            name=f"sw-{number}",
            school="oak",
            kind="switch",
            platform="cisco_ios",
            engine="network",
            stage=Stage.ENSURE,
            tier=Tier.A,
            action=Action.CHANGE if length else Action.NONE,
            commands=("vlan 10",) * length,
        )
        for number, length in enumerate(lines)
    )
    return Plan(NOW, NOW + timedelta(days=14), "", "sha256:0", "0.1.0", devices)


@pytest.mark.parametrize(("lines", "minute"), [((), 2.0), ((0, 3), 2.0), ((500, 20), 10.0)])
def test_a_minute_grows_with_the_longest_push(lines: tuple[int, ...], minute: float) -> None:
    """A small plan keeps a short minute; a long push gets a timer of 0.1 s a line."""
    assert minute_for(plan(*lines)) == minute


@pytest.mark.parametrize("length", [1, 100, 550, 3000])
def test_the_shortest_timer_outlasts_the_push(length: int) -> None:
    """At four times what a line was measured to cost."""
    assert minute_for(plan(length)) * Pace().revert_minutes >= length * 4 * 0.022
