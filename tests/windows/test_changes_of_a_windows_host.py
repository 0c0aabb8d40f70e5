"""What a plan says of a Windows host: each change in words, with its lines, commands, risk and way back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from things import THING

from trustctl.engines.windows.foreign import arguments
from trustctl.errors import RulebookError
from trustctl.model.origin import LineOrigin, Place
from trustctl.model.plan import Change, ChangeKind, Flag, Rule, Severity
from trustctl.windows.asked import Asked
from trustctl.windows.changes import changes, restart_flag, summary
from trustctl.windows.reading import between, differ, digest, listed, way_back
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


@pytest.fixture(autouse=True)
def _thing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TYPES, THING.module, THING)
    lasting = replace(THING, module="trust_lasting", lasting=True)
    stays = replace(THING, module="trust_stays", removable=False)
    reads = replace(
        THING, module="trust_reads", removable=False, properties=(replace(THING.properties[0], fixed=True),)
    )
    for kind in (lasting, stays, reads):
        monkeypatch.setitem(TYPES, kind.module, kind)


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


def _reading(*values: Any, module: str = "trust_thing") -> dict[tuple[str, str], Resource]:
    found = [one if isinstance(one, Resource) else Resource(module, f"T{at}", one) for at, one in enumerate(values)]
    return {one.key: one for one in found}


def test_the_digest_is_of_what_is_there() -> None:
    """In whatever order; another value is another digest."""
    one = _reading({"notes": "a"}, {"notes": "b"})
    assert digest(one.values()) == digest(reversed(list(one.values())))
    assert digest(one.values()) != digest(_reading({"notes": "a"}, {"notes": "c"}).values())
    assert digest(one.values()) != digest(_reading({"notes": "a"}, None).values())


def test_two_readings_differ_in_lines() -> None:
    """What went and what came, below its resource; what only one has is told too."""
    earlier = _reading({"notes": "a", "memory_bytes": 1}, {"notes": "x"}, None)
    now = _reading({"notes": "b", "memory_bytes": 1}, {"notes": "x"}, {})
    assert differ(earlier, now) == (
        "trust_thing T0",
        '    - notes: "a"',
        '    + notes: "b"',
        "trust_thing T2",
        "    - absent",
    )
    assert list(between(earlier, earlier)) == []
    assert list(between(earlier, {})) == list(earlier)


def test_the_way_back_ends_where_it_began() -> None:
    """The last first; what was not there goes, what went comes back whole, and what is the same is left alone."""
    earlier = _reading({"notes": "a"}, None, {"notes": "gone"}, {"notes": "same"})
    now = _reading({"notes": "b"}, {"notes": "new"}, None, {"notes": "same"})
    back = way_back(earlier, now)
    assert [(one.name, one.values) for one in back.steps] == [
        ("T2", {"notes": "gone"}),
        ("T1", None),
        ("T0", {"notes": "a"}),
    ]
    assert back.lasting == ()


@pytest.mark.parametrize(
    ("module", "was", "now", "said"),
    [
        (
            "trust_lasting",
            {"notes": "a"},
            {"notes": "b"},
            "the thing T0 stays as it is: nothing takes it back by itself",
        ),
        ("trust_stays", None, {"notes": "b"}, "the thing T0 stays: it is never taken away"),
        (
            "trust_thing",
            {"generation": 1},
            {"generation": 2},
            "the thing T0 is left as it is: generation is 2 and cannot become 1: it is fixed when the thing is made",
        ),
        ("other.module", {"a": 1}, {"a": 2}, "other.module T0 is left as it is: its module is not known"),
    ],
)
def test_what_has_no_way_back_is_told(module: str, was: Any, now: Any, said: str) -> None:
    """And no step is made for it."""
    back = way_back(_reading(was, module=module), _reading(now, module=module))
    assert (back.steps, back.lasting) == ((), (said,))


TAKEN_AWAY = {"ansible.windows.win_regedit", "ansible.windows.win_dns_record", "community.windows.win_firewall_rule"}
"""All that a way back may take away again: nobody keeps anything in it."""
MADE_AGAIN = {*TAKEN_AWAY, "trust_vswitch"}


@pytest.mark.parametrize("module", sorted(name for name, kind in TYPES.items() if kind.removable))
def test_what_people_may_have_put_something_into_is_never_taken_away(root: Path, module: str) -> None:
    """A school's OU with all its accounts, a virtual machine: the plan says so, and so does the way back."""
    kind = TYPES[module]
    some: dict[str, Any] = {"value": ["x"]} if module.endswith("_record") else {}
    there, gone = _reading(some, module=module), _reading(None, module=module)
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


def test_who_was_put_into_a_group_since_stays_there() -> None:
    """Of a group's members only those are read that were asked for: the others are not to be lost."""
    module, name = "microsoft.ad.group", "CN=OAK-IT,OU=Oak"
    was = Resource(module, name, {"members": ["a"], "description": "x"})
    now = Resource(module, name, {"members": ["a", "b"], "description": "y"})
    back = way_back({was.key: was}, {now.key: now})
    assert back.steps == (was,)
    assert back.lasting == (f"the group of the directory {name}: members is left as it is: nothing is taken out of it",)
    assert (arguments(module, name, was.values) or {})["members"] == {"add": ["a"]}


def test_the_command_for_an_ou_that_goes_is_the_one_that_is_sent() -> None:
    """It takes everything below along, protected or not (microsoft.ad 1.10.0, `_ADObject.psm1`)."""
    (line,) = TYPES["microsoft.ad.ou"].cmdlets("OU=Oak,DC=x", Difference({}, None))
    assert line == (
        "Get-ADObject -Filter * -SearchBase 'OU=Oak,DC=x' | Sort-Object { $_.DistinguishedName.Length } -Descending | "
        "Set-ADObject -ProtectedFromAccidentalDeletion $false -PassThru | Remove-ADObject -Confirm:$false"
    )


def test_what_only_one_reading_has_is_left_alone() -> None:
    """Nobody knows what it was, or is."""
    one = _reading({"notes": "a"})
    assert way_back(one, {}).lasting == ("the thing T0 is left as it is: nobody read it after it",)
    assert way_back({}, one).lasting == ("the thing T0 is left as it is: nobody read it before the change",)
    untold = _reading(Resource("trust_thing", "T0", None, untold="access is denied"))
    assert way_back(one, untold).lasting == ("the thing T0 is left as it is: it could not be read (access is denied)",)
    assert way_back(untold, one).lasting == (
        "the thing T0 is left as it is: what it was could not be read (access is denied)",
    )
    assert way_back(untold, untold).lasting == ()


def test_what_stays_is_listed_by_its_reason() -> None:
    """Fifteen scopes are one line, in the order in which the roles come to them."""
    earlier = {
        **_reading(None, None, module="trust_stays"),
        **_reading({"notes": "a"}, module="trust_lasting"),
        **_reading({"notes": "a"}),
    }
    now = {
        **_reading({"notes": "b"}, {"notes": "b"}, module="trust_stays"),
        **_reading({"notes": "b"}, module="trust_lasting"),
        **_reading({"notes": "a", "memory_bytes": 5}),
    }
    assert listed(way_back(earlier, now).stays) == (
        "stays: it is never taken away",
        "    the thing (2): T0; T1",
        "stays as it is: nothing takes it back by itself",
        "    the thing: T0",
        "memory_bytes is left as it is: what it was could not be read",
        "    the thing: T0",
    )
    assert listed(()) == ()


def test_a_property_that_was_not_told_stays() -> None:
    """The rest is set back, and the person hears which part is not."""
    back = way_back(_reading({"notes": "a"}), _reading({"notes": "b", "memory_bytes": 5}))
    assert [one.values for one in back.steps] == [{"notes": "a"}]
    assert back.lasting == ("the thing T0: memory_bytes is left as it is: what it was could not be read",)


def test_what_is_only_read_is_never_set_back() -> None:
    """It moves by itself: the state of a disk's encryption."""
    assert way_back(_reading({"notes": "1"}, module="trust_reads"), _reading({"notes": "2"}, module="trust_reads")) == (
        way_back({}, {})
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
