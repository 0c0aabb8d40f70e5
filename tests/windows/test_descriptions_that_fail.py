"""A description of a Windows host that `write` did not make: refused with its line, never half understood."""

from __future__ import annotations

import pytest
from things import THING

from trustctl.errors import LosslessError
from trustctl.windows.resource import TYPES
from trustctl.windows.text import parse, text_lines

_BAD = [
    ("Thing T1", 1, "expected: MODULE NAME"),
    ("    notes: 1", 1, "expected: MODULE NAME"),
    ("trust_thing T 1", 1, "expected: MODULE NAME"),
    ('trust_thing "\\q"', 1, "not a resource"),
    ("trust_thing T1\n    absent\ntrust_thing T1", 3, "trust_thing T1 stands in it twice"),
    ("trust_thing T1\n    absent\n    notes: 1", 2, "expected: PROPERTY: JSON"),
    ("trust_thing T1\n    untold because x", 1, "not a resource"),
    ("trust_thing T1\n    notes", 2, "expected: PROPERTY: JSON"),
    ("trust_thing T1\n    notes: x", 2, "not a property with its JSON value"),
    ("trust_thing T1\n    memory_bytes: NaN", 2, "NaN is no value"),
    ("trust_thing T1\n    notes: " + "[" * 100_000, 2, "not a property with its JSON value"),
    ('trust_thing T1\n    notes: "a"\n    notes: "b"', 3, "notes stands in it twice"),
    ("trust_thing T1\n    colour: 1", 2, "there is no property colour"),
    ("trust_thing T1\n    notes.a: 1", 2, "notes.a"),
    ("trust_thing T1\n    notes[a]: 1", 2, "notes[a]"),
    ("trust_thing T1\n    nics[a]: 1", 2, "nics[a]"),
    ("trust_thing T1\n    nics[a].vlan.b: 1", 2, "nics[a].vlan.b"),
    ('trust_thing T1\n    nics: ["a"]', 2, "nics"),
    ('trust_thing T1\n    memory_bytes: "much"', 1, "memory_bytes: 'much' is not a number"),
    ('other.module T1\n    "a b": 1\n    "a b": 2', 3, "a b stands in it twice"),
]


@pytest.mark.parametrize(("text", "line", "said"), _BAD, ids=[said for *_, said in _BAD])
def test_it_is_refused_with_its_line(text: str, line: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `file:line`."""
    monkeypatch.setitem(TYPES, THING.module, THING)
    with pytest.raises(LosslessError) as caught:
        parse(text_lines(f"{text}\n"), where="backup")
    assert caught.value.where == f"backup:{line}"
    assert said in caught.value.problem
