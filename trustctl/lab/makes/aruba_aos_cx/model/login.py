"""Who may log in: the users of the switch, and the RADIUS servers of the estate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_cx.model.hiding import reveal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch

MANAGER, OPERATOR = 15, 1
"""Privileges: administrators get the prompt with `#`, operators the one with `>`."""
_FACTORY = "admin"


def login(switch: CxSwitch, user: str, password: str) -> int | None:
    """The privilege of a new SSH login; None if the switch refuses it. The first method that answers decides."""
    for method in _methods(switch):
        if method == "local":
            return _local(switch, user, password)
        if _answers(switch, method):
            for account in switch.spec.radius_accounts:
                if account.user == user and account.password == password:
                    return account.privilege
            return None
    return None


def _methods(switch: CxSwitch) -> list[str]:
    for channel in ("ssh", "default"):
        words = switch.root.value(f"aaa authentication login {channel}").split()
        if words:
            return [word for word in words if word != "group"]
    return ["local"]


def _answers(switch: CxSwitch, group: str) -> bool:
    """Whether a RADIUS server of a group answers; TACACS+ servers are not in the estate."""
    return bool(switch.spec.radius_servers & set(_servers(switch, group)))


def _servers(switch: CxSwitch, group: str) -> Iterator[str]:
    """The servers of a group that are configured with a key."""
    named = switch.root.get(f"aaa group server radius {group}")
    for node in switch.root.starting("radius-server host "):
        host = node.line.split()[2]
        if group == "radius" or (
            named is not None and any(host in child.line.split() for child in named.children.values())
        ):
            yield host


def _local(switch: CxSwitch, user: str, password: str) -> int | None:
    """A user of the configuration; one whose ciphertext is not the lab's own has the password that the lab was told."""
    node = switch.root.get(f"user {user}")
    if node is None:
        unset = user == _FACTORY and not any(True for _ in switch.root.starting("user "))
        return MANAGER if unset and not password and not switch.spec.local_accounts else _told(switch, user, password)
    words = node.line.split()
    privilege = OPERATOR if "operators" in words or "auditors" in words else MANAGER
    secret = reveal(words[words.index("ciphertext") + 1]) if "ciphertext" in words else None
    if secret is not None:
        return privilege if secret == password else None
    return privilege if _told(switch, user, password) is not None else None


def _told(switch: CxSwitch, user: str, password: str) -> int | None:
    accounts = switch.spec.local_accounts
    return next((each.privilege for each in accounts if (each.user, each.password) == (user, password)), None)
