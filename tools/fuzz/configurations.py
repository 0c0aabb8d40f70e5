"""Readers of configurations, and of the files that say what a platform's lines mean."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache

from target import ROOT, Target, chosen, file, files, hold, scratch, text_of

from trustctl.config import parse, read
from trustctl.config.digest import digest
from trustctl.config.rulebook import load_rulebook
from trustctl.platforms import Platform, platform
from trustctl.platforms.load import identities

MAKES = ("cisco_ios", "cisco_9800", "aruba_aos_s", "aruba_aos_cx", "aruba_instant")
TEMPLATES = ROOT / "templates"


@cache
def known(name: str) -> Platform:
    """A platform of this repository."""
    return platform(name, [TEMPLATES])


def _configuration(make: str) -> Callable[[bytes], object]:
    def run(data: bytes) -> None:
        text = text_of(data).replace("\r\n", "\n")
        rulebook = known(make).rulebook
        tree = parse(text, rulebook)
        hold(tree.text() == text, "the tree does not give its text back")
        first = digest(read(text, rulebook))
        hold(first == digest(read(text, rulebook)), "one text has two canonical forms")

    return run


def _rules(data: bytes) -> None:
    """The first byte chooses whether these rules stand on top of a platform's, or are all that there are."""
    if data[:1] < b"\x80":
        load_rulebook(TEMPLATES / "aruba_instant", extra=[file(data[1:], "fuzz.yml")])
        return
    folder = scratch() / "own"
    folder.mkdir(exist_ok=True)
    (folder / "rulebook.yml").write_bytes(data[1:])
    load_rulebook(folder)


def _rule_seeds() -> Iterator[bytes]:
    parts = files("templates/aruba_instant/rulebook*/*.yml", "templates/*/rulebook/[a-c]*.yml")
    yield from chosen(0, parts)
    yield from chosen(0xFF, parts)


_numbers = iter(range(1 << 62))


def _platform_file(data: bytes) -> None:
    """A folder with this platform.yml, or this identify.yml; each time another, as what was read is kept."""
    folder = scratch() / f"platforms-{next(_numbers)}" / "fuzz"
    folder.mkdir(parents=True)
    try:
        if data[:1] < b"\x80":
            (folder / "platform.yml").write_bytes(data[1:])
            platform("fuzz", [folder.parent, TEMPLATES])
        else:
            (folder / "identify.yml").write_bytes(data[1:])
            identities([folder.parent])
    finally:
        shutil.rmtree(folder.parent)


def _platform_seeds() -> Iterator[bytes]:
    yield from (
        seed.replace(b"name: aruba_instant", b"name: fuzz") for seed in chosen(0, files("templates/*/platform.yml"))
    )
    yield b"\0name: fuzz\nextends: aruba_instant\n"
    yield from chosen(0xFF, files("templates/*/identify.yml"))


TARGETS = (
    *(Target(f"config-{make}", _configuration(make), files(f"templates/{make}/cases/*/*.cfg")) for make in MAKES),
    Target("rulebook", _rules, _rule_seeds),
    Target("platform", _platform_file, _platform_seeds),
)
"""Every target of this file."""
