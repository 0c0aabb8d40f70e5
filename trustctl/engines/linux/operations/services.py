"""Services, by systemd; without it, by their init scripts."""

from __future__ import annotations

from pyinfra.context import host

from trustctl.engines.linux.border import Commands, StringCommand, operation
from trustctl.engines.linux.facts.shell import quoted
from trustctl.engines.linux.operations.current import missing
from trustctl.hosts import Resource

_SETTLE = 0.5
"""Seconds after which a service must still be there: a daemon that dies at once is no success. sshd reads its files
again by starting anew, and refuses connections for a moment."""


@operation
def service(step: Resource) -> Commands:
    """Enable, start, mask or stop a service, or restart or reload it (`do=`)."""
    words = set(missing(step))
    name = quoted([step.name])
    if step.get("do"):
        yield StringCommand(_doing(step.get("do"), name))
        return
    again = step.get("fresh") == "yes" and step.get("running") == "yes" and not {"running", "state"} & words
    if not words and not again:
        host.noop(f"{step.name} is as it shall be")
        return
    if step.get("masked") == "yes":
        yield StringCommand(f"systemctl mask --now {name}")
        return
    if "masked" in words:
        yield StringCommand(f"systemctl unmask {name}")
    turned = {word for word in ("enabled", "running") if step.get(word) and {word, "state"} & words}
    for word, verbs in (("enabled", ("enable", "disable")), ("running", ("start", "stop"))):
        if word in turned:
            yield StringCommand(_doing(verbs[step.get(word) != "yes"], name))
    if again:
        yield StringCommand(_doing("restart", name))


def _doing(verb: str, name: str) -> str:
    """The commands of one verb on either kind of host; after a start the service must still run a moment later.

    If it does not, its own last words are shown: systemctl says only where they are.
    """
    fresh = f'[ "$(systemctl show -P NeedDaemonReload {name})" = no ] || systemctl daemon-reload; '
    units = fresh if verb in {"start", "restart", "reload"} else ""
    done = f"systemctl {verb} {name}"
    if units:
        done = (
            f"{{ {done} && sleep {_SETTLE} && systemctl is-active --quiet {name}"
            f" || {{ journalctl -q --no-pager -o cat -n 8 -u {name} >&2; exit 1; }}; }}"
        )
    by_script = {
        "enable": f"update-rc.d {name} defaults && update-rc.d {name} enable",
        "disable": f"update-rc.d {name} disable",
    }.get(verb, f"service {name} {verb}")
    return f"if [ -d /run/systemd/system ]; then {units}{done}; else {by_script}; fi"
