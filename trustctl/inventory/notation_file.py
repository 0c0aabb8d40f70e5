"""Read `templates/<platform>/interfaces.yml`: how the platform writes interfaces, sets of ports and sets of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from trustctl.errors import RulebookError
from trustctl.inventory.entry import Entry
from trustctl.inventory.yaml_document import read_document
from trustctl.model.notation import Family, InterfaceKind, Notation, RangeEnd, SetNotation

FILE = "interfaces.yml"
_FORMAT = 1


@lru_cache(maxsize=32)
def load_notation(folder: Path) -> Notation:
    """The notation of the platform in `folder` (`templates/<platform>`), read once.

    A platform without the file has plain names: any word is a port, and sets are written `1,3-5`. Raises RulebookError
    with `file:line:column` for an unknown key, a value that does not fit, or an expression that cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return Notation()
    data = path.read_bytes()
    document, problems = read_document(data, str(path))
    if problems or document is None:
        raise RulebookError(problems[0].problem, where=problems[0].where, remedy=problems[0].remedy)
    return _notation(Entry(document, (), document.value), data)


def find_notation(roots: Sequence[Path], platform: str) -> Notation:
    """The notation of a platform from the first template root that has its file. Raises RulebookError."""
    folders = [root / platform for root in roots]
    return load_notation(next((folder for folder in folders if (folder / FILE).is_file()), folders[-1]))


def _notation(top: Entry, source: bytes) -> Notation:
    top.only(("format", "names", "ports", "vlans", "families"))
    if top.number("format", _FORMAT) != _FORMAT:
        raise top.error("format", f"this trustctl reads files of interfaces of format {_FORMAT}")
    names, ports, vlans = top.below("names"), top.below("ports"), top.below("vlans")
    names.only(("shape", "number", "abbreviations", "others", "subinterface", "capitals"))
    ports.only(("separator", "joiner", "shortest", "end"))
    vlans.only(("separator", "joiner", "shortest", "all", "none", "except"))
    number = names.text("number", "[0-9]+")
    shape = names.text("shape", r"\S+")
    names.expression("shape", shape)
    return Notation(
        shape=shape,
        families=tuple(_family(entry, number) for _, entry in top.entries("families")) or Notation().families,
        abbreviations=names.flag("abbreviations"),
        others=names.word("others", InterfaceKind, None) if names.text("others") else None,
        subinterface=names.text("subinterface"),
        capitals=names.flag("capitals"),
        ports=_set(ports),
        range_end=ports.word("end", RangeEnd, RangeEnd.NAME),
        numbers=_set(vlans),
        all_numbers=vlans.text("all"),
        no_numbers=vlans.text("none"),
        all_but=vlans.text("except"),
        source=source,
    )


def _set(entry: Entry) -> SetNotation:
    return SetNotation(entry.text("separator", ","), entry.text("joiner", "-"), entry.number("shortest", 2))


def _family(entry: Entry, number: str) -> Family:
    entry.only(("name", "kind", "number", "short", "also", "blank"))
    own = entry.text("number", number)
    entry.expression("number", own)
    return Family(
        name=entry.text("name"),
        kind=entry.word("kind", InterfaceKind, InterfaceKind.PHYSICAL),
        number=own,
        short=entry.text("short"),
        also=entry.texts("also"),
        blank=entry.flag("blank"),
    )
