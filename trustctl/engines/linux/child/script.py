"""The script that puts back what belongs to the way into a host: POSIX sh, alone on the host, safe to run twice.

It works from copies in its own folder, so that neither network nor sshd nor we are needed. After a restart of the host
it runs before network, firewall and sshd come up, and then leaves starting and loading to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trustctl.engines.linux.facts.shell import quoted
from trustctl.engines.linux.operations.paths import staged
from trustctl.hosts import Key, Resource

BASE = "/var/lib/trustctl"
FOLDER = f"{BASE}/revert"
"""Made when a change is armed: copies, script and owner. Whoever makes it holds the host."""
SCRIPT = f"{FOLDER}/restore.sh"
LOG = f"{BASE}/reverted.log"
FAILED = f"{BASE}/revert-failed"
UNIT = "trustctl-revert"
"""The name of the timer and of the service that it starts; both are gone after a restart of the host."""
BOOT_UNIT = f"{UNIT}-boot"
"""The service that puts things back if the host restarts before the change was confirmed."""
_COMMAND_SECONDS = 60
"""For one guarded command on its way back."""
BOOT_FILE = f"/etc/systemd/system/{BOOT_UNIT}.service"
BOOT_WANTS = "/etc/systemd/system/sysinit.target.wants"
"""A link in it starts the service with the host; systemd itself need not read its units again for that."""

_HEAD = f"""\
#!/bin/sh
# Puts back what belongs to the way into this host, as it was before a change of trustctl that was not confirmed.
D={FOLDER}
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
umask 077
systemd=; [ -d /run/systemd/system ] && systemd=1
end() {{ # nothing is armed any more; a job that is left would put back the next change
  [ -s "$D/at" ] && atrm "$(cat "$D/at")" 2>/dev/null
  rm -rf "$D"
  if [ -n "$systemd" ]; then
    systemctl disable -q {BOOT_UNIT}.service; rm -f {BOOT_FILE}
    systemctl stop --no-block {UNIT}.timer; systemctl --no-block daemon-reload
  fi
}}
[ -d "$D" ] || exit 0
if mkdir "$D/claimed" 2>/dev/null; then echo restore >"$D/claimed/by"
elif [ "$(cat "$D/claimed/by" 2>/dev/null)" = confirm ]; then end; exit 0; fi
exec 9>"$D/lock"; command -v flock >/dev/null && flock 9
[ -d "$D" ] || exit 0
exec >>{LOG} 2>&1
echo "$(date -u +%FT%TZ) putting back what $(cat "$D/owner") changed"
boot=; [ "$(cat "$D/boot_id")" = "$(cat /proc/sys/kernel/random/boot_id)" ] || boot=1
bad=0; mkdir -p "$D/changed"
failed() {{ bad=1; echo "failed: $*"; }}
back() {{ # number, path, staging place
  if [ -L "$D/files/$1" ]; then [ "$(readlink "$D/files/$1")" = "$(readlink "$2")" ] && return
  elif [ ! -L "$2" ] && cmp -s "$D/files/$1" "$2" \\
    && [ "$(stat -c %u:%g:%a "$D/files/$1")" = "$(stat -c %u:%g:%a "$2")" ]; then return; fi
  : >"$D/changed/$1"
  cp -aT "$D/files/$1" "$3" && mv -fT "$3" "$2" && echo "put back $2" || failed "$2"
}}
gone() {{ # number, path
  if [ -e "$2" ] || [ -L "$2" ]; then : >"$D/changed/$1"; rm -f -- "$2" && echo "removed $2" || failed "$2"; fi
}}
folder() {{ # path, owner, mode
  mkdir -p "$1" && chown "$2" "$1" && chmod "$3" "$1" || failed "$1"
}}
control() {{ # verb, service
  if [ -n "$systemd" ]; then systemctl "$1" "$2" || failed "systemctl $1 $2"
  else service "$2" "$1" || failed "service $2 $1"; fi
}}
"""
_TAIL = f"""\
if [ "$bad" = 0 ]; then echo "done"; else echo "done, but not all of it"; cp -a "$D" {FAILED}.$$; fi
end
exit "$bad"
"""


def restore_script(resources: Sequence[Resource], have: Mapping[Key, Resource]) -> str:
    """Return the script for these armed resources of the intent, from what the host has of them now.

    Packages and mounts are not in it: they are taken back over a session, once there is one. The firewall opens first;
    guarded commands that had not been done are taken back while the files that they may need are still there.
    """
    numbers = {one.key: number for number, one in enumerate(resources)}
    parts = [_ruleset() for one in resources if one.kind == "ruleset"]
    parts += [_command(one, have[one.key]) for one in reversed(resources) if one.kind == "command"]
    folders = [_directory(have[one.key]) for one in resources if one.kind == "directory"]
    parts += [part for part in folders if not part.startswith("rmdir")]
    for kinds in (("file", "link"), ("group", "user"), ("sysctl", "hostname", "timezone")):
        parts += [_MAKERS[one.kind](numbers[one.key], have[one.key]) for one in resources if one.kind in kinds]
    parts += [part for part in reversed(folders) if part.startswith("rmdir")]
    if any(one.kind in {"file", "link"} for one in resources):
        parts.append('[ -z "$systemd" ] || systemctl daemon-reload')
    running = [_run(one, have[one.key], numbers) for one in resources if one.kind == "service"]
    live = "".join(f"{part}\n" for part in running if part)
    body = "".join(f"{part}\n" for part in parts if part)
    last = "".join(f"{part}\n" for one in resources if one.kind == "service" and (part := _enable(have[one.key])))
    return f'{_HEAD}{body}if [ -z "$boot" ]; then :\n{live}fi\n{last}{_TAIL}'


def saving(resources: Sequence[Resource], have: Mapping[Key, Resource]) -> str:
    """Return the commands that copy what the script needs into its folder; they end at the first that fails."""
    lines = [f"mkdir -p {FOLDER}/files"]
    for number, one in enumerate(resources):
        held, name = have[one.key], quoted([one.name])
        if one.kind in {"file", "link"} and not held.absent:
            lines.append(f"cp -aT {name} {FOLDER}/files/{number}")
        elif one.kind == "user" and held.get("hash"):
            mine = """'$1 == n {print $1 ":" $2}'"""
            lines.append(f"awk -F: -v n={name} {mine} /etc/shadow >{FOLDER}/files/{number}")
        elif one.kind == "ruleset":
            rules = "echo 'flush ruleset'; ! command -v nft >/dev/null || nft list ruleset"
            lines.append(f"{{ {rules}; }} >{FOLDER}/ruleset")
    return " && ".join(lines)


def _path(number: int, held: Resource) -> str:
    path = quoted([held.name])
    return f"gone {number} {path}" if held.absent else f"back {number} {path} {quoted([staged(held.name)])}"


def _directory(held: Resource) -> str:
    path = quoted([held.name])
    if held.absent:
        return f"rmdir {path} 2>/dev/null"
    return f"folder {path} {quoted([held.get('owner') + ':' + held.get('group')])} {held.get('mode')}"


def _group(_number: int, held: Resource) -> str:
    return f"groupdel {quoted([held.name])} 2>/dev/null" if held.absent else ""


def _user(number: int, held: Resource) -> str:
    name = quoted([held.name])
    if held.absent:
        return f"! id {name} >/dev/null 2>&1 || userdel -f {name} || failed {name}"
    words = quoted(["usermod", "-s", held.get("shell"), "-G", held.get("groups"), held.name])
    held_hash = f'; chpasswd -e <"$D/files/{number}" || failed {name}' if held.get("hash") else ""
    return f"{words} || failed {name}{held_hash}"


def _command(want: Resource, held: Resource) -> str:
    undo = want.get("undo")
    if held.get("done") != "no" or not undo:
        return ""
    done, back, name = (quoted([word]) for word in (want.get("unless"), undo, want.name))
    return (
        f"if timeout {_COMMAND_SECONDS} sh -c {done} </dev/null >/dev/null 2>&1; then "
        f"timeout {_COMMAND_SECONDS} sh -c {back} </dev/null && echo took back {name} || failed {name}; fi"
    )


def _sysctl(_number: int, held: Resource) -> str:
    if held.absent:
        return ""
    pair = quoted([f"{held.name}={held.get('value')}"])
    return f"sysctl -qw {pair} || failed {pair}"


def _hostname(_number: int, held: Resource) -> str:
    name = quoted([held.get("value").partition("+")[0]])
    return f"printf '%s\\n' {name} >/etc/hostname && hostname {name} || failed {name}"


def _timezone(_number: int, held: Resource) -> str:
    return f"ln -sfT {quoted(['/usr/share/zoneinfo/' + held.get('value')])} /etc/localtime"


def _enable(held: Resource) -> str:
    """Bring what starts with the host to what it was; last, as systemd reads all units again for it."""
    if held.absent:
        return ""
    name = quoted([held.name])
    if held.get("masked") == "yes":
        verbs = "case $e in masked) ;; *) systemctl mask -q {0};; esac"
    else:
        verbs = "case $e in masked) systemctl unmask -q {0};; esac"
        if held.get("enabled") == "yes":
            verbs += "; case $e in enabled*) ;; *) systemctl enable -q {0};; esac"
        elif held.get("enabled") == "no":
            verbs += "; case $e in enabled*) systemctl disable -q {0};; esac"
    asked = f"e=$(systemctl is-enabled {name} 2>/dev/null)"
    return f'[ -z "$systemd" ] || {{ {asked}; {verbs.format(name)}; }}'


def _ruleset() -> str:
    """First of all, in one transaction: nothing else may keep people out. At a start nftables.service does it."""
    load = 'nft -f "$D/ruleset" && echo "loaded the firewall rules" || failed nft'
    return f'[ -n "$boot" ] || ! command -v nft >/dev/null || {{ {load}; }}'


def _run(want: Resource, held: Resource, numbers: Mapping[Key, int]) -> str:
    """Bring a service to where it was; let it read again what was put back under it."""
    name = quoted([held.name])
    if held.absent:
        return ""
    if held.get("running") != "yes":
        return f"control stop {name}"
    paths = {*want.values("restart"), *want.values("reload")}
    below = [number for (_, path), number in numbers.items() if path in paths]
    only_reload = bool(want.get("reload")) and not want.get("restart")
    again = f"control {'reload-or-restart' if only_reload else 'restart'} {name}"
    asked = " || ".join(f'[ -e "$D/changed/{number}" ]' for number in below) or "false"
    return f"if {asked}; then {again}; else control start {name}; fi"


_MAKERS: dict[str, Callable[[int, Resource], str]] = {
    "file": _path,
    "link": _path,
    "group": _group,
    "user": _user,
    "sysctl": _sysctl,
    "hostname": _hostname,
    "timezone": _timezone,
}
