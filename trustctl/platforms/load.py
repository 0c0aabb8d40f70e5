"""Reading a platform's folder: `platform.yml` strictly, its rulebook when it is first needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from trustctl.config.rulebook import load_rulebook
from trustctl.config.rules import Rulebook
from trustctl.errors import RulebookError, UsageError
from trustctl.inventory.notation_file import load_notation
from trustctl.inventory.yaml_document import Document, Value, dotted, read_document
from trustctl.model.notation import Notation
from trustctl.platforms.extending import KEY, merged
from trustctl.platforms.signs import Identify
from trustctl.platforms.spec import NAME, PlatformSpec

FILE = "platform.yml"
IDENTIFY = "identify.yml"
_SHOWN = 60
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform: what its folder says."""

    spec: PlatformSpec
    folder: Path
    own_rules: tuple[Path, ...] = ()
    """Rule files of the trust's repository, read after the folder's own."""
    below: tuple[Path, ...] = ()
    """The folders of the platforms that it extends, the lowest first."""
    floor: Path | None = None
    """The folder of the same name that this one stands before: what is denied there is denied here."""

    @property
    def name(self) -> str:
        """The folder's name, `cisco_ios`."""
        return self.spec.name

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook, loaded at the first use and kept. Raises RulebookError."""
        book = _rulebook(self.folder, self.below, self.own_rules)
        return book if self.floor is None else _above(book, _rulebook(self.floor, self.below, ()))

    @property
    def notation(self) -> Notation:
        """How it writes names of interfaces and sets. Raises RulebookError."""
        return load_notation(self.folder)


@lru_cache(maxsize=32)
def _rulebook(folder: Path, below: tuple[Path, ...], own_rules: tuple[Path, ...]) -> Rulebook:
    return load_rulebook(folder, below=below, extra=own_rules)


@lru_cache(maxsize=32)
def _above(book: Rulebook, floor: Rulebook) -> Rulebook:
    return replace(book, gate=replace(book.gate, floor=floor.gate))


def platform_names(roots: Sequence[Path]) -> tuple[str, ...]:
    """Names of all platforms under the template roots, sorted; a folder counts if it has a platform.yml."""
    return tuple(sorted({file.parent.name for root in roots for file in root.glob(f"*/{FILE}")}))


def platform(name: str, roots: Sequence[Path]) -> Platform:
    """Return the platform `name` from the first root that has it, so that a trust's own folder wins over ours.

    A root before it that holds no platform.yml may still hold `rulebook/*.yml`: rules that are added to the platform's,
    or that replace one of them by its id; they hold for a platform that extends it as well. A folder of a trust's own
    that stands before one of ours is held to its deny-list as well.

    Raises UsageError if no root has it, RulebookError with file and line if its platform.yml is not well formed.
    """
    files: list[Path] = []
    own_rules: tuple[Path, ...] = ()
    floor: Path | None = None
    while True:
        found = _find(name, roots)
        if found.file in files:
            raise RulebookError("the platform extends itself", where=str(found.file))
        files.insert(0, found.file)
        own_rules = (*found.own_rules, *own_rules)
        floor = found.floor if len(files) == 1 else floor
        name = _extended(found.file)
        if not name:
            break
    loaded = _load(tuple(file.resolve() for file in files))
    return replace(loaded, own_rules=own_rules, floor=floor)


@dataclass(frozen=True, slots=True)
class _Found:
    """Where the folders of a name lie."""

    file: Path
    own_rules: tuple[Path, ...]
    floor: Path | None


def _find(name: str, roots: Sequence[Path]) -> _Found:
    own_rules: tuple[Path, ...] = ()
    # a name that is none never becomes a path
    for number, root in enumerate(roots if re.fullmatch(NAME, name) else ()):
        file = root / name / FILE
        if file.is_file():
            below = [other / name for other in roots[number + 1 :] if (other / name / FILE).is_file()]
            return _Found(file, own_rules, below[-1] if below else None)
        own_rules = (*sorted((root / name / "rulebook").glob("*.yml")), *own_rules)
    known = ", ".join(platform_names(roots)) or "none"
    raise UsageError(f"there is no platform {name[:_SHOWN]!r}", remedy=f"Known platforms: {known}.")


@lru_cache(maxsize=64)
def _extended(file: Path) -> str:
    """The platform that a platform.yml extends; empty if none."""
    return str(_read(file).value.get(KEY) or "")


@lru_cache(maxsize=32)
def _load(files: tuple[Path, ...]) -> Platform:
    """The platform of the last file, on top of those of the others."""
    documents = [_read(file) for file in files]
    file = files[-1]
    spec = _typed(PlatformSpec, _values(documents), documents[-1])
    if spec.name != file.parent.name:
        raise RulebookError(
            f"the file is for {spec.name!r} but lies in {file.parent.name!r}",
            where=str(file),
            remedy="Give the folder and the file's `name` the same name.",
        )
    return Platform(spec, file.parent, below=tuple(one.parent for one in files[:-1]))


def identities(roots: Sequence[Path]) -> dict[str, Identify]:
    """How each platform is recognised, by name, from the first root that says so.

    A folder may know how to recognise what it cannot drive. Raises RulebookError with the place.
    """
    found: dict[str, Identify] = {}
    for root in roots:
        for file in sorted(root.glob(f"*/{IDENTIFY}")):
            if file.parent.name not in found:
                found[file.parent.name] = _identify(file.resolve())
    return found


@lru_cache(maxsize=32)
def _identify(file: Path) -> Identify:
    document = _read(file)
    return _typed(Identify, document.value, document)


def _typed(model: type[M], value: Value, document: Document) -> M:
    """A value of a document as its type. Raises RulebookError with the place."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise RulebookError(
            f"{dotted(wrong['loc'])}: {wrong['msg']}",
            where=str(document.place(wrong["loc"])),
            remedy="Correct the entry; trustctl/platforms/spec.py describes each.",
        ) from None


def _values(documents: Sequence[Document]) -> Value:
    values: Value = {}
    for document in documents:
        values = merged(values, document.value)
    return values


def _read(file: Path) -> Document:
    """Read the file under the inventory's YAML rules. Raises RulebookError with the place."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise RulebookError(f"the file cannot be read: {error.strerror}", where=str(file)) from error
    document, problems = read_document(data, str(file))
    if document is None or problems:
        first = problems[0]
        raise RulebookError(first.problem, where=first.where, remedy=first.remedy)
    return document
