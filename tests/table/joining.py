"""A school joins with one make: its device before, after the apply, and after the way back, with what was rendered."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from engineer import Done, Engineer, example_trust  # noqa: E402 - after their folder was put in place
from field import Field  # noqa: E402 - as above

from trustctl.inventory import load  # noqa: E402 - as above
from trustctl.model.plan import Intended  # noqa: E402 - as above
from trustctl.render import Renderer  # noqa: E402 - as above

SCHOOLS = HERE / "schools"
TEMPLATES = HERE.parents[1] / "templates"
PASSWORD = "Fir-lab-Admin-3c2e"


@dataclass(frozen=True, slots=True)
class Joined:
    """What one device was told and what it held; each text is the lab's own account of the device."""

    intended: Intended
    before: str
    after: str
    back: str
    secrets: Path
    """The trust's secrets."""
    planned: Done
    """The plan after the apply; exit code 0 where nothing is left to do."""


def joined(platform: str, folder: Path) -> Joined:
    """Let the school of that make join over SSH by `trustctl apply`, and go back by `trustctl rollback`."""
    engineer = example_trust(folder / "trust")
    school = engineer.inventory / "schools" / "fir"
    shutil.copytree(SCHOOLS / platform, school)
    parts = [SCHOOLS / "school.yml", *(SCHOOLS / platform).glob("overrides.yml")]
    (school / "overrides.yml").unlink(missing_ok=True)
    (school / "school.yml").write_text("".join(part.read_text(encoding="utf-8") for part in parts), encoding="utf-8")
    with engineer.secrets.open("a", encoding="utf-8") as store:
        store.write(f"login/fir-admin: {PASSWORD}\n")
    (captured,) = school.glob("captured/*.cfg")
    return _there_and_back(engineer, captured.stem)


def _there_and_back(engineer: Engineer, device: str) -> Joined:
    trust = load(engineer.inventory, today=datetime.now(UTC).date())
    fir = trust.schools["fir"]
    intended = Renderer([TEMPLATES]).render(trust, fir, fir.devices[device])
    file = engineer.repository.parent / "fir.plan.json"
    with Field(engineer, (device,)) as site:
        dial = ("fir", "--limit", device, "--endpoints", site.endpoints)
        site.lab.console_save(device)  # what a make hashes at boot is not unsaved work
        before = site.lab.running(device)
        _went_well(engineer.call("plan", *dial, "--out", file, "--detailed-exitcode"), 2)
        (told,) = json.loads(file.read_text(encoding="utf-8"))["devices"]
        here = ("--console-present", device) if told["action"] == "console" else ()
        _went_well(engineer.call("apply", file, "--yes", *here, "--endpoints", site.endpoints), 0)
        after = site.lab.running(device)
        planned = engineer.call("plan", *dial, "--detailed-exitcode")
        (run,) = json.loads(engineer.call("history", "--json").out)
        _went_well(engineer.call("rollback", run["run"], "--yes", *here, "--endpoints", site.endpoints), 0)
        return Joined(intended, before, after, site.lab.running(device), engineer.secrets, planned)


def _went_well(done: Done, code: int) -> None:
    assert done.code == code, str(done)
