"""No value of the secret store stands in a plan, wherever on the device somebody wrote it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from trustctl.model.plan import Action
from trustctl.secrets import encode_type7
from trustctl.secrets.redact import KNOWN

sys.path.insert(0, str(Path(__file__).parent))
from test_refusals import planned

VALUE = "Kept-By-Nobody-7731"


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    """The store handed this value out."""
    KNOWN.add(VALUE)
    yield
    KNOWN.forget()


@pytest.mark.parametrize("value", [VALUE, encode_type7(VALUE, 5)])
def test_a_line_that_nobody_touches_is_masked(value: str) -> None:
    """A line that no rule knows is only shown: the device is planned, and the value is not in its plan."""
    device = planned("breakglass", f"zz-note {value}\n")
    assert device.action is Action.CHANGE
    assert any("zz-note <hidden>" in line for line in device.observed_lines)
    assert value not in repr(device)


def test_a_line_that_would_be_sent_back_is_refused() -> None:
    """The way back would write the old description: neither `<hidden>` nor the value may stand in it."""
    device = planned("breakglass", f'interface 1\n   name "{VALUE}"\n   exit\n')
    assert device.action is Action.REFUSED
    assert "shows the value of a secret" in device.reason
    assert VALUE not in repr(device)
    assert not device.commands


def test_without_a_value_nothing_is_masked() -> None:
    """The same texts with another word are planned as they stand."""
    device = planned("breakglass", 'interface 1\n   name "Library"\n   exit\n')
    assert device.action is Action.CHANGE
    assert any("Library" in line for line in device.undo)
