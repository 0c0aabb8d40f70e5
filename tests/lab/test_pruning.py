"""The cache of Linux hosts forgets what older recipes made, and nothing that a lab boots from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from trustctl.lab.hosts.cache import Cache
from trustctl.lab.hosts.pruning import prune
from trustctl.lab.hosts.recipe import recipe

NOW = 1_700_000_000
BASE, ARCHIVE = Cache(Path()).names(recipe("debian-12"))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """A cache with the archive of today's recipe, and parts that are older and newer than it."""
    ages = {
        BASE: -9, ARCHIVE: 0, "layer-debian-12-new": 5, "layer-debian-12-old": -5, "layer-debian-13-noarchive": 5,
        "base-debian-12-000000000000": 9, "repository-debian-12-000000000000": 9, "layer-debian-12-cut.new": 9,
        "base-debian-11-000000000000": 9, "keys": -9,
    }  # fmt: skip
    for name, age in ages.items():
        folder = tmp_path / name
        (folder / "etc").mkdir(parents=True)
        (folder / "etc/file").write_bytes(b"x" * 10_000)
        os.link(folder / "etc/file", folder / "etc/again")
        os.utime(folder, (NOW + age, NOW + age))
    return Cache(tmp_path)


GONE = {
    "layer-debian-12-old", "layer-debian-13-noarchive", "base-debian-12-000000000000", "layer-debian-12-cut.new",
    "repository-debian-12-000000000000", "base-debian-11-000000000000",
}  # fmt: skip


def test_what_an_older_recipe_made_goes_and_is_told(cache: Cache, tmp_path: Path) -> None:
    """Bases, archives and layers, and what a killed builder left; a second time there is nothing to do."""
    before = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    told = prune(cache)
    assert {one.name for one in told} == GONE
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == before - GONE
    assert {one.used for one in told} == {False}
    assert all(10_000 < one.bytes < 30_000 for one in told), told
    assert prune(cache) == ()


def test_what_a_lab_runs_from_stays(cache: Cache, tmp_path: Path) -> None:
    """A host's root is an overlay over a layer and a base, which the process's table of mounts names."""
    table = tmp_path / "proc/17/mountinfo"
    table.parent.mkdir(parents=True)
    used = tmp_path / "layer-debian-12-old"
    table.write_text(f"36 35 0:50 / /run/lab/root rw - overlay lab rw,lowerdir={used}:/x,upperdir=/y,workdir=/z\n")
    told = prune(cache, tmp_path / "proc")
    assert {one.name for one in told if one.used} == {used.name}
    assert used.is_dir()
    assert not (tmp_path / "base-debian-12-000000000000").exists()
