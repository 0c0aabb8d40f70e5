"""Windows hosts of the lab for each test module of this folder, real connections and all."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from trustctl.apply.job import Pace
from trustctl.apply.law import Tools
from trustctl.cli.guard import child_environment
from trustctl.engines.windows.engine import Wanted, WindowsEngine, wanted
from trustctl.engines.windows.process import Ansible, Content
from trustctl.inventory import load
from trustctl.journal import Backups, Journal
from trustctl.lab.windows.lab import WindowsLab
from trustctl.lab.windows.spec import WindowsSpec
from trustctl.model.levels import Stage
from trustctl.model.school import School
from trustctl.platforms.roots import template_roots

sys.path.insert(0, str(Path(__file__).parent))

from windows_bench import HERE, MINUTE, Bench, RealClock, spec


@pytest.fixture(scope="session")
def oak() -> School:
    """The example's school with Windows hosts."""
    roots = template_roots(HERE)
    return load(HERE / "inventory", today=date(2026, 11, 22), templates=roots).schools["oak"]


@pytest.fixture(scope="module")
def specs() -> tuple[WindowsSpec, ...]:
    """The hosts of a module's lab."""
    return (spec("OAK-FS-01", 1),)


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    """Their role variables."""
    return {}


@pytest.fixture(scope="module")
def bench(
    specs: tuple[WindowsSpec, ...], texts: Mapping[str, str], oak: School, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    """The hosts of this module, running."""
    folder, clock = tmp_path_factory.mktemp("windows"), RealClock()
    libraries = sorted((HERE / "roles").glob("*/library"))
    known = dict(texts)
    ansible = Ansible(Content((HERE,)), child_environment())
    groups = {one.name: ("oak", *_plays(one)) for one in specs}

    def wants(name: str) -> Wanted:
        return wanted(groups.get(name, ("oak", "windows")), known.get(name, ""), "basic", "")

    engine = WindowsEngine(wants, ansible, clock.now)
    journal = Journal(folder, clock=clock, user="netops", host="laptop")
    tools = Tools(engine, journal, Backups(folder), clock, Pace(minute=MINUTE), "run-0")
    host = replace(oak.windows["OAK-FS-01"], stage=Stage.OWN, ownership=())
    with WindowsLab(specs, libraries, today=clock.now()) as lab:
        yield Bench(lab, oak, host, tools, known)
        engine.close()
        journal.close()
        assert lab.bugs == ()


def _plays(one: WindowsSpec) -> tuple[str, ...]:
    """The groups of the inventory by which a host has its roles."""
    if one.directory is not None:
        return ("directory",)
    return ("windows", "hyperv") if "Hyper-V" in one.features else ("windows",)
