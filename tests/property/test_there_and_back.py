"""Any configuration becomes any other on a simulated switch, and goes back to exactly what it was."""

from __future__ import annotations

import pytest
from golden_cases import rulebook
from hypothesis import HealthCheck, given, settings
from lab_bench import Bench
from switch_configs import PORTS, UPLINKS, configurations

from trustctl.config.compare import between
from trustctl.config.digest import digest
from trustctl.config.masking import secret_values
from trustctl.config.read import read
from trustctl.config.scope import DeviceFacts

FACTS = DeviceFacts(
    management_interface="Vlan10",
    management_vlan=10,
    management_address="10.21.10.5",
    uplinks=frozenset(UPLINKS),
    poe_ports=frozenset(PORTS),
)


def switch_with(lines: list[str]) -> Bench:
    """An empty switch into which these lines were typed."""
    bench = Bench("version 15.2\nhostname empty\nend\n")
    assert bench.send(lines, {}) == []
    return bench


def there_and_back(before: list[str], after: list[str]) -> None:
    """Change one switch into the other by our commands, and back.

    The switch may print servers and users in another order afterwards, as it prints them in the order they were typed.
    """
    bench, wanted = switch_with(before), switch_with(after)
    old_text = bench.text
    old, new = read(old_text, rulebook()), read(wanted.text, rulebook())
    commands = between(old, new, FACTS)
    assert bench.send(commands, secret_values(new)) == []
    reached = read(bench.text, rulebook())
    assert digest(reached) == digest(new)
    assert between(reached, new, FACTS) == ()
    assert bench.send(between(reached, old, FACTS), secret_values(old)) == []
    assert sorted(bench.text.split("\n")) == sorted(old_text.split("\n"))
    assert digest(read(bench.text, rulebook())) == digest(old)


@given(before=configurations, after=configurations)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
def test_there_and_back(before: list[str], after: list[str]) -> None:
    """The switch takes every line, holds exactly the other configuration, needs nothing more, and undo is exact."""
    there_and_back(before, after)


@pytest.mark.long
@pytest.mark.timeout(3600)
@given(before=configurations, after=configurations)
@settings(
    max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example]
)
def test_there_and_back_for_long(before: list[str], after: list[str]) -> None:
    """The same with many more examples."""
    there_and_back(before, after)
