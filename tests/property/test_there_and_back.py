"""Any configuration becomes any other on a simulated switch, and goes back to exactly what it was."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from makes import MAKES, Make

from trustctl.config.compare import between
from trustctl.config.digest import digest
from trustctl.config.masking import secret_values
from trustctl.config.statement import Config

each_make = pytest.mark.parametrize("make", MAKES, ids=lambda make: make.platform)
PATIENT = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
)


def both(wanted: Config, held: Config) -> dict[str, str]:
    """The secrets that lines between two configurations name."""
    return {**secret_values(wanted), **{f"{key}.now": value for key, value in secret_values(held).items()}}


def there_and_back(make: Make, before: list[str], after: list[str]) -> None:
    """Change one switch into the other by our commands, and back."""
    bench = make.switch_with(before)
    first, old, new = make.restored(bench), make.held(bench), make.held(make.switch_with(after))
    assert bench.send(between(old, new, make.facts), both(new, old)) == []
    reached = make.held(bench)
    assert digest(reached) == digest(new)
    assert between(reached, new, make.facts) == ()
    assert bench.send(between(reached, old, make.facts), both(old, reached)) == []
    assert make.restored(bench) == first
    assert digest(make.held(bench)) == digest(old)
    assert between(make.held(bench), old, make.facts) == ()


@each_make
@given(data=st.data())
@settings(PATIENT, max_examples=120)
def test_there_and_back(make: Make, data: st.DataObject) -> None:
    """The switch takes every line, holds exactly the other configuration, needs nothing more, and undo is exact."""
    there_and_back(make, data.draw(make.configurations), data.draw(make.configurations))


@pytest.mark.long
@pytest.mark.timeout(3600)
@each_make
@given(data=st.data())
@settings(PATIENT, max_examples=5000)
def test_there_and_back_for_long(make: Make, data: st.DataObject) -> None:
    """The same with many more examples."""
    there_and_back(make, data.draw(make.configurations), data.draw(make.configurations))
