"""Reading YAML: values without surprises, positions of every value, the same with and without the C parser."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from trustctl.inventory.yaml_document import Document, dotted, read_document
from trustctl.inventory.yaml_scalars import plain

EXAMPLES = sorted((Path(__file__).parents[2] / "inventory").rglob("*.yml"))


def read(text: str) -> Document:
    """A document that must be readable."""
    document, problems = read_document(text.encode(), "x.yml")
    assert document is not None
    assert not problems
    return document


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30", 30),
        ("-1", -1),
        ("0", 0),
        ("5.5", 5.5),
        ("true", True),
        ("FALSE", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2027-08-31", "2027-08-31"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("1" * 40, "1" * 40),
        ("-", "-"),
    ],
)
def test_a_plain_scalar_means_what_yaml_1_2_says(text: str, value: object) -> None:
    """No Norway, no octal, no sexagesimal, no dates."""
    found = plain(text)
    assert found == value
    assert type(found) is type(value)


def test_a_quoted_scalar_is_text() -> None:
    """Quotes keep a number or a truth value as text."""
    assert read("a: '30'\nb: \"true\"\nc: |\n  42\n").value == {"a": "30", "b": "true", "c": "42\n"}


def test_every_value_and_key_knows_its_place() -> None:
    """Lines and columns count from 1; a path that is missing gives its nearest parent's key."""
    document = read("# c\nports:\n  - {ports: 1/0/1, profile: staff}\n  - ports: x\nname: Oak\n")
    assert str(document.place(("ports", 0, "profile"))) == "x.yml:3"
    assert document.place(("ports", 0, "profile")).column == 29
    assert document.place(("ports", 0, "profile"), key=True).column == 20
    assert document.place(("ports", 1, "profile")) == document.place(("ports", 1), key=True)
    assert document.place(("nothing", "here")).line == 2
    assert document.value_at(("ports", 1, "ports")) == "x"
    assert document.value_at(("ports", 9, "ports")) is None


def test_a_path_reads_as_people_write_it() -> None:
    """Indexes in brackets, keys with dots."""
    assert dotted(("ports", 3, "profile")) == "ports[3].profile"


WORDS = st.text("aZ09 :-#'\"{}[]!&*?|>%@,.~\\éß\n", max_size=8)
KEYS = st.text("abcXYZ0-_", min_size=1, max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_what_is_dumped_is_read_back(value: dict[str, object]) -> None:
    """Reading is the inverse of writing, for every value that the inventory can hold."""
    document, problems = read_document(yaml.safe_dump(value, allow_unicode=True).encode(), "x.yml")
    assert not problems
    assert document is not None
    assert document.value == value


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: "/".join(path.parts[-2:]))
def test_the_pure_parser_reads_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml, values and positions are the same."""
    fast = read_document(path.read_bytes(), path.name)
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    slow = read_document(path.read_bytes(), path.name)
    assert fast == slow
