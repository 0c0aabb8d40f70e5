"""What lab hosts are made of: `data/recipe.yml`, and the digest by which a cache knows that it is stale."""

from __future__ import annotations

import hashlib
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
    one installation. `digest` names the built results.
    """

    os: str
    suite: str
    release: str
    base: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    probe: str
    probe_versions: tuple[str, ...]
    digest: str

    @property
    def distribution(self) -> str:
        """The first half of the system's name: `debian`."""
        return self.os.partition("-")[0]


def known() -> tuple[str, ...]:
    """The operating systems that there is a recipe for."""
    return tuple(sorted(_read()[0]["systems"]))


def recipe(os: str) -> Recipe:
    """The recipe of an operating system, named as `debian-12`. Raises HostLabError for any other."""
    content, digest = _read()
    systems = cast("Mapping[str, Mapping[str, str]]", content["systems"])
    if os not in systems:
        raise HostLabError(f"the lab cannot make a host with {os}", remedy=f"it makes: {', '.join(known())}")
    groups = cast("Mapping[str, list[str]]", content["repository"])
    probe = content["probe"]
    return Recipe(
        os=os,
        suite=systems[os]["suite"],
        release=systems[os]["release"],
        base=tuple(cast("list[str]", content["base"])),
        groups={name: tuple(packages) for name, packages in groups.items()},
        probe=str(probe["name"]),
        probe_versions=tuple(cast("list[str]", probe["versions"])),
        digest=digest,
    )


@cache
def _read() -> tuple[Mapping[str, Mapping[str, object]], str]:
    raw = files("trustctl.lab.hosts").joinpath("data/recipe.yml").read_bytes()
    digest = hashlib.sha256(_FORM.encode() + b"\0" + raw).hexdigest()[:12]
    return cast("Mapping[str, Mapping[str, object]]", yaml.safe_load(raw)), digest
