"""Access lists: whatever becomes whatever, the device ends with the right order and never with an empty list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trustctl.config.pattern import compile_pattern
from trustctl.config.rules import Kind, LineRule
from trustctl.config.sequence import align, entry_lines, place
from trustctl.config.statement import Statement
from trustctl.model.origin import Place

RULE = LineRule(
    id="acl/entry",
    contexts=("acl",),
    kind=Kind.ORDERED,
    pattern=compile_pattern("[{sequence:int}] permit {entry...}"),
    topic="Access lists",
    place=Place("here", 1),
)


def entry(number: int, sequence: int | None = None) -> Statement:
    """An entry that permits host `number`."""
    host = f"host 10.0.0.{number}"
    return Statement(RULE, (RULE.id,), host, (f"permit {host}",), {"entry": host}, sequence=sequence)


class Device:
    """An access list as IOS keeps it: numbers, no duplicates, no two entries under one number."""

    def __init__(self, lines: list[tuple[int, str]]) -> None:
        self.entries = dict(lines)

    def resequence(self, step: int) -> None:
        """Renumber the entries."""
        texts = [self.entries[number] for number in sorted(self.entries)]
        self.entries = {step * position: text for position, text in enumerate(texts, start=1)}

    def take(self, line: str) -> None:
        """Obey one line, or fail as IOS does."""
        words = line.split(" ", 1)
        if words[0] == "no" and words[1].isdigit():
            del self.entries[int(words[1])]
        elif words[0] == "no":
            number = next(number for number, text in self.entries.items() if text == words[1])
            del self.entries[number]
        elif words[0].isdigit():
            assert int(words[0]) not in self.entries, "duplicate sequence number"
            assert words[1] not in self.entries.values(), "duplicate entry ignored"
            self.entries[int(words[0])] = words[1]
        else:
            assert line not in self.entries.values(), "duplicate entry ignored"
            self.entries[max(self.entries, default=0) + 10] = line

    @property
    def order(self) -> list[str]:
        """The entries in force order."""
        return [self.entries[number] for number in sorted(self.entries)]


lists = st.lists(st.integers(1, 12), unique=True, max_size=10)


@given(before=lists, after=lists, printed=st.booleans(), gaps=st.lists(st.integers(1, 12), min_size=10, max_size=10))
def test_list_becomes_the_other(before: list[int], after: list[int], printed: bool, gaps: list[int]) -> None:
    """The lines turn one list into the other by the device's own rules, with no error and no gap, and back again."""
    numbers = [sum(gaps[: position + 1]) for position in range(len(before))]
    device = Device([(number, entry(one).line) for one, number in zip(before, numbers, strict=True)])
    old = [entry(one, number if printed else None) for one, number in zip(before, numbers, strict=True)]
    new = place(old, [entry(one) for one in after])
    _send(device, old, new)
    assert device.order == [entry(one).line for one in after]
    _send(device, new, old)
    assert device.order == [entry(one).line for one in before]


def _send(device: Device, old: list[Statement], new: list[Statement]) -> None:
    alignment = align(old, new)
    if alignment.spacing:
        device.resequence(alignment.spacing)
    for line in entry_lines(old, new, alignment):
        device.take(line)
        assert device.entries or len(old) == 1 or not new, "an empty list permits everything"


def test_equal_lists_need_nothing() -> None:
    """Numbers alone are no difference (H18)."""
    old = [entry(1, 10), entry(2, 30)]
    assert entry_lines(old, place(old, [entry(1), entry(2)]), align(old, [entry(1), entry(2)])) == ()
