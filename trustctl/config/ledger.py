"""The list of what a comparison leaves alone, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trustctl.config.rules import Rulebook
from trustctl.config.script import Path, range_header
from trustctl.config.statement import Section
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


def section_lines(section: Section) -> tuple[str, ...]:
    """The lines in a section, as the device prints them, indented below its header."""
    lines = [line for statement in section.statements.values() for line in statement.lines]
    lines.extend(entry.line for entry in section.ordered)
    lines.extend(line for unknown in section.unknown for line in unknown.lines)
    for child in section.sections.values():
        lines.append(child.header)
        lines.extend(f" {line}" for line in section_lines(child))
    return tuple(lines)
