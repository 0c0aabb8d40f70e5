"""In which order a run comes to its devices."""

from __future__ import annotations

from typing import cast

from trustctl.apply.fleet import rings
from trustctl.apply.job import Job, WindowsWork
from trustctl.engines.protocol import Endpoint, Target
from trustctl.model.plan import Tier
from trustctl.plan.judge import PlanJudge


def _job(name: str, work: WindowsWork | None = None, machine: str = "") -> Job:
    target = Target(name, "windows", Endpoint("127.0.0.1"), "admin", "not-sent")
    judge = cast("PlanJudge", object())  # nobody is judged before a ring is begun
    return Job(name, "sha256:0", Tier.C, target, (), judge, lambda _, batch: batch, windows=work, machine=machine)


def test_what_others_stand_on_goes_first_and_cores_last() -> None:
    """The school's place in the directory before the servers that join there; each core by itself, at the end."""
    jobs = (
        _job("core-1"),
        _job("OAK-HV-01", WindowsWork(restart=False)),
        _job("KV-DC-01.oak", WindowsWork(restart=False, leads=True)),
        _job("edge-1"),
    )
    order = [[job.device for job in ring.jobs] for ring in rings(jobs, frozenset({"core-1"}))]
    assert order == [["KV-DC-01.oak"], ["OAK-HV-01", "edge-1"], ["core-1"]]


def test_nothing_leads_where_nobody_stands_on_it() -> None:
    """Without such a host there is no ring for it."""
    assert [len(ring.jobs) for ring in rings((_job("a"), _job("b")), frozenset())] == [2]


def test_two_schools_parts_of_one_server_are_never_changed_at_once() -> None:
    """One after the other, whoever comes first; the other servers do not wait for it."""
    leads = WindowsWork(restart=False, leads=True)
    names = {"KV-DC-01.elm": "KV-DC-01", "KV-DC-01.oak": "KV-DC-01", "KV-DC-02.elm": "KV-DC-02"}
    jobs = [_job(name, leads, machine) for name, machine in names.items()]
    order = [[job.device for job in ring.jobs] for ring in rings([*jobs, _job("OAK-HV-01")], frozenset())]
    assert order == [["KV-DC-01.elm", "KV-DC-02.elm"], ["KV-DC-01.oak"], ["OAK-HV-01"]]
