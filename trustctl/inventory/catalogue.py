"""Which ports a switch model has: data of the platform's folder (`templates/<platform>/models.yml`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from trustctl.inventory import ranges
from trustctl.inventory.file_check import check
from trustctl.inventory.file_models import LimitsFile, ModelsFile, PortGroupFile, filled
from trustctl.inventory.notation_file import find_notation
from trustctl.inventory.problem import Problem
from trustctl.inventory.system_file import systems
from trustctl.inventory.windows_system_file import WindowsKinds, windows_kinds
from trustctl.inventory.yaml_document import read_document
from trustctl.model.linux import System
from trustctl.model.notation import Notation


@dataclass(frozen=True, slots=True)
class Box:
    """What one switch or stack is made of, as its file says."""

    platform: str
    members: tuple[str, ...]
    """Models by member number."""
    stacked: bool
    """Whether its ports carry a member number where the platform writes one only in stacks."""
    modules: tuple[tuple[str, str], ...] = ()
    """(slot, module): `A`, or `2/A` in a stack."""

    def prefix(self, member: int) -> str:
        """What stands before a slot or port of a member.  Before: member 2 of a stack.  After: `2/`."""
        return f"{member}/" if self.stacked else ""


@dataclass(frozen=True, slots=True)
class PortSpace:
    """The ports of one switch or stack. `by_reference` knows `1/0/1`, `Gi1/0/1` and the full name."""

    names: tuple[str, ...]
    poe: frozenset[str]
    front: tuple[str, ...]
    by_reference: Mapping[str, str]
    short: Mapping[str, str]
    """Full name -> the short form of descriptions, `Gi1/0/1`."""
    limits: LimitsFile
    """What its weakest member can take."""
    title: str
    """The model of the first member."""
    empty_slots: tuple[str, ...] = ()
    """Slots without a module, as `modules:` names them."""

    def summary(self) -> str:
        """The ports as a remedy names them: `GigabitEthernet1/0/1-28`."""
        return ranges.compress(self.names)


class Catalogue:
    """The models of every platform that the template folders hold, read when first asked for."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)
        self._platforms: dict[str, ModelsFile | None] = {}
        self._spaces: dict[Box, PortSpace] = {}
        self.problems: list[Problem] = []

    def platform(self, name: str) -> ModelsFile | None:
        """The models of one platform; None if no folder has them or the file is not usable."""
        if name not in self._platforms:
            self._platforms[name] = self._read(name)
        return self._platforms[name]

    def _read(self, name: str) -> ModelsFile | None:
        for root in self._roots:
            path = root / name / "models.yml"
            if not path.is_file():
                continue
            document, problems = read_document(path.read_bytes(), f"{root.name}/{name}/models.yml")
            self.problems += problems
            if document is None:
                return None
            models, problems = check(document, ModelsFile)
            self.problems += problems
            return models
        return None

    def platforms(self) -> list[str]:
        """Names of the platforms that have models."""
        return sorted({path.parent.name for root in self._roots for path in root.glob("*/models.yml")})

    def space(self, box: Box) -> PortSpace | None:
        """The ports of a switch or stack; None if one of its models or modules is not known."""
        if box not in self._spaces:
            models = self.platform(box.platform)
            known = models is not None and all(member in models.models for member in box.members)
            if models is None or not known or any(module not in models.modules for _, module in box.modules):
                return None
            self._spaces[box] = _space(models, box, self.notation(box.platform))
        return self._spaces[box]

    @property
    def systems(self) -> Mapping[str, System]:
        """The systems of Linux servers by name. Raises RulebookError if their file is not well formed."""
        return systems(self._roots)

    @cached_property
    def windows(self) -> WindowsKinds:
        """The systems and roles of Windows servers. Raises RulebookError if their file is not well formed."""
        return windows_kinds(self._roots)

    def notation(self, platform: str) -> Notation:
        """How a platform writes names. Raises RulebookError if its interfaces.yml is not well formed."""
        return find_notation(self._roots, platform)

    def bundle_name(self, platform: str, number: int) -> str:
        """Name of a bundle.  Before: 1.  After: `Port-channel1`."""
        return self.notation(platform).bundle(number) or str(number)


def _space(models: ModelsFile, box: Box, notation: Notation) -> PortSpace:
    names: list[str] = []
    poe: set[str] = set()
    front: list[str] = []
    references: dict[str, str] = {}
    short: dict[str, str] = {}
    for member, slot, group in _groups(models, box):
        for name in ranges.expand(filled(group.ports, str(member), box.prefix(member), slot)):
            names.append(name)
            poe.update([name] if group.poe else [])
            front += [] if group.optional else [name]
            short[name] = notation.short(name)
            references.update({name: name, short[name]: name})
            references.setdefault(notation.bare(name), name)
    return PortSpace(
        tuple(names),
        frozenset(poe),
        tuple(front),
        references,
        short,
        _weakest(models, box),
        box.members[0],
        tuple(_empty_slots(models, box)),
    )


def _empty_slots(models: ModelsFile, box: Box) -> Iterator[str]:
    taken = {slot for slot, _ in box.modules}
    for number, member in enumerate(box.members, start=1):
        for slot in models.models[member].slots:
            if f"{box.prefix(number)}{slot}" not in taken:
                yield f"{box.prefix(number)}{slot}"


def _groups(models: ModelsFile, box: Box) -> Iterator[tuple[int, str, PortGroupFile]]:
    """(member, slot, ports) of everything that has ports, in the device's order."""
    for number, member in enumerate(box.members, start=1):
        for group in models.models[member].ports:
            yield number, "", group
        for slot, module in sorted(box.modules):
            prefix, _, bare = slot.rpartition("/")
            if prefix in {"", str(number)}:
                for group in models.modules[module].ports:
                    yield number, bare, group


def _weakest(models: ModelsFile, box: Box) -> LimitsFile:
    """The limits of a stack: in each respect those of its weakest member."""
    all_of = [models.limits_of(member) for member in box.members]
    least: dict[str, object] = {}
    for name in LimitsFile.model_fields:
        known = [found for limits in all_of if isinstance(found := getattr(limits, name), int)]
        least[name] = min(known) if known else getattr(all_of[0], name)
    return LimitsFile.model_validate(least)
