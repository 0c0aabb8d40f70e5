"""A platform that nobody foresaw is a folder: lines of key=value, sections without an end, another word for removal."""

from __future__ import annotations

import pytest
from golden_cases import intended_of
from reading import FILES

from trustctl.config.check import check_file
from trustctl.config.compare import Comparison, compare
from trustctl.config.read import read, read_intended
from trustctl.config.rulebook import load_rulebook
from trustctl.config.scope import Scope
from trustctl.config.syntax import Wholeness
from trustctl.model.levels import Ownership, Stage

BOOK = load_rulebook(FILES / "bridge_vlans")
RUNNING = """\
# 2026-01-01 10:00:00 by RouterOS 7.16
/interface bridge port
add bridge=br1 interface=ether1
add bridge=br1 interface=ether2 pvid=20
/interface bridge vlan
add bridge=br1 tagged=ether1 vlan-ids=10
add bridge=br1 tagged=ether1 untagged=ether2 vlan-ids=20
/system identity
set name="oak sw"
"""
PROMPT = "[admin@oak sw] > \n"
INTENDED = RUNNING.partition("\n")[2].replace("=20", "=30").replace('"oak sw"', "oak-sw")
CHANGE = """\
/system identity
set name=oak-sw
/
/interface bridge vlan
add bridge=br1 tagged=ether1 untagged=ether2 vlan-ids=30
remove [find bridge=br1 vlan-ids=20 ]
/
/interface bridge port
remove [find interface=ether2 ]
add bridge=br1 interface=ether2 pvid=30
/
"""


def plan(running: str, wanted: str) -> Comparison:
    """What changes a device that has `running` into what is wanted."""
    scope = Scope(Stage.OWN, {"*": Ownership.OWNED})
    return compare(read(running, BOOK), read_intended(intended_of(wanted, "x", "routeros"), BOOK), scope)


@pytest.mark.parametrize(("text", "whole"), [(RUNNING + PROMPT, Wholeness.ENDED), (RUNNING, Wholeness.UNTOLD)])
def test_its_text_is_understood(text: str, whole: Wholeness) -> None:
    """Every line is known; only the prompt behind the text tells that it is whole."""
    result = check_file(text, BOOK)
    assert result.understood
    assert result.unknown == ()
    assert result.whole is whole


def test_a_change_and_its_undo_are_in_its_own_language() -> None:
    """Sections are entered and left as it does, items are removed by what tells them apart, and there is a way back."""
    result = plan(RUNNING, INTENDED)
    assert "".join(f"{line}\n" for line in result.commands) == CHANGE
    back = CHANGE.replace("oak-sw", '"oak sw"').replace("=30", "=XX").replace("=20", "=30").replace("=XX", "=20")
    assert "".join(f"{line}\n" for line in result.undo) == back
    assert plan("# 2026-01-01 by RouterOS 7.16\n" + INTENDED, INTENDED).commands == ()
