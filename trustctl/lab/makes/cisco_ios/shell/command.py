"""What an exec command is to the shell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.shell.grammar import ENABLED

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.shell.grammar import Words
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell

Handler = Callable[["Shell", "Words"], "str | Awaitable[str]"]
"""Carries a command out and returns what it prints; it may raise CommandError, and may talk to the user meanwhile."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command by its keywords; `words` lets more follow; `level` is the privilege that it needs."""

    keywords: str
    handler: Handler
    words: bool = False
    level: int = ENABLED
