"""The directory's roles on the lab's hosts of molecule's scenarios: dry run, apply, dry run; and bad input."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from trustctl.engines.windows.inventory import Connection, host_entry, inventory_json
from trustctl.engines.windows.process import Ansible, Content, Event, Play
from trustctl.lab.windows.lab import WindowsLab
from trustctl.lab.windows.parts import System
from trustctl.lab.windows.spec import read_specs

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[3]
SCENARIOS = ROOT / "molecule"
CONTROLLER, SERVER = "KV-DC-01", "OAK-FS-01"


@dataclass(frozen=True)
class Ran:
    """What came of one run of a role on one host."""

    events: tuple[Event, ...]

    @property
    def changed(self) -> list[str]:
        """The tasks that changed something, or would."""
        return [str(one["name"]) for one in self.events if one["event"] == "ok" and one.get("changed")]

    @property
    def why(self) -> str:
        """What failed, in its own words."""
        return " ".join(str(one.get("msg", "")) for one in self.events if one["event"] == "failed")


def run(lab: WindowsLab, role: str, host: str, *, check: bool, **otherwise: Any) -> Ran:
    """Run a role on a host of the lab with its scenario's variables."""
    contact = lab.contacts[host]
    ansible = Ansible(Content((ROOT,)), {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")})
    given = yaml.safe_load((SCENARIOS / role / "vars.yml").read_text(encoding="utf-8")) | otherwise
    connection = Connection(contact.host, contact.user, "login", contact.port, "basic", str(lab.ca))
    inventory = inventory_json({host: (("windows",), host_entry(host, connection, given))})
    text = json.dumps([{"name": role, "hosts": "all", "gather_facts": False, "roles": [role]}])
    events: list[Event] = []
    ansible.run(Play(text, inventory, {"login": contact.password}, check=check), events.append)
    return Ran(tuple(one for one in events if one.get("host") == host))


def state(lab: WindowsLab) -> Mapping[str, Any]:
    """All that every host has, but for its clock."""
    return {name: lab.machine(name).snapshot() for name in lab.names}


@pytest.fixture(params=["ad_school", "dhcp_scopes", "dns_zones", "domain_member"])
def scenario(request: pytest.FixtureRequest) -> Iterator[tuple[str, WindowsLab]]:
    """A role, and the hosts of its scenario as they are before."""
    role = str(request.param)
    with WindowsLab(read_specs(SCENARIOS / role / "hosts.json"), sorted(ROOT.glob("roles/*/library"))) as lab:
        yield role, lab
        assert lab.bugs == ()


def test_a_dry_run_changes_nothing_and_a_second_apply_neither(scenario: tuple[str, WindowsLab]) -> None:
    """On hosts that have nothing of it yet; the apply changes what the dry run said."""
    role, lab = scenario
    host = SERVER if SERVER in lab.names else CONTROLLER
    before = state(lab)
    planned = run(lab, role, host, check=True)
    assert not planned.why
    assert planned.changed
    assert state(lab) == before
    applied = run(lab, role, host, check=False)
    assert not applied.why
    assert {one for one in applied.changed if not one.startswith("Restart")} == {
        one for one in planned.changed if not one.startswith("Restart")
    }
    again = run(lab, role, host, check=True)
    assert (again.changed, again.why) == ([], "")


@pytest.fixture(scope="module")
def joining() -> Iterator[WindowsLab]:
    """A controller, and a server that is no member; the tests leave it so."""
    with WindowsLab(read_specs(SCENARIOS / "domain_member/hosts.json"), sorted(ROOT.glob("roles/*/library"))) as lab:
        yield lab
        assert lab.machine(SERVER).part(System).domain == ""
        assert lab.bugs == ()


@pytest.mark.parametrize("check", [True, False], ids=["check", "apply"])
def test_a_domain_that_dns_does_not_know_is_refused(joining: WindowsLab, check: bool) -> None:
    """Before anything is tried, with what the server asks."""
    ran = run(joining, "domain_member", SERVER, check=check, domain_member_domain="nowhere.example")
    assert "the server asks 10.250.20.21 and finds no domain controller of nowhere.example there" in ran.why
    assert not ran.changed


def test_a_dry_run_goes_on_where_the_run_itself_brings_other_dns_servers(joining: WindowsLab) -> None:
    """An apply does not: by then the server has them."""
    new = {"domain_member_domain": "nowhere.example", "domain_member_resolvers": ["10.250.20.22"]}
    planned = run(joining, "domain_member", SERVER, check=True, **new)
    assert not planned.why
    assert "Domain | Be a member of the domain" in planned.changed
    assert "finds no domain controller" in run(joining, "domain_member", SERVER, check=False, **new).why


def test_controllers_that_do_not_answer_are_named(joining: WindowsLab) -> None:
    """DNS names one, and no connection is taken: the way there is closed, not the name wrong."""
    joining.machine(CONTROLLER).cut("its switch port is off")
    try:
        ran = run(joining, "domain_member", SERVER, check=True)
    finally:
        joining.machine(CONTROLLER).restore()
    assert "domain controller" in ran.why
    assert not ran.changed


def test_a_wrong_password_is_one_sentence_without_the_password(joining: WindowsLab) -> None:
    """It shows at the join alone, and the server is as it was."""
    ran = run(joining, "domain_member", SERVER, check=False, domain_member_password="wrong-Secret-9")
    assert "The user name or password is incorrect" in ran.why
    assert "wrong-Secret-9" not in ran.why
    assert not ran.changed
