"""Stdout, stderr, colour and progress, as the terminal and the environment want them."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import click

from trustctl.report.safe import safe_text

_WIDEST, _NARROWEST = 100, 60
_PATIENCE = 1.0
"""Seconds before progress is shown."""


@dataclass(frozen=True, slots=True)
class Screen:
    """How wide the output may be, and whether it may be coloured."""

    width: int
    colour: bool

    def show(self, text: str) -> None:
        """Print a finished report as it is."""
        tell(text if text.endswith("\n") else f"{text}\n")


def tell(text: str) -> None:
    """Print on stdout. Who reads it may have gone (`| head`): the exit code still says how the work ended."""
    try:
        click.echo(text, nl=not text.endswith("\n"), color=True)
    except BrokenPipeError:
        gone = os.open(os.devnull, os.O_WRONLY)
        os.dup2(gone, sys.stdout.fileno())
        os.close(gone)


def screen() -> Screen:
    """The screen of this process: `NO_COLOR` and `FORCE_COLOR` are obeyed; plain if stdout is no terminal."""
    colour = sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    if os.environ.get("FORCE_COLOR"):
        colour = True
    if os.environ.get("NO_COLOR"):
        colour = False
    columns = shutil.get_terminal_size((_WIDEST, 24)).columns
    return Screen(width=max(_NARROWEST, min(_WIDEST, columns)), colour=colour)


def note(text: str) -> None:
    """One line for the person on stderr, beside whatever goes to stdout."""
    click.echo(safe_text(text), err=True)


class Progress:
    """A line on stderr that counts, once the work has taken a second; nothing if stderr is no terminal."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._started = time.monotonic()
        self._shown = False
        self._guard = threading.Lock()
        self._terminal = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True, color=True)

    def step(self, name: str) -> None:
        """One part is done. May be called from any thread."""
        with self._guard:
            self._done += 1
            if self._terminal and time.monotonic() - self._started > _PATIENCE:
                self._shown = True
                text = f"{self._what} {self._done}/{self._total}  {safe_text(name)}"
                click.echo(f"\r\x1b[K{text[: _NARROWEST + 15]}", nl=False, err=True, color=True)
