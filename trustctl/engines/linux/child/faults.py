"""What a failed step means, from the host's own words: the problem, whose fault it is, and the remedy."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trustctl.engines.linux.operations.paths import REFUSED
from trustctl.errors import DeviceError, LineRejectedError
from trustctl.hosts import Resource

_MOST = 600
_FAULTS = tuple(
    (re.compile(pattern), problem, remedy)
    for pattern, problem, remedy in (
        (
            (
                r"(?:metadata|RPMDB|cachedir) already locked by (?P<pid>\d+)"
                r"(?:\s+The application with PID \d+ is: (?P<what>\S+))?"
            ),
            "dnf is locked by {what} (process {pid})",
            "Wait until it has ended; if it hangs, look at it on the host.",
        ),
        (
            r"can't create transaction lock on",
            "the database of rpm is locked",
            "Wait until the other process has ended; if it hangs, look at it on the host.",
        ),
        (
            r"held by process (?P<pid>\d+) \((?P<what>[^)]*)\)",
            "apt is locked by {what} (process {pid})",
            "Wait until it has ended; if it hangs, look at it on the host.",
        ),
        (
            r"Could not get lock (?P<what>\S+)|Waiting for cache lock: (?P<other>.*)",
            "apt is locked",
            "Wait until the other process has ended; if it hangs, look at it on the host.",
        ),
        (r"No space left on device|You don't have enough free space", "the disk is full", "Make room on the host."),
        (r"Read-only file system", "the file system is mounted read-only", "Look at the host's disk and kernel log."),
        (
            r"Temporary failure resolving '(?P<what>[^']*)'|Could not resolve(?: host)?:? '?(?P<other>[^'\s]*)",
            "the host cannot resolve {what}",
            "Mend its name servers (/etc/resolv.conf).",
        ),
        (
            r"(?:Unable to locate package|No match for argument:) (?P<what>\S+)|Package '(?P<other>[^']+)' has no inst",
            "no source of the host has a package {what}",
            "Correct its name, or add the source that has it.",
        ),
        (
            r"Version '(?P<what>[^']*)' for '(?P<other>[^']*)' was not found",
            "no source of the host has version {what} of {other}",
            "Name a version that its sources have (apt-cache policy).",
        ),
        (
            (
                r"(?:Failed to fetch|Err:\d+|Failed to download metadata for repo) (?P<what>\S+)"
                r"|does not have a Release file|is not signed|Hash Sum mismatch"
            ),
            "a package source of the host does not answer as it shall: {what}",
            "Correct the source, or mend the mirror.",
        ),
        (
            r"Directory nonexistent|cannot create .*: No such file",
            "the folder of the file is not there",
            "Describe the directory in the template, before the file.",
        ),
        (r"dpkg was interrupted", "an earlier dpkg was interrupted", "Run `dpkg --configure -a` on the host."),
        (
            r"unmet dependencies|held broken packages",
            "the package does not fit the others",
            "Look at `apt-get -f install`.",
        ),
        (
            r"Unit (?P<what>\S+) not found|Unit file (?P<other>\S+) does not exist",
            "there is no unit {what}",
            "Install its package first, or correct its name.",
        ),
    )
)


def failed(host: str, step: Resource, out: Sequence[str], err: Sequence[str]) -> DeviceError:
    """Return the error of a step that the host did not carry out."""
    words = "\n".join([*err, *out])
    said = [one.rstrip("\r") for one in (*out, *err) if one != REFUSED]
    tail = "\n".join(said[-12:])[-_MOST:]
    line = f"{step.kind} {step.name}"
    if REFUSED in err:
        return LineRejectedError(
            "its check refuses the file; the old one is still in place",
            line=line,
            reply="\n".join(said[:12])[:_MOST],
            where=f"{host}: {line}",
            remedy="Correct the template or the values that it was rendered from.",
        )
    for pattern, problem, remedy in _FAULTS:
        hit = pattern.search(words)
        if hit:
            found = [value for value in hit.groups() if value]
            named = {"what": found[0] if found else "it", "other": found[1] if len(found) > 1 else "", **_named(hit)}
            return LineRejectedError(
                problem.format_map(named), line=line, reply=tail, where=f"{host}: {line}", remedy=remedy
            )
    return LineRejectedError(
        f"the host did not carry out the step: {tail or 'it says nothing'}",
        line=line,
        reply=tail,
        where=f"{host}: {line}",
        remedy="Its own words say why; correct that, then plan again.",
    )


def _named(hit: re.Match[str]) -> dict[str, str]:
    return {key: value for key, value in hit.groupdict().items() if value and key in {"pid", "what"}}
