"""What lab hosts are made of: `data/recipe.yml`, and the digest by which a cache knows that it is stale."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

import yaml

from trustctl.lab.hosts.ground import HostLabError

_FORM = "1"
"""Raise it when the code that builds makes something else from the same recipe."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The recipe of one operating system.

    `suite` is the distribution's name of the release, `groups` are the packages of the lab's repository: each group is
    one installation. `settings` are kernel settings of which each host has a copy of its own, as paths below /proc/sys.
    The digests name what is built.
    """

    os: str
    suite: str
    release: str
    base: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    probe: str
    probe_versions: tuple[str, ...]
    settings: tuple[str, ...]
    base_digest: str
    repository_digest: str

    @property
    def distribution(self) -> str:
        """The first half of the system's name: `debian`."""
        return self.os.partition("-")[0]


def known() -> tuple[str, ...]:
    """The operating systems that there is a recipe for."""
    return tuple(sorted(_read()["systems"]))


def recipe(os: str) -> Recipe:
    """The recipe of an operating system, named as `debian-12`. Raises HostLabError for any other."""
    content = _read()
    systems = cast("Mapping[str, Mapping[str, str]]", content["systems"])
    if os not in systems:
        raise HostLabError(f"the lab cannot make a host with {os}", remedy=f"it makes: {', '.join(known())}")
    groups = cast("Mapping[str, list[str]]", content["repository"])
    probe = content["probe"]
    base = digest_of(_FORM, systems[os], content["base"])
    return Recipe(
        os=os,
        suite=systems[os]["suite"],
        release=systems[os]["release"],
        base=tuple(cast("list[str]", content["base"])),
        groups={name: tuple(packages) for name, packages in groups.items()},
        probe=str(probe["name"]),
        probe_versions=tuple(cast("list[str]", probe["versions"])),
        settings=tuple(cast("list[str]", content["settings"])),
        base_digest=base,
        repository_digest=digest_of(base, groups, probe),
    )


def digest_of(*parts: object) -> str:
    """A short name for what something is made from."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


@cache
def _read() -> Mapping[str, Mapping[str, object]]:
    raw = files("trustctl.lab.hosts").joinpath("data/recipe.yml").read_bytes()
    return cast("Mapping[str, Mapping[str, object]]", yaml.safe_load(raw))
