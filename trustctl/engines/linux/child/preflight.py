"""What must be known before a host is changed."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Any

from trustctl.engines.linux.border import StringCommand
from trustctl.engines.linux.child.pending import PENDING, pending
from trustctl.engines.linux.child.sessions import Session
from trustctl.engines.linux.facts.shell import HAS_RPM, quoted
from trustctl.errors import PreflightError
from trustctl.hosts import Resource
from trustctl.model.linux import system_name

_SLOWEST_SUDO = 2.0
"""Seconds. A dead name server costs about 20 s for each command by sudo (docs/sources.md P14)."""
_LEAST_FREE = 16 * 1024 * 1024
_LEAST_FREE_PACKAGES = 256 * 1024 * 1024
SUPPORTED = frozenset({"debian-12", "debian-13", "ubuntu-22.04", "ubuntu-24.04", "rhel-9", "rocky-9", "almalinux-9"})
_LOCKS = (
    'held() { echo "LOCK $1 $2 $(cat /proc/$2/comm 2>/dev/null)"; }\n'
    f"if {HAS_RPM}; then tool=dnf; files=$(rpm --eval %_dbpath)/.rpm.lock\n"
    "else tool=apt; files='/var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock'; fi\n"
    'for f in $files; do [ -e "$f" ] || continue; i=$(stat -c %i "$f")\n'
    '  while read -r _ _ _ _ pid dev _; do [ "${dev##*:}" = "$i" ] && held $tool $pid; done </proc/locks\n'
    "done\n"
    # dnf writes its own number into these; they outlive it
    "[ $tool = apt ] || for f in /var/lib/dnf/rpmdb_lock.pid /var/cache/dnf/metadata_lock.pid; do\n"
    '  pid=$(cat "$f" 2>/dev/null) && [ -e "/proc/$pid/stat" ] && held dnf $pid; done'
)


def preflight(session: Session, want: Sequence[Resource]) -> dict[str, Any]:
    """Return the free bytes of the fullest file system that is written, what can keep a timer, and the pending one.

    Raises PreflightError with the remedy for a host that should not be changed now.
    """
    folders = {posixpath.dirname(one.name) for one in want if one.kind in {"file", "link", "directory"}}
    packages = any(one.kind == "package" for one in want)
    paths = sorted({"/etc", "/var/lib", *folders} | ({"/usr", "/var/cache"} if packages else set[str]()))
    script = (
        '. /etc/os-release; echo "OS $ID $VERSION_ID"\n'
        f'for p in {quoted(paths)}; do [ -d "$p" ] && df -PB1 "$p" | sed -n \'2s/^/DF /p\'; done\n'
        f"{_LOCKS}\n"
        'echo "TIMER $([ -d /run/systemd/system ] && echo systemd || { pidof atd >/dev/null && echo at; })"\n'
        "[ -w /etc ] || echo READONLY\n"
        "command -v dpkg >/dev/null && dpkg --audit | sed 's/^/AUDIT /' | head -n 3\n"
        f"{PENDING}"
        "exit 0"
    )
    _, out, _ = session.transport.run(StringCommand(script))
    lines = out.decode("utf-8", "replace").splitlines()
    _refuse_slow_sudo(session)
    _refuse_system(session, lines)
    if packages:
        _refuse_locked(session, lines)
    method = next((line[6:].strip() for line in lines if line.startswith("TIMER ")), "")
    free = _free(session, lines, packages=packages)
    return {"free": free, "method": method, "timer": pending(lines, session.spec.name)}


def _refuse_slow_sudo(session: Session) -> None:
    seconds = session.transport.sudo_seconds
    if seconds > _SLOWEST_SUDO:
        raise PreflightError(
            f"becoming root takes {seconds:.1f} s on the host; a change would take minutes",
            where=session.spec.name,
            remedy="Its name server is most likely dead: mend /etc/resolv.conf, or put its name into /etc/hosts.",
        )


def _refuse_system(session: Session, lines: Sequence[str]) -> None:
    said = next((line[3:] for line in lines if line.startswith("OS ")), "")
    system = system_name(*said.partition(" ")[::2])
    if system not in SUPPORTED:
        raise PreflightError(
            f"{system or 'the host'} is not a supported system",
            where=session.spec.name,
            remedy=f"Supported: {', '.join(sorted(SUPPORTED))}.",
        )
    if "READONLY" in lines:
        raise PreflightError("the host's file system is mounted read-only", where=session.spec.name)


def _refuse_locked(session: Session, lines: Sequence[str]) -> None:
    locks = [line.split(" ", 3)[1:] for line in lines if line.startswith("LOCK ")]
    audit = [line[6:] for line in lines if line.startswith("AUDIT ")]
    if locks:
        tool, pid, name = locks[0]
        raise PreflightError(
            f"{tool} is locked by {name} (process {pid})",
            where=session.spec.name,
            remedy="Wait until it has ended; if it hangs, look at it on the host.",
        )
    if audit:
        raise PreflightError(
            f"dpkg has unfinished work: {audit[0].strip()}",
            where=session.spec.name,
            remedy="Run `dpkg --configure -a` on the host.",
        )


def _free(session: Session, lines: Sequence[str], *, packages: bool) -> int:
    rows = [(int(words[3]), words[5]) for line in lines if line.startswith("DF ") for words in [line.split()[1:]]]
    if not rows:
        raise PreflightError("the host does not say how much disk is free", where=session.spec.name)
    free, where = min(rows)
    need = _LEAST_FREE_PACKAGES if packages and where in {"/", "/usr", "/var"} else _LEAST_FREE
    if free < need:
        raise PreflightError(
            f"only {free // 1024:,} KiB are free on {where}",
            where=session.spec.name,
            remedy="Make room on the host; the old files are kept beside the new ones until the change is confirmed.",
        )
    return free
