"""The one fact: scripts of all kinds in one command, and their answers as resources."""

from __future__ import annotations

import secrets
import tarfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from trustctl.engines.linux.border import FactBase, Host, fact
from trustctl.engines.linux.facts import accounts, kernel, packages, paths, ruleset, services, steps
from trustctl.errors import DeviceError
from trustctl.hosts import Key, Resource

SECONDS = 120
"""For the whole reading: a slow disk under a backup, not a dead name server."""
_MOST = 300
"""Resources in one command, so that it stays well below what Linux takes as an argument."""


class Probe(FactBase[list[str]]):
    """Runs one script and returns its lines. The script always ends with exit code 0."""

    def command(self, script: str) -> str:
        """The script itself."""
        return script

    def process(self, output: list[str]) -> list[str]:
        """The lines as they are."""
        return output


@dataclass(frozen=True, slots=True)
class Section:
    """How the resources of some kinds are read.

    `read` gets the lines of its script and the wanted resources, and returns one resource for each; what it cannot
    tell is `state=untold`.
    """

    kinds: frozenset[str]
    script: Callable[[Sequence[Resource]], str]
    read: Callable[[Sequence[str], Sequence[Resource]], Iterable[Resource]]


SECTIONS = (
    Section(paths.KINDS, paths.script, paths.read),
    Section(packages.KINDS, packages.script, packages.read),
    Section(accounts.KINDS, accounts.script, accounts.read),
    Section(services.KINDS, services.script, services.read),
    Section(kernel.KINDS, kernel.script, kernel.read),
    Section(ruleset.KINDS, ruleset.script, ruleset.read),
    Section(steps.KINDS, steps.script, steps.read),
)
"""What is read, kind by kind, in one go."""


def observed(host: Host, want: Sequence[Resource], **arguments: Any) -> dict[Key, Resource]:
    """Return what the host has of the wanted resources, in their order.

    `arguments` are pyinfra's own (`_sudo=True`). Raises DeviceError if the host does not answer as a host does.
    """
    found: dict[Key, Resource] = {}
    for start in range(0, len(want), _MOST):
        found |= _some(host, want[start : start + _MOST], want, arguments)
    return {one.key: found[one.key] for one in want}


def _some(
    host: Host, want: Sequence[Resource], whole: Sequence[Resource], arguments: dict[str, Any]
) -> dict[Key, Resource]:
    mark = f"@{secrets.token_hex(6)}@"
    asked = [(section, [one for one in want if one.kind in section.kinds]) for section in SECTIONS]
    asked = [(section, ones) for section, ones in asked if ones]
    script = "".join(
        f"echo '{mark}'\n(\n{section.script(_given(ones, whole))}\n) </dev/null 2>&1\n" for section, ones in asked
    )
    lines = fact(host, Probe, script=f"{script}echo '{mark}end'\nexit 0", _ignore_errors=True, **_timed(arguments))
    parts = _split(lines, mark)
    if lines is None or len(parts) != len(asked):
        raise DeviceError(
            "the host did not answer a reading to its end",
            where=str(host),
            remedy="Look at its load and at the login's shell: it must be a POSIX shell.",
        )
    return {
        one.key: one
        for (section, ones), part in zip(asked, parts, strict=True)
        for one in understood(section, part, _given(ones, whole), str(host))
    }


def understood(section: Section, lines: Sequence[str], want: Sequence[Resource], where: str) -> list[Resource]:
    """Return what one section's lines say of the wanted resources.

    Raises DeviceError for lines that no script of ours prints: a broken host, or one that lies.
    """
    try:
        return list(section.read(lines, want))
    except (ValueError, LookupError, OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise DeviceError(
            f"what the host said of its {', '.join(sorted(section.kinds))} cannot be understood: {error}",
            where=where,
            remedy="Look at the host itself: its tools do not answer as they should.",
        ) from error


def _given(ones: Sequence[Resource], whole: Sequence[Resource]) -> Sequence[Resource]:
    """A ruleset is read against the file that the same description has."""
    files = {one.name: one for one in whole if one.kind == "file"}
    return [ruleset.with_file(one, files) if one.kind == "ruleset" else one for one in ones]


def _timed(arguments: dict[str, Any]) -> dict[str, Any]:
    return {"_timeout": SECONDS, **arguments}


def _split(lines: list[str] | None, mark: str) -> list[list[str]]:
    """Return the lines behind each mark; empty if the last one is missing."""
    parts: list[list[str]] = []
    for line in lines or ():
        if line == f"{mark}end":
            return parts
        if line == mark:
            parts.append([])
        elif parts:
            parts[-1].append(line)
    return []
