"""Many hostile strings at once in a whole inventory: what it takes, and what it means then.

The example trust is laid over with `extra/`, so that every text that a device gets stands somewhere. Each text of a
kind gets another string, so that a few rounds bring all strings to every device.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml
from engineer import Engineer, example_trust
from places import KEY, KINDS_OF, Pattern, Steps, matches, name_of, patterns

from trustctl.cli.workspace import Workspace
from trustctl.inventory import InventoryInvalid, Problem
from trustctl.inventory.yaml_document import read_document

EXTRA = Path(__file__).parent / "extra"
_ROUNDS = 8
"""How often the inventory is asked again without what it refused."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One text of the inventory: its file and its path there."""

    name: str
    file: str
    path: Steps

    @property
    def device(self) -> str:
        """The device below which it stands; empty if it is of the school or the trust."""
        owners = {"switches", "controllers", "servers"}
        return str(self.path[1]) if len(self.path) > 1 and self.path[0] in owners else ""


@dataclass(frozen=True, slots=True)
class Sown:
    """What a round left in the inventory, and what was refused: with the problem that named its line and column."""

    standing: Mapping[Spot, str]
    refused: Mapping[Spot, Problem]
    workspace: Workspace


def laid_over(folder: Path) -> Engineer:
    """The example trust with all of `extra/`."""
    engineer = example_trust(folder)
    for extra in sorted(EXTRA.rglob("*.yml")):
        path = engineer.inventory / extra.relative_to(EXTRA)
        _write(path, _merged(_read(path), yaml.safe_load(extra.read_text("utf-8"))))
    return engineer


def _read(path: Path) -> Any:
    document, problems = read_document(path.read_bytes(), path.name)
    assert document is not None
    assert not problems
    return document.value


def _write(path: Path, value: object) -> None:
    text = yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False, width=10**6, allow_unicode=True)
    path.write_text(text, encoding="utf-8")


def _merged(below: Any, above: Any) -> Any:
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    one, other = cast("dict[str, Any]", below), cast("dict[str, Any]", above)
    return {
        key: _merged(one.get(key), other[key]) if key in other else one[key]
        for key in [*one, *(k for k in other if k not in one)]
    }


@dataclass
class Soil:
    """An inventory into which strings are sown, round after round; each round begins with the plain files."""

    engineer: Engineer
    spots: dict[str, list[Spot]] = field(init=False)
    _plain: dict[str, Any] = field(init=False)
    _dirty: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        root = self.engineer.inventory
        self._plain = {}
        self.spots = {}
        for kind in KINDS_OF:
            wanted: list[Pattern] = [pattern for one, pattern in patterns() if one == kind]
            for full in sorted(KINDS_OF[kind](root)):
                file = full.relative_to(root).as_posix()
                self._plain[file] = _read(full)
                for pattern in wanted:
                    if pattern[-1] != KEY:
                        name = name_of(kind, pattern)
                        found = (Spot(name, file, path) for path in matches(self._plain[file], pattern))
                        self.spots.setdefault(name, []).extend(found)

    def workspace(self) -> Workspace:
        """The inventory as it lies there now. Nothing of it is read yet."""
        return Workspace(self.engineer.inventory, self.engineer.secrets)

    def sow(self, strings: Mapping[Spot, str]) -> Sown:
        """Write these strings; what the inventory refuses is taken out again, by the line and column that it names."""
        standing, refused = dict(strings), dict[Spot, Problem]()
        for _ in range(_ROUNDS):
            places = self._lay_out(standing)
            workspace = self.workspace()
            problems = _problems(workspace)
            if not problems:
                return Sown(standing, refused, workspace)
            named = {(one.place.file, one.place.line, one.place.column): one for one in problems}
            gone = {spot: named[place] for place, spot in places.items() if place in named}
            assert gone, "\n".join(one.format() for one in problems)
            refused |= gone
            standing = {spot: text for spot, text in standing.items() if spot not in gone}
        raise AssertionError(f"the inventory refuses something new in each of {_ROUNDS} rounds")

    def _lay_out(self, strings: Mapping[Spot, str]) -> dict[tuple[str, int, int], Spot]:
        """Write the files anew; where each string stands, as messages name the place."""
        values = copy.deepcopy(self._plain)
        for spot, text in strings.items():
            holder = values[spot.file]
            for step in spot.path[:-1]:
                holder = holder[step]
            holder[spot.path[-1]] = text
        places: dict[tuple[str, int, int], Spot] = {}
        touched = {spot.file for spot in strings}
        for file in sorted(touched | self._dirty):
            full = self.engineer.inventory / file
            _write(full, values[file])
            document, _ = read_document(full.read_bytes(), full.as_posix())
            assert document is not None
            for spot in (spot for spot in strings if spot.file == file):
                at = document.place(spot.path)
                places[at.file, at.line, at.column] = spot
        self._dirty = touched
        return places


def _problems(workspace: Workspace) -> tuple[Problem, ...]:
    try:
        assert workspace.trust
    except InventoryInvalid as error:
        return error.findings
    return ()


BANNER = "trust:services.banner"
"""The one text that has lines: it gets several strings at once."""
_LINES = 8
UNIQUE = (
    ("baseline:vlans.*.name", "school:legacy[].name", "school:extra.vlans.*.name"),
    ("baseline:ssids.*.name", "school:extra.ssids.*.name"),
    ("switches:switches.*.hostname", "wireless:controllers.*.hostname"),
)
"""Kinds of texts of which no two may be the same, small and capital letters alike."""
_MEANS_MORE = frozenset({
    "trust:naming.switch", "trust:naming.controller", "trust:naming.server", "school:code", "school:waivers[].path",
    "trust:services.timezone", "switches:switches.*.ports[].ports", "servers:servers.*.plugged[].ports",
})  # fmt: skip
"""Kinds of texts by which others are judged: another one is refused where those stand, or for every device."""


def deal(spots: Mapping[str, Sequence[Spot]], taken: Mapping[str, Sequence[str]], turn: int) -> dict[Spot, str]:
    """Give each spot of a kind another string that its kind takes; the next turn gives the next ones.

    Spots below different devices each get all strings by themselves, others share them out.
    """
    dealt: dict[Spot, str] = {}
    said: Counter[tuple[int, str]] = Counter()
    for number, (name, some) in enumerate(spots.items()):
        strings = taken.get(name, ())
        if not strings or name in _MEANS_MORE:
            continue
        group = next((at for at, names in enumerate(UNIQUE) if name in names), None)
        many, own = Counter(spot.device for spot in some), Counter[str]()
        for spot in some:
            at = turn * many[spot.device] + own[spot.device] + 13 * number
            text = strings[at % len(strings)]
            if name == BANNER:
                text = "\n".join(strings[(turn * _LINES + line) % len(strings)] for line in range(_LINES))
            own[spot.device] += 1
            if group is None or not said[group, text.lower()]:
                dealt[spot] = text
            if group is not None:
                said[group, text.lower()] += 1
    return dealt


def turns(spots: Mapping[str, Sequence[Spot]], taken: Mapping[str, Sequence[str]]) -> int:
    """After how many turns every spot's kind has had every string at every device."""
    most = 0
    for name, some in spots.items():
        for count in Counter(spot.device for spot in some).values():
            each = count * (_LINES if name == BANNER else 1)
            most = max(most, -(-len(taken.get(name, ())) // each))
    return most
