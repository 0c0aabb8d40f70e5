"""A host that takes a connection and then never answers a task is one refused host; the others of the run are read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from windows_bench import Bench, spec

from trustctl.errors import UnreachableError
from trustctl.lab.faults import Fault, FaultKind
from trustctl.lab.windows.spec import WindowsSpec

_HANGS, _WELL = "OAK-HANGS", "OAK-WELL"


@pytest.fixture(scope="module")
def specs() -> tuple[WindowsSpec, ...]:
    """One that hangs, and one that is well."""
    return (spec(_HANGS, 1), spec(_WELL, 2))


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    """The same for both."""
    return dict.fromkeys((_HANGS, _WELL), 'windows_baseline_timezone: "GMT Standard Time"\n')


@pytest.mark.long
def test_a_host_that_hangs_keeps_no_other(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answers come after an hour: it is given up at the first of them, by its name."""
    monkeypatch.setattr(bench.engine, "_stalled", 20)
    bench.lab.break_(_HANGS, Fault(FaultKind.LATENCY, amount=3600))
    read = bench.read(bench.target(_HANGS), bench.target(_WELL))
    assert read[_WELL].observed is not None, read[_WELL].error
    error = read[_HANGS].error
    assert isinstance(error, UnreachableError), error
    assert "hangs" in error.problem
