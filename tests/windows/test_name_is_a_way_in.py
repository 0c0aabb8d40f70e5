"""A server may be dialled by its name (Kerberos always does): another one is set while somebody is at the console."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from trustctl.apply.windows import windows_needs_console
from trustctl.inventory import load
from trustctl.model.origin import LineOrigin, Place
from trustctl.model.plan import Action, Intended, IntendedLine
from trustctl.model.windows import WindowsHost
from trustctl.plan.windows import WindowsInput, plan_windows
from trustctl.platforms.roots import template_roots
from trustctl.windows.asked import Asked, WindowsObserved
from trustctl.windows.text import Resource, write
from trustctl.windows.topics import load_topics

ROOT = Path(__file__).parents[2]
MODULE = "ansible.windows.win_hostname"
WANT, HAVE = (Resource(MODULE, "", {"hostname": name}) for name in ("OAK-FS-01", "WIN-ABC123"))
PLACE = "roles/windows_baseline/tasks/hostname.yml:2"


def test_another_name_is_planned_for_somebody_at_the_console() -> None:
    """With the topics as they are shipped, whatever else the plan has."""
    oak = load(ROOT / "inventory", today=date(2026, 11, 22), templates=template_roots(ROOT)).schools["oak"]
    host = oak.devices["OAK-FS-01"]
    assert isinstance(host, WindowsHost)
    asked = Asked(WANT, HAVE, True, "System", "Set the computer's name", "windows_baseline", PLACE)
    line = IntendedLine('windows_baseline_hostname: "OAK-FS-01"', LineOrigin(Place("host.j2", 1)))
    found = plan_windows(
        WindowsInput(
            replace(host, ownership=()),
            oak,
            Intended(host.name, host.platform, (line,)),
            WindowsObserved(host.name, "", "live", datetime(2026, 11, 22, tzinfo=UTC), asked=(asked,)),
            load_topics([ROOT / "templates"]),
        )
    )
    assert (found.action, [change.topic for change in found.changes]) == (Action.CONSOLE, ["System"])


def test_the_earlier_name_is_set_back_only_with_somebody_at_the_console() -> None:
    """Of a run long ago: its module tells, as nobody knows the topics any more."""
    assert windows_needs_console("OAK-FS-01", write([HAVE]), write([WANT]))
