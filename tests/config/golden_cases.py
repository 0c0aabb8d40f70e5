"""The golden cases of a platform as values: what a switch has, what is wanted, what is sent, what brings it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from trustctl.config.compare import Comparison, compare
from trustctl.config.read import read, read_intended
from trustctl.config.rules import Rulebook
from trustctl.config.scope import DeviceFacts, Scope
from trustctl.config.statement import Config
from trustctl.model.levels import Ownership, Stage
from trustctl.model.origin import LineOrigin, Place
from trustctl.model.plan import Intended, IntendedLine
from trustctl.platforms import platform as load

REPOSITORY = Path(__file__).parents[2]
TEMPLATES = REPOSITORY / "templates"


@dataclass(frozen=True)
class Case:
    """One folder of `templates/<platform>/cases`."""

    folder: Path
    settings: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def platform(self) -> str:
        """The platform whose case it is."""
        return self.folder.parents[1].name

    def text(self, name: str) -> str:
        """One of its files."""
        return (self.folder / name).read_text(encoding="utf-8")

    def lines(self, name: str) -> tuple[str, ...]:
        """One of its files, line by line."""
        return tuple(self.text(name).split("\n")[:-1])

    def scope(self) -> Scope:
        """Its stage, ownership, facts and secrets."""
        facts = self.settings.get("facts", {})
        ownership = {"*": Ownership.OWNED} | {
            key: Ownership(value) for key, value in self.settings.get("ownership", {}).items()
        }
        return Scope(
            stage=Stage(self.settings["stage"]),
            ownership=ownership,
            facts=DeviceFacts(
                management_interface=facts.get("management_interface"),
                management_vlan=facts.get("management_vlan"),
                management_address=facts.get("management_address"),
                uplinks=frozenset(facts.get("uplinks", ())),
                poe_ports=frozenset(facts.get("poe_ports", ())),
            ),
            secrets=Verifier(self.settings.get("secrets", {})),
        )

    def observed(self) -> Config:
        """What the switch has."""
        return read(self.text("running.cfg"), rulebook(self.platform))

    def intended(self) -> Config:
        """What is wanted."""
        return read_intended(intended_of(self.text("intended.cfg"), self.name), rulebook(self.platform))

    def compare(self) -> Comparison:
        """The comparison that the case is about."""
        return compare(self.observed(), self.intended(), self.scope())


@dataclass(frozen=True)
class Verifier:
    """Answers as the case says: `same`, `rotated` (different) or `unknown`."""

    answers: Mapping[str, str]

    def verify(self, name: str, encoding: str, device_value: str) -> bool | None:
        """The answer, whatever the device holds."""
        return {"same": True, "rotated": False, "unknown": None}[self.answers.get(name, "unknown")]

    def closed(self, name: str) -> bool:
        """It never is."""
        return False

    def missing(self, name: str) -> bool:
        """It never is."""
        return False


_RULEBOOKS: dict[str, Rulebook] = {}


def rulebook(platform: str = "cisco_ios") -> Rulebook:
    """The platform's rulebook, loaded once for all tests."""
    if platform not in _RULEBOOKS:
        _RULEBOOKS[platform] = load(platform, [TEMPLATES]).rulebook
    return _RULEBOOKS[platform]


def captured() -> list[tuple[str, Path]]:
    """The captured configurations of the example trust, each with the platform that the inventory names."""
    found: list[tuple[str, Path]] = []
    for path in sorted((REPOSITORY / "inventory" / "schools").glob("*/*.yml")):
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        devices = (*(written.get("switches") or {}).values(), *(written.get("controllers") or {}).values())
        found += [(entry["platform"], path.parent / entry["captured"]) for entry in devices if "captured" in entry]
    return found


def intended_of(text: str, device: str = "oak-sw-a1-01", platform: str = "cisco_ios") -> Intended:
    """A text as the intent of one device; each line comes from its own place in `intended.cfg`."""
    lines = tuple(
        IntendedLine(line, LineOrigin(Place("intended.cfg", number)))
        for number, line in enumerate(text.split("\n")[:-1], start=1)
    )
    return Intended(device, platform, lines)


def cases(platform: str = "cisco_ios") -> list[Case]:
    """All golden cases of a platform, by name."""
    folders = sorted(path.parent for path in (TEMPLATES / platform / "cases").glob("*/case.yml"))
    return [Case(folder, yaml.safe_load((folder / "case.yml").read_text(encoding="utf-8"))) for folder in folders]


def all_cases() -> list[Case]:
    """All golden cases of all platforms."""
    return [case for folder in sorted(TEMPLATES.iterdir()) if folder.is_dir() for case in cases(folder.name)]
