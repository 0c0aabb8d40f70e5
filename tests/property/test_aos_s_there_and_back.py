"""Any AOS-S configuration becomes any other on a simulated switch, and goes back to exactly what it was."""

from __future__ import annotations

import pytest
from aos_s_bench import PLATFORM, AosBench
from aos_s_configs import configurations
from golden_cases import rulebook
from hypothesis import HealthCheck, given, settings

from trustctl.config.compare import between
from trustctl.config.digest import digest
from trustctl.config.masking import secret_values
from trustctl.config.read import read
from trustctl.config.scope import DeviceFacts
from trustctl.config.statement import Config

NEW = """; JL255A Configuration Editor; Created on release #WC.16.10.0009
; Ver #14:01.4f.f8.1d.9b.3f.bf.bb.ef.7c.59.fc.6b.fb.9f.fc.ff.ff.37.ef:02
hostname "new"
vlan 1
   name "DEFAULT_VLAN"
   untagged 1-28
   no ip address
   exit
"""
FACTS = DeviceFacts(
    management_interface="vlan 10",
    management_vlan=10,
    management_address="10.21.10.5",
    uplinks=frozenset({"8", "Trk1"}),
)


def switch_with(lines: list[str]) -> AosBench:
    """A new switch into which these lines were typed."""
    bench = AosBench(NEW)
    bench.type(lines)
    return bench


def now(bench: AosBench) -> Config:
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
    assert between(now(bench), old, FACTS) == ()


@given(before=configurations, after=configurations)
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
)
def test_there_and_back(before: list[str], after: list[str]) -> None:
    """No line is refused, the configuration is exactly the new one, nothing more to do, and undo restores it."""
    there_and_back(before, after)


@pytest.mark.long
@given(before=configurations, after=configurations)
@settings(
    max_examples=3_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
)
def test_there_and_back_often(before: list[str], after: list[str]) -> None:
    """The same, for longer."""
    there_and_back(before, after)
