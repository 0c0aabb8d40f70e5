"""Which ports a switch model has: data of the platform's folder (`templates/<platform>/models.yml`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from trustctl.inventory import ranges
from trustctl.inventory.fields import FileModel, refuse
from trustctl.inventory.file_check import check
from trustctl.inventory.problem import Problem
from trustctl.inventory.yaml_document import read_document


def _readable(ports: str) -> str:
    try:
        ranges.expand(ports.replace("{member}", "1"))
    except ValueError as error:
        refuse(str(error), "Write GigabitEthernet{member}/0/1-48.")
    return ports


class PortGroupFile(FileModel):
    """Ports of one kind: `GigabitEthernet{member}/0/1-48`."""

    ports: Annotated[str, AfterValidator(_readable)]
    poe: bool = False
    optional: bool = False
    """On a module that may be missing, or not a front port: never meant by `rest`."""


class ModelFile(FileModel):
    """One model: its groups of ports, the ones people mean by a bare `1/1/1` first."""

    ports: Annotated[list[PortGroupFile], Field(min_length=1)]


class ModelsFile(FileModel):
    """The whole of `models.yml`."""

    bundle: str
    """Name of a port-channel, `Port-channel{number}`."""
    short: dict[str, str]
    """Short form of each interface type."""
    models: dict[str, ModelFile]


@dataclass(frozen=True, slots=True)
class PortSpace:
    """The ports of one switch or stack. `by_reference` knows `1/0/1`, `Gi1/0/1` and the full name."""

    names: tuple[str, ...]
    poe: frozenset[str]
    front: tuple[str, ...]
    by_reference: Mapping[str, str]
    short: Mapping[str, str]
    """Full name -> the short form of descriptions, `Gi1/0/1`."""

    def summary(self) -> str:
        """The ports as a remedy names them: `GigabitEthernet1/0/1-28`."""
        return ranges.compress(self.names)


class Catalogue:
    """The models of every platform that the template folders hold, read when first asked for."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)
        self._platforms: dict[str, ModelsFile | None] = {}
        self._spaces: dict[tuple[str, tuple[str, ...]], PortSpace] = {}
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

    def space(self, platform: str, members: tuple[str, ...]) -> PortSpace | None:
        """The ports of a stack of these models; None if one of them is not known."""
        key = (platform, members)
        if key not in self._spaces:
            models = self.platform(platform)
            if models is None or any(member not in models.models for member in members):
                return None
            self._spaces[key] = _space(models, members)
        return self._spaces[key]

    def bundle_name(self, platform: str, number: int) -> str:
        """Name of a port-channel.  Before: 1.  After: `Port-channel1`."""
        models = self.platform(platform)
        return (models.bundle if models else "Port-channel{number}").replace("{number}", str(number))


def _space(models: ModelsFile, members: Iterable[str]) -> PortSpace:
    names: list[str] = []
    poe: set[str] = set()
    front: list[str] = []
    references: dict[str, str] = {}
    short: dict[str, str] = {}
    for number, member in enumerate(members, start=1):
        for group in models.models[member].ports:
            for name in ranges.expand(group.ports.replace("{member}", str(number))):
                kind = name.rstrip("0123456789/")
                bare = name[len(kind) :]
                brief = models.short.get(kind, kind) + bare
                names.append(name)
                poe.update([name] if group.poe else [])
                front += [] if group.optional else [name]
                short[name] = brief
                references.update({name: name, brief: name})
                references.setdefault(bare, name)
    return PortSpace(tuple(names), frozenset(poe), tuple(front), references, short)
