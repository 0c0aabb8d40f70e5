"""Trust, baseline, phase and school laid over each other.

The result is one set of settings per school, each value with its source. Levels decide what a school may replace:
`locked` needs a waiver that has not expired, `default` a reason, `free` nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from pydantic import ValidationError

from trustctl.inventory.fields import FileModel, Slug
from trustctl.inventory.file_baseline import (
    BaselineFile,
    HardeningFile,
    PhaseFile,
    PortProfileFile,
    RadioFile,
    SettingFile,
    SsidFile,
    VlanFile,
)
from trustctl.inventory.file_check import allowed_keys, real_path
from trustctl.inventory.file_linux import LinuxFile
from trustctl.inventory.file_school import OverrideFile, SchoolFile
from trustctl.inventory.file_trust import ServicesFile
from trustctl.inventory.file_windows import WindowsFile
from trustctl.inventory.problem import Problem
from trustctl.inventory.wording import NOT_SHOWN, did_you_mean, explain
from trustctl.inventory.yaml_document import Document, Value
from trustctl.model.levels import Level, Override, Waiver
from trustctl.model.origin import Layer, Origin


class SettingsFile(FileModel):
    """Everything that a phase or a school may replace by path."""

    vlans: dict[Slug, VlanFile]
    port_profiles: dict[Slug, PortProfileFile]
    ssids: dict[Slug, SsidFile]
    radio: RadioFile
    hardening: HardeningFile
    linux: LinuxFile
    windows: WindowsFile
    services: ServicesFile


@dataclass(frozen=True, slots=True)
class Source:
    """Where the value of one path, and all below it, comes from."""

    layer: Layer
    document: Document
    at: tuple[str | int, ...]

    def origin(self, below: Sequence[str | int]) -> Origin:
        """The origin of a value below this one."""
        return Origin(self.layer, self.document.place([*self.at, *below]))


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings with their sources. `raw` is the same as plain values, to lay the next layer over."""

    values: SettingsFile
    raw: Mapping[str, Value]
    sources: Mapping[str, Source]
    """By dotted path; the longest prefix counts."""

    def source(self, steps: Sequence[str | int]) -> Source:
        """Where the value at a path stands; the path's first step is a section."""
        words = [str(step) for step in steps]
        count = next((n for n in range(len(steps), 1, -1) if ".".join(words[:n]) in self.sources), 1)
        found = self.sources[".".join(words[:count])]
        return Source(found.layer, found.document, (*found.at, *steps[count:]))

    def origin(self, steps: Sequence[str | int]) -> Origin:
        """The origin of the value at a path whose first step is a section."""
        return self.source(steps).origin(())


@dataclass(frozen=True, slots=True)
class Piece:
    """One replacement that is to be laid over: its path and value, and where it stands."""

    path: str
    value: Value
    source: Source
    """Of the entry; its value is at `at + ("value",)`."""


def base_settings(trust: Document, sections: Mapping[str, tuple[Document, BaselineFile]]) -> Settings:
    """The settings of the trust and its baseline, before any phase."""
    raw: dict[str, Value] = {name: document.value[name] for name, (document, _) in sections.items() if name != "phases"}
    sources = {name: Source(Layer.BASELINE, sections[name][0], (name,)) for name in raw}
    for name, assumed in (("radio", RadioFile()), ("linux", LinuxFile())):
        if name not in raw:
            raw[name] = cast("Value", assumed.model_dump())
            sources[name] = Source(Layer.BASELINE, sections["ssids"][0], ())
    if "windows" not in raw:
        raw["windows"] = {}
        sources["windows"] = Source(Layer.BASELINE, sections["ssids"][0], ())
    raw["services"] = trust.value["services"]
    sources["services"] = Source(Layer.TRUST, trust, ("services",))
    return Settings(SettingsFile.model_validate(raw), raw, sources)


def phase_pieces(document: Document, name: str, phase: PhaseFile) -> list[Piece]:
    """The replacements of a phase."""
    return _pieces(document, Layer.PHASE, ("phases", name, "overrides"), phase.overrides)


def school_pieces(document: Document, school: SchoolFile) -> list[Piece]:
    """The replacements of a school."""
    return _pieces(document, Layer.SCHOOL, ("overrides",), school.overrides)


def _pieces(
    document: Document, layer: Layer, at: tuple[str, ...], entries: Iterable[SettingFile | OverrideFile]
) -> list[Piece]:
    return [
        Piece(entry.path, cast("Value", entry.value), Source(layer, document, (*at, index)))
        for index, entry in enumerate(entries)
    ]


def lay_over(base: Settings, pieces: Sequence[Piece]) -> tuple[Settings, list[Problem]]:
    """The settings with the pieces in place. A piece that does not fit is a problem at its own line and left out."""
    if not pieces:
        return base, []
    problems: list[Problem] = []
    raw = dict(base.raw)
    laid: list[Piece] = []
    for piece in pieces:
        replaced = _replace(raw, piece, problems)
        if replaced is not None:
            raw = replaced
            laid.append(piece)
    sources = dict(base.sources)
    for piece in laid:
        sources[piece.path] = Source(piece.source.layer, piece.source.document, (*piece.source.at, "value"))
    try:
        values = SettingsFile.model_validate(raw)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        problems.extend(_misfit(raw, laid, details["loc"], explain(details)) for details in errors)
        return base, problems
    return Settings(values, raw, sources), problems


def _replace(raw: Mapping[str, Value], piece: Piece, problems: list[Problem]) -> dict[str, Value] | None:
    """`raw` with one value replaced; only the dictionaries on the way are copied."""
    steps = piece.path.split(".")
    result = dict(raw)
    inside = result
    for count, step in enumerate(steps):
        known = [*inside, *(key for key in allowed_keys(SettingsFile, steps[:count]) if key not in inside)]
        if step not in known:
            where = ".".join(steps[:count]) or "the baseline"
            problem = f"there is no '{step}' in {where}"
            at = (*piece.source.at, "path")
            problems.append(
                piece.source.document.problem(at, "unknown_path", problem, did_you_mean(step, known)),
            )
            return None
        if count == len(steps) - 1:
            inside[step] = piece.value
            return result
        below = inside.get(step, {})
        if not isinstance(below, dict):
            at = (*piece.source.at, "path")
            problem = f"'{'.'.join(steps[: count + 1])}' is a single value, nothing is below it"
            problems.append(piece.source.document.problem(at, "unknown_path", problem, "Shorten the path."))
            return None
        inside[step] = below = dict(below)
        inside = below
    return result


def _misfit(
    raw: Mapping[str, Value], pieces: Sequence[Piece], loc: Sequence[str | int], told: tuple[str, str, str]
) -> Problem:
    """The problem of a laid-over value, at the value that was laid over."""
    code, problem, remedy = told
    path = [str(step) for step in real_path(raw, loc)]
    full = ".".join([*path, str(loc[-1])] if code == "missing_key" else path)
    for piece in reversed(pieces):
        if full == piece.path or full.startswith(piece.path + "."):
            below: list[str | int] = [*real_path(raw, loc)[len(piece.path.split(".")) :]]
            at = (*piece.source.at, "value", *below)
            found = piece.source.document.problem(at, code, f"{piece.path}: {problem}", remedy)
            return replace(found, source="") if code == NOT_SHOWN else found
    last = pieces[-1]
    return last.source.document.problem((*last.source.at, "path"), code, f"{full}: {problem}", remedy)


def level_of(levels: Mapping[str, Level], path: str) -> Level:
    """The level of a path: the longest pattern that covers it; a path that none covers is locked.

    Before: `vlans.staff.size` with `vlans: locked` and `vlans.*.size: default`.  After: default.
    """
    steps = path.split(".")
    best: tuple[int, int] = (0, 0)
    level = Level.LOCKED
    for pattern, candidate in levels.items():
        parts = pattern.split(".")
        if len(parts) <= len(steps) and all(part in {"*", step} for part, step in zip(parts, steps, strict=False)):
            weight = (len(parts), sum(part != "*" for part in parts))
            if weight > best:
                best, level = weight, candidate
    return level


def waivers_of(document: Document, school: SchoolFile) -> tuple[Waiver, ...]:
    """The school's waivers, expired ones too."""
    return tuple(
        Waiver(
            waiver.path,
            waiver.reason,
            waiver.owner,
            waiver.expires,
            Origin(Layer.SCHOOL, document.place(("waivers", index))),
        )
        for index, waiver in enumerate(school.waivers)
    )


def judge(
    document: Document, school: SchoolFile, levels: Mapping[str, Level], today: date
) -> tuple[set[int], list[Problem]]:
    """Which of a school's overrides hold (by index), and what stands against the others and the waivers."""
    problems = [
        document.problem(
            ("waivers", index, "expires"),
            "waiver_expired",
            f"the waiver for {waiver.path} expired on {waiver.expires}",
            f"Ask {waiver.owner} to extend it, or remove it with the override.",
        )
        for index, waiver in enumerate(school.waivers)
        if waiver.expires < today
    ]
    allowed: set[int] = set()
    seen: dict[str, int] = {}
    for index, override in enumerate(school.overrides):
        if override.path in seen:
            at: tuple[str | int, ...] = ("overrides", index, "path")
            problem = f"{override.path} is replaced a second time; the first is override {seen[override.path] + 1}"
            problems.append(document.problem(at, "override_twice", problem, "Remove one of them."))
            continue
        seen[override.path] = index
        problem_found = _against(document, school, index, level_of(levels, override.path))
        if problem_found is None:
            allowed.add(index)
        else:
            problems.append(problem_found)
    return allowed, problems


def _against(document: Document, school: SchoolFile, index: int, level: Level) -> Problem | None:
    override = school.overrides[index]
    at = ("overrides", index, "path")
    if level is Level.LOCKED and not any(
        override.path == waiver.path or override.path.startswith(waiver.path + ".") for waiver in school.waivers
    ):
        return document.problem(
            at,
            "level_locked",
            f"the trust decides {override.path}: it is locked",
            "Remove the override, or have the trust add a waiver with reason, owner and expiry for this path.",
        )
    if level is not Level.FREE and override.reason is None:
        return document.problem(
            at,
            "reason_missing",
            f"{override.path} replaces a value of the trust without a reason",
            "Add `reason:` with one sentence; it is shown in every plan.",
        )
    return None


def overrides_of(base: Settings, pieces: Sequence[Piece], school: SchoolFile) -> tuple[Override, ...]:
    """The school's replacements as plans and reports list them."""
    by_path = {override.path: override for override in school.overrides}
    return tuple(
        Override(
            piece.path,
            by_path[piece.path].reason or "",
            text_of(piece.value),
            text_of(value_at(base, piece.path)),
            piece.source.origin(()),
            by_path[piece.path].expires,
        )
        for piece in pieces
    )


def value_at(settings: Settings, path: str) -> object:
    """The typed value at a dotted path; None if it is not set."""
    found: object = settings.values
    for step in path.split("."):
        found = cast("dict[str, object]", found).get(step) if isinstance(found, dict) else getattr(found, step, None)
    return found


def text_of(value: object) -> str:
    """A value as a report shows it.  Before: ["10.0.0.1", "10.0.0.2"].  After: `10.0.0.1, 10.0.0.2`."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ", ".join(text_of(item) for item in cast("Iterable[object]", value)) or "none"
    if isinstance(value, FileModel):
        return text_of({name: getattr(value, name) for name in value.model_fields_set})
    if isinstance(value, dict):
        return ", ".join(f"{key} {text_of(item)}" for key, item in cast("dict[str, object]", value).items())
    return str(value)
