"""One problem of an inventory file, and the error that carries all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trustctl.errors import InventoryError
from trustctl.model.origin import Place

_BOLD = "\x1b[1m"
_RED = "\x1b[31m"
_CYAN = "\x1b[36m"
_RESET = "\x1b[0m"
_ORDERS = ("::", "##[")
"""Line starts that some pipelines take for orders to themselves (docs/sources.md, reports)."""
_LONGEST = 2000
"""Characters of a sentence or line that a person might still read."""
_SHOWN, _BEFORE = 160, 120
"""Characters of a source line above a caret, and how many of them may stand before it."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong at one place, and what to do about it.

    `code` is stable (`codes.CODES` lists them all); `path` is the dotted path inside the file; `source` is the line
    of the file with control characters made visible.
    """

    place: Place
    code: str
    path: str
    problem: str
    remedy: str = ""
    source: str = ""

    @property
    def where(self) -> str:
        """`file:line:column`."""
        return f"{self.place.file}:{self.place.line}:{self.place.column}"

    def format(self, *, colour: bool = False) -> str:
        """The problem as an editor and a person read it: one line, then the source line with a caret below.

        `inventory/trust.yml:3:1: error[unknown_key] dhpc: unknown key 'dhpc'. Did you mean 'dhcp'?`
        """
        path, problem, remedy = (visible(text, _LONGEST) for text in (self.path, self.problem, self.remedy))
        path = f" {path}" if path else ""
        remedy = f" {remedy}" if remedy else ""
        code = f"error[{self.code}]"
        if colour:
            head = f"{_BOLD}{self.where}{_RESET}: {_RED}{code}{_RESET}{path}: {problem}.{_CYAN}{remedy}{_RESET}"
        else:
            head = f"{self.where}: {code}{path}: {problem}.{remedy}"
        if not self.source.strip():
            return head
        source, before = _around(self.source, self.place.column - 1)
        caret = " " * before + "^"
        if colour:
            caret = f"{_RED}{caret}{_RESET}"
        bar = "  | " if source.lstrip().startswith(_ORDERS) else "    "
        return f"{head}\n{bar}{source}\n    {caret}"


class InventoryInvalid(InventoryError):  # noqa: N818 - reads as the sentence that it is; the family name is InventoryError
    """The inventory cannot be used; `findings` holds every problem of every file, in file and line order."""

    def __init__(self, findings: Iterable[Problem]) -> None:
        self.findings = tuple(sorted(set(findings)))
        count = len(self.findings)
        files = len({finding.place.file for finding in self.findings})
        noun = "problem" if count == 1 else "problems"
        super().__init__(
            f"the inventory has {count} {noun} in {files} {'file' if files == 1 else 'files'}",
            where=self.findings[0].where if self.findings else "",
            remedy="correct the lines below and run `trustctl validate` again",
        )

    def __reduce__(self) -> tuple[type[InventoryInvalid], tuple[tuple[Problem, ...]]]:
        return (InventoryInvalid, (self.findings,))

    def format(self, *, colour: bool = False) -> str:
        """Every problem with its source line, then the count."""
        blocks = [finding.format(colour=colour) for finding in self.findings]
        return "\n".join([*blocks, f"{self.problem}."])


def _around(line: str, at: int) -> tuple[str, int]:
    """The part of a long line around a position, and how far into it the position is; a short line is whole."""
    at = min(at, len(line))  # a very long line was cut
    if len(line) <= _SHOWN:
        return line, at
    start = max(0, min(at - _BEFORE, len(line) - _SHOWN))
    front, back = "..." if start else "", "..." if start + _SHOWN < len(line) else ""
    return f"{front}{line[start + len(front) : start + _SHOWN - len(back)]}{back}", at - start


def visible(line: str, limit: int = _LONGEST) -> str:
    """A source line that is safe on a terminal.  Before: `a<ESC>[2J`.  After: `a?[2J`, cut at `limit` characters."""
    text = "".join(char if char.isprintable() else " " if char == "\t" else "?" for char in line)
    return text if len(text) <= limit else text[: limit - 3] + "..."
