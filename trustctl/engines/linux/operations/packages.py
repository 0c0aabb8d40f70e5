"""Packages, by apt or dnf: pyinfra's own operations, with the lists fetched when they are old."""

from __future__ import annotations

from collections.abc import Sequence

from pyinfra.context import host
from pyinfra.facts.server import Which
from pyinfra.operations import apt, dnf

from trustctl.engines.linux.border import Commands, StringCommand, fact, inner, operation
from trustctl.engines.linux.facts.shell import quoted
from trustctl.engines.linux.operations.current import current, missing
from trustctl.hosts import Resource

SECONDS = 1200
"""For one transaction: a slow line and a slow disk."""
_STAMP = "/var/lib/apt/periodic/trustctl-update-stamp"
_FRESH = f'[ -n "$(find {_STAMP} -mmin -60 2>/dev/null)" ] && [ -z "$(find /etc/apt -newer {_STAMP} -print -quit)" ]'
_UPDATE = (
    f"{{ {_FRESH}; }} || {{ apt-get -o APT::Update::Error-Mode=any -o DPkg::Lock::Timeout=60 update "
    f"&& mkdir -p /var/lib/apt/periodic && touch {_STAMP}; }}"
)
"""The lists are fetched again after an hour, or after a source was changed. A mirror that fails is an error."""
_WAIT = "-o DPkg::Lock::Timeout=60"
_PURGE = (
    "old=$(apt-get -qs autoremove | sed -n 's/^Remv \\([^ ]*\\).*/ \\1 /p'); set --; "
    "for p in $(apt-get -qs --auto-remove purge {names} | sed -n 's/^Purg \\([^ ]*\\).*/\\1/p'); do "
    'case "$old" in *" $p "*) ;; *) set -- "$@" "$p";; esac; done; '
    f'apt-get -y {_WAIT} purge {{names}} "$@"'
)
"""The packages go with their settings, and with what came for them alone: not with what nobody needed before."""


@operation
def package(step: Resource) -> Commands:
    """Install one package, in one version if the step names one, or remove it."""
    yield from _transaction([step])


@operation
def packages(steps: Sequence[Resource]) -> Commands:
    """Install or remove several packages in one transaction each."""
    yield from _transaction(steps)


def _transaction(steps: Sequence[Resource]) -> Commands:
    due = [step for step in steps if missing(step) or _leaves_settings(step)]
    gone = [step.name for step in due if step.absent]
    come = [step for step in due if not step.absent]
    if not due:
        host.noop("the packages are as they shall be")
        return
    if not fact(host, Which, command="apt-get"):
        yield from _by_dnf(come, gone)
        return
    if come:
        yield StringCommand(_UPDATE)
        yield from inner(
            apt.packages,
            packages=[_named(step, "=") for step in come],
            no_recommends=True,
            allow_downgrades=any(step.get("version") and not current(step).absent for step in come),
            extra_install_args=_WAIT,
        )
    purged = [step.name for step in due if step.absent and step.get("purge") == "yes"]
    removed = [name for name in gone if name not in purged]
    if removed:
        yield from inner(apt.packages, packages=removed, present=False, extra_uninstall_args=_WAIT)
    if purged:
        yield StringCommand(_PURGE.format(names=quoted(purged)))


def _leaves_settings(step: Resource) -> bool:
    """Whether a package that shall leave nothing behind has gone but for its settings."""
    return step.get("purge") == "yes" and current(step).get("config") == "kept"


def _by_dnf(come: Sequence[Resource], gone: Sequence[str]) -> Commands:
    if come:
        yield from inner(dnf.packages, packages=[_named(step, "-") for step in come])
    if gone:
        yield from inner(dnf.packages, packages=list(gone), present=False)


def _named(step: Resource, join: str) -> str:
    version = step.get("version")
    return f"{step.name}{join}{version}" if version else step.name
