"""The list of what a comparison leaves alone, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trustctl.config.rules import Rulebook
from trustctl.config.script import Path, range_header
from trustctl.config.statement import Section, Statement
from trustctl.config.values import Members, without
from trustctl.model.plan import Untouched

_Entries = dict[tuple[Path, str], list[str]]


@dataclass(slots=True)
class Ledger:
    """What stays as it is, gathered by section and reason."""

    entries: _Entries = field(default_factory=dict[tuple[Path, str], list[str]])

    def leave(self, path: Path, lines: Iterable[str], why: str) -> None:
        """List lines of a section that stay."""
        self.entries.setdefault((path, why), []).extend(lines)

    def leave_section(self, section: Section, why: str) -> None:
        """List a whole section that stays, even if it is empty."""
        self.leave(section.path, section_lines(section), why)

    def forget(self, path: Path, gone: Iterable[str]) -> None:
        """Take lines off the list that do not stay after all."""
        lines = set(gone)
        for key in [key for key in self.entries if key[0] == path]:
            rest = [line for line in self.entries[key] if line not in lines]
            if rest:
                self.entries[key] = rest
            else:
                del self.entries[key]

    def keep_to(self, observed: Section, target: Section, intended: Section) -> None:
        """Correct what is listed of sets whose members moved away: they do not stay."""
        for (path, why), lines in list(self.entries.items()):
            section = observed.sections.get(path[0]) if len(path) == 1 else None
            for statement in section.statements.values() if section is not None else ():
                if statement.rule.placed and any(statement.rule.pattern.match(line) for line in lines):
                    rest = _extra(statement, target.sections.get(path[0]), intended.sections.get(path[0]))
                    self.forget(path, [line for line in lines if statement.rule.pattern.match(line)])
                    if rest:
                        self.leave(path, statement.with_members(rest).lines, why)

    def untouched(self, rulebook: Rulebook) -> Iterator[Untouched]:
        """The list, with neighbouring sections that hold the same lines under one header (`line vty 0 15`)."""
        alike: dict[tuple[tuple[str, ...], str], list[str]] = {}
        for (path, why), lines in self.entries.items():
            if len(path) == 1:
                alike.setdefault((tuple(lines), why), []).append(path[0])
            else:
                yield Untouched(path, tuple(lines), why)
        for (shared, why), headers in alike.items():
            joined = range_header(headers, rulebook) if len(headers) > 1 and shared else ""
            yield from (Untouched((header,), shared, why) for header in ([joined] if joined else headers))


def _extra(statement: Statement, target: Section | None, intended: Section | None) -> Members:
    """The members that the target has and the intent does not."""
    stays = target.statements.get(statement.key) if target is not None else None
    meant = intended.statements.get(statement.key) if intended is not None else None
    if stays is None:
        return frozenset[str]()
    return without(stays.members, meant.members if meant is not None else frozenset[str]())


def section_lines(section: Section) -> tuple[str, ...]:
    """The lines in a section, as the device prints them, indented below its header."""
    lines = [line for statement in section.statements.values() for line in statement.lines]
    lines.extend(entry.line for entry in section.ordered)
    lines.extend(line for unknown in section.unknown for line in unknown.lines)
    for child in section.sections.values():
        lines.append(child.header)
        blanks = " " * child.rule.grammar.syntax.indent
        lines.extend(f"{blanks}{line}" for line in section_lines(child))
    return tuple(lines)
