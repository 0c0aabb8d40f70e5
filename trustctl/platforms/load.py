"""Reading a platform's folder: `platform.yml` strictly, its rulebook when it is first needed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from trustctl.config.rulebook import load_rulebook
from trustctl.config.rules import Rulebook
from trustctl.errors import RulebookError, UsageError
from trustctl.platforms.spec import PlatformSpec

FILE = "platform.yml"
_SIZE_CAP = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform: what its folder says."""

    spec: PlatformSpec
    folder: Path

    @property
    def name(self) -> str:
        """The folder's name, `cisco_ios`."""
        return self.spec.name

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook, loaded at the first use and kept. Raises RulebookError."""
        return _rulebook(self.folder)


@lru_cache(maxsize=32)
def _rulebook(folder: Path) -> Rulebook:
    return load_rulebook(folder)


def platform_names(roots: Sequence[Path]) -> tuple[str, ...]:
    """Names of all platforms under the template roots, sorted; a folder counts if it has a platform.yml."""
    return tuple(sorted({file.parent.name for root in roots for file in root.glob(f"*/{FILE}")}))


def platform(name: str, roots: Sequence[Path]) -> Platform:
    """Return the platform `name` from the first root that has it, so that a trust's own folder wins over ours.

    Raises UsageError if no root has it, RulebookError with file and line if its platform.yml is not well formed.
    """
    for root in roots:
        file = root / name / FILE
        if file.is_file():
            return _load(file.resolve())
    known = ", ".join(platform_names(roots)) or "none"
    raise UsageError(f"there is no platform {name!r}", remedy=f"Known platforms: {known}.")


@lru_cache(maxsize=32)
def _load(file: Path) -> Platform:
    data = _read(file)
    try:
        spec = PlatformSpec.model_validate(data)
    except ValidationError as error:
        raise RulebookError(
            _describe(error), where=str(file), remedy="See trustctl.platforms.spec for the shape."
        ) from None
    if spec.name != file.parent.name:
        raise RulebookError(
            f"the file is for {spec.name!r} but lies in {file.parent.name!r}",
            where=str(file),
            remedy="Give the folder and the file's `name` the same name.",
        )
    return Platform(spec, file.parent)


def _describe(error: ValidationError) -> str:
    """All problems of a file in one sentence each: `session.prompt.pattern: Field required`."""
    return "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())


def _read(file: Path) -> object:
    """Parse one YAML document without aliases, tags or duplicate keys. Raises RulebookError with the line."""
    text = file.read_text("utf-8")
    if len(text) > _SIZE_CAP:
        raise RulebookError("the file is larger than 1 MiB", where=str(file), remedy="Check that it is the file.")
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise RulebookError(
                    "anchors and aliases are not used here", where=f"{file}:{line}", remedy="Write it out."
                )
        return yaml.load(text, Loader=_Strict)  # noqa: S506 - a subclass of CSafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RulebookError(
            f"not valid YAML: {error.problem}", where=f"{file}:{line}", remedy="Correct the line."
        ) from None


class _Strict(yaml.CSafeLoader):
    """Refuses a key that stands twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:  # noqa: FBT001, FBT002 - as the parent
        seen: set[object] = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} stands twice", key.start_mark)
            seen.add(name)
        return dict(super().construct_mapping(node, deep))
