"""What AOS-CX's folder says, where nothing else would notice a slip: the deny-list, noise, its way to change safely."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from trustctl.errors import RenderError
from trustctl.platforms.load import platform
from trustctl.platforms.spec import SafeChange

TEMPLATES = Path(__file__).parents[2] / "templates"
CX = platform("aruba_aos_cx", [TEMPLATES])


@pytest.mark.parametrize(
    "line",
    [
        "no interface 1/1/1",
        "default interface 1/1/1",
        "no interface 10/1/48",
        "no interface mgmt",
        "no vlan 1",
        "no ssh server vrf default",
        "no spanning-tree mode",
        "erase startup-config",
        "boot system",
        "checkpoint rollback x",
        "checkpoint auto confirm",
        "copy running-config startup-config",
        "vsf renumber-to 2",
        "aaa authorization commands default group tacacs",
        "ssh server allow-list",
        "crypto pki ta-profile x",
        "do show running-config",
        "end",
    ],
)
def test_never_sent(line: str) -> None:
    """Whatever inventory, template or plan says."""
    with pytest.raises(RenderError):
        CX.rulebook.gate.check_line(line)


@pytest.mark.parametrize(
    "line", ["no interface lag 1", "no interface vlan 10", "no vlan 10", "    no lag 1", "no user old"]
)
def test_sent_on_the_way_back(line: str) -> None:
    """What a way back needs."""
    assert CX.rulebook.gate.check_line(line) == line


@pytest.mark.parametrize(
    "text",
    [
        'sw# WARNING Please "checkpoint auto confirm" within 2 minutes\n',
        'sw# WARNING Please "checkpoint auto confirm" within 2 minutes\nsw# ',
        "sw# WARNING: Restoring configuration. Do NOT add any new configuration.\n",
    ],
)
def test_a_late_warning_leaves_the_prompt(text: str) -> None:
    """It comes behind the prompt, with or without a new one below it; the session sees the prompt either way."""
    for noise in CX.spec.session.noise:
        text = noise.pattern.sub("", text)
    last = text.rsplit("\n", 1)[-1]
    assert CX.spec.session.prompt.pattern.fullmatch(last)


def test_a_timer_that_is_not_shown_needs_texts_that_prove_it() -> None:
    """Without them an armed and a confirmed change would be taken on trust."""
    (way,) = CX.spec.safe_change
    assert way.timer is None
    assert way.arm.success is not None
    assert way.confirm.success is not None
    assert way.confirm.success.search("checkpoint AUTO20170801011154 created")
    bare = way.model_dump(exclude={"confirm"}, exclude_none=True)
    with pytest.raises(ValidationError, match="success"):
        SafeChange.model_validate({**bare, "confirm": {"send": "checkpoint auto confirm"}})


def test_what_cannot_be_said_is_said() -> None:
    """Each with the reason and with what an audit shows instead."""
    data = yaml.safe_load((TEMPLATES / "aruba_aos_cx" / "unsupported.yml").read_text(encoding="utf-8"))
    assert data["format"] == 1
    names = [entry["feature"] for entry in data["unsupported"]]
    assert len(names) == len(set(names))
    assert all(set(entry) == {"feature", "reason", "audit", "covered"} for entry in data["unsupported"])
