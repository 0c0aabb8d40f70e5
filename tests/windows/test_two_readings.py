"""Two readings of a Windows host: in what they differ, what takes the later one back to the earlier, and what stays."""

from __future__ import annotations

from typing import Any

import pytest
from things import reading

from trustctl.engines.windows.foreign import arguments
from trustctl.windows.reading import between, differ, digest, listed, way_back
from trustctl.windows.text import Resource

pytestmark = pytest.mark.usefixtures("kinds_of_things")


def test_the_digest_is_of_what_is_there() -> None:
    """In whatever order; another value is another digest."""
    one = reading({"notes": "a"}, {"notes": "b"})
    assert digest(one.values()) == digest(reversed(list(one.values())))
    assert digest(one.values()) != digest(reading({"notes": "a"}, {"notes": "c"}).values())
    assert digest(one.values()) != digest(reading({"notes": "a"}, None).values())


def test_two_readings_differ_in_lines() -> None:
    """What went and what came, below its resource; what only one has is told too."""
    earlier = reading({"notes": "a", "memory_bytes": 1}, {"notes": "x"}, None)
    now = reading({"notes": "b", "memory_bytes": 1}, {"notes": "x"}, {})
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
    earlier = reading({"notes": "a"}, None, {"notes": "gone"}, {"notes": "same"})
    now = reading({"notes": "b"}, {"notes": "new"}, None, {"notes": "same"})
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
    back = way_back(reading(was, module=module), reading(now, module=module))
    assert (back.steps, back.lasting) == ((), (said,))


def test_who_was_put_into_a_group_since_stays_there() -> None:
    """Of a group's members only those are read that were asked for: the others are not to be lost."""
    module, name = "microsoft.ad.group", "CN=OAK-IT,OU=Oak"
    was = Resource(module, name, {"members": ["a"], "description": "x"})
    now = Resource(module, name, {"members": ["a", "b"], "description": "y"})
    back = way_back({was.key: was}, {now.key: now})
    assert back.steps == (was,)
    assert back.lasting == (f"the group of the directory {name}: members is left as it is: nothing is taken out of it",)
    assert (arguments(module, name, was.values) or {})["members"] == {"add": ["a"]}


def test_what_only_one_reading_has_is_left_alone() -> None:
    """Nobody knows what it was, or is."""
    one = reading({"notes": "a"})
    assert way_back(one, {}).lasting == ("the thing T0 is left as it is: nobody read it after it",)
    assert way_back({}, one).lasting == ("the thing T0 is left as it is: nobody read it before the change",)
    untold = reading(Resource("trust_thing", "T0", None, untold="access is denied"))
    assert way_back(one, untold).lasting == ("the thing T0 is left as it is: it could not be read (access is denied)",)
    assert way_back(untold, one).lasting == (
        "the thing T0 is left as it is: what it was could not be read (access is denied)",
    )
    assert way_back(untold, untold).lasting == ()


def test_what_stays_is_listed_by_its_reason() -> None:
    """Fifteen scopes are one line, in the order in which the roles come to them."""
    earlier = {
        **reading(None, None, module="trust_stays"),
        **reading({"notes": "a"}, module="trust_lasting"),
        **reading({"notes": "a"}),
    }
    now = {
        **reading({"notes": "b"}, {"notes": "b"}, module="trust_stays"),
        **reading({"notes": "b"}, module="trust_lasting"),
        **reading({"notes": "a", "memory_bytes": 5}),
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
    back = way_back(reading({"notes": "a"}), reading({"notes": "b", "memory_bytes": 5}))
    assert [one.values for one in back.steps] == [{"notes": "a"}]
    assert back.lasting == ("the thing T0: memory_bytes is left as it is: what it was could not be read",)


def test_what_is_only_read_is_never_set_back() -> None:
    """It moves by itself: the state of a disk's encryption."""
    assert way_back(reading({"notes": "1"}, module="trust_reads"), reading({"notes": "2"}, module="trust_reads")) == (
        way_back({}, {})
    )
