"""Files, directories and symbolic links."""

from __future__ import annotations

import posixpath

from pyinfra.context import host

from trustctl.engines.linux.border import Commands, StringCommand, operation
from trustctl.engines.linux.facts.paths import bytes_of
from trustctl.engines.linux.facts.shell import encoded, quoted
from trustctl.engines.linux.operations.current import current, missing
from trustctl.hosts import Resource

REFUSED = "trustctl: the check refuses the file"
"""What a step says on stderr when the file's own program does not take it."""
_REFUSE = f"{{ echo '{REFUSED}' >&2; exit 65; }}"


def staged(path: str) -> str:
    """Where a file waits for its check: beside its place, under a name that sudo, cron and systemd pass over.

    Before: `/etc/sudoers.d/trust`    After: `/etc/sudoers.d/.trust.trustctl.dpkg-new`
    """
    folder, name = posixpath.split(path)
    return posixpath.join(folder, f".{name}.trustctl.dpkg-new")


@operation
def file(step: Resource) -> Commands:
    """Put a file into its place whole, with its owner and mode from the first byte, or remove it."""
    words = missing(step)
    if not words:
        host.noop(f"{step.name} is as it shall be")
    elif step.absent:
        yield StringCommand(f"rm -f -- {quoted([step.name])}")
    elif set(words) <= {"owner", "group", "mode"} and not step.get("check"):
        yield StringCommand(_owned(step, quoted([step.name])))
    else:
        yield _put(step)


def _put(step: Resource) -> StringCommand:
    path, stage = quoted([step.name]), quoted([staged(step.name)])
    check = step.get("check")
    checked = f"{{ {_checking(check, stage)} || {_REFUSE}; }} && " if "{}" in check else ""
    after = _checked_in_place(check, path, stage) if check and "{}" not in check else f"mv -fT {stage} {path}"
    return StringCommand(
        f"umask 077; rm -f {stage}; trap 'rm -f {stage}' EXIT; set -C; "
        f"base64 -d >{stage} && {_owned(step, stage)} && {checked}sync {stage} && {after}"
        f" && if command -v restorecon >/dev/null; then restorecon {path}; fi",
        _stdin=encoded(bytes_of(step)),
    )


def _owned(step: Resource, path: str) -> str:
    owner = quoted([f"{step.get('owner', 'root')}:{step.get('group', 'root')}"])
    return f"chown {owner} {path} && chmod {quoted([step.get('mode', '0644')])} {path}"


def _checking(check: str, stage: str) -> str:
    """The check of a staged file; its output is what a person needs to see."""
    return f"( {check.replace('{}', stage)} ) </dev/null >&2"


def _checked_in_place(check: str, path: str, stage: str) -> str:
    """For a program that only reads the whole: put the file, check, and put the old one back if it is refused."""
    old = stage.replace(".dpkg-new", ".dpkg-old")
    return (
        f"{{ [ ! -e {path} ] || cp -a {path} {old}; }} && mv -fT {stage} {path} && "
        f"if ! ( {check} ) </dev/null >&2; then "
        f"if [ -e {old} ]; then mv -fT {old} {path}; else rm -f {path}; fi; {_REFUSE}; fi && rm -f {old}"
    )


@operation
def directory(step: Resource) -> Commands:
    """Make a directory with its owner and mode, or remove it if it is empty: what is in it is not ours."""
    if not missing(step):
        host.noop(f"{step.name} is as it shall be")
        return
    path = quoted([step.name])
    if step.absent:
        yield StringCommand(f"rmdir -- {path}")
    else:
        yield StringCommand(f"umask 077; mkdir -p {path} && {_owned(step, path)}")


@operation
def link(step: Resource) -> Commands:
    """Point a symbolic link to its target in one step, or remove it."""
    if not missing(step):
        host.noop(f"{step.name} is as it shall be")
        return
    path, stage = quoted([step.name]), quoted([staged(step.name)])
    if step.absent and current(step).absent:
        return
    if step.absent:
        yield StringCommand(f"rm -f -- {path}")
    else:
        yield StringCommand(f"ln -sfT {quoted([step.get('target')])} {stage} && mv -fT {stage} {path}")
