"""The shipped rulebook and short ways to read text, for the tests of the reading side."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from trustctl.config.parse import parse
from trustctl.config.read import read, read_intended
from trustctl.config.rulebook import load_rulebook
from trustctl.config.rules import Rulebook
from trustctl.config.statement import Config, Section
from trustctl.model.origin import LineOrigin, Place
from trustctl.model.plan import Intended, IntendedLine

REPOSITORY = Path(__file__).parents[2]
FILES = Path(__file__).parent / "files"


@lru_cache(maxsize=1)
def ios() -> Rulebook:
    """The rulebook of Cisco IOS."""
    return load_rulebook(REPOSITORY / "templates" / "cisco_ios")


def observed(text: str) -> Config:
    """A part of a captured configuration in canonical form."""
    return read(parse(text, ios(), captured=False), ios())


def meant(text: str) -> Config:
    """An intended configuration; line N comes from line N of `switch.j2`."""
    lines = text.split("\n")
    origins = [LineOrigin(Place("switch.j2", number)) for number, _ in enumerate(lines, start=1)]
    intended = Intended("sw", "cisco_ios", tuple(map(IntendedLine, lines, origins)))
    return read_intended(intended, ios())


def section(config: Config, *path: str) -> Section:
    """The section at this path, which must be there."""
    found = config.section(*path)
    assert found is not None, f"{path} is not in {list(config.root.sections)}"
    return found
