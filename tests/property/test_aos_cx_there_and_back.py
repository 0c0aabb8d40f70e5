"""Any AOS-CX configuration becomes any other on a simulated switch, and goes back to exactly what it was."""

from __future__ import annotations

import pytest
from aos_cx_bench import PLATFORM, CxBench
from aos_cx_configs import UPLINKS, configurations
from golden_cases import rulebook
from hypothesis import HealthCheck, given, settings

from trustctl.config.compare import between
from trustctl.config.digest import digest
from trustctl.config.masking import secret_values
from trustctl.config.read import read
from trustctl.config.scope import DeviceFacts
from trustctl.config.statement import Config

NEW = "!\n!Version ArubaOS-CX ML.10.10.1040\n!export-password: default\nhostname new\nssh server vrf default\nvlan 1\n"
FACTS = DeviceFacts(
    management_interface="vlan 10",
    management_vlan=10,
    management_address="10.21.10.5",
    uplinks=frozenset({*UPLINKS, "lag 1"}),
)


def switch_with(lines: list[str]) -> CxBench:
    """A new switch into which these lines were typed."""
    bench = CxBench(NEW)
    bench.type(lines)
    return bench


def now(bench: CxBench) -> Config:
    """What the switch has."""
    return read(bench.text, rulebook(PLATFORM))


def both(wanted: Config, held: Config) -> dict[str, str]:
    """The secrets that lines between two configurations name."""
    return {**secret_values(wanted), **{f"{key}.now": value for key, value in secret_values(held).items()}}


def there_and_back(before: list[str], after: list[str]) -> None:
    """Change one switch into the other by our commands, and back."""
    bench, wanted = switch_with(before), switch_with(after)
    old, new = now(bench), now(wanted)
    assert bench.send(between(old, new, FACTS), both(new, old)) == []
    reached = now(bench)
    assert digest(reached) == digest(new)
    assert between(reached, new, FACTS) == ()
    assert bench.send(between(reached, old, FACTS), both(old, reached)) == []
    assert digest(now(bench)) == digest(old)


@given(before=configurations(), after=configurations())
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
)
def test_there_and_back(before: list[str], after: list[str]) -> None:
    """No line is refused, the configuration is exactly the new one, nothing more to do, and undo restores it."""
    there_and_back(before, after)


@pytest.mark.long
@given(before=configurations(), after=configurations())
@settings(
    max_examples=3_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
)
def test_there_and_back_at_length(before: list[str], after: list[str]) -> None:
    """The same, for as many as a long run has time for."""
    there_and_back(before, after)
