"""Kernel settings, host name, time zone, mounts, firewall rules, and guarded commands."""

from __future__ import annotations

from pyinfra.context import host

from trustctl.engines.linux.border import Commands, StringCommand, operation
from trustctl.engines.linux.facts.shell import encoded, quoted
from trustctl.engines.linux.operations.current import current, missing
from trustctl.errors import DeviceError
from trustctl.hosts import Resource


@operation
def sysctl(step: Resource) -> Commands:
    """Set a kernel setting now; the file that keeps it is a resource of its own."""
    if missing(step):
        yield StringCommand(quoted(["sysctl", "-w", f"{step.name}={step.get('value')}"]))
    else:
        host.noop(f"{step.name} is as it shall be")


@operation
def hostname(step: Resource) -> Commands:
    """Set the host's name, now and for the next start."""
    if not missing(step):
        host.noop("the host has its name")
        return
    name = quoted([step.get("value") or step.name])
    yield StringCommand(
        f"if [ -d /run/systemd/system ] && command -v hostnamectl >/dev/null; then hostnamectl set-hostname {name}; "
        f"else printf '%s\\n' {name} >/etc/hostname && hostname {name}; fi"
    )


@operation
def timezone(step: Resource) -> Commands:
    """Set the time zone. Raises no error for one that does not exist: the command does."""
    if not missing(step):
        host.noop("the host has its time zone")
        return
    zone = step.get("value") or step.name
    source = quoted([f"/usr/share/zoneinfo/{zone}"])
    yield StringCommand(
        f"test -f {source} && ln -sfT {source} /etc/.localtime.trustctl && mv -fT /etc/.localtime.trustctl "
        f"/etc/localtime && if [ -e /etc/timezone ]; then printf '%s\\n' {quoted([zone])} >/etc/timezone; fi"
    )


@operation
def mount(step: Resource) -> Commands:
    """Mount, mount again with other options, or unmount."""
    words = missing(step)
    if not words:
        host.noop(f"{step.name} is mounted as it shall be")
        return
    path = step.name
    options = step.get("options") or "defaults"
    if step.absent:
        yield StringCommand(quoted(["umount", path]))
    elif current(step).absent:
        source = step.get("device") or step.get("type")
        yield StringCommand(quoted(["mount", "-t", step.get("type") or "auto", "-o", options, source, path]))
    elif set(words) == {"options"}:
        yield StringCommand(quoted(["mount", "-o", f"remount,{options}", path]))
    else:
        raise DeviceError(
            f"another file system is mounted on {path}",
            where=str(host),
            remedy="Unmount it by hand in a maintenance window.",
        )


@operation
def ruleset(step: Resource) -> Commands:
    """Load the firewall rules of the file in one transaction; on the way back, those that were live."""
    if step.absent or step.get("loaded") == "no":
        # nft makes one transaction of it: either all of the old rules are in force again, or nothing changed
        rules = "\n".join(("flush ruleset", *(step.content or ())))
        yield StringCommand("base64 -d | nft -f -", _stdin=encoded(f"{rules}\n".encode()))
    elif missing(step):
        path = quoted([step.get("file")])
        yield StringCommand(f"nft -c -f {path} && nft -f {path}")
    else:
        host.noop("the firewall rules are loaded")


@operation
def command(step: Resource) -> Commands:
    """Carry out a guarded command, or take it back."""
    if not missing(step):
        host.noop(f"{step.name} is done")
        return
    forward = step.get("done", "yes") == "yes"
    line = step.get("run") if forward else step.get("undo")
    if not line:
        raise DeviceError(f"{step.name} has no command for this direction", where=str(host))
    given = step.get("stdin")
    braced = f"{{ {line}; }}"
    yield StringCommand(braced, _stdin=given) if given else StringCommand(braced)
