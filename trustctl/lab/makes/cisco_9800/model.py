"""A simulated controller: IOS XE with networks, profiles, tags, and what becomes of clients and access points."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_9800 import catalogue
from trustctl.lab.makes.cisco_9800.commands import networks, profiles, radio
from trustctl.lab.makes.cisco_9800.commands.states import radiated
from trustctl.lab.makes.cisco_ios.model import tables
from trustctl.lab.makes.cisco_ios.model.catalogue import Family
from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
from trustctl.lab.makes.cisco_ios.model.grammar import Grammar

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.rules import Rule
    from trustctl.lab.makes.cisco_ios.model.tree import Node
    from trustctl.lab.spec import DeviceSpec

_BEHIND_ALL = 500.0
"""Networks, tags and access points print behind everything else, as the published configuration has them."""
_MODES = {"config-wlan": networks.MODE, "config-mpsk": networks.KEYS, **profiles.MODES, **radio.MODES}


@cache
def _grammar(mode: str, family: Family) -> Grammar[Rule]:
    if mode != "config":
        return Grammar(tables.ranked(_MODES[mode], family, 0.0))
    own = tables.ranked(
        (*radio.GLOBAL, *profiles.GLOBAL[:4], *networks.GLOBAL, *profiles.GLOBAL[4:]),
        family,
        tables.rank_of("ntp", family) + _BEHIND_ALL,
    )
    return Grammar([*tables.ranked_rules(mode, family), *own])


class WlcSwitch(IosSwitch):
    """One controller. `suffered` says what changes did to the air, in the order in which it happened."""

    def __init__(self, spec: DeviceSpec) -> None:
        self.suffered: list[str] = []
        """`cut off NAME`: the clients of that network lost it. `rejoined SECTION`: the access points with that tag, or
        that one access point, left and joined again."""
        self._air: set[str] = set()
        self._tags: dict[str, tuple[str, ...]] = {}
        super().__init__(spec)
        self._air = radiated(self)
        self._tags = self._tagged()

    def product(self, name: str) -> catalogue.Controller:
        """The catalogue entry of a product number."""
        return catalogue.model(name)

    def grammar(self, mode: str) -> Grammar[Rule]:
        """The commands of a mode."""
        return (
            tables.grammar(mode, self.family)
            if mode not in _MODES and mode != "config"
            else _grammar(mode, self.family)
        )

    def changed(self) -> None:
        """See what the change did to the air, then tell everybody."""
        air, tags = radiated(self), self._tagged()
        self.suffered += [f"cut off {name}" for name in sorted(self._air - air)]
        self.suffered += [
            f"rejoined {key}"
            for key in sorted(self._tags.keys() | tags.keys())
            if self._tags.get(key, ()) != tags.get(key, ()) and (_is_point(key) or (key in self._tags and key in tags))
        ]
        self._air, self._tags = air, tags
        super().changed()

    def _tagged(self) -> dict[str, tuple[str, ...]]:
        """What each access point holds, and each tag that one of them has; descriptions are no part of it."""
        points = [node for node in self.root.starting("ap ") if _is_point(node.text)]
        used = {f"wireless tag {line.text.replace('-tag', '', 1)}" for node in points for line in node.ordered()}
        found: dict[str, tuple[str, ...]] = dict.fromkeys(used, ())
        found |= {node.text: _held(node) for node in self.root.starting("wireless tag ") if node.text in used}
        return found | {node.text: _held(node) for node in points}


def _is_point(key: str) -> bool:
    """Whether a section is that of one access point."""
    return key.startswith("ap ") and not key.startswith(("ap profile", "ap dot11"))


def _held(node: Node) -> tuple[str, ...]:
    """What stands in a section, without its description."""
    return tuple(line for line in node.lines(1) if not line.startswith("  description"))[1:]
