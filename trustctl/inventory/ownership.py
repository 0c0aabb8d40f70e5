"""`ownership:` of a switch: the parts of its configuration that are treated otherwise than the rulebook says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Protocol

from trustctl.inventory.catalogue import PortSpace
from trustctl.inventory.file_school import DeviceFile
from trustctl.inventory.port_plan import Reference
from trustctl.inventory.problem import Problem
from trustctl.inventory.yaml_document import Document
from trustctl.model.levels import Ownership


class Names(Protocol):
    """What the parts of one platform's configuration are called (`trustctl.config.names` has it from the rulebook)."""

    @property
    def known(self) -> Sequence[str]:
        """Names to choose from."""
        ...

    def resolve(self, name: str) -> Sequence[str]:
        """The canonical keys that a name means; none if it means nothing."""
        ...


NamesOf = Callable[[str], Names]
"""Platform -> its names."""

_HEADER = "interface "
_NEAR = 0.65
"""How alike a name must be to be suggested; ids are short, so less finds words that nobody meant."""


def ownership_of(
    document: Document, at: Reference, file: DeviceFile, space: PortSpace, names_of: NamesOf | None
) -> tuple[tuple[tuple[str, Ownership], ...], list[Problem]]:
    """A switch's ownership by canonical key, and a problem for each name that means nothing or repeats another.

    Without `names_of` nobody can tell whether a name is right, which is a problem too.
    """
    found: dict[str, Ownership] = {}
    problems: list[Problem] = []
    names = names_of(file.platform) if names_of and file.ownership else None
    for name, value in file.ownership.items():

        def wrong(code: str, problem: str, remedy: str, name: str = name) -> None:
            problems.append(document.problem((*at, "ownership", name), code, problem, remedy, key=True))

        if names is None:
            wrong(
                "ownership_unchecked", f"nobody can tell what '{name}' means", "Load the inventory with the rulebooks."
            )
            continue
        keys = names.resolve(name)
        if not keys:
            wrong("ownership_unknown", f"{file.platform} has no part called '{name}'", _remedy(name, names.known))
        for key in keys:
            if key in found:
                wrong("ownership_twice", f"'{name}' names {key} a second time", "Remove one of them.")
            elif _no_such_port(key, space):
                wrong("ownership_unknown", f"there is no {key} on this switch", f"Its ports are {space.summary()}.")
            else:
                found[key] = Ownership(value)
    return tuple(sorted(found.items())), problems


def _remedy(name: str, known: Sequence[str]) -> str:
    spelled = {word.lower(): word for word in known}
    near = get_close_matches(name.lower(), spelled, n=1, cutoff=_NEAR)
    kinds = "Write a topic, the id of a rule, a section's header as the device prints it, or '*' for all the rest."
    return f"Did you mean '{spelled[near[0]]}'?" if near else kinds


def _no_such_port(key: str, space: PortSpace) -> bool:
    """Whether a key is the header of a port of a kind that this switch has, with a number that it has not."""
    port = key.removeprefix(_HEADER)
    kinds = {name.rstrip("0123456789/") for name in space.names}
    return key.startswith(_HEADER) and port.rstrip("0123456789/") in kinds and port not in space.names
