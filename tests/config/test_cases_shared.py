"""A platform that extends another behaves as that one does, in every case of the one below."""

from __future__ import annotations

import pytest
from golden_cases import Case, cases, intended_of, rulebook

from trustctl.config.compare import compare
from trustctl.config.read import read, read_intended
from trustctl.config.scope import Scope
from trustctl.model.levels import Stage

ALL = cases("cisco_ios")


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_a_controller_does_what_a_switch_does(case: Case) -> None:
    """The rules of `cisco_ios` send on a Catalyst 9800 the same lines there and back."""
    book = rulebook("cisco_9800")
    intended = read_intended(intended_of(case.text("intended.cfg"), case.name), book)
    result = compare(read(case.text("running.cfg"), book), intended, case.scope())
    assert result.commands == case.lines("change.txt")
    assert result.undo == case.lines("undo.txt")


THEIRS = """aaa group server radius COUNTY
 server name COUNTY-1
aaa authentication dot1x COUNTY group COUNTY
aaa authorization network COUNTY group COUNTY
aaa accounting identity COUNTY start-stop group COUNTY
aaa server radius dynamic-author
 client 192.0.2.21
radius server COUNTY-1
 address ipv4 192.0.2.21 auth-port 1812 acct-port 1813
wireless profile policy Old
 accounting-list COUNTY
 vlan 60
 no shutdown
wlan Old 1 Old
 mac-filtering COUNTY
 security dot1x authentication-list COUNTY
 no shutdown
"""


def test_what_a_schools_own_network_signs_in_with_stays() -> None:
    """A network that the rulebook leaves at stage `own` keeps its lists, groups and servers: nobody says so if not."""
    book = rulebook("cisco_9800")
    ours = "version 17.9\nhostname wlc\naaa new-model\nvtp mode off\nvlan 60\n name GUEST\n"
    intended = read_intended(intended_of(ours, "wlc", "cisco_9800"), book)
    result = compare(read(f"{ours}{THEIRS}end\n", book), intended, Scope(Stage.OWN))
    assert result.commands == ()
