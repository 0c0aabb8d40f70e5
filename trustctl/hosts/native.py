"""What is run on a host for one step, as an administrator would type it.

The engine carries a step out by pyinfra; where a plan was made from the live host it shows pyinfra's own commands.
These stand in their place where nobody asked the host: a plan from a captured description.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable

from trustctl.hosts.description import Resource


def commands(step: Resource) -> tuple[str, ...]:
    """Return the commands of one step. A file's content is not among them: the plan shows it as a diff."""
    return _MAKERS[step.kind](step)


def _package(step: Resource) -> tuple[str, ...]:
    if step.absent:
        return (shlex.join(["apt-get", "purge" if step.get("purge") else "remove", "-y", step.name]),)
    version = step.get("version")
    return (shlex.join(["apt-get", "install", "-y", f"{step.name}={version}" if version else step.name]),)


def _file(step: Resource) -> tuple[str, ...]:
    path = shlex.quote(step.name)
    if step.absent:
        return (f"rm -f {path}",)
    staged = shlex.quote(f"{step.name}.trustctl")
    check = step.get("check")
    put = f"install {_owned(step)} /dev/stdin {staged}"
    return (put, *((check.replace("{}", staged),) if check else ()), f"mv {staged} {path}")


def _directory(step: Resource) -> tuple[str, ...]:
    path = shlex.quote(step.name)
    if step.absent:
        return (f"rmdir {path}",)
    return (f"install -d {_owned(step)} {path}",)


def _owned(step: Resource) -> str:
    return shlex.join(["-o", step.get("owner"), "-g", step.get("group"), "-m", step.get("mode")])


def _link(step: Resource) -> tuple[str, ...]:
    path = shlex.quote(step.name)
    return (f"rm -f {path}",) if step.absent else (f"ln -sfn {shlex.quote(step.get('target'))} {path}",)


def _group(step: Resource) -> tuple[str, ...]:
    if step.absent:
        return (shlex.join(["groupdel", step.name]),)
    words = [*(["-r"] if step.get("system") == "yes" else []), *(["-g", step.get("gid")] if step.get("gid") else [])]
    return (shlex.join(["groupadd", *words, step.name]),)


def _user(step: Resource) -> tuple[str, ...]:
    if step.absent:
        return (shlex.join(["userdel", step.name]),)
    options = {"uid": "-u", "groups": "-G", "shell": "-s", "home": "-d", "comment": "-c"}
    words = [part for word, option in options.items() if step.get(word) for part in (option, step.get(word))]
    said = step.get("password") or ("as it was" if step.get("hash") else "")
    hashed = (f"usermod -p HASH {shlex.quote(step.name)}    # {said}",) if said else ()
    made = f"{shlex.join(['usermod', *words, step.name])}    # useradd, if it is new"
    return (made, *hashed) if words or not hashed else hashed


def _service(step: Resource) -> tuple[str, ...]:
    name = shlex.quote(step.name)
    if step.get("do"):
        return (f"systemctl {shlex.quote(step.get('do'))} {name}",)
    if step.get("masked") == "yes":
        return (f"systemctl mask --now {name}",)
    words: list[str] = ["unmask"] if step.get("masked") == "no" else []
    words += {"yes": ["enable"], "no": ["disable"]}.get(step.get("enabled"), [])
    words += {"yes": ["start"], "no": ["stop"]}.get(step.get("running"), [])
    return tuple(f"systemctl {word} {name}" for word in words)


def _mount(step: Resource) -> tuple[str, ...]:
    if step.absent:
        return (f"umount {shlex.quote(step.name)}",)
    source, options = step.get("device") or step.get("type"), step.get("options") or "defaults"
    return (shlex.join(["mount", "-t", step.get("type") or "auto", "-o", options, source, step.name]),)


def _command(step: Resource) -> tuple[str, ...]:
    return (step.get("run") if step.get("done", "yes") == "yes" else step.get("undo"),)


_MAKERS: dict[str, Callable[[Resource], tuple[str, ...]]] = {
    "package": _package,
    "file": _file,
    "directory": _directory,
    "link": _link,
    "group": _group,
    "user": _user,
    "service": _service,
    "sysctl": lambda step: (shlex.join(["sysctl", "-w", f"{step.name}={step.get('value')}"]),),
    "hostname": lambda step: (shlex.join(["hostnamectl", "set-hostname", step.get("value")]),),
    "timezone": lambda step: (shlex.join(["timedatectl", "set-timezone", step.get("value")]),),
    "mount": _mount,
    "ruleset": lambda step: (shlex.join(["nft", "-f", step.get("file")]),),
    "command": _command,
}
