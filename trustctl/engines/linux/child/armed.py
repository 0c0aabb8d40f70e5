"""The way back on the host itself: armed before a change, confirmed over a new session, or started."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trustctl.engines.linux.border import StringCommand
from trustctl.engines.linux.child.pending import PENDING, pending
from trustctl.engines.linux.child.script import (
    BOOT_FILE,
    BOOT_UNIT,
    BOOT_WANTS,
    FOLDER,
    LOG,
    SCRIPT,
    UNIT,
    restore_script,
    saving,
)
from trustctl.engines.linux.child.sessions import Session
from trustctl.engines.linux.child.work import read
from trustctl.engines.linux.facts.shell import encoded, quoted
from trustctl.errors import DeviceError, PreflightError
from trustctl.hosts import Resource

_SECONDS = 90.0
_PENDING, _LATE = 75, 76
"""Exit codes: another change is armed; the rollback has begun already."""
_BOOT_TEXT = f"""\
[Unit]
Description=Put back the way into this host after a change of trustctl that was not confirmed
ConditionPathExists={SCRIPT}
DefaultDependencies=no
RequiresMountsFor=/var/lib /etc
After=local-fs.target
Before=network-pre.target nftables.service ssh.service sshd.service
[Service]
Type=oneshot
ExecStart=/bin/sh {SCRIPT}
[Install]
WantedBy=sysinit.target
"""
_BY_SYSTEMD = f"""
printf %s {encoded(_BOOT_TEXT.encode())} | base64 -d >{BOOT_FILE}
mkdir -p {BOOT_WANTS} && ln -sfT {BOOT_FILE} {BOOT_WANTS}/{BOOT_UNIT}.service || exit 1
systemctl stop {UNIT}.timer 2>/dev/null; systemctl reset-failed {UNIT}.timer {UNIT}.service 2>/dev/null
systemd-run -q --on-active=SECONDS --timer-property=AccuracySec=100ms --unit={UNIT} -p Type=oneshot \
  /bin/sh {SCRIPT} || exit 1
systemctl is-active -q {UNIT}.timer && echo METHOD systemd
"""
_BY_AT = f"""
when=$(TZ=UTC date -d "@$(($(date +%s) + SECONDS + 59))" +%Y%m%d%H%M) || exit 1
echo '/bin/sh {SCRIPT}' | TZ=UTC at -M -t "$when" 2>&1 | sed -n 's/^job \\([0-9]*\\) .*/\\1/p' >{FOLDER}/at
[ -s {FOLDER}/at ] && atq | grep -q "^$(cat {FOLDER}/at)[^0-9]" && echo METHOD at
"""
_DISARM = f"""
if [ -d /run/systemd/system ]; then
  systemctl stop {UNIT}.timer 2>/dev/null; rm -f {BOOT_WANTS}/{BOOT_UNIT}.service {BOOT_FILE}
fi
if [ -s {FOLDER}/at ]; then atrm "$(cat {FOLDER}/at)" 2>/dev/null; fi
rm -rf {FOLDER}
"""


def arm(session: Session, resources: Sequence[Resource], seconds: int) -> dict[str, Any]:
    """Save what belongs to the way in, and start the timer that puts it back. Returns what was read back.

    Raises PreflightError if another change is armed, or if nothing on the host can keep a timer.
    """
    have = read(session, resources) if resources else {}
    for one in have.values():
        if one.untold:
            raise PreflightError(
                f"{one.kind} {one.name} cannot be read, so it could not be put back: {one.get('why')}",
                where=session.spec.name,
            )
    text, command = restore_script(resources, have), _arming(session.spec.user, saving(resources, have), seconds)
    stdin = encoded(text.encode()).encode()
    code, out, err = session.transport.run(StringCommand(command), stdin=stdin, seconds=_SECONDS)
    said = (out + err).decode("utf-8", "replace").strip()
    if code == _PENDING:
        raise PreflightError(
            f"another change is armed on the host: {timer(session)['text']}",
            where=session.spec.name,
            remedy="Wait until it has been confirmed or has run out, then plan again.",
        )
    method = said.rpartition("METHOD ")[2].split()[:1] if "METHOD " in said else []
    if code != 0 or not method or method == ["none"]:
        raise PreflightError(
            f"no timer can be armed on the host: {said[-300:] or 'it has neither systemd nor at'}",
            where=session.spec.name,
            remedy="It needs systemd, or the package at with atd running.",
        )
    return {"method": method[0], "folder": FOLDER, **pending(_lines(out), session.spec.name)}


def _arming(user: str, saved: str, seconds: int) -> str:
    """Return what takes the host, keeps copies and the script (its stdin), and starts the timer: all or nothing."""
    return (
        f"umask 077; mkdir -p /var/lib/trustctl && chmod 0700 /var/lib/trustctl && mkdir {FOLDER} 2>/dev/null "
        f"|| exit {_PENDING}\n"
        f"trap '[ $? = 0 ] || rm -rf {FOLDER}' EXIT\n"
        f"cat /proc/sys/kernel/random/boot_id >{FOLDER}/boot_id && "
        f"echo {quoted([user])} $(($(date +%s) + {seconds})) >{FOLDER}/owner "
        f"&& base64 -d >{SCRIPT} && sh -n {SCRIPT} && {saved} && sync -f {FOLDER} || exit 1\n"
        f"if [ -d /run/systemd/system ]; then {_BY_SYSTEMD.replace('SECONDS', str(seconds))}"
        f"elif command -v at >/dev/null; then {_BY_AT.replace('SECONDS', str(seconds))}"
        f"else echo METHOD none; exit 1; fi || exit 1{PENDING}"
    )


def timer(session: Session) -> dict[str, Any]:
    """Read whose rollback is pending, and how many seconds are left by the host's own clock."""
    code, out, err = session.transport.run(StringCommand(PENDING))
    return pending(_lines(out if code == 0 else err), session.spec.name)


def _lines(said: bytes) -> list[str]:
    return said.decode("utf-8", "replace").splitlines()


def confirm(session: Session) -> dict[str, Any]:
    """Keep the change: stop the timer and remove it, and read back that none is pending.

    Raises DeviceError if the rollback has begun already.
    """
    script = (
        f"[ -d {FOLDER} ] || exit {_LATE}\n"
        f"mkdir {FOLDER}/claimed 2>/dev/null || exit {_LATE}\n"
        f"echo confirm >{FOLDER}/claimed/by\n{_DISARM}{PENDING}"
    )
    code, out, err = session.transport.run(StringCommand(script), seconds=_SECONDS)
    if code == _LATE:
        raise DeviceError("it is too late to confirm: the host is putting back the old state", where=session.spec.name)
    state = pending(_lines(out if code == 0 else err), session.spec.name)
    if code != 0 or state["pending"]:
        raise DeviceError(
            f"the rollback is still pending after it was confirmed: {err.decode('utf-8', 'replace')[-300:]}",
            where=session.spec.name,
        )
    return state


def revert(session: Session) -> dict[str, Any]:
    """Put the old state back now, and wait for the end of it. The session may be lost over it."""
    script = (
        f"[ -d {FOLDER} ] || exit 0\n"
        f"if [ -d /run/systemd/system ] && systemctl is-active -q {UNIT}.timer; then systemctl start {UNIT}.service\n"
        f"else setsid -w sh {SCRIPT} </dev/null >/dev/null 2>&1; fi\n"
        f"tail -n 30 {LOG} 2>/dev/null; exit 0"
    )
    _, out, _ = session.transport.run(StringCommand(script), seconds=_SECONDS)
    return {"log": _lines(out)[-30:], **timer(session)}
