"""A plan never takes away the account that we sign in with, and never asks for more than a device says it takes."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trustctl.model.plan import Action, DevicePlan, Observed
from trustctl.model.switch import Login
from trustctl.plan.build import DeviceInput, PlanHead, make_plan
from trustctl.platforms import platform
from trustctl.render import Renderer

ROOT = Path(__file__).parents[2]
TEMPLATES = [ROOT / "templates"]
HEAD = PlanHead(datetime(2026, 11, 22, 9, 0, tzinfo=UTC), "", "0")
sys.path.insert(0, str(ROOT / "tests" / "render"))
import aos_s_estate  # noqa: E402 - beside the render tests
import render_estate  # noqa: E402 - the same

RUNNING = """; JL256A Configuration Editor; Created on release #WC.16.10.0009
hostname "oak-sw-c1-01"
include-credentials
{more}password manager user-name "{user}" sha1 "c0ffee254729296a45a3885639ac7e10f9d54979"
vlan 1
   name "DEFAULT_VLAN"
   untagged 1-52
   no ip address
   exit
"""


def planned(user: str, more: str = "", **platform_keys: object) -> DevicePlan:
    """The plan of a switch whose manager is `user`, as which we sign in; `more` stands in its configuration."""
    switch = replace(aos_s_estate.ACCESS, login=Login(user, "switch/breakglass"))
    school = replace(aos_s_estate.SCHOOL, switches={switch.name: switch})
    trust = replace(render_estate.TRUST, schools={school.slug: school})
    intended = Renderer(TEMPLATES).render(trust, school, switch)
    seen = Observed(switch.name, RUNNING.format(user=user, more=more), "live", HEAD.created)
    found = platform(switch.platform, TEMPLATES)
    made = replace(found, spec=found.spec.model_copy(update=platform_keys))
    given = DeviceInput(switch, school, made, intended, seen)
    (found,) = make_plan(trust, (given,), HEAD, None).devices
    return found


@pytest.mark.parametrize(("user", "action"), [("supplier", Action.REFUSED), ("breakglass", Action.CHANGE)])
def test_the_manager_account_is_not_renamed_under_us(user: str, action: Action) -> None:
    """AOS-S has one manager: the break-glass account would take the place of the one we use."""
    device = planned(user)
    assert device.action is action
    assert ("the account 'supplier' that trustctl signs in with" in device.reason) is (action is Action.REFUSED)


@pytest.mark.parametrize(("limit", "action"), [(8, Action.REFUSED), (256, Action.CHANGE)])
def test_more_vlans_than_the_switch_is_set_to_take_are_refused(limit: int, action: Action) -> None:
    """`max-vlans` takes effect at a restart: the switch would refuse the ninth VLAN in the middle of the change."""
    device = planned("breakglass", f"max-vlans {limit}\n")
    assert device.action is action
    assert device.reason.startswith("it takes 8 VLANs (`max-vlans 8`) and would have") is (action is Action.REFUSED)


def test_what_nobody_can_take_back_is_refused_before_it_is_reviewed() -> None:
    """A platform without any way back is never written to: the plan says so, not the apply."""
    device = planned("breakglass", safe_change=())
    assert device.action is Action.REFUSED
    assert device.reason.endswith("nothing is ever written to it")


@pytest.mark.parametrize(("text", "action"), [("<secret:login/ops>", Action.REFUSED), ("<login/ops>", Action.CHANGE)])
def test_a_secret_that_only_the_device_names_is_not_looked_up_for_it(text: str, action: Action) -> None:
    """Whoever may write a line of one switch could otherwise read every secret of the trust."""
    device = planned("breakglass", f'snmp-server location "{text}"\n')
    assert device.action is action
    assert ("<secret:login/ops>, which stands for a secret" in device.reason) is (action is Action.REFUSED)
