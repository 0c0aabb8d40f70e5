"""Edits as the lines that are sent: headers, indentation, the way out of a section, ranges of terminal lines.

Before: the edits of `line vty 5` ... `line vty 15`, all `transport input ssh`
After:  line vty 5 15
         transport input ssh
        exit
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from trustctl.config.edit import Edit
from trustctl.config.rules import Expansion, Rulebook, SectionRemoval
from trustctl.config.statement import Section

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One line to send, and the sections or rules that it is sent for."""

    text: str
    edits: tuple[Edit, ...]


@dataclass(slots=True)
class _Visit:
    """Consecutive edits in one section, or in several that are entered by one range header."""

    path: Path
    edits: list[Edit]
    lines: tuple[str, ...]
    members: list[str]
    """The member headers of a range, in send order; empty for a plain visit."""


def write(edits: Iterable[Edit], rulebook: Rulebook, sections: Mapping[Path, Section]) -> list[ScriptLine]:
    """The lines of these edits, in their order. `sections` are all sections before and after, by path."""
    visits = _ranges(list(_visits(edits)), rulebook, sections)
    lines: list[ScriptLine] = []
    inside: Path = ()
    owner: tuple[Edit, ...] = ()
    blanks = " " * rulebook.grammar.syntax.indent
    for visit in visits:
        edits_here = tuple(visit.edits)
        if visit.path != inside:
            common = _common(inside, visit.path)
            lines.extend(_leave(inside, common, sections, owner, rulebook))
            lines.extend(
                ScriptLine(blanks * depth + visit.path[depth], edits_here) for depth in range(common, len(visit.path))
            )
            inside = visit.path
        indent = blanks * len(visit.path)
        lines.extend(ScriptLine(indent + line, edits_here) for line in visit.lines)
        owner = edits_here
    lines.extend(_leave(inside, 0, sections, owner, rulebook))
    return lines


def _visits(edits: Iterable[Edit]) -> Iterator[_Visit]:
    current: _Visit | None = None
    for edit in edits:
        if current is not None and current.path == edit.path:
            current.edits.append(edit)
            current.lines += edit.lines
            continue
        if current is not None:
            yield current
        current = _Visit(edit.path, [edit], edit.lines, [])
    if current is not None:
        yield current


def _ranges(visits: Sequence[_Visit], rulebook: Rulebook, sections: Mapping[Path, Section]) -> list[_Visit]:
    """Enter neighbouring terminal lines that get the same lines by one range header (H11)."""
    joined: list[_Visit] = []
    for visit in visits:
        section = sections.get(visit.path)
        if section is None or len(visit.path) != 1 or section.rule.removal is not SectionRemoval.NEVER:
            joined.append(visit)
            continue
        if joined and joined[-1].members and joined[-1].lines == visit.lines:
            header = range_header([*joined[-1].members, *visit.path], rulebook)
            if header:
                last = joined[-1]
                last.path = (header,)
                last.edits.extend(visit.edits)
                last.members.extend(visit.path)
                continue
        joined.append(_Visit(visit.path, list(visit.edits), visit.lines, list(visit.path)))
    return joined


def range_header(headers: Sequence[str], rulebook: Rulebook) -> str:
    """One header that stands for all of these, or an empty text if there is none.

    Before: "line vty 15", "line vty 14"    After: "line vty 14 15"
    """
    for expansion in rulebook.expansions:
        numbers = _numbers(headers, expansion)
        if len(numbers) != len(headers) or numbers[-1] - numbers[0] + 1 != len(numbers):
            continue
        expand = expansion.pattern.types[expansion.members].expand
        text = f"{numbers[0]} {numbers[-1]}"
        if expand is not None and expand(text) == [str(number) for number in numbers]:
            return expansion.pattern.print({expansion.members: text})
    return ""


def _numbers(headers: Iterable[str], expansion: Expansion) -> list[int]:
    found: list[int] = []
    for header in headers:
        captures = expansion.header.match(header)
        number = captures.get(expansion.member, "") if captures else ""
        if number.isdigit():
            found.append(int(number))
    return sorted(found)


def _common(one: Path, other: Path) -> int:
    depth = 0
    while depth < min(len(one), len(other)) and one[depth] == other[depth]:
        depth += 1
    return depth


def _leave(
    inside: Path, until: int, sections: Mapping[Path, Section], owner: tuple[Edit, ...], rulebook: Rulebook
) -> Iterator[ScriptLine]:
    syntax = rulebook.grammar.syntax
    for depth in range(len(inside), until, -1):
        section = sections.get(inside[:depth])
        leave = section.rule.leave if section is not None else syntax.leave
        yield ScriptLine(" " * (syntax.indent * (depth - 1)) + leave, owner)
