"""What a plan says of a Windows host: each change in words, with its lines, commands, risk and way back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from things import reading

from trustctl.errors import RulebookError
from trustctl.model.origin import LineOrigin, Place
from trustctl.model.plan import Change, ChangeKind, Flag, Rule, Severity
from trustctl.windows.asked import Asked
from trustctl.windows.changes import changes, restart_flag, summary
from trustctl.windows.reading import way_back
from trustctl.windows.resource import TYPES, Difference
from trustctl.windows.text import Resource
from trustctl.windows.topics import FILE, load_topics

_RISK = Flag(Rule.MGMT, Severity.HIGH, "Network: it is the way in")
_TOPICS = """
topics:
  Network:
    flag: MGMT
    weight: high
    why: it is the way in
    way_in: true
  Power: {}
"""
_ORIGIN = LineOrigin(Place("templates/windows/x.j2", 1), ())
pytestmark = pytest.mark.usefixtures("kinds_of_things")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A template root with a file of topics."""
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(_TOPICS, encoding="utf-8")
    return tmp_path


def _asked(want: Any, have: Any, **more: Any) -> Asked:
    module = more.pop("module", "trust_thing")
    return Asked(
        Resource(module, "T1", want),
        Resource(module, "T1", have, more.pop("untold", "")),
        changed=more.pop("changed", True),
        topic=more.pop("topic", "Power"),
        does="set the thing",
        role="things",
        place="roles/things/tasks/main.yml:3",
        **more,
    )


def _change(root: Path, *args: Any, **more: Any) -> Change:
    (found,) = changes([_asked(*args, **more)], load_topics([root]), lambda _: (_ORIGIN,))
    return found


def test_what_changes_is_named(root: Path) -> None:
    """Only the lines that differ, the cmdlets there and back."""
    have = {"notes": "a", "memory_bytes": 1, "adapter": "NIC1"}
    found = _change(root, {"notes": "b", "memory_bytes": 2, "adapter": "nic1"}, have, cmdlets=("Set-Thing\nx",))
    assert found.summary == "change the thing T1: notes, memory_bytes"
    assert (found.topic, found.kind, found.section) == ("Power", ChangeKind.REPLACE, ("trust_thing T1",))
    assert found.before == ('notes: "a"', "memory_bytes: 1")
    assert found.after == ('notes: "b"', "memory_bytes: 2")
    assert found.commands == ("Set-Thing\\nx",)
    assert found.undo == ("Set-Thing T1 ['adapter', 'memory_bytes', 'notes']",)
    assert (found.origin, found.flags) == ((_ORIGIN,), ())


def test_what_is_made_and_what_goes(root: Path) -> None:
    """A thing that comes has no lines before; one that goes is flagged."""
    made = _change(root, {"notes": "b"}, None)
    assert (made.summary, made.kind) == ("create the thing T1", ChangeKind.ADD)
    assert (made.before, made.after) == ((), ('notes: "b"',))
    assert (made.commands, made.undo) == (("Set-Thing T1 ['notes']",), ("Set-Thing T1 []",))
    gone = _change(root, None, {"notes": "b"})
    assert (gone.summary, gone.kind) == ("remove the thing T1", ChangeKind.REMOVE)
    assert (gone.before, gone.after) == (('notes: "b"',), ())
    assert gone.flags == (Flag(Rule.DELETE, Severity.MEDIUM, "the host has this thing today"),)


def test_what_leaves_a_set_is_flagged(root: Path) -> None:
    """The names that go, not those that stay in other letters."""
    found = _change(root, {"admins": ["A", "c"]}, {"admins": ["a", "b"]})
    assert found.flags == (Flag(Rule.DELETE, Severity.MEDIUM, "the thing has admins b today"),)


def test_a_topic_says_its_risk(root: Path) -> None:
    """From the file, with every change of it."""
    assert _change(root, {"notes": "b"}, {"notes": "a"}, topic="Network").flags == (_RISK,)


@pytest.mark.parametrize(("module", "have"), [("trust_lasting", {"notes": "a"}), ("trust_stays", None)])
def test_what_nothing_takes_back_says_so(root: Path, module: str, have: Any) -> None:
    """It has no undo, and a flag in its place."""
    found = _change(root, {"notes": "b"}, have, module=module)
    assert found.undo == ()
    assert found.flags == (Flag(Rule.LASTING, Severity.MEDIUM, "nothing takes it back by itself"),)


def test_what_nobody_can_tell_before_is_a_change(root: Path) -> None:
    """Never nothing: with the reason, in words and as a flag."""
    found = _change(root, {"notes": "b"}, None, untold="its command would be run")
    assert found.summary == "set the thing: unknown until apply (its command would be run)"
    assert found.after == ("unknown until apply: its command would be run",)
    assert found.commands == ("# roles/things/tasks/main.yml:3: unknown until apply",)
    assert [flag.rule for flag in found.flags] == [Rule.UNKNOWN, Rule.LASTING]


def test_an_unknown_module_shows_its_own_lines(root: Path) -> None:
    """What it said itself, marked as not understood."""
    found = _change(root, {"a": 1}, {"a": 2}, module="other.thing.module", shown=("- a: 2", "+ a: 1"))
    assert (found.summary, found.after) == ("set the thing", ("- a: 2", "+ a: 1"))
    assert found.flags[0].rule is Rule.UNKNOWN


def test_what_is_in_step_is_no_change(root: Path) -> None:
    """Nothing is said of it."""
    assert changes([_asked({"notes": "a"}, {"notes": "a"}, changed=False)], load_topics([root]), lambda _: ()) == ()


@pytest.mark.parametrize(
    ("size", "shown"),
    [(6 * 2**30, "6442450944  # 6 GiB"), (1536 * 2**20, "1610612736  # 1536 MiB"), (1000, "1000"), (0, "0")],
)
def test_a_size_can_be_read(root: Path, size: int, shown: str) -> None:
    """Ten digits of bytes stand beside the same in larger units, where it is a whole number of them."""
    assert _change(root, {"memory_bytes": size}, {"memory_bytes": 1}).after == (f"memory_bytes: {shown}",)


def test_one_restart_is_one_flag() -> None:
    """However many changes wait for it; their topics are named once."""
    asked = [_asked({"notes": str(at)}, {"notes": "a"}, restart=True) for at in range(5)]
    asked[-1] = replace(asked[-1], topic="Features")
    flag = restart_flag([*asked, _asked({"notes": "b"}, {"notes": "a"})])
    assert flag is not None
    assert (flag.rule, flag.severity) == (Rule.RELOAD, Severity.HIGH)
    assert flag.why == f"Windows has to restart once, for: {asked[0].topic}, Features"
    other = replace(asked[0], topic="Domain", role="domain_member")
    twice = restart_flag([*asked, other])
    assert twice is not None
    assert twice.why == f"Windows has to restart up to 2 times, for: {asked[0].topic}, Features, Domain"
    assert restart_flag([_asked({"notes": "b"}, {"notes": "a"})]) is None
    assert restart_flag([replace(asked[0], changed=False)]) is None


def test_a_restart_for_features_alone_is_one_that_may_be() -> None:
    """Windows says only afterwards whether a feature needs one."""
    wished, there = (Resource("trust_feature", "Telnet-Client", {"installed": each}) for each in (True, False))
    feature = replace(_asked({"notes": "b"}, {"notes": "a"}, restart=True), want=wished, have=there, topic="Features")
    flag, both = restart_flag([feature]), restart_flag([feature, _asked({"notes": "b"}, {"notes": "a"}, restart=True)])
    assert flag is not None
    assert both is not None
    assert flag.why == "Windows may have to restart once, for: Features"
    assert both.why.startswith("Windows has to restart once, for: Features, ")


def test_a_topic_that_is_not_there_is_refused(root: Path) -> None:
    """A task cannot go without its risk being known."""
    with pytest.raises(RulebookError, match="nothing is said of the topic 'Cooking'") as caught:
        _change(root, {"notes": "b"}, None, topic="Cooking")
    assert caught.value.where == str(root / FILE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("topics:\n  A:\n    flag: MGTM\n    weight: high\n    why: x\n", ":3:11 flag must be one of"),
        ("topics:\n  A:\n    flag: MGMT\n    weight: huge\n    why: x\n", ":4:13 weight must be one of"),
        ("topics:\n  A:\n    flag: MGMT\n    weight: high\n", ":3:11 a flag says why"),
        ("topics:\n  A:\n    weight: high\n", "weight and why belong to a flag"),
        ("topics:\n  A:\n    way_inn: true\n", ":3:5 unknown key 'way_inn'"),
        ("topics:\n  A: {}\n  A: {}\n", "A"),
        ("topic:\n  A: {}\n", "unknown key 'topic'"),
    ],
)
def test_a_file_of_topics_that_is_not_well_formed(root: Path, text: str, said: str) -> None:
    """With its place."""
    (root / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(RulebookError) as caught:
        load_topics([root])
    assert said in f"{caught.value.where.removeprefix(str(root / FILE))} {caught.value.problem}"


def test_without_a_file_of_topics_there_is_no_plan(tmp_path: Path) -> None:
    """An installation that is not whole."""
    with pytest.raises(RulebookError, match=r"there is no windows/topics\.yml"):
        load_topics([tmp_path])


def test_the_ways_in_are_marked() -> None:
    """What carries trustctl itself, in the file that comes with it."""
    topics = load_topics([Path(__file__).parents[2] / "templates"])
    ways = {
        "System",
        "Network",
        "Firewall",
        "Virtual switches",
        "Remote Desktop",
        "Authentication",
        "TLS",
        "Local groups",
        "Domain",
    }
    assert {name for name, one in topics.items() if one.way_in} == ways


def test_no_change_says_a_character_that_a_terminal_obeys(root: Path) -> None:
    """Names and notes come from the host."""
    want, have = {"notes": "b\x1b[2J", "admins": ["x"]}, {"notes": "a\u202eb", "admins": ["\x07"]}
    clear = _change(root, want, have, cmdlets=("Set-Thing \x1b",))
    unclear = _change(root, want, None, untold="\x1b]0;", shown=("\x1b",), cmdlets=("\x1b",), undo=("\x1b",))
    for found in (clear, unclear):
        parts = (found.summary, *found.before, *found.after, *found.commands, *found.undo)
        assert "".join((*parts, *(flag.why for flag in found.flags))).isprintable()


TAKEN_AWAY = {"ansible.windows.win_regedit", "ansible.windows.win_dns_record", "community.windows.win_firewall_rule"}
"""All that a way back may take away again: nobody keeps anything in it."""
MADE_AGAIN = {*TAKEN_AWAY, "trust_vswitch"}


@pytest.mark.parametrize("module", sorted(name for name, kind in TYPES.items() if kind.removable))
def test_what_people_may_have_put_something_into_is_never_taken_away(root: Path, module: str) -> None:
    """A school's OU with all its accounts, a virtual machine: the plan says so, and so does the way back."""
    kind = TYPES[module]
    some: dict[str, Any] = {"value": ["x"]} if module.endswith("_record") else {}
    there, gone = reading(some, module=module), reading(None, module=module)
    away, again = way_back(gone, there), way_back(there, gone)
    assert [one.values for one in away.steps] == ([None] if module in TAKEN_AWAY else [])
    assert [one.values for one in again.steps] == ([some] if module in MADE_AGAIN else [])
    assert bool(kind.holds) == bool(away.lasting) == (module not in TAKEN_AWAY)
    assert bool(again.lasting) == (module not in MADE_AGAIN)
    assert all(kind.holds in one for one in away.lasting)
    stays = Flag(Rule.LASTING, Severity.MEDIUM, "nothing takes it back by itself")
    made, removed = (_change(root, want, have, module=module) for want, have in ((some, None), (None, some)))
    assert (stays in made.flags, made.undo == ()) == (module not in TAKEN_AWAY,) * 2
    assert (stays in removed.flags, removed.undo == ()) == (module not in MADE_AGAIN,) * 2
    assert all(kind.holds in flag.why for flag in removed.flags if "today" in flag.why)


def test_the_command_for_an_ou_that_goes_is_the_one_that_is_sent() -> None:
    """It takes everything below along, protected or not (microsoft.ad 1.10.0, `_ADObject.psm1`)."""
    (line,) = TYPES["microsoft.ad.ou"].cmdlets("OU=Oak,DC=x", Difference({}, None))
    assert line == (
        "Get-ADObject -Filter * -SearchBase 'OU=Oak,DC=x' | Sort-Object { $_.DistinguishedName.Length } -Descending | "
        "Set-ADObject -ProtectedFromAccidentalDeletion $false -PassThru | Remove-ADObject -Confirm:$false"
    )


def test_a_resource_without_a_name_reads_well() -> None:
    """A host's own settings."""
    one = Asked(
        Resource("trust_lasting", "", {"notes": "b"}),
        Resource("trust_lasting", "", {"notes": "a"}),
        changed=True,
        topic="Power",
        does="",
        role="",
        place="",
    )
    assert summary(one) == "change the thing: notes"
