"""Users and groups. A password comes as its hash, over stdin: an argument would be in everybody's process list."""

from __future__ import annotations

from pyinfra.context import host

from trustctl.engines.linux.border import Commands, StringCommand, operation
from trustctl.engines.linux.facts.shell import quoted
from trustctl.engines.linux.operations.current import current, missing
from trustctl.hosts import Resource

_OPTIONS = {"uid": "-u", "groups": "-G", "shell": "-s", "home": "-d", "comment": "-c"}


@operation
def group(step: Resource) -> Commands:
    """Make a group, or remove it."""
    if not missing(step):
        host.noop(f"the group {step.name} is as it shall be")
        return
    gid = ["-g", step.get("gid")] if step.get("gid") else []
    if step.absent:
        yield StringCommand(quoted(["groupdel", step.name]))
    elif current(step).absent:
        system = ["-r"] if step.get("system") == "yes" else []
        yield StringCommand(quoted(["groupadd", *system, *gid, step.name]))
    else:
        yield StringCommand(quoted(["groupmod", *gid, step.name]))


@operation
def user(step: Resource) -> Commands:
    """Make a user with its words, or bring the words that differ to what they shall be; or remove it."""
    words = missing(step)
    if not words:
        host.noop(f"the user {step.name} is as it shall be")
        return
    if step.absent:
        yield StringCommand(quoted(["userdel", step.name]))
        return
    new = current(step).absent
    asked = [word for word in _OPTIONS if any(word == key for key, _ in step.attrs) and (new or word in words)]
    options = [part for word in asked for part in (_OPTIONS[word], step.get(word)) if not new or step.get(word)]
    if new:
        kind = ["-r"] if step.get("system") == "yes" else ["-m"]
        yield StringCommand(quoted(["useradd", *kind, *options, step.name]))
    elif options:
        yield StringCommand(quoted(["usermod", *options, step.name]))
    held = step.get("hash") or step.get("password")
    if held and (new or {"hash", "password"} & set(words)):
        yield StringCommand("chpasswd -e", _stdin=f"{step.name}:{held}")
