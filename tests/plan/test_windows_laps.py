"""LAPS changes the password of a local account: never in a run that signs in as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from trustctl.inventory import load
from trustctl.model.switch import Login
from trustctl.model.windows import Connection, WindowsHost
from trustctl.plan.windows import limited, windows_scope
from trustctl.platforms.roots import template_roots
from trustctl.windows import Resource
from trustctl.windows.asked import Asked

HERE = Path(__file__).parents[2]
PATH = r"HKLM:\SOFTWARE\Policies\Microsoft\Windows\LAPS"


def _asked(topic: str, name: str) -> Asked:
    module = "ansible.windows.win_regedit"
    want, have = ({"data": each, "type": "dword"} for each in (2, 0))
    return Asked(Resource(module, name, want), Resource(module, name, have), True, topic, "Set it", "", "")


ASKED = [_asked("LAPS", rf"{PATH}\BackupDirectory"), _asked("Updates", r"HKLM:\SOFTWARE\Policies\NoAutoUpdate")]


@pytest.fixture(scope="module")
def host() -> WindowsHost:
    """The example's Hyper-V host, which has not joined the domain."""
    school = load(HERE / "inventory", today=date(2026, 11, 22), templates=template_roots(HERE)).schools["oak"]
    found = school.devices["OAK-HV-01"]
    assert isinstance(found, WindowsHost)
    return found


LOGINS = [
    ("Administrator", "negotiate", True),
    ("Administrator", "kerberos", False),
    (r".\svc-trustctl", "kerberos", True),
    (r"OAK-HV-01\Administrator", "credssp", True),
    (r"oak-hv-01\Administrator", "negotiate", True),
    (r"KESTRELVALE\svc-trustctl", "negotiate", False),
    ("svc-trustctl@ad.kestrelvale.example", "negotiate", False),
    ("svc-trustctl", "basic", True),
    ("svc-trustctl", "certificate", True),
]


@pytest.mark.parametrize(("user", "auth", "local"), LOGINS)
def test_laps_waits_until_the_login_is_the_domains(host: WindowsHost, user: str, auth: str, local: bool) -> None:
    """Left alone with the reason and what to do, and nothing else with it."""
    signed_in = replace(host, login=Login(user, host.login.password), connection=Connection(auth))
    found = limited(ASKED, windows_scope(signed_in))
    assert found.topics == (("Updates",) if local else ("LAPS", "Updates"))
    why = [each.why for each in found.untouched]
    assert len(why) == local
    assert all("local account" in each and "take `connection` and `login` out" in each for each in why)


def test_the_example_joins_before_laps_is_set(host: WindowsHost) -> None:
    """Its login is the local account of a delivered server."""
    assert host.signs_in_locally
