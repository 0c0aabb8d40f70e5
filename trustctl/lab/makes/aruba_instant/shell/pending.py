"""What one session has typed and not committed: kept as lines, tried on what was in effect, bounded to 4 kB."""

from __future__ import annotations

from trustctl.lab.makes.aruba_instant.model.configuration import Configuration
from trustctl.lab.makes.aruba_instant.model.grammar import SECTIONS, RefusedError

_MOST = 4096
"""Bytes that may wait (Aruba community, 2014); the words of the refusal are [unverified]."""
Context = tuple[str, str] | None


class Pending:
    """The pending lines of one session. `context` is where the next line goes: None is the top.

    A server that what is in effect uses is not deleted, even where pending lines let go of it: they are to be committed
    first (skarpe-github/napalm-aruba505).
    """

    def __init__(self, committed: Configuration) -> None:
        self.context: Context = None
        self.lines: list[tuple[Context, str]] = []
        self._effect = committed
        self._tried = committed.copied()

    def start(self, committed: Configuration) -> None:
        """Enter configuration mode: lines are tried on what is in effect, with those that wait."""
        self.context = None
        self._effect = committed
        try:
            self._tried = self.onto(committed, check=False)
        except RefusedError:
            self._tried = committed.copied()

    def type(self, line: str) -> None:
        """One line. Raises RefusedError; then nothing of it waits."""
        if sum(len(text) + 1 for _, text in self.lines) + len(line) + 1 > _MOST:
            raise RefusedError("Uncommitted configuration exceeds 4096 bytes, commit it first")
        self._effect.check_removal(line)
        before = self.context
        self.context = self._in(self._tried, before, line)
        self.lines.append((before, line))

    @staticmethod
    def _in(configuration: Configuration, context: Context, line: str) -> Context:
        """Where a line leads; one that is unknown in a section is tried at the top, as the CLI does [unverified]."""
        return configuration.type(context, line)

    def onto(self, committed: Configuration, *, check: bool = True) -> Configuration:
        """What a configuration becomes with these lines. Raises RefusedError if they do not fit it (any more)."""
        wanted = committed.copied()
        for context, line in self.lines:
            self._in(wanted, context if context is None or context in wanted.sections else None, line)
        fault = next(wanted.faults(), "") if check else ""
        if fault:
            raise RefusedError(fault)
        return wanted

    def clear(self) -> None:
        """Nothing waits any more."""
        self.lines.clear()
        self.context = None

    def prompt(self) -> str:
        """What stands in the prompt's brackets."""
        if self.context is None:
            return "config"
        kind, name = self.context
        return f'{SECTIONS[kind][0]} "{name}"' if name else SECTIONS[kind][0]
