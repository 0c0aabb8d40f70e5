"""When `no aaa new-model` may be sent: towards a configuration that a device had, and that lets somebody in."""

from __future__ import annotations

import pytest
from golden_cases import intended_of, rulebook

from trustctl.config import DeviceFacts, between, compare, read, read_intended, way_back
from trustctl.config.scope import Scope
from trustctl.errors import RenderError
from trustctl.model.levels import Ownership, Stage

LINE = "no aaa new-model"
FACTS = DeviceFacts(management_interface="Vlan10", management_address="10.21.10.5")
EARLIER = """\
version 15.2
hostname oak-sw-a1-01
enable secret 5 $1$MdUp$MadeUpHashMadeUpHash01
no aaa new-model
username admin privilege 15 secret 5 $1$MdUp$MadeUpHashMadeUpHash01
line con 0
line vty 0 4
 login local
 transport input ssh
line vty 5 15
 login
end
"""
NOW = (
    EARLIER.replace(LINE, "aaa new-model\naaa authentication login default local")
    .replace(" login local\n", "")
    .replace(" login\n", " no exec\n")
)
HASH = "5 $1$MdUp$MadeUpHashMadeUpHash01"
USER = f"username admin privilege 15 secret {HASH}\n"
VTYS = EARLIER[EARLIER.index("line vty") : EARLIER.index("end\n")]
HOLES = {
    "a vty with a line password": (
        " login local\n",
        " password 7 141601030B16253D21\n login\n",
        "`line vty 0` had no `login local`",
    ),
    "a vty that asks nothing": (" login local\n", "", "`line vty 0` had no `login local`"),
    "a vty that takes no SSH": ("input ssh", "input telnet", "`line vty 0` had `transport input telnet`"),
    "a vty that takes nobody": ("input ssh", "input none", "`line vty 0` had `transport input none`"),
    "a vty without a shell": (" login local\n", " login local\n no exec\n", "`line vty 0` had `no exec`"),
    "no vty at all": (VTYS, "", "no terminal lines"),
    "no account": (USER, "", "no account with a password"),
    "an account without a password": (USER, "username admin privilege 15\n", "no account with a password"),
    "masked passwords": (USER, USER.replace(HASH, "5 <removed>"), "masked"),
    "AAA": ("no aaa new-model", "aaa new-model", "does not have `no aaa new-model` itself"),
}


def test_a_configuration_with_a_way_in_permits_it() -> None:
    """Accounts, `login local` on the first five terminal lines, SSH: AAA may go."""
    way = way_back(read(EARLIER, rulebook()), "admin")
    assert way.permit.lines == {LINE}
    assert way.refused == {}


@pytest.mark.parametrize(("old", "new", "reason"), HOLES.values(), ids=HOLES)
def test_each_hole_closes_it(old: str, new: str, reason: str) -> None:
    """One missing piece is enough; the reason names it, and neither undo nor a rollback emits the line."""
    assert old in EARLIER
    earlier = read(EARLIER.replace(old, new, 1), rulebook())
    way = way_back(earlier)
    assert way.permit.lines == frozenset()
    assert reason in way.refused[LINE]
    now = read(NOW, rulebook())
    if "aaa new-model" in new:
        return
    with pytest.raises(RenderError, match="because"):
        between(now, earlier, FACTS)


def test_who_signs_in_must_have_the_account() -> None:
    """An account of somebody else lets somebody else in."""
    assert "no account netops" in way_back(read(EARLIER, rulebook()), "netops").refused[LINE]


def test_a_lower_account_will_do_with_an_enable_secret() -> None:
    """Level 15, or a way to it."""
    low = EARLIER.replace("privilege 15 ", "")
    assert way_back(read(low, rulebook())).permit.lines == {LINE}
    bare = low.replace("enable secret 5 $1$MdUp$MadeUpHashMadeUpHash01\n", "")
    assert "level 15" in way_back(read(bare, rulebook())).refused[LINE]


def test_an_intent_is_never_a_way_back() -> None:
    """A template that says what a way back says gets no permit: only a configuration that a device had does."""
    wanted = read_intended(intended_of(EARLIER.replace(" secret 5 $1$MdUp$MadeUpHashMadeUpHash01", "")), rulebook())
    assert "not a configuration that the device had" in way_back(wanted).refused[LINE]


@pytest.mark.parametrize("stage", [Stage.ENSURE, Stage.OWN])
def test_a_hostile_template_cannot_switch_aaa_off(stage: Stage) -> None:
    """The change itself is refused, whatever logins the template provides; it is an operation of the way back alone."""
    wanted = "no aaa new-model\nline vty 0 15\n login local\n transport input ssh\n"
    scope = Scope(stage, {"*": Ownership.OWNED}, FACTS, None)
    with pytest.raises(RenderError, match="deny-list"):
        compare(read(NOW, rulebook()), read_intended(intended_of(wanted), rulebook()), scope)


def test_the_logins_follow_at_once() -> None:
    """Between `no aaa new-model` and the last vty's `login local` stands nothing else; the lists went before."""
    lines = between(read(NOW, rulebook()), read(EARLIER, rulebook()), FACTS, "admin")
    at = lines.index(LINE)
    assert lines.index("no aaa authentication login default") < at
    assert lines[at + 1 : at + 7] == ("line vty 5 15", " login", "exit", "line vty 0 4", " login local", "exit")
