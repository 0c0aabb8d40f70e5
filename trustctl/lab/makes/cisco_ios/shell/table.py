"""All exec commands, in one grammar."""

from __future__ import annotations

from collections.abc import Iterable

from trustctl.lab.makes.cisco_ios.shell import configuring, exec, reload, saving  # noqa: A004 - the room's name for exec mode
from trustctl.lab.makes.cisco_ios.shell.command import Command, Handler
from trustctl.lab.makes.cisco_ios.shell.grammar import Grammar
from trustctl.lab.makes.cisco_ios.shell.show import (
    addressing,
    configuration,
    interfaces,
    neighbours,
    session,
    version,
    vlans,
)

COMMANDS: tuple[Command, ...] = (
    *exec.COMMANDS,
    *configuring.COMMANDS,
    *saving.COMMANDS,
    *reload.COMMANDS,
    *configuration.COMMANDS,
    *version.COMMANDS,
    *session.COMMANDS,
    *vlans.COMMANDS,
    *interfaces.COMMANDS,
    *neighbours.COMMANDS,
    *addressing.COMMANDS,
)


def grammar_of(commands: Iterable[Command]) -> Grammar[Handler]:
    """A grammar of these commands; of two with the same keywords the last counts."""
    grammar: Grammar[Handler] = Grammar()
    for command in commands:
        grammar.add(command.keywords, command.handler, takes_words=command.words, level=command.level)
    grammar.reserve(exec.NOT_SIMULATED)
    return grammar


GRAMMAR = grammar_of(COMMANDS)
"""Every command that the shell knows."""
