"""Every way in which a task on one resource fails, and what it says: the problem, and what was left half done."""

from __future__ import annotations

from typing import Any

import pytest
from things import NICS, ONLY_ONE, THING, Scripted, done, value

from trustctl.errors import RenderError
from trustctl.windows.action import RESOURCE, Result, Task, action, carry_out
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import TYPES, ResourceType, exactly, register
from trustctl.windows.values import normal

_REFUSED = [
    ({"colour": "red"}, (), "there is no property colour (trust_thing)."),
    ({"memory_bytes": "much"}, (), "'much' is not a number (trust_thing: memory_bytes)."),
    ({"memory_bytes": float("nan")}, (), "nan is not a number (trust_thing: memory_bytes)."),
    ({"memory_bytes": True}, (), "True is not a number (trust_thing: memory_bytes)."),
    ({"installed": "perhaps"}, (), "'perhaps' is neither yes nor no (trust_thing: installed)."),
    ({"notes": ["a"]}, (), "['a'] is not a text (trust_thing: notes)."),
    ({"admins": "one"}, (), "'one' is not a list (trust_thing: admins)."),
    ({"nics": ["a"]}, (), "'a' is not a mapping (trust_thing: nics)."),
    ({"nics": [{"vlan": 1}]}, (), "each of them needs its name (trust_thing: nics)."),
    ({"nics": [{"name": "a"}, {"name": "A"}]}, (), "two of them have the name A (trust_thing: nics)."),
    ({"disks": [{"path": "d:/a/"}]}, (), "d:\\a needs its size_bytes (trust_thing: disks)."),
    ({"mode": "server"}, (), "'server' is none of Core, Desktop (trust_thing: mode)."),
    ({"state": "gone"}, (), "state is present or absent, not 'gone'"),
    ({"operation": "read"}, (), "operation is for the action plugin: leave it out of the task"),
    ({"name": ""}, (), "trust_thing needs name: which thing it is about"),
    ({"notes": "a"}, ({"changed": False},), "trust_thing gave no value for what it read: ['changed']"),
    ({"notes": "a"}, ({"failed": True, "msg": "access is denied"},), "access is denied"),
    ({"notes": "a"}, ({"failed": True},), "trust_thing failed and does not say why"),
    (
        {"notes": "a"},
        (value({"age": 3}),),
        "what trust_thing read cannot be used: there is no property age (trust_thing).",
    ),
    (
        {"notes": "a"},
        ({"value": "yes"},),
        "what trust_thing read cannot be used: 'yes' is not a mapping (trust_thing).",
    ),
    (
        {"notes": "a"},
        (value({"nics": [{"name": "Network Adapter"}, {"name": "Network Adapter"}]}),),
        "what trust_thing read cannot be used: two of them have the name Network Adapter (trust_thing: nics).",
    ),
    (
        {"generation": 2},
        (value({"generation": 1}),),
        "generation is 1 and cannot become 2: it is fixed when the thing is made",
    ),
    (
        {"generation": 2},
        (value({"notes": ""}),),
        "generation could not be read and cannot become 2: it is fixed when the thing is made",
    ),
    (
        {"nics": [{"name": "lan", "mac": "00-02"}]},
        (value({"nics": [{"name": "LAN", "mac": "0001"}]}),),
        "nics[LAN].mac is '0001' and cannot become '0002': it is fixed when the thing is made",
    ),
    ({"adapter": "NIC9"}, (value(None),), "there is no adapter NIC9. Name one of the host's"),
    ({"adapter": "NIC9"}, (value({}, adapters=["NIC2"]),), "there is no adapter NIC9. Name one of the host's"),
]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("args", "replies", "said"), _REFUSED, ids=[said[:50] for _, _, said in _REFUSED])
def test_it_is_refused(args: dict[str, Any], replies: tuple[Result, ...], said: str, check: bool) -> None:
    """In check mode as well, and nothing is set."""
    result, _ = done(*replies, check=check, **args)
    assert (result["failed"], result["changed"], result["msg"]) == (True, False, said)
    assert result.get(RESOURCE, {}).get("cmdlets", []) == [], "nobody is told to type what is refused"


def test_facts_of_the_host_are_heard_in_check_mode() -> None:
    """What is there decides, not what the type's author thought of."""
    result, _ = done(value(None, adapters=["NIC9"]), check=True, adapter="NIC9")
    assert result["changed"] is True


def test_the_way_back_is_not_judged() -> None:
    """What was there before a change may be what nobody would be let ask for; it is put back all the same."""
    replies = (value({"adapter": "NIC1"}), {"changed": True}, value({"adapter": "NIC9"}))
    result, _ = done(*replies, kind=exactly(THING), adapter="NIC9")
    assert result.get("failed") is None


def test_what_is_never_taken_away_is_not() -> None:
    """`state: absent` of a type without it."""
    result, _ = done(kind=ONLY_ONE, state="absent")
    assert result["msg"] == "a Hyper-V settings is never taken away: state may not be absent"


def test_what_reads_back_otherwise_is_told() -> None:
    """It was set, and the host says something else: that is a failure which changed something."""
    result, host = done(value({"notes": "a"}), {"changed": True}, value({"notes": "c"}), notes="b")
    assert result["msg"] == 'thing T1 was set and reads back otherwise: is notes: "c", should be notes: "b"'
    assert (result["failed"], result["changed"], result[RESOURCE]["now"]) == (True, True, {"notes": "c"})
    assert host.asked[1] == {"name": "T1", "operation": "set", "notes": "b"}


def test_what_was_made_and_is_not_there_is_told() -> None:
    """A set that says it worked, and did not."""
    result, _ = done(value(None), {"changed": True}, value(None), notes="b")
    assert result["msg"] == 'thing T1 was set and reads back otherwise: is absent, should be notes: "b"'
    assert result["changed"] is False


def test_a_set_that_fails_halfway_tells_what_it_left() -> None:
    """The first of two properties was set before the failure."""
    failed = {"failed": True, "msg": "not enough memory"}
    result, _ = done(value({"notes": "a"}), failed, value({"notes": "b"}), notes="b", memory_bytes=9)
    assert result["msg"] == 'not enough memory. Part of it was done: was notes: "a", is notes: "b"'
    assert (result["failed"], result["changed"], result[RESOURCE]["now"]) == (True, True, {"notes": "b"})


def test_a_set_that_fails_and_left_nothing_is_no_change() -> None:
    """Nothing was done, and it is known that nothing was."""
    failed = {"failed": True, "msg": "access is denied"}
    result, _ = done(value({"notes": "a"}), failed, value({"notes": "a"}), notes="b")
    assert (result["msg"], result["changed"]) == ("access is denied", False)


def test_a_set_after_which_nothing_can_be_read_counts_as_a_change() -> None:
    """Could not tell is never fine."""
    failed = {"failed": True, "msg": "the connection was lost"}
    result, _ = done(value({"notes": "a"}), failed, failed, notes="b")
    assert result["msg"] == "the connection was lost. What thing T1 is now could not be read"
    assert (result["failed"], result["changed"]) == (True, True)


def test_what_shows_after_a_restart_waits_for_it() -> None:
    """The module says that Windows must restart: what it reads back as is no failure, and is told."""
    result, _ = done(value(None), {"changed": True, "reboot_required": True}, value(None), notes="b")
    assert (result["reboot_required"], result[RESOURCE]["waits"]) == (True, ['notes: "b"'])


def test_only_what_needs_a_restart_may_wait() -> None:
    """The module says nothing of a restart: the property that needs one waits, another may not."""
    result, _ = done(value({"installed": False}), {"changed": True}, value({"installed": False}), installed=True)
    assert (result.get("failed"), result["reboot_required"]) == (None, True)
    had = {"installed": False, "notes": "a"}
    result, _ = done(value(had), {"changed": True}, value(had), installed=True, notes="b")
    assert result["failed"] is True


def test_nothing_waits_where_nothing_differs() -> None:
    """The same values in other words are no change, and nothing is set."""
    have = {"memory_bytes": 5, "admins": ["A", "b"], "nics": [{"name": "LAN", "mac": "00155D"}], "notes": ""}
    result, _ = done(value(have), memory_bytes="5", admins=["B", "a"], nics=[{"name": "lan", "mac": "00-15-5d"}])
    assert result["changed"] is False


def test_a_secret_is_sent_and_never_said() -> None:
    """It goes to the host with the set, and stands in no part of any result."""
    args = {"password": "geheim1", "notes": "x", "nics": [{"name": "LAN", "token": "geheim2"}]}
    result, host = done(value(None), {"changed": True}, value({"notes": "x", "nics": [{"name": "LAN"}]}), **args)
    assert host.asked[1]["password"] == "geheim1"
    assert host.asked[1]["nics"] == [{"name": "LAN", "token": "geheim2"}]
    assert "geheim" not in str(result)
    spoken = {"notes": "a", "password": "geheim3", "nics": [{"name": "LAN", "token": "geheim4"}]}
    result, _ = done(value(spoken), check=True, **args)
    assert result["changed"] is True
    assert "geheim" not in str(result)


def test_a_secret_alone_is_no_change() -> None:
    """Nobody can compare it."""
    result, _ = done(value({"notes": "x"}), notes="x", password="other")
    assert result["changed"] is False


def test_what_is_not_asked_for_is_not_sent() -> None:
    """A set gets what the task speaks of, with sets and records as they shall be; the host's other values stay out."""
    lan = {"name": "LAN", "vlan": 1, "mac": "0001"}
    have = {"notes": "a", "memory_bytes": 1, "admins": ["x"], "nics": [lan, {"name": "W"}]}
    then = {**have, "admins": ["y"], "nics": [{**lan, "vlan": 2}, {"name": "W"}]}
    _, host = done(value(have), {"changed": True}, value(then), admins=["y"], nics=[{"name": "lan", "vlan": 2}])
    assert host.asked[1] == {
        "name": "T1",
        "operation": "set",
        "admins": ["y"],
        "nics": [{"name": "LAN", "vlan": 2, "mac": "0001"}, {"name": "W"}],
    }


def test_a_host_may_have_a_word_that_nobody_may_ask_for() -> None:
    """It is told as it is, and what was wanted is set in its place; the words' letters are no difference."""
    result, _ = done(value({"mode": "Azure"}), check=True, mode="core")
    assert result["diff"]["before"] == 'mode: "Azure"\n'
    assert result["diff"]["after"] == 'mode: "Core"\n'
    result, _ = done(value({"mode": "CORE"}), check=True, mode="core")
    assert result["changed"] is False


def test_one_of_its_kind_has_no_name() -> None:
    """A host's Hyper-V settings are asked for without a name."""
    result, host = done(value({"path": "C:\\VMs"}), check=True, kind=ONLY_ONE, path="c:/vms/")
    assert (result["changed"], host.asked) == (False, [{"operation": "read"}])


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ((Property("state"),), "state cannot be a property"),
        ((Property("name"),), "name cannot be a property"),
        ((Property("a"), Property("a")), "two properties have one name"),
        ((Property("A"),), "small letters"),
        ((Property("a", required=True),), "only within records"),
        ((Property("a", Kind.RECORD),), "has properties of its own"),
        ((Property("a", Kind.RECORDS, of=(Property("b"),)),), "have no key"),
        ((Property("a", Kind.RECORDS, of=(Property("b", Kind.FLAG),), key="b"),), "have no key"),
        ((Property("a", Kind.RECORD, of=(Property("b", Kind.RECORDS, of=(Property("c"),)),)),), "a.b: the records"),
    ],
)
def test_a_type_that_is_not_well_formed_is_not_taken(properties: tuple[Property, ...], said: str) -> None:
    """Its author hears it when the package is imported."""
    with pytest.raises(ValueError, match=said):
        register(ResourceType("trust_bad", "bad", properties, THING.cmdlets))
    assert "trust_bad" not in TYPES


def test_a_module_has_one_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two subjects cannot both describe it."""
    monkeypatch.setitem(TYPES, THING.module, THING)
    with pytest.raises(ValueError, match="trust_thing is known already"):
        register(THING)


def test_names_are_told_apart_as_windows_does() -> None:
    """Letter by letter: Python's own folding holds a sharp s and two of s to be one."""
    name = Property("admins", Kind.NAMES)
    assert normal([name], {"admins": ["Strasse", "Stra\u00dfe", "STRASSE"]}) == {"admins": ["Strasse", "Stra\u00dfe"]}
    with pytest.raises(RenderError):
        normal([NICS], {"nics": [{"name": "\u00e9"}, {"name": "\u00c9"}]})


class _Base:
    """What Ansible's `ActionBase` is to a plugin, as far as it is used."""

    def __init__(self, args: dict[str, Any], check: bool, host: Scripted) -> None:
        self._task = type("Task", (), {"args": args, "check_mode": check})()
        self._host = host

    def run(self, tmp: str | None = None, task_vars: Any = None) -> Result:
        """Ansible's own part."""
        return {"skipped": False}

    def _execute_module(self, module_name: str, module_args: Any, task_vars: Any) -> Result:
        return self._host.run(module_name, module_args)


@pytest.mark.parametrize(("variables", "left"), [({}, ["LAN", "W"]), ({"trust_exactly": True}, ["LAN"])])
def test_the_plugin_hands_its_task_over(
    variables: dict[str, Any], left: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its arguments, check mode, and whether it is a way back."""
    monkeypatch.setitem(TYPES, THING.module, THING)
    host = Scripted(value({"nics": [{"name": "LAN", "vlan": 1}, {"name": "W"}]}))
    plugin = action(_Base, "trust_thing")({"name": "T1", "nics": [{"name": "LAN", "vlan": 2}]}, True, host)
    result = plugin.run(task_vars=variables)
    after = result["diff"]["after"]
    assert [name for name in ("LAN", "W") if f"nics[{name}]" in after] == left
    assert result["skipped"] is False


def test_a_result_is_made_of_what_ansible_can_carry() -> None:
    """Plain JSON."""
    result = carry_out(Task(THING, {"name": "T1", "notes": "x"}, check_mode=True), Scripted(value(None)))
    assert result == {
        "changed": True,
        "diff": {
            "before": "",
            "after": 'notes: "x"\n',
            "before_header": "thing T1 (absent)",
            "after_header": "thing T1",
        },
        "reboot_required": False,
        "trust_resource": {
            "module": "trust_thing",
            "name": "T1",
            "want": {"notes": "x"},
            "have": None,
            "cmdlets": ["Set-Thing T1 ['notes']"],
        },
    }
