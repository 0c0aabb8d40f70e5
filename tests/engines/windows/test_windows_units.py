"""When a unit of a plan is done: with the last of the tasks that ask for it, whatever comes in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from trustctl.engines.protocol import Endpoint, Target
from trustctl.engines.windows.reading import HostReading, Told
from trustctl.engines.windows.session import WindowsSession
from trustctl.errors import DeviceError, LineRejectedError
from trustctl.windows import Resource
from trustctl.windows.asked import Asked, merged

FAILED = LineRejectedError("it failed", line="Directory | Set its members", reply="it failed", where="KV-DC-01")


def _task(name: str, topic: str, **want: str) -> Asked:
    module = "trust_thing"
    return Asked(
        Resource(module, name, want), Resource(module, name, {}), True, topic, "Set it", "ad_school", "x.yml:1"
    )


MADE, MEMBERS = _task("Teachers", "Directory", scope="global"), _task("Teachers", "Directory", members="a")
ELSEWHERE, OTHER = _task("Teachers", "Groups", notes="b"), _task("Pupils", "Directory", scope="global")


class _Runner:
    """A host whose run tells of these tasks, and then ends so."""

    def __init__(self, tells: Sequence[Asked], error: DeviceError | None) -> None:
        self.tells, self.error = tells, error

    def checked(self, target: Target) -> HostReading:
        raise AssertionError("it was read already")

    def carried_out(self, target: Target, tags: Sequence[str], told: Told, *, restart: bool) -> HostReading:
        for one in self.tells:
            told(target.device, one)
        return HostReading(error=self.error, whole=self.error is None)

    def set_back(self, target: Target, steps: Sequence[Resource]) -> None:
        raise AssertionError("nothing is to be set back")


RUNS: list[tuple[str, list[Asked], DeviceError | None, list[str], list[int]]] = [
    ("both tasks", [MADE, MEMBERS, OTHER], None, ["Directory"], [0, 1]),
    ("the second fails", [MADE], FAILED, ["Directory"], []),
    ("the other topic is not of the plan", [MADE, MEMBERS], FAILED, ["Directory"], [0]),
    ("both topics, broken off", [MADE, MEMBERS], FAILED, ["Directory", "Groups"], []),
    ("both topics", [MADE, MEMBERS, ELSEWHERE, OTHER], None, ["Directory", "Groups"], [0, 1]),
    ("its second task is left out", [MADE, OTHER], None, ["Directory"], [1, 0]),
]


@pytest.mark.parametrize(("tells", "error", "topics", "ended"), [one[1:] for one in RUNS], ids=[one[0] for one in RUNS])
def test_a_unit_is_done_when_the_last_of_its_tasks_has_ended(
    tells: list[Asked], error: DeviceError | None, topics: list[str], ended: list[int]
) -> None:
    """The journal must not call a group done that was made, and has not got its members."""
    group = merged([MADE, MEMBERS, ELSEWHERE])
    reading = HostReading(asked={one.key: one for one in (group, OTHER)}, whole=True)
    target = Target("KV-DC-01", "windows", Endpoint("10.11.20.5", 5986), "x", "")
    session = WindowsSession(_Runner(tells, error), target, reading)
    done: list[int] = []
    units = [replace(one.want, values=dict(one.want.values or {})).lines for one in (group, OTHER)]
    if error is None:
        session.carry_out(units, topics, done.append, restart=False)
    else:
        with pytest.raises(LineRejectedError):
            session.carry_out(units, topics, done.append, restart=False)
    assert done == ended


def test_a_unit_that_no_task_spoke_of_is_an_error() -> None:
    """The roles came to their end without it."""
    reading = HostReading(asked={MADE.key: MADE}, whole=True)
    target = Target("KV-DC-01", "windows", Endpoint("10.11.20.5", 5986), "x", "")
    session, done = WindowsSession(_Runner([], None), target, reading), list[int]()
    with pytest.raises(DeviceError, match="came to their end without trust_thing Teachers"):
        session.carry_out([MADE.want.lines], ["Directory"], done.append, restart=False)
    assert done == []
