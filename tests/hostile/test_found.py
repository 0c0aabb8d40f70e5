"""What the fuzzers found is played back: each reader answers with a value or an error of ours, in good time."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from target import STRETCHED, BrokenPromiseError, Target, TooSlowError
from targets import TARGETS

FOUND = Path(__file__).parent / "found"


@pytest.mark.parametrize("path", sorted(FOUND.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_finding_stays_cured(path: Path) -> None:
    """The folder is the target's name; a file that ends in `.escaped` is written with Python's escapes."""
    data = path.read_bytes()
    if path.suffix == ".escaped":
        data = codecs.escape_decode(data.removesuffix(b"\n"))[0]
    TARGETS[path.parent.name](data)
    TARGETS[path.parent.name].stretched(data)


@pytest.mark.parametrize("reader", TARGETS.values(), ids=lambda one: one.name)
def test_good_examples_are_read(reader: Target) -> None:
    """The fuzzers begin from examples that the readers take, cut short examples too: no exception but ours."""
    examples = list(reader.seeds())
    assert examples
    for example in examples[:5]:
        reader(example)
        reader(example[: len(example) // 2])


def test_what_is_not_ours_counts() -> None:
    """A target lets pass what is a finding: any exception but ours, a broken promise, and a reader that is too slow."""

    def read(data: bytes) -> None:
        if data.startswith(b"x"):
            raise KeyError(data)
        if data.startswith(b"y"):
            raise BrokenPromiseError(data)
        sum(range(len(data) * 100 if len(data) > STRETCHED else 1))

    broken = Target("broken", read, lambda: iter(()), seconds=0.001)
    with pytest.raises(KeyError):
        broken(b"x")
    with pytest.raises(BrokenPromiseError):
        broken(b"y")
    broken(b"ab")
    with pytest.raises(TooSlowError):
        broken.stretched(b"ab")
