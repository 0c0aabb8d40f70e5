"""What an exec command is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_cx.model.grammar import Read
    from trustctl.lab.makes.aruba_aos_cx.shell.shell import Shell


class CommandError(Exception):
    """The switch refuses; the text is what it prints."""


Handler = Callable[["Shell", "Read"], "str | Awaitable[str]"]


@dataclass(frozen=True, slots=True)
class Exec:
    """A command outside configuration mode: its pattern, what it does; `operator` may run it too."""

    pattern: str
    run: Handler
    operator: bool = True
    anywhere: bool = True
    """Whether it may be typed in configuration mode as well."""
