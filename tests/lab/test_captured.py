"""The example trust's captured configurations on the lab's makes: what is loaded prints back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import yaml

from trustctl.lab.clock import DeviceClock
from trustctl.lab.makes import device_class, known
from trustctl.lab.spec import DeviceSpec

SCHOOLS = Path(__file__).parents[2] / "inventory" / "schools"
_NO_SETTING = ("!", ";", "Building configuration", "Current configuration")


def _captures() -> dict[str, tuple[dict[str, Any], Path]]:
    """Name -> what the inventory says of the device, and the file."""
    found: dict[str, tuple[dict[str, Any], Path]] = {}
    written: dict[str, dict[str, dict[str, Any]] | None]
    for path in sorted(SCHOOLS.glob("*/*.yml")):
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        for key in ("switches", "controllers"):
            for name, entry in (written.get(key) or dict[str, dict[str, Any]]()).items():
                if "captured" in entry:
                    found[name] = (entry, path.parent / entry["captured"])
    return found


CAPTURES = _captures()


def _meant(text: str) -> list[str]:
    """The lines that mean something, in any order."""
    lines = (line.rstrip() for line in text.split("\n"))
    return sorted(line for line in lines if line and not line.lstrip().startswith(_NO_SETTING))


def _running(name: str, text: str) -> str:
    entry, _ = CAPTURES[name]
    make = device_class(entry["platform"])
    spec = DeviceSpec(name, entry["platform"], model=str(entry.get("model", "")), boot=text)
    return make(spec, DeviceClock(monotonic)).running()


def test_every_capture_is_tested() -> None:
    """No file of the example trust is forgotten because the inventory names it in a new way."""
    assert {path for _, path in CAPTURES.values()} == set(SCHOOLS.glob("*/captured/*"))


@pytest.mark.parametrize("name", sorted(CAPTURES))
def test_a_captured_configuration_prints_back(name: str) -> None:
    """A captured configuration boots into a twin that prints the same lines, each time the same way."""
    entry, path = CAPTURES[name]
    if entry["platform"] not in known():
        pytest.skip(f"the lab has no {entry['platform']} yet: {path.name} was NOT tested")
    text = path.read_text(encoding="utf-8")
    printed = _running(name, text)
    meant, shown = Counter(_meant(text)), Counter(_meant(printed))
    assert meant - shown == Counter()
    assert all(line.startswith("interface ") for line in shown - meant), "more than ports that nobody has set"
    assert _running(name, printed) == printed
