"""One difference in a person's words, and its lines as a unified diff."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from trustctl.hosts.compare import Difference
from trustctl.hosts.description import Resource

_UNSAID = {"password": "another"}
"""What is said of a word that a host does not show."""
_CONTEXT = 2
"""Lines shown around each changed line of a file."""


def summary(one: Difference) -> str:
    """Say what happens to one resource.

    After: `install chrony`, `change /etc/chrony/chrony.conf (+2 -1 lines)`, `restart chrony, as /etc/... changes`.
    """
    if one.because:
        reads = ", ".join(name for _, name in one.because)
        changes = "changes" if len(one.because) == 1 else "change"
        return f"{one.step.get('do')} {one.step.name}, as {reads} {changes}"
    return _SPECIAL.get(one.step.kind, _plain)(one)


def diff(one: Difference) -> tuple[str, ...]:
    """Return the unified diff of a file's lines, from its first `@@`; empty for what is no file.

    A file that is written anew or removed is shown whole.
    """
    if one.step.kind != "file" or one.because:
        return ()
    before, after = one.before.content or (), one.after.content or ()
    return tuple(difflib.unified_diff(before, after, lineterm="", n=_CONTEXT))[2:]


def shown(resource: Resource, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a resource that differ, one to a line; its state if there is nothing else to say.

    After: ("groups: sudo,adm", "shell: /bin/bash") or ("absent",).
    """
    if resource.absent:
        return ("absent",)
    assumed = dict(resource.spec.assumed)
    found = [
        f"{word}: {resource.get(word) or assumed.get(word) or _UNSAID.get(word, 'not set')}"
        for word in words
        if word not in {"state", "content"}
    ]
    return tuple(found) if found or "state" not in words else _state(resource)


def _state(resource: Resource) -> tuple[str, ...]:
    compared = [(key, value) for key, value in resource.attrs if key in resource.spec.compared]
    return tuple(f"{key}: {value}" for key, value in compared)


def _plain(one: Difference) -> str:
    """Of any kind: `create the group kv-admins`, `change the mount /tmp: options`."""
    what = f"the {one.step.spec.title} {one.step.name}"
    if one.after.absent:
        return f"remove {what}"
    if one.before.absent:
        return f"create {what}"
    return f"change {what}: {', '.join(one.words)}"


def _package(one: Difference) -> str:
    name, version = one.step.name, one.step.get("version")
    if one.after.absent:
        instead = f", as {one.step.get('for')} takes its place" if one.step.get("for") else ""
        return f"remove {name} {one.before.get('version')}".rstrip() + instead
    if one.before.absent:
        return f"install {name} {version}".rstrip()
    return f"{name} {one.before.get('version')} -> {version}"


def _file(one: Difference) -> str:
    path = one.step.name
    if one.after.absent:
        return f"remove {path}"
    if one.before.absent:
        count = len(one.after.content or ())
        return f"create {path} ({count} line{'' if count == 1 else 's'})"
    parts: list[str] = []
    if "content" in one.words:
        lines = diff(one)
        more, less = (sum(line.startswith(mark) for line in lines) for mark in "+-")
        parts.append(f"+{more} -{less} lines")
    parts += [
        f"{word} {one.before.get(word)} -> {one.after.get(word)}"
        for word in ("owner", "group", "mode")
        if word in one.words
    ]
    return f"change {path} ({', '.join(parts) or 'its end or encoding'})"


def _service(one: Difference) -> str:
    yes = {"enabled": "enable", "running": "start", "masked": "mask"}
    no = {"enabled": "disable", "running": "stop", "masked": "unmask"}
    words = ("masked", "enabled", "running") if "state" in one.words else one.words
    done = [{"yes": yes, "no": no}[one.after.get(word)][word] for word in words if one.after.get(word) in {"yes", "no"}]
    return f"{' and '.join(done) or 'set'} {one.step.name}"


def _sysctl(one: Difference) -> str:
    return f"{one.step.name}: {one.before.get('value') or 'not set'} -> {one.after.get('value')}"


def _ruleset(one: Difference) -> str:
    return f"load the firewall rules of {one.step.get('file')}"


def _command(one: Difference) -> str:
    return f"carry out {one.step.name}"


def _named(one: Difference) -> str:
    return f"set the {one.step.spec.title} to {one.step.get('value')}"


_SPECIAL: dict[str, Callable[[Difference], str]] = {
    "package": _package,
    "file": _file,
    "service": _service,
    "sysctl": _sysctl,
    "ruleset": _ruleset,
    "command": _command,
    "hostname": _named,
    "timezone": _named,
}
