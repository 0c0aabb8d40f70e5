"""A platform's own cases: running and intended configurations, and exactly what must be sent between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trustctl.config.compare import compare
from trustctl.config.read import read, read_intended
from trustctl.config.scope import DeviceFacts, Scope
from trustctl.errors import RulebookError, TrustctlError, UsageError
from trustctl.inventory.yaml_document import read_document
from trustctl.model.levels import Ownership, Stage
from trustctl.model.origin import LineOrigin, Place
from trustctl.model.plan import Intended, IntendedLine
from trustctl.platforms import Platform

_ANSWERS: Mapping[str, bool | None] = {"same": True, "rotated": False, "unknown": None}


class _Facts(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    management_interface: str | None = None
    management_vlan: int | None = None
    management_address: str | None = None
    uplinks: frozenset[str] = frozenset()
    poe_ports: frozenset[str] = frozenset()


class _Settings(BaseModel):
    """`case.yml`. `secrets` says for each name whether the device holds it: same, rotated or unknown."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    stage: Stage
    secrets: dict[str, str] = Field(default_factory=dict)
    ownership: dict[str, Ownership] = Field(default_factory=dict)
    facts: _Facts = _Facts()


@dataclass(frozen=True, slots=True)
class _Answers:
    """Compares secrets as the case says."""

    given: Mapping[str, str]

    def verify(self, name: str, encoding: str, device_value: str) -> bool | None:
        """The answer, whatever the device holds."""
        return _ANSWERS.get(self.given.get(name, "unknown"))

    def closed(self, name: str) -> bool:
        """It never is."""
        return False

    def missing(self, name: str) -> bool:
        """It never is."""
        return False


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of one case; no problems is good."""

    name: str
    problems: tuple[str, ...]


def run_cases(platform: Platform) -> tuple[CaseResult, ...]:
    """Run every case of a platform's folder. Raises UsageError if there is none."""
    folders = sorted(path.parent for path in (platform.folder / "cases").glob("*/case.yml"))
    if not folders:
        raise UsageError(
            f"platform {platform.name} has no cases",
            where=str(platform.folder / "cases"),
            remedy="add a folder with case.yml, running.cfg, intended.cfg, change.txt and undo.txt",
        )
    return tuple(_run(folder, platform) for folder in folders)


def _run(folder: Path, platform: Platform) -> CaseResult:
    try:
        settings = _settings(folder / "case.yml")
        problems = _problems(folder, platform, settings)
    except TrustctlError as error:
        problems = tuple(str(error).split("\n"))
    except (OSError, ValidationError) as error:
        raise RulebookError(f"the case cannot be read: {error}", where=str(folder)) from error
    return CaseResult(folder.name, problems)


def _settings(file: Path) -> _Settings:
    document, problems = read_document(file.read_bytes(), str(file))
    if document is None or problems:
        raise RulebookError("\n".join(problem.format() for problem in problems), where=str(file))
    return _Settings.model_validate(document.value)


def _problems(folder: Path, platform: Platform, settings: _Settings) -> tuple[str, ...]:
    scope = Scope(
        stage=settings.stage,
        ownership={"*": Ownership.OWNED, **settings.ownership},
        facts=DeviceFacts(**dict(settings.facts)),
        secrets=_Answers(settings.secrets),
    )
    running = read((folder / "running.cfg").read_text(encoding="utf-8"), platform.rulebook)
    intended = read_intended(_intended(folder, platform.name), platform.rulebook)
    result = compare(running, intended, scope)
    again = compare(result.target, intended, scope)
    return (
        *_unlike("change", _lines(folder / "change.txt"), result.commands),
        *_unlike("undo", _lines(folder / "undo.txt"), result.undo),
        *(f"a second comparison would still send: {line}" for line in again.commands),
    )


def _unlike(what: str, wanted: tuple[str, ...], sent: tuple[str, ...]) -> tuple[str, ...]:
    if wanted == sent:
        return ()
    missing = [f"{what} lacks: {line}" for line in wanted if line not in sent]
    extra = [f"{what} has: {line}" for line in sent if line not in wanted]
    return (*missing, *extra) or (f"{what}: the same lines in another order",)


def _lines(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8").split("\n")[:-1])


def _intended(folder: Path, platform: str) -> Intended:
    lines = (folder / "intended.cfg").read_text(encoding="utf-8").split("\n")[:-1]
    return Intended(
        device=folder.name,
        platform=platform,
        lines=tuple(
            IntendedLine(line, LineOrigin(Place("intended.cfg", number))) for number, line in enumerate(lines, start=1)
        ),
    )
