"""How a platform writes the names of interfaces, sets of ports and sets of numbers: one definition for the whole tool.

A `Notation` is data (`templates/<platform>/interfaces.yml`, read by `trustctl.inventory.notation_file`); what is here
works for every platform. Reading takes what people and devices write; printing gives the one spelling that the device
itself prints, and reading what was printed gives the same value again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

LAST_VLAN = 4094
LONGEST_RANGE = 4096
"""Interfaces that one range may name."""


class InterfaceKind(StrEnum):
    """What kind of interface a name means."""

    PHYSICAL = "physical"
    """A port: it cannot be removed."""
    SVI = "svi"
    """The switch's own interface in a VLAN; its number is the VLAN's."""
    LAG = "lag"
    LOOPBACK = "loopback"
    TUNNEL = "tunnel"
    SUBINTERFACE = "subinterface"
    MANAGEMENT = "management"
    """A port for management alone, beside the switch's own ports."""
    VIRTUAL = "virtual"


class RangeEnd(StrEnum):
    """What stands behind the dash of a range of interfaces when it is printed."""

    NAME = "name"
    """The whole name of the last one: `A1-A4`, `1/1/1-1/1/4`."""
    NUMBER = "number"
    """Its last number: `GigabitEthernet1/0/1-4`."""


@dataclass(frozen=True, slots=True)
class Family:
    """Names of one shape.  `GigabitEthernet` + `1/0/1`, `lag ` + `1`, or a number alone (`A1`)."""

    name: str
    kind: InterfaceKind
    number: str
    """A regular expression for what stands after the name."""
    short: str = ""
    """What the device's tables print in the place of the name; empty: the name."""
    also: tuple[str, ...] = ()
    """Other spellings that are read."""
    blank: bool = False
    """A blank is printed between the name and the number."""

    @property
    def prefix(self) -> str:
        """What is printed before the number."""
        return f"{self.name} " if self.blank else self.name


@dataclass(frozen=True, slots=True)
class SetNotation:
    """How a set is written: `shortest` is the length from which neighbours are printed as a range."""

    separator: str = ","
    joiner: str = "-"
    shortest: int = 2


@dataclass(frozen=True, slots=True, eq=False)
class Notation:
    """The notation of one platform. It is immutable and may be shared between threads."""

    shape: str = r"\S+"
    """A regular expression that every name fits and that ends where a name ends: it finds names inside a line."""
    families: tuple[Family, ...] = (Family("", InterfaceKind.PHYSICAL, r"\S+"),)
    """In the order in which the device prints them, and in which an abbreviation is looked up."""
    abbreviations: bool = False
    """The beginning of a family's name stands for it (`gi` for `GigabitEthernet`)."""
    others: InterfaceKind | None = None
    """The kind of names whose word no family has; None: there are no others."""
    subinterface: str = ""
    """The sign in a number that makes it a subinterface."""
    capitals: bool = False
    """A letter before a digit is printed as a capital: `a1` is `A1`."""
    ports: SetNotation = field(default_factory=SetNotation)
    range_end: RangeEnd = RangeEnd.NAME
    numbers: SetNotation = field(default_factory=SetNotation)
    all_numbers: str = ""
    """The word for the set of all VLANs; empty: there is none."""
    no_numbers: str = ""
    """The word for the empty set."""
    all_but: str = ""
    """The word before a list of the VLANs that are left out."""
    source: bytes = field(default=b"", repr=False)
    """The file that it was read from: part of what a rulebook's digest stands for."""

    def normalise(self, text: str) -> str:
        """The name as the device prints it; ValueError if it is none.

        Before: "gi1/0/1", "GigabitEthernet 1/0/1"    After: "GigabitEthernet1/0/1"
        """
        return _read(self, text)[1]

    def kind(self, name: str) -> InterfaceKind:
        """What kind of interface a name means; ValueError if it is no name."""
        family, printed = _read(self, name)
        if self.subinterface and self.subinterface in printed:
            return InterfaceKind.SUBINTERFACE
        return self.families[family].kind if family < len(self.families) else self.others or InterfaceKind.PHYSICAL

    def short(self, name: str) -> str:
        """The name in the short form of the device's tables; what is no name comes back as it is.

        Before: "GigabitEthernet1/0/48"    After: "Gi1/0/48"
        """
        try:
            index, printed = _read(self, name)
        except ValueError:
            return name
        family = self.families[index] if index < len(self.families) else None
        return printed if family is None or not family.short else family.short + printed[len(family.prefix) :]

    def vlan_of(self, name: str) -> int | None:
        """The VLAN whose interface a name means, or None.  Before: "Vlan10"    After: 10."""
        try:
            is_svi = self.kind(name) is InterfaceKind.SVI
        except ValueError:
            return None
        found = re.search(r"[0-9]+$", name) if is_svi else None
        return int(found.group()) if found else None

    def svi(self, vlan: int) -> str | None:
        """The name of the switch's interface in a VLAN; None where the platform has no such interfaces."""
        family = next((family for family in self.families if family.kind is InterfaceKind.SVI), None)
        return f"{family.prefix}{vlan}" if family is not None else None

    def bundle(self, number: int) -> str | None:
        """The name of a bundle of ports; None where the platform has none.  Before: 1    After: "Port-channel1"."""
        family = next((family for family in self.families if family.kind is InterfaceKind.LAG), None)
        return f"{family.prefix}{number}" if family is not None else None

    def bare(self, name: str) -> str:
        """A port's name without its type, as people say it.  Before: "GigabitEthernet1/0/48"    After: "1/0/48"."""
        return next(
            (
                name.removeprefix(family.prefix)
                for family in self.families
                if family.name and family.kind is InterfaceKind.PHYSICAL and name.startswith(family.prefix)
            ),
            name,
        )

    def natural(self, name: str) -> tuple[object, ...]:
        """A key that sorts names as the device does: by family, numbers as numbers."""
        try:
            family, printed = _read(self, name)
        except ValueError:
            family, printed = len(self.families), name
        parts = (part for part in re.split(r"([0-9]+)", printed.lower()) if part)
        return (family, *((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts))

    def expand(self, text: str) -> list[str]:
        """The names that a list with ranges means, in its order; ValueError if it is none, or runs backwards.

        Before: "gi1/0/1 - 3 , te1/1/1"    After: ["GigabitEthernet1/0/1", ".../2", ".../3", "TenGigabitEthernet1/1/1"]
        """
        names: list[str] = []
        word = ""
        for part in _parts(text, self.ports.separator):
            first, last = self._ends(part, word, text)
            family, _ = _read(self, first)
            word = self.families[family].name if family < len(self.families) else first.rstrip("0123456789/.:")
            names.extend(_between(first, last, part))
        return names

    def parse_ports(self, text: str) -> frozenset[str]:
        """The set of names that a list with ranges means.  Before: "1-3,Trk1"    After: {"1", "2", "3", "Trk1"}."""
        return frozenset(self.expand(text))

    def print_ports(self, names: Iterable[str]) -> str:
        """The inverse of `parse_ports`: names in the device's order, neighbours as ranges."""
        runs: list[tuple[str, int, int, str]] = []
        for name in sorted(names, key=self.natural):
            stem, number, suffix = _numbered(name)
            if runs and number >= 0 and (runs[-1][0], runs[-1][3]) == (stem, suffix) and runs[-1][2] == number - 1:
                runs[-1] = (stem, runs[-1][1], number, suffix)
            else:
                runs.append((stem, number, number, suffix))
        return self.ports.separator.join(part for run in runs for part in self._run(*run))

    def parse_numbers(self, text: str, low: int = 1, high: int = LAST_VLAN) -> frozenset[int]:
        """Read a list of numbers and ranges; ValueError for anything else, or a number outside `low`..`high`.

        Before: "10,20-22"    After: {10, 20, 21, 22}
        """
        members: set[int] = set()
        for part in _parts(text.replace(self.numbers.joiner, "-"), self.numbers.separator):
            first, dash, last = part.replace(" ", "").partition("-")
            if not (first.isascii() and first.isdigit() and (not dash or (last.isascii() and last.isdigit()))):
                raise ValueError(f"{text!r} is not a list of numbers and ranges")
            start, end = int(first), int(last or first)
            if not low <= start <= end <= high:
                raise ValueError(f"{part!r} is not within {low} to {high}")
            members.update(range(start, end + 1))
        return frozenset(members)

    def number_parts(self, members: Iterable[int]) -> list[str]:
        """The parts of a printed set of numbers.  Before: {10, 11, 20, 21, 22}    After: ["10", "11", "20-22"]."""
        parts: list[str] = []
        for first, last in runs(members):
            if last - first + 1 >= self.numbers.shortest:
                parts.append(f"{first}{self.numbers.joiner}{last}")
            else:
                parts.extend(str(number) for number in range(first, last + 1))
        return parts

    def print_numbers(self, members: Iterable[int]) -> str:
        """The inverse of `parse_numbers`; a set without members is an empty text."""
        return self.numbers.separator.join(self.number_parts(members))

    def parse_vlans(self, text: str) -> frozenset[int]:
        """Read what a port carries: a list, or the platform's words for all, none and all but a list."""
        every = frozenset(range(1, LAST_VLAN + 1))
        if self.all_numbers and text == self.all_numbers:
            return every
        if self.no_numbers and text == self.no_numbers:
            return frozenset()
        if self.all_but and text.startswith(f"{self.all_but} "):
            return every - self.parse_numbers(text.removeprefix(f"{self.all_but} "))
        return self.parse_numbers(text)

    def print_vlans(self, members: Iterable[int]) -> str:
        """The inverse of `parse_vlans`."""
        vlans = frozenset(members)
        if self.all_numbers and len(vlans) == LAST_VLAN:
            return self.all_numbers
        return self.print_numbers(vlans) or self.no_numbers

    def _run(self, stem: str, first: int, last: int, suffix: str) -> list[str]:
        if first < 0:
            return [stem]
        if last - first + 1 >= max(self.ports.shortest, 2):
            end = f"{stem}{last}{suffix}" if self.range_end is RangeEnd.NAME else f"{last}{suffix}"
            return [f"{stem}{first}{suffix}{self.ports.joiner}{end}"]
        return [f"{stem}{number}{suffix}" for number in range(first, last + 1)]

    def _ends(self, part: str, word: str, text: str) -> tuple[str, str]:
        """The first and the last name of one part of a list; `word` is the type that the part before had."""
        single = self._name(part, word)
        if single is not None:
            return single, single
        joiner = self.ports.joiner.strip()
        at = part.find(joiner)
        while at >= 0:
            first, rest = self._name(part[:at].strip(), word), part[at + len(joiner) :].strip()
            if first is not None:
                stem, _, suffix = _numbered(first)
                last = f"{stem}{int(rest)}{suffix}" if rest.isascii() and rest.isdigit() else self._name(rest, "")
                if last is not None:
                    return first, last
            at = part.find(joiner, at + 1)
        raise ValueError(f"{part!r} in {text!r} is not an interface or a range of interfaces")

    def _name(self, text: str, word: str) -> str | None:
        for spelling in (text, f"{word}{text}") if word else (text,):
            try:
                return self.normalise(spelling)
            except ValueError:
                continue
        return None


def runs(members: Iterable[int]) -> list[tuple[int, int]]:
    """The runs of neighbours in a set of numbers, in order.

    Before: {10, 20, 21, 22}    After: [(10, 10), (20, 22)]
    """
    found: list[tuple[int, int]] = []
    for number in sorted(members):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


_OTHER = re.compile(r"([A-Za-z][A-Za-z-]*) ?([0-9][0-9/:.]*)")


@lru_cache(maxsize=16384)
def _read(notation: Notation, text: str) -> tuple[int, str]:
    """The place of a name's family in `families` (their count: another), and the name as it is printed."""
    for index, expression in enumerate(_expressions(notation)):
        found = expression.fullmatch(text)
        if found is not None:
            return index, notation.families[index].prefix + _number(notation, found["number"])
    other = _OTHER.fullmatch(text) if notation.others is not None else None
    if other is None:
        raise ValueError(f"{text!r} is not an interface name")
    return len(notation.families), other[1] + _number(notation, other[2])


@lru_cache(maxsize=64)
def _expressions(notation: Notation) -> tuple[re.Pattern[str], ...]:
    """One expression for each family."""
    found: list[re.Pattern[str]] = []
    for family in notation.families:
        words = [
            _beginnings(word) if notation.abbreviations else re.escape(word) for word in (family.name, *family.also)
        ]
        head = f"(?i:{'|'.join(words)}) ?" if family.name else ""
        found.append(re.compile(f"{head}(?P<number>{family.number})", re.ASCII))
    return tuple(found)


def _beginnings(word: str) -> str:
    """An expression for a word and all its beginnings.  Before: "Gig"    After: "G(?:i(?:g)?)?"."""
    optional = ""
    for letter in reversed(word[1:]):
        optional = f"(?:{re.escape(letter)}{optional})?"
    return re.escape(word[0]) + optional


def _number(notation: Notation, text: str) -> str:
    """A name's number without leading zeros, its letters as the device prints them."""
    bare = re.sub(r"[0-9]+", lambda digits: str(int(digits.group())), text)
    return re.sub(r"[a-z](?=[0-9])", lambda letter: letter.group().upper(), bare) if notation.capitals else bare


def _numbered(name: str) -> tuple[str, int, str]:
    """A name around its last number; the number is -1 if there is none.  Before: "C3i"    After: ("C", 3, "i")."""
    found = re.fullmatch(r"(.*?)([0-9]+)([^0-9]*)", name)
    return (found[1], int(found[2]), found[3]) if found else (name, -1, "")


def _between(first: str, last: str, part: str) -> list[str]:
    """All names from the first to the last, which may differ in their last number only."""
    if first == last:
        return [first]
    (stem, start, suffix), (other, end, ending) = _numbered(first), _numbered(last)
    if (stem, suffix) != (other, ending) or not start <= end <= start + LONGEST_RANGE:
        raise ValueError(f"{part!r} is not a range of interfaces")
    return [f"{stem}{number}{suffix}" for number in range(start, end + 1)]


def _parts(text: str, separator: str) -> list[str]:
    """The parts of a list, without the blanks around them."""
    sign = separator.strip()
    return [part.strip() for part in text.split(sign)] if sign else text.split()
