"""Who gets in: what a new SSH login meets, judged from the running configuration alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model import hashing

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.model.tree import Node

_DEFAULT_TRANSPORT = frozenset({"ssh", "telnet", "all"})


def ssh_line(switch: IosSwitch) -> Node | None:
    """The first vty that takes SSH; None if none does. Without a `transport input` line a vty takes SSH."""
    for node in switch.root.starting("line vty "):
        allowed = set(node.value("transport input").split()) or _DEFAULT_TRANSPORT
        if allowed & {"ssh", "all"}:
            return node
    return None


def login(switch: IosSwitch, user: str, password: str) -> int | None:
    """The privilege level of a new SSH login, or None if it is refused."""
    line = ssh_line(switch)
    if line is None:
        return None
    if switch.root.has("aaa new-model"):
        level = _by_method_list(switch, line, user, password)
    else:
        level = _local(switch, user, password) if line.value("login") == "local" else None
    if level is None:
        return None
    return max(level, int(line.value("privilege level", "1")))


def enable(switch: IosSwitch, password: str) -> bool:
    """Whether `enable` accepts the password; without one set, nobody gets past it."""
    secret = switch.root.value("enable secret").split()
    if len(secret) > 1:
        return hashing.matches(password, secret[-2], secret[-1])
    clear = switch.root.value("enable password").split()
    if not clear:
        return False
    return hashing.matches(password, clear[-2] if len(clear) > 1 else "0", clear[-1])


def _local(switch: IosSwitch, user: str, password: str) -> int | None:
    node = switch.root.get(f"username {user}")
    if node is None:
        return None
    words = node.text.split()[2:]
    level = int(words[words.index("privilege") + 1]) if "privilege" in words else 1
    if "nopassword" in words:
        return level
    for kind in ("secret", "password"):
        if kind in words:
            stored = words[words.index(kind) + 1 :]
            encoding = stored[0] if len(stored) > 1 else "0"
            return level if hashing.matches(password, encoding, stored[-1]) else None
    return None


def _methods(switch: IosSwitch, stem: str, name: str) -> list[str] | None:
    """The methods of a list.  Before: `... default group radius local`.  After: [`group radius`, `local`]."""
    node = switch.root.get(f"{stem} {name}")
    if node is None:
        return None
    words = node.text.removeprefix(f"{stem} {name}").split()
    methods: list[str] = []
    while words:
        word = words.pop(0)
        methods.append(f"group {words.pop(0)}" if word == "group" and words else word)
    return methods


def _by_method_list(switch: IosSwitch, line: Node, user: str, password: str) -> int | None:
    name = line.value("login").removeprefix("authentication").strip() or "default"
    methods = _methods(switch, "aaa authentication login", name)
    if methods is None:
        methods = ["local"] if name == "default" else []
    for method in methods:
        if method.startswith("group ") and not group_answers(switch, method.removeprefix("group ")):
            continue
        return _authorised(switch, method, _by_method(switch, line, method, user, password))
    return None


def _by_method(switch: IosSwitch, line: Node, method: str, user: str, password: str) -> int | None:
    if method.startswith("group "):
        return _by_account(switch, user, password)
    if method in {"local", "local-case"}:
        return _local(switch, user, password)
    accepted = method == "none" or (method == "enable" and enable(switch, password))
    if method == "line":
        stored = line.value("password").split()
        kind = stored[-2] if len(stored) > 1 else "0"
        accepted = bool(stored) and hashing.matches(password, kind, stored[-1])
    return 1 if accepted else None


def _by_account(switch: IosSwitch, user: str, password: str) -> int | None:
    for account in switch.spec.radius_accounts:
        if (account.user, account.password) == (user, password):
            return account.privilege
    return None


def _authorised(switch: IosSwitch, method: str, level: int | None) -> int | None:
    """The level that `aaa authorization exec default` grants: without it, or by another method, level 1."""
    if level is None:
        return None
    methods = _methods(switch, "aaa authorization exec", "default") or []
    for granted in methods:
        if granted.startswith("group ") and not group_answers(switch, granted.removeprefix("group ")):
            continue
        same = granted == method or (granted.startswith("group ") and method.startswith("group "))
        return level if same or granted in {"if-authenticated", "local"} else 1
    return 1


def group_answers(switch: IosSwitch, group: str) -> bool:
    """Whether a server of the group answers: it is configured here, and it is one of the estate's."""
    live = switch.spec.radius_servers
    if not live:
        return False
    root = switch.root
    section = root.get(f"aaa group server radius {group}")
    if section is not None:
        names = [node.text.removeprefix("server name ") for node in section.starting("server name ")]
    else:
        names = [node.text.split()[2] for node in root.starting("radius server ")]
    for name in names:
        server = root.get(f"radius server {name}")
        if server is not None and live & set(server.text_of("address ipv4").split()):
            return True
    return any(live & set(node.text.split()[:3]) for node in root.starting("radius-server host "))
