"""The demo's stage: runs the real verbs as a person would type them, shows each, and checks that it really held."""

from __future__ import annotations

import contextlib
import io
import shlex
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TextIO

import click

from trustctl.cli.screen import Screen
from trustctl.errors import TrustctlError
from trustctl.report.page import Page

Verb = Callable[[Sequence[str]], int]
"""Runs one command line and returns its exit code."""


class StoryBrokenError(TrustctlError):
    """A step of the demo did not hold: that is a fault of trustctl or of its lab, never of the person who watches."""


class _Tee(io.TextIOBase):
    """Writes to the real screen and keeps a copy; is a terminal if the real one is."""

    def __init__(self, real: TextIO, *, quiet: bool) -> None:
        self._real = real
        self._quiet = quiet
        self.copy = io.StringIO()

    def write(self, text: str) -> int:
        """Pass the text on."""
        if not self._quiet:
            self._real.write(text)
        return self.copy.write(text)

    def flush(self) -> None:
        """Flush the real screen."""
        self._real.flush()

    def isatty(self) -> bool:
        """Whether a person looks at it."""
        return not self._quiet and self._real.isatty()


@dataclass(slots=True)
class Stage:
    """Where the story is told."""

    verb: Verb
    view: Screen
    quiet: bool = False
    """Print nothing but the end (`--json`)."""
    held: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    """What was proved, with the seconds since the start."""
    _chapters: int = 0
    _started: float = field(default_factory=time.monotonic)

    def chapter(self, title: str, why: str) -> None:
        """Begin a part of the story: what happens now, and why."""
        page = Page(width=self.view.width, colour=self.view.colour)
        page.row(("", ""))
        self._chapters += 1
        page.row((f"{self._chapters}  {title}", "bold"))
        page.prose(why, indent=3, style="dim")
        self.show(page)

    def type(self, *words: str, expect: int = 0, hush: bool = False) -> str:
        """Run a verb as if it had been typed, and return what it printed, uncoloured; `hush`: its output is not shown.

        Raises StoryBrokenError if the exit code is not the expected one.
        """
        page = Page(width=self.view.width, colour=self.view.colour)
        lines = textwrap.wrap(f"trustctl {shlex.join(words)}", self.view.width - 8, break_on_hyphens=False)
        for number, line in enumerate(lines):
            more = "" if number == len(lines) - 1 else " \\"
            page.row(("   $ " if number == 0 else "       ", "dim"), (line, "cyan"), (more, "dim"))
        self.show(page)
        tee = _Tee(sys.stdout, quiet=self.quiet or hush)
        with contextlib.redirect_stdout(tee):
            code = self.verb(words)
        if code != expect:
            raise StoryBrokenError(
                f"`trustctl {shlex.join(words)}` ended with exit code {code}, not {expect}",
                where=f"part {self._chapters} of the demo",
                remedy="report what stands above, with `trustctl --version`",
            )
        return click.unstyle(tee.copy.getvalue())

    def say(self, text: str) -> None:
        """One remark."""
        page = Page(width=self.view.width, colour=self.view.colour)
        page.prose(text, indent=3)
        self.show(page)

    def hold(self, what: str, truth: object) -> None:
        """Note a proved fact. Raises StoryBrokenError if it is not true."""
        if not truth:
            raise StoryBrokenError(
                f"this did not hold: {what}",
                where=f"part {self._chapters} of the demo",
                remedy="report what stands above, with `trustctl --version`",
            )
        seconds = time.monotonic() - self._started
        self.held.append((what, seconds))
        page = Page(width=self.view.width, colour=self.view.colour)
        page.prose(f"{what} ({seconds:.0f} s)", lead=("   held  ", "green"))
        self.show(page)

    def show(self, page: Page) -> None:
        """Print a page of the demo's own, unless it is told quietly."""
        if not self.quiet:
            self.view.show(page.text())
            sys.stdout.flush()
