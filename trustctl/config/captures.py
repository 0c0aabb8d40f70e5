"""The types of captures in patterns: how each is recognised and brought to the device's own spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from trustctl.config.aces import normalise_extended, normalise_standard
from trustctl.config.interfaces import INTERFACE_CLASSES, expand_interfaces, interface_class, normalise_interface
from trustctl.config.values import (
    Members,
    expand_span,
    normalise_decimal,
    normalise_int,
    normalise_ipv4,
    normalise_ipv6,
    normalise_mac,
    normalise_severity,
    parse_numbers,
    parse_trunk,
    parse_words,
    print_numbers,
    print_span,
    print_trunk,
    print_words,
)


@dataclass(frozen=True, slots=True)
class CaptureType:
    """A type of capture. `regex` holds the word NAME where the capture's name belongs."""

    name: str
    regex: str
    normalise: Callable[[str], str] | None = None
    """The text in the device's spelling; ValueError if it is no such value. None: as it is."""
    parse: Callable[[str], Members] | None = None
    """For set types: the members."""
    print_members: Callable[[Iterable[int] | Iterable[str]], str] | None = None
    """For set types: the inverse of `parse`."""
    expand: Callable[[str], list[str]] | None = None
    """For types that stand for several sections: the text of each member, in order."""


def _numbers(members: Iterable[int] | Iterable[str]) -> str:
    return print_numbers(int(member) for member in members)


def _trunk(members: Iterable[int] | Iterable[str]) -> str:
    return print_trunk(int(member) for member in members)


def _words(members: Iterable[int] | Iterable[str]) -> str:
    return print_words(str(member) for member in members)


def _span(members: Iterable[int] | Iterable[str]) -> str:
    return print_span(int(member) for member in members)


def _vlan_list(text: str) -> str:
    return print_numbers(parse_numbers(text))


def _each_vlan(text: str) -> list[str]:
    return [str(number) for number in sorted(parse_numbers(text))]


def _of_class(name: str) -> Callable[[str], str]:
    def normalise(text: str) -> str:
        printed = normalise_interface(text)
        if interface_class(printed) != name:
            raise ValueError(f"{text!r} is not a {name} interface")
        return printed

    return normalise


def choice(words: tuple[str, ...]) -> CaptureType:
    """One of these words, in any case; the spelling given here is the device's."""
    spelling = {word.lower(): word for word in words}
    return CaptureType(
        "|".join(words),
        f"(?P<NAME>(?i:{'|'.join(re.escape(word) for word in words)}))",
        lambda text: spelling[text.lower()],
    )


def starting(text: str) -> CaptureType:
    """A word that begins with `text`."""
    return CaptureType(f"^{text}", rf"(?P<NAME>{re.escape(text)}\S*)")


_INTERFACE = r"(?P<NAME>[A-Za-z][A-Za-z-]* ?[0-9][0-9/.:]*)"
_LIST = r"(?P<NAME>[0-9][0-9,-]*)"
_REST = r"(?P<NAME>\S.*)"
_ENTRY = r"(?P<NAME>(?:permit|deny|remark|evaluate|dynamic)(?: .*)?)"
_ENCODING = r"(?:(?P<NAME__encoding>10|[0-9]) )?"
WORD = CaptureType("word", r"(?P<NAME>\S+)")
REST = CaptureType("...", _REST)

CAPTURE_TYPES: dict[str, CaptureType] = {
    kind.name: kind
    for kind in (
        WORD,
        CaptureType("int", r"(?P<NAME>[0-9]+)", normalise_int),
        CaptureType("decimal", r"(?P<NAME>[0-9.]+)", normalise_decimal),
        CaptureType("vlan", r"(?P<NAME>[0-9]{1,4})", normalise_int),
        CaptureType("vlan-set", _LIST, _vlan_list, parse_numbers, _numbers, _each_vlan),
        CaptureType(
            "trunk-vlans",
            r"(?P<NAME>all|none|(?:except )?[0-9][0-9,-]*)",
            lambda text: print_trunk(parse_trunk(text)),
            parse_trunk,
            _trunk,
        ),
        CaptureType("words...", _REST, lambda text: print_words(parse_words(text)), parse_words, _words),
        CaptureType("span", r"(?P<NAME>[0-9]+ [0-9]+)", print_members=_span, expand=expand_span),
        CaptureType("ipv4", r"(?P<NAME>[0-9]+(?:\.[0-9]+){3})", normalise_ipv4),
        CaptureType("ipv6", r"(?P<NAME>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:/[0-9]+)?)", normalise_ipv6),
        CaptureType("mac", r"(?P<NAME>[0-9A-Fa-f.:-]{12,17})", normalise_mac),
        CaptureType("severity", r"(?P<NAME>[0-7]|[a-z]+)", normalise_severity),
        CaptureType("interface", _INTERFACE, normalise_interface),
        *(CaptureType(name, _INTERFACE, _of_class(name)) for name in INTERFACE_CLASSES),
        CaptureType("interfaces...", _REST, expand=expand_interfaces),
        CaptureType("ace-standard...", _ENTRY, normalise_standard),
        CaptureType("ace-extended...", _ENTRY, normalise_extended),
        CaptureType("ace...", _ENTRY),
        CaptureType("ace6...", r"(?P<NAME>(?:permit|deny|remark|evaluate)(?:(?! sequence [0-9]).)*)"),
        CaptureType("acl-standard", r"(?P<NAME>[1-9][0-9]?|1[3-9][0-9]{2})"),
        CaptureType("acl-extended", r"(?P<NAME>1[0-9]{2}|2[0-6][0-9]{2})"),
        CaptureType("secret", rf"{_ENCODING}(?P<NAME><[^>]*>|\S+)"),
        CaptureType("secret...", rf"{_ENCODING}(?P<NAME>\S.*)"),
    )
}
"""By the name that stands after the colon (with `...` for those that take the rest of the line)."""
