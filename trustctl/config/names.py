"""The names by which a person may speak of a part of a device's configuration, as `Scope.ownership` takes them."""

from __future__ import annotations

from dataclasses import dataclass

from trustctl.config.read import read
from trustctl.config.rules import Rulebook
from trustctl.config.scope import EVERYTHING
from trustctl.errors import LosslessError


@dataclass(frozen=True, slots=True)
class PartNames:
    """What one platform's parts are called: topics, ids of line and section rules, section headers, `*` for all."""

    rulebook: Rulebook

    @property
    def known(self) -> tuple[str, ...]:
        """Every name but the headers, topics first."""
        book = self.rulebook
        return (*book.topics, *book.sections, *book.lines, EVERYTHING)

    def resolve(self, name: str) -> tuple[str, ...]:
        """The canonical keys that a name means; none if it means nothing on this platform.

        Before: `ntp`, `interface range Gi1/0/1-2`.
        After: (`NTP`,), (`interface GigabitEthernet1/0/1`, `interface GigabitEthernet1/0/2`).
        """
        if name == EVERYTHING or name in self.rulebook.sections or name in self.rulebook.lines:
            return (name,)
        topic = next((topic for topic in self.rulebook.topics if topic.lower() == name.lower()), None)
        return (topic,) if topic else self._headers(name)

    def _headers(self, name: str) -> tuple[str, ...]:
        try:
            root = read(f"{name}\nend\n", self.rulebook, where=name).root
        except LosslessError:
            return ()
        sections = tuple(root.sections.values())
        if root.statements or any(section.statements or section.ordered for section in sections):
            return ()
        return tuple(section.header for section in sections)
