"""Packages, by apt as pyinfra calls it, or by dnf; what is there was read before, with everything else.

pyinfra's own operation reads the list of all packages for each one that it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyinfra.context import host
from pyinfra.facts.apt import noninteractive_apt
from pyinfra.facts.server import Command

from trustctl.engines.linux.border import Commands, Host, StringCommand, fact, operation
from trustctl.engines.linux.facts.shell import HAS_RPM, quoted
from trustctl.engines.linux.operations.current import current, missing
from trustctl.hosts import Resource

SECONDS = 1200
"""For one transaction: a slow line and a slow disk."""
_STAMP = "/var/lib/apt/periodic/trustctl-update-stamp"
_FRESH = f'[ -n "$(find {_STAMP} -mmin -60 2>/dev/null)" ] && [ -z "$(find /etc/apt -newer {_STAMP} -print -quit)" ]'
UPDATE = (
    f"{{ {_FRESH}; }} || {{ apt-get -o APT::Update::Error-Mode=any -o DPkg::Lock::Timeout=60 update "
    f"&& mkdir -p /var/lib/apt/periodic && touch {_STAMP}; }}"
)
"""The lists are fetched again after an hour, or after a source was changed. A mirror that fails is an error."""
_DNF = '(n=0; until {command}; do c=$?; n=$((n + 1)); [ "$c" = 200 ] && [ "$n" -lt 12 ] || exit "$c"; sleep 5; done)'
"""dnf ends with 200 where another holds its locks, which is tried for a minute, as apt does by itself (dnf(8))."""
_DNF_INSTALL = (
    "dnf install -y --setopt=exit_on_lock=True --setopt=install_weak_deps=False --setopt='*.metadata_expire=3600'"
    " --setopt='*.skip_if_unavailable=False' {names}"
)
"""What it names is brought to the version that is named, older ones too; without one it stays at what it has."""
_DNF_REMOVE = "dnf remove -y --setopt=exit_on_lock=True --setopt=clean_requirements_on_remove={alone} {names}"
"""`alone`: with what came for them alone."""
_APT = "trustctl_apt"
"""Where a Host of pyinfra keeps whether it has apt (`connector_data`)."""
_WAIT = "-o DPkg::Lock::Timeout=60"
_ALONE = "-o APT::AutoRemove::RecommendsImportant=false -o APT::AutoRemove::SuggestsImportant=false"
_UNITS = "sed -n 's|.*/lib/systemd/system/\\([^/@]*[.]service\\)$|\\1|p'"
_PURGE = (
    "if [ -d /run/systemd/system ]; then "
    f'for u in $(dpkg -L {{names}} 2>/dev/null | {_UNITS}); do systemctl stop "$u" 2>/dev/null; done; fi; '
    f"old=$(apt-get -qs {_ALONE} autoremove | sed -n 's/^Remv \\([^ ]*\\).*/ \\1 /p'); set --; "
    f"for p in $(apt-get -qs {_ALONE} --auto-remove purge {{names}} | sed -n 's/^Purg \\([^ ]*\\).*/\\1/p'); do "
    'case "$old" in *" $p "*) ;; *) set -- "$@" "$p";; esac; done; '
    f'apt-get -y {_WAIT} purge {{names}} "$@"'
)
"""The packages go with their settings, and with what came for them alone: not with what nobody needed before."""


def has_apt(on: Host, has: bool) -> None:  # noqa: FBT001 - a fact, as it was read
    """Let the operations of this host believe that it installs by apt, or that it does not."""
    on.connector_data[_APT] = has


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
    if not due:
        host.noop("the packages are as they shall be")
    elif _has_apt():
        yield from _by_apt(due)
    else:
        yield from _by_dnf(due)


def _by_apt(due: Sequence[Resource]) -> Commands:
    come = [step for step in due if not step.absent]
    purged = [step.name for step in due if step.absent and step.get("purge") == "yes"]
    removed = [step.name for step in due if step.absent and step.name not in purged]
    if come:
        yield StringCommand(UPDATE)
        back = any(step.get("version") and not current(step).absent for step in come)
        options = f"--no-install-recommends {'--allow-downgrades ' if back else ''}{_WAIT}"
        yield StringCommand(f"{noninteractive_apt(f'install {options}')} {quoted(_named(step, '=') for step in come)}")
    if removed:
        yield StringCommand(f"{noninteractive_apt(f'remove {_WAIT}')} {quoted(removed)}")
    if purged:
        yield StringCommand(_PURGE.format(names=quoted(purged)))


def _by_dnf(due: Sequence[Resource]) -> Commands:
    """Rpm leaves no settings behind but those that were changed by hand, which it renames: there is no purging."""
    come = [step for step in due if not step.absent]
    if come:
        names = quoted(_named(step, "-") for step in come)
        yield StringCommand(_DNF.format(command=_DNF_INSTALL.format(names=names)))
    for alone in (True, False):
        gone = [step.name for step in due if step.absent and (step.get("purge") == "yes") is alone]
        if gone:
            command = _DNF_REMOVE.format(alone=alone, names=quoted(gone))
            yield StringCommand(_DNF.format(command=command))


def _has_apt() -> bool:
    """Whether the host installs by apt; asked once in a session."""
    known: dict[str, bool] = host.connector_data
    if _APT not in known:
        known[_APT] = fact(host, Command, command=f"{{ {HAS_RPM}; }} && echo dnf || echo apt") != "dnf"
    return known[_APT]


def _leaves_settings(step: Resource) -> bool:
    """Whether a package that shall leave nothing behind has gone but for its settings."""
    return step.get("purge") == "yes" and current(step).get("config") == "kept"


def _named(step: Resource, join: str) -> str:
    version = step.get("version")
    return f"{step.name}{join}{version}" if version else step.name
