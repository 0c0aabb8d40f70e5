"""All commands outside configuration."""

from __future__ import annotations

from functools import lru_cache

from trustctl.lab.makes.aruba_aos_s.model.grammar import Grammar
from trustctl.lab.makes.aruba_aos_s.shell import basics, saving
from trustctl.lab.makes.aruba_aos_s.shell.commands import Exec
from trustctl.lab.makes.aruba_aos_s.shell.show import (
    configuration,
    hardware,
    neighbours,
    ports,
    security,
    status,
    vlans,
)

_ALL: tuple[Exec, ...] = (
    *basics.COMMANDS,
    *saving.COMMANDS,
    *configuration.COMMANDS,
    *hardware.COMMANDS,
    *status.COMMANDS,
    *vlans.COMMANDS,
    *ports.COMMANDS,
    *neighbours.COMMANDS,
    *security.COMMANDS,
)


@lru_cache(maxsize=4)
def grammar(*, manager: bool, undo: bool) -> Grammar[Exec]:
    """The commands of a level; `undo`: those that are used behind `no`."""
    fitting = [each for each in _ALL if (manager or each.looking) and each.undo is undo]
    return Grammar((each.pattern, each, False) for each in fitting)
