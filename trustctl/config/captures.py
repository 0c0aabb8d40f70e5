"""The types of captures in patterns: how each is recognised and brought to the device's own spelling.

Most are the same everywhere; interfaces, sets and secrets look as the platform's `Notation` and `Syntax` say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from trustctl.config.aces import normalise_extended, normalise_masks, normalise_standard
from trustctl.config.syntax import Syntax
from trustctl.config.values import (
    InOrder,
    Members,
    expand_span,
    normalise_decimal,
    normalise_int,
    normalise_ipv4,
    normalise_ipv6,
    normalise_mac,
    normalise_prefix,
    normalise_severity,
    parse_in_order,
    parse_words,
    print_in_order,
    print_span,
    print_words,
    with_colons,
    with_mask,
)
from trustctl.model.notation import InterfaceKind, Notation


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
    write: Callable[[str], str] | None = None
    """How the value is printed in a line; None: as it is."""


def _ints(members: Iterable[int] | Iterable[str]) -> Iterable[int]:
    return (int(member) for member in members)


def _words(members: Iterable[int] | Iterable[str]) -> str:
    return print_words(str(member) for member in members)


def _in_order(members: Iterable[int] | Iterable[str]) -> str:
    return print_in_order(members if isinstance(members, InOrder) else [str(member) for member in members])


def _span(members: Iterable[int] | Iterable[str]) -> str:
    return print_span(_ints(members))


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


_REST = r"(?P<NAME>\S.*)"
_ENTRY = r"(?P<NAME>(?:permit|deny|remark|evaluate|dynamic)(?: .*)?)"
_COMMENTED = r"(?P<NAME>(?:permit|deny|comment)(?: .*)?)"
_ADDRESS = r"[0-9]+(?:\.[0-9]+){3}"
_PREFIX = rf"(?P<NAME>{_ADDRESS}(?:/[0-9]+| {_ADDRESS}))"
WORD = CaptureType("word", r"(?P<NAME>\S+)")
REST = CaptureType("...", _REST)

_COMMON = (
    WORD,
    CaptureType("int", r"(?P<NAME>[0-9]+)", normalise_int),
    CaptureType("decimal", r"(?P<NAME>[0-9.]+)", normalise_decimal),
    CaptureType("vlan", r"(?P<NAME>[0-9]{1,4})", normalise_int),
    CaptureType("words...", _REST, lambda text: print_words(parse_words(text)), parse_words, _words),
    CaptureType("ordered...", _REST, lambda text: print_in_order(parse_in_order(text)), parse_in_order, _in_order),
    CaptureType("span", r"(?P<NAME>[0-9]+ [0-9]+)", print_members=_span, expand=expand_span),
    CaptureType("ipv4", rf"(?P<NAME>{_ADDRESS})", normalise_ipv4),
    CaptureType("ipv4-mask", _PREFIX, normalise_prefix, write=with_mask),
    CaptureType("ipv4-length", _PREFIX, normalise_prefix),
    CaptureType("ipv6", r"(?P<NAME>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:/[0-9]+)?)", normalise_ipv6),
    CaptureType("mac", r"(?P<NAME>[0-9A-Fa-f.:-]{12,17})", normalise_mac),
    CaptureType("mac-colons", r"(?P<NAME>[0-9A-Fa-f.:-]{12,17})", normalise_mac, write=with_colons),
    CaptureType("cipher", r"(?P<NAME>[0-9A-Fa-f]{32,}|\*+|<hidden>)"),
    CaptureType("severity", r"(?P<NAME>[0-7]|[a-z]+)", normalise_severity),
    CaptureType("ace-standard...", _ENTRY, normalise_standard),
    CaptureType("ace-extended...", _ENTRY, normalise_extended),
    CaptureType("ace...", _ENTRY),
    CaptureType("ace-masks...", _COMMENTED, normalise_masks),
    CaptureType("ace6...", r"(?P<NAME>(?:permit|deny|remark|evaluate)(?:(?! sequence [0-9]).)*)"),
    CaptureType("acl-standard", r"(?P<NAME>[1-9][0-9]?|1[3-9][0-9]{2})"),
    CaptureType("acl-extended", r"(?P<NAME>1[0-9]{2}|2[0-6][0-9]{2})"),
)


def capture_types(notation: Notation, syntax: Syntax) -> Mapping[str, CaptureType]:
    """The types by the name that stands after the colon (with `...` for those that take the rest of the line)."""
    kinds = (
        *_COMMON,
        *_vlan_sets(notation),
        *_port_sets(notation),
        *_interfaces(notation),
        *_quoted(syntax),
        *_secrets(syntax),
    )
    return {kind.name: kind for kind in kinds}


def _vlan_sets(notation: Notation) -> tuple[CaptureType, ...]:
    def numbers(members: Iterable[int] | Iterable[str]) -> str:
        return notation.print_numbers(_ints(members))

    def vlans(members: Iterable[int] | Iterable[str]) -> str:
        return notation.print_vlans(_ints(members))

    def each_number(text: str) -> list[str]:
        return [str(number) for number in sorted(notation.parse_numbers(text))]

    how = notation.numbers
    between = rf"(?:{re.escape(how.separator)}|{re.escape(how.joiner)}|,|-)"
    listed = rf"[0-9](?:[0-9]|{between}(?=[0-9]))*"
    words = [re.escape(word) for word in (notation.all_numbers, notation.no_numbers) if word]
    but = rf"(?:{re.escape(notation.all_but)} )?" if notation.all_but else ""
    carried = "|".join((*words, but + listed))
    return (
        CaptureType(
            "vlan-set",
            f"(?P<NAME>{listed})",
            lambda text: notation.print_numbers(notation.parse_numbers(text)),
            notation.parse_numbers,
            numbers,
            each_number,
        ),
        CaptureType(
            "vlan-set...",
            f"(?P<NAME>{listed}(?: {listed})*)",
            lambda text: notation.print_numbers(notation.parse_numbers(",".join(text.split()))),
            lambda text: notation.parse_numbers(how.separator.join(text.split())),
            numbers,
            each_number,
        ),
        CaptureType(
            "trunk-vlans",
            f"(?P<NAME>{carried})",
            lambda text: notation.print_vlans(notation.parse_vlans(text)),
            notation.parse_vlans,
            vlans,
        ),
    )


def _port_sets(notation: Notation) -> tuple[CaptureType, ...]:
    def ports(members: Iterable[int] | Iterable[str]) -> str:
        return notation.print_ports(str(member) for member in members)

    return (
        *(
            CaptureType(
                name,
                regex,
                lambda text: notation.print_ports(notation.expand(text)),
                notation.parse_ports,
                ports,
                notation.expand,
            )
            for name, regex in (("ports", r"(?P<NAME>\S+)"), ("ports...", _REST))
        ),
        CaptureType("interfaces...", _REST, expand=notation.expand),
    )


def _interfaces(notation: Notation) -> tuple[CaptureType, ...]:
    name = f"(?P<NAME>{notation.shape})"

    def of_kind(kind: InterfaceKind) -> Callable[[str], str]:
        def normalise(text: str) -> str:
            printed = notation.normalise(text)
            if notation.kind(printed) is not kind:
                raise ValueError(f"{text!r} is not a {kind} interface")
            return printed

        return normalise

    return (
        CaptureType("interface", name, notation.normalise),
        *(CaptureType(kind.value, name, of_kind(kind)) for kind in InterfaceKind),
    )


def _quoted(syntax: Syntax) -> tuple[CaptureType, ...]:
    """Words that may stand in quotes: `quoted` is always printed in them, `name` only where it must be."""
    regex = rf"(?P<NAME>{_quotable(syntax)})"

    def bare(text: str) -> str:
        return _unquoted(text, syntax)

    def always(text: str) -> str:
        return f"{syntax.quote}{text}{syntax.quote}"

    def where_needed(text: str) -> str:
        return always(text) if " " in text or not text else text

    return (CaptureType("quoted", regex, bare, write=always), CaptureType("name", regex, bare, write=where_needed))


def _secrets(syntax: Syntax) -> tuple[CaptureType, ...]:
    words = "|".join(re.escape(word) for word in sorted(syntax.encodings, key=lambda word: (-len(word), word)))
    encoding = rf"(?:(?P<NAME__encoding>{words}) )?" if words else ""

    def bare(text: str) -> str:
        return _unquoted(text, syntax)

    def quoted(text: str) -> str:
        return f"{syntax.quote}{text}{syntax.quote}"

    return (
        CaptureType("secret", rf"{encoding}(?P<NAME><[^>]*>|{_quotable(syntax)})", bare),
        CaptureType("secret-quoted", rf"{encoding}(?P<NAME><[^>]*>|{_quotable(syntax)})", bare, write=quoted),
        CaptureType("secret...", rf"{encoding}{_REST}"),
    )


def _quotable(syntax: Syntax) -> str:
    if not syntax.quote:
        return r"\S+"
    sign = re.escape(syntax.quote)
    return rf"{sign}[^{sign}]*{sign}|[^\s{sign}]+"


def _unquoted(text: str, syntax: Syntax) -> str:
    """The value of a word that may stand in quotes."""
    if syntax.quote and text.startswith(syntax.quote):
        return text[1:-1]
    return text
