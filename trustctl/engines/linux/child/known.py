"""Whether the sources of a host have the packages that are to be installed, before anything is changed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trustctl.engines.linux.border import StringCommand
from trustctl.engines.linux.child.sessions import Session
from trustctl.engines.linux.facts.shell import quoted
from trustctl.engines.linux.operations.packages import SECONDS, UPDATE
from trustctl.errors import PreflightError

_ASK = (
    "apt-cache policy {names} 2>/dev/null | "
    """awk '/^[^ ]/ {{n = substr($0, 1, length($0) - 1)}} /^  Candidate:/ && $2 != "(none)" {{print "HAS " n}}'"""
)
_AGAIN = "{{ {update}; }} >/dev/null 2>&1 || exit 9\n{ask}\napt-cache showpkg {names} 2>/dev/null\nexit 0"
_PROVIDER = re.compile(r"^(\S+) \S+ \(")


def refuse_unknown(session: Session, names: Sequence[str]) -> None:
    """Raise PreflightError if a package is nowhere, or is only a name that others provide.

    The lists are fetched before a name is called unknown. Where that fails, or the host installs by dnf, nothing is
    said here: the step itself then says what is wrong.
    """
    if not session.transport.said.get("apt"):
        return
    asked = _ASK.format(names=quoted(names))
    code, out, _ = session.transport.run(StringCommand(asked), seconds=SECONDS)
    missing = _missing(names, out)
    if code != 0 or not missing:
        return
    ask = _ASK.format(names=quoted(missing))
    again = _AGAIN.format(update=UPDATE, ask=ask, names=quoted(missing))
    code, out, _ = session.transport.run(StringCommand(again), seconds=SECONDS)
    missing = _missing(missing, out)
    if code != 0 or not missing:
        return
    name = missing[0]
    others = _providers(out.decode("utf-8", "replace").splitlines(), name)
    if others:
        raise PreflightError(
            f"{name} is no package but a name that others provide: {', '.join(others[:5])}",
            where=session.spec.name,
            remedy="Name one of these in the template.",
        )
    raise PreflightError(
        f"no source of the host has a package {name}",
        where=session.spec.name,
        remedy="Correct its name, or add the source that has it.",
    )


def _missing(names: Sequence[str], out: bytes) -> list[str]:
    has = {line[4:] for line in out.decode("utf-8", "replace").splitlines() if line.startswith("HAS ")}
    return [name for name in names if name not in has]


def _providers(lines: Sequence[str], name: str) -> list[str]:
    """Read what `apt-cache showpkg` says behind "Reverse Provides:" of one package."""
    here, behind = False, False
    found: list[str] = []
    for line in lines:
        if line.startswith("Package: "):
            here, behind = line == f"Package: {name}", False
        elif line.startswith("Reverse Provides:"):
            behind = here
        elif behind and (hit := _PROVIDER.match(line)) and hit[1] not in found:
            found.append(hit[1])
    return found
