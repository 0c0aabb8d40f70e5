"""All commands outside configuration mode, and how a line is found among them."""

from __future__ import annotations

from trustctl.lab.makes.aruba_aos_cx.model.grammar import INCOMPLETE, MisreadError, Read, Search
from trustctl.lab.makes.aruba_aos_cx.shell import saving, session
from trustctl.lab.makes.aruba_aos_cx.shell.command import Exec
from trustctl.lab.makes.aruba_aos_cx.shell.show import configuration, layer2, layer3, system

COMMANDS: tuple[Exec, ...] = (
    *session.COMMANDS,
    *saving.COMMANDS,
    *configuration.COMMANDS,
    *system.COMMANDS,
    *layer2.COMMANDS,
    *layer3.COMMANDS,
)


def find(tokens: list[str], *, manager: bool) -> tuple[Exec, Read]:
    """The command that a line is. Raises MisreadError."""
    if not tokens:
        raise MisreadError(INCOMPLETE, 0)
    search = Search[Exec](tokens)
    for command in COMMANDS:
        if manager or command.operator:
            search.offer(command, command.pattern)
    return search.choose()
