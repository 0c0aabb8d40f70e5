"""The helpers of this folder's tests, and the tools that they test, are importable by their names."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from trustctl.windows.resource import TYPES, ResourceType

_HERE = Path(__file__).parent
sys.path[:0] = [str(_HERE), str(_HERE.parents[1] / "tools")]


@pytest.fixture
def kinds_of_things(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thing, and others like it: one that lasts, one that is never removed, one that is only read."""
    things = import_module("things")  # its folder is importable by the line above
    thing: ResourceType = things.THING
    monkeypatch.setitem(TYPES, thing.module, thing)
    lasting = replace(thing, module="trust_lasting", lasting=True)
    stays = replace(thing, module="trust_stays", removable=False)
    reads = replace(
        thing, module="trust_reads", removable=False, properties=(replace(thing.properties[0], fixed=True),)
    )
    for kind in (lasting, stays, reads):
        monkeypatch.setitem(TYPES, kind.module, kind)
