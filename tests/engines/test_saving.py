"""Saving: nothing is saved by mistake, and a save counts by its success text."""

from __future__ import annotations

import pytest
from waiting import MakeTarget

from trustctl.engines.network import NetworkConnector
from trustctl.errors import (
    ExitCode,
    SaveFailedError,
)
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault, FaultKind


def test_saving_needs_the_success_text(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A full flash is a failed save, not a success."""
    session = connector.open(target())
    lab.break_("lab-a", Fault(FaultKind.FLASH_FULL))
    with pytest.raises(SaveFailedError, match="not saved") as caught:
        session.save()
    assert caught.value.exit_code is ExitCode.PARTIAL
    lab.heal("lab-a")
    lab.break_("lab-a", Fault(FaultKind.SAVE_REFUSED))
    with pytest.raises(SaveFailedError):
        session.save()
    lab.heal("lab-a")
    before = lab.counters("lab-a")["saves"]
    session.save()
    session.close()
    assert lab.counters("lab-a")["saves"] == before + 1


def test_the_known_question_of_a_save_is_answered(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A configuration written by another image is overwritten as asked, and the success text still counts."""
    session = connector.open(target())
    lab.break_("lab-a", Fault(FaultKind.SAVE_QUESTION))
    before = lab.counters("lab-a")["saves"]
    session.save()
    assert lab.counters("lab-a")["saves"] == before + 1
    lab.break_("lab-a", Fault(FaultKind.FLASH_FULL))
    with pytest.raises(SaveFailedError):
        session.save()
    session.close()


def test_the_switch_pings_for_us(connector: NetworkConnector, target: MakeTarget) -> None:
    """The switch's own view of its gateway."""
    session = connector.open(target())
    assert session.ping("10.1.10.1") is True
    assert session.ping("10.1.10.77") is False
    session.close()
