"""The example trust's captured configurations."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from render_estate import SHIPPED

from trustctl.config import Scope, check_file, compare, read, read_intended
from trustctl.inventory import load
from trustctl.model.levels import Stage
from trustctl.platforms import Platform, device_facts, platform
from trustctl.render import Renderer
from trustctl.secrets.source import FileSecrets
from trustctl.secrets.verify import Verifier

INVENTORY = SHIPPED.parent / "inventory"
CAPTURED = sorted(INVENTORY.glob("schools/*/captured/*.cfg"))


FEWEST = {"cisco_ios": 150, "aruba_instant": 40}
"""Lines of a whole configuration: fewer where ports stand in VLANs, fewest where there are no ports."""


def _of(path: Path) -> Platform:
    """The platform of a captured file's switch."""
    trust = load(INVENTORY, today=date(2026, 11, 22))
    return platform(next(one for one in trust.devices() if one.name == path.stem).platform, [SHIPPED])


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_captured_file_is_full_size_and_understood(path: Path) -> None:
    """Each file has the lines of a whole configuration and comes back from its own tree, equal to itself."""
    text = path.read_text(encoding="utf-8")
    found = _of(path)
    assert FEWEST.get(found.name, 70) <= len(text.split("\n")) - 1 <= 600
    checked = check_file(text, found.rulebook)
    assert checked.lossless, checked.refused
    assert checked.self_equal


def test_every_device_of_the_example_has_its_file() -> None:
    """The inventory's `captured` paths and the files are the same set; a server needs none."""
    trust = load(INVENTORY, today=date(2026, 11, 22))
    network = [
        one for school in trust.schools.values() for one in (*school.switches.values(), *school.controllers.values())
    ]
    assert {INVENTORY / str(device.captured) for device in network} == set(CAPTURED)


def test_school_on_the_baseline_needs_no_change(tmp_path: Path) -> None:
    """Oak's captures are what is intended for oak, its secrets' hashes included; the other schools' are not."""
    store = tmp_path / "secrets.yml"
    shutil.copyfile(INVENTORY / "lab-secrets.example.yml", store)
    store.chmod(0o600)
    trust = load(INVENTORY, today=date(2026, 11, 22))
    jobs = [
        (school, switch)
        for school in trust.schools.values()
        for switch in (*school.switches.values(), *school.controllers.values())
    ]
    for (school, switch), intended in zip(jobs, Renderer([SHIPPED]).render_all(trust, jobs), strict=True):
        made = platform(switch.platform, [SHIPPED])
        observed = read((INVENTORY / str(switch.captured)).read_text(encoding="utf-8"), made.rulebook)
        scope = Scope(
            Stage.OWN,
            facts=device_facts(school, switch, made.notation),
            secrets=Verifier(FileSecrets(store)),
        )
        found = compare(observed, read_intended(intended, made.rulebook), scope)
        assert bool(found.changes) is (school.slug != "oak"), switch.name
