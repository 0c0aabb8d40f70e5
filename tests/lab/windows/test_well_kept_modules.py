"""Every option that the roles use of a well-kept module: checked, done, done again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.windows.well_kept import Bench, Case, cases, part_of

_ALL = cases()


@pytest.mark.parametrize("case", _ALL, ids=[f"{one.module.rpartition('.')[2]}: {one.name}" for one in _ALL])
def test_a_module_does_what_its_source_says(case: Case, tmp_path: Path) -> None:
    """What each case says."""
    bench = Bench(case, tmp_path)
    before = bench.state
    checked = bench.run(case.args, check=True)
    assert not bench.moved(before)
    if case.fails:
        assert checked.get("failed", False) is not case.fails_only_for_real
        done = bench.run(case.args)
        assert done["failed"]
        assert case.fails in done["msg"]
        assert not bench.moved(before)
        assert not bench.lab.bugs
        return
    assert not checked.get("failed"), checked
    assert checked["changed"] is case.changed
    if case.check_diff is not None:
        assert part_of(case.check_diff, checked["diff"]), checked["diff"]
    done = bench.run(case.args)
    assert not done.get("failed"), done
    assert done["changed"] is case.changed
    assert bench.moved(before) is (case.changed and case.moves)
    if case.diff is not None:
        assert part_of(case.diff, done["diff"]), done["diff"]
    assert part_of(case.result, done), done
    if case.restart:
        bench.lab.machine(bench.host).restart()
    assert bench.run(case.args)["changed"] is case.again
    assert not bench.lab.bugs


@pytest.mark.parametrize("case", [one for one in _ALL if one.changed][:3], ids=lambda one: one.name)
def test_without_diff_none_is_returned(case: Case, tmp_path: Path) -> None:
    """As Ansible.Basic adds one to a result only if it was asked."""
    assert "diff" not in Bench(case, tmp_path).run(case.args, check=True, diff=False)


def test_there_are_cases_of_every_well_kept_module_that_the_roles_use() -> None:
    """So that none is left without."""
    used = {"win_regedit", "win_service", "win_firewall_rule", "win_hostname", "win_timezone", "win_user",
            "win_dns_record", "membership", "ou", "group", "object"}  # fmt: skip
    assert {one.module.rpartition(".")[2] for one in _ALL} == used
