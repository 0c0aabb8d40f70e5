"""Each string of the corpus in each text of the inventory: refused at its line and column, or taken as plain text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

import pytest
from places import KEY, Place, alone
from strings import CLASSES, CORPUS, Hostile, sample

from trustctl.inventory import CODES, Problem
from trustctl.inventory.file_check import check
from trustctl.inventory.schema import KINDS
from trustctl.inventory.yaml_document import read_document

WANTED = {
    "line breaks": 60, "terminal control": 60, "command line keys": 40, "quotes and comments": 60,
    "forbidden commands": 60, "templates": 60, "YAML": 60, "paths": 40, "output": 60, "Unicode": 40,
}  # fmt: skip
PLACES = alone()
_LONGEST_SAID = 5_000
_BANNER = "trust:services.banner"
"""The one text that has lines."""
_JUDGED_LATER = {"baseline:phases.*.overrides[].value", "school:overrides[].value"}
"""A value that replaces another one is checked as that one, once all files are read (`test_values_that_replace`)."""
_UNDECIDED = {"missing_key", "wrong_type"}
"""Problems of what stands around a text: a file that holds nothing else lacks the rest."""


def harmless(said: str) -> bool:
    """Whether nothing in a text can act on a terminal, hide or reorder it; line ends may stand in it."""
    return not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char != "\n" for char in said)


ORDERS = re.compile(r"^\s*(?:::|##\[)", re.MULTILINE)
"""Lines that a pipeline takes for orders."""


def _problems(place: Place, text: str) -> list[Problem]:
    document, problems = read_document(text.encode(), place.file)
    if document is None:
        return problems
    return [*problems, *check(document, KINDS[place.kind])[1]]


def refused(place: Place, text: str) -> bool:
    """Whether the string is refused in this place; each problem has a code, a place, and words that cannot act."""
    found = False
    for problem in _problems(place, place.document(text)):
        assert problem.code in CODES
        said = problem.format()
        assert harmless(said), ascii(said)
        assert not ORDERS.search(said), said
        assert len(said) < _LONGEST_SAID
        at = problem.place
        assert at.file == place.file
        assert at.line >= 1
        if problem.code.startswith("yaml_"):
            assert at.line == place.line, (place.name, said)
            found = True
        elif (at.line, at.column) == (place.line, place.column) and problem.code not in _UNDECIDED:
            assert problem.path or place.pattern[-1] == KEY, said
            found = True
    return found


def _judge(places: Iterable[Place], strings: Iterable[Hostile]) -> Counter[str]:
    """Count what is refused and what is taken: plain text only, and in a banner several lines of it."""
    counted: Counter[str] = Counter()
    for one in strings:
        for place in places:
            no = refused(place, one.text)
            counted["refused" if no else "taken"] += 1
            if not no and not one.plain:
                lines = one.text.rstrip("\n").split("\n")
                assert place.name in {_BANNER, *_JUDGED_LATER}, (place.name, ascii(one.text[:80]))
                if place.name in _JUDGED_LATER:
                    continue
                assert all(" " <= char <= "~" for line in lines for char in line), ascii(one.text[:80])
    return counted


def test_the_corpus_is_large_and_covers_every_class() -> None:
    """At least 540 different strings, in every class as many as are asked for."""
    assert len({one.text for one in CORPUS}) == len(CORPUS) >= 540
    assert {kind: len(strings) for kind, strings in CLASSES.items() if len(strings) < WANTED[kind]} == {}
    assert CLASSES.keys() == WANTED.keys()


def test_the_fields_are_found_by_walking_the_models() -> None:
    """Names, numbers in quotes, keys, lists: well-known ones are among them, and none twice."""
    names = [place.name for place in PLACES]
    assert len(names) == len(set(names)) >= 190
    assert {
        "switches:switches.*.ports[].description", "switches:switches.*.location", "trust:services.snmp.contact",
        "trust:services.banner", "trust:services.local_user.name", "baseline:vlans.*.name", "baseline:ssids.*.name",
        "servers:servers.{}", "baseline:linux.administrators.*.keys[]",
        "wireless:controllers.*.access_points.*.location",
        "school:overrides[].reason", "school:extra.ssids.*.psk", "switches:switches.*.ownership.{}",
    } <= set(names)  # fmt: skip


def test_a_sample_of_all_classes_in_every_field() -> None:
    """Every field, some strings of each class."""
    strings = sample(30)
    counted = _judge(PLACES, strings)
    assert counted.total() == len(strings) * len(PLACES)
    assert counted["refused"] > counted["taken"] > 0


@pytest.mark.long
def test_every_string_in_every_field() -> None:
    """The whole corpus in every field."""
    counted = _judge(PLACES, CORPUS)
    print(f"{len(CORPUS)} strings in {len(PLACES)} fields: {dict(counted)}")  # noqa: T201 - the figures of the run
    assert counted.total() == len(CORPUS) * len(PLACES)


@pytest.mark.parametrize(
    "place", [place for place in PLACES if place.pattern[-1] != KEY][::6], ids=lambda one: one.name
)
def test_text_that_is_not_quoted_means_something_or_is_refused(place: Place) -> None:
    """The strings as they stand, for YAML to make of them what it can: never another exception."""
    for one in [*CLASSES["YAML"], *CLASSES["line breaks"], *CLASSES["quotes and comments"], *CLASSES["output"]]:
        for problem in _problems(place, place.raw(one.text.replace("\ud800", "").replace("\udfff", ""))):
            assert problem.code in CODES
            assert harmless(problem.format())
            assert not ORDERS.search(problem.format())
            assert problem.place.line >= 1


@pytest.mark.parametrize("line", ["::error::x", "  ::add-mask::x", "##[command]x", '"::set-output name=a::b": 1'])
def test_a_quoted_line_of_a_file_gives_a_pipeline_no_order(line: str) -> None:
    """A problem shows its line of the file, which may begin as an order does."""
    for text in (f"name: Oak\n{line}\n", f"{line}\n", f"name: Oak\nmore: [\n{line}: ]\n"):
        document, problems = read_document(text.encode(), "x.yml")
        if document is not None:
            problems += check(document, KINDS["trust"])[1]
        assert problems
        assert not ORDERS.search("\n".join(problem.format() for problem in problems))


@pytest.mark.parametrize(
    "token", ["<secret:radius/key>", "x <secret:a/b#c> y", "<observed:1a2b>", "secret://radius/key"]
)
def test_no_text_takes_what_stands_for_a_secret(token: str) -> None:
    """It would be filled with the value at the last moment, and shown in a banner to everybody."""
    open_to = [place.name for place in PLACES if not refused(place, token)]
    assert {name for name in open_to if name not in _JUDGED_LATER} <= {
        name for name in open_to if _says_the_name_of_a_secret(name)
    }


def _says_the_name_of_a_secret(name: str) -> bool:
    """Whether a text is a reference to a secret itself; those take `secret://` and no token."""
    place = next(one for one in PLACES if one.name == name)
    return not refused(place, "secret://some/other") and refused(place, "plain words")
