"""Tags of rotated secrets."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from trustctl.model.plan import Plan
from trustctl.plan.document import with_digest
from trustctl.plan.tags import says_rotated, with_tags
from trustctl.secrets.trust_keys import tag

sys.path.insert(0, str(Path(__file__).parent))
from test_refusals import HEAD, planned

SAID = "enable secret rotated (secret local/enable)"


def _plan(summary: str) -> Plan:
    device = planned("breakglass")
    changed = replace(device, changes=(replace(device.changes[0], summary=summary), *device.changes[1:]))
    return with_digest(Plan(HEAD.created, HEAD.created, "", "sha256:x", "0", (changed,)))


def test_a_rotated_secret_carries_the_tag_of_its_new_value() -> None:
    """Behind its name, and the plan's digest is of what it says."""
    plan = with_tags(_plan(SAID), lambda name: tag("key", f"value of {name}"))
    (device,) = plan.devices
    expected = tag("key", "value of local/enable")
    assert device.changes[0].summary == f"enable secret rotated (secret local/enable, now {expected})"
    assert with_digest(plan) == plan
    assert plan.digest != _plan(SAID).digest


def test_a_plan_without_a_rotated_secret_has_nothing_to_tag() -> None:
    """No store is asked for it."""
    assert says_rotated(_plan(SAID))
    assert not says_rotated(_plan("hostname oak"))
