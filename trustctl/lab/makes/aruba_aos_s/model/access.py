"""Who gets in: local credentials, RADIUS, authorized managers.

Stored forms: `sha1` and `sha256` are plain digests of the password in hexadecimal (a published configuration stores the
digest of "password" so). Login by user name where none is set takes any name [unverified].
"""

from __future__ import annotations

import hashlib
import hmac
import re
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.state import Credential
    from trustctl.lab.makes.aruba_aos_s.model.switch import AosSwitch

MANAGER, OPERATOR = 15, 1
"""Privileges: everything, looking only."""
_ROLES = (("manager", MANAGER), ("operator", OPERATOR))
_DEFAULT = ("local", "none")
_METHODS = re.compile(r'\b(radius|peap-mschapv2|tacacs|local|none|authorized)\b(?: server-group "?([^"\s]*)"?)?')


def digest(kind: str, password: str) -> str:
    """The stored form of a password, `sha1` or `sha256`."""
    make = hashlib.sha256 if kind == "sha256" else hashlib.sha1
    return make(password.encode(), usedforsecurity=False).hexdigest()


def sign_in(switch: AosSwitch, user: str, password: str) -> int | None:
    """The privilege of a new SSH session, or None if it is refused."""
    return _by_methods(switch, "login", user, password)


def enable(switch: AosSwitch, user: str, password: str) -> bool:
    """Whether `enable` takes this user and password."""
    if "manager" not in switch.config.credentials and _methods(switch, "enable")[0][0] == "local":
        return True
    return _by_methods(switch, "enable", user, password) == MANAGER


def asks_for_name(switch: AosSwitch) -> bool:
    """Whether `enable` asks for a user name before the password."""
    credential = switch.config.credentials.get("manager")
    return _methods(switch, "enable")[0][0] != "local" or bool(credential and credential.user)


def _methods(switch: AosSwitch, step: str) -> list[tuple[str, str]]:
    """The methods that are set, in order, each with the group of servers it names."""
    text = switch.config.text(f"aaa authentication ssh {step}").partition(step)[2]
    found = [(hit[1], hit[2] or "") for hit in _METHODS.finditer(text)]
    return found or [(method, "") for method in _DEFAULT]


def _by_methods(switch: AosSwitch, step: str, user: str, password: str) -> int | None:
    for method, group in _methods(switch, step):
        if method in {"radius", "peap-mschapv2"}:
            if not _radius_answers(switch, group):
                continue
            return _by_radius(switch, step, user, password)
        return _local(switch, user, password) if method == "local" else None
    return None


def _radius_answers(switch: AosSwitch, group: str) -> bool:
    """Whether one of the estate's RADIUS servers that answer is set here, and in the group if one is named."""
    hosts = {line.text.split()[2] for line in switch.config.starting("radius-server host ")}
    if group:
        members = switch.config.starting(f"aaa server-group radius {group} host ")
        hosts &= {line.text.split()[-1] for line in members}
    return bool(hosts & switch.spec.radius_servers)


def _by_radius(switch: AosSwitch, step: str, user: str, password: str) -> int | None:
    for account in switch.spec.radius_accounts:
        if (account.user, account.password) == (user, password):
            straight = step == "enable" or switch.config.has("aaa authentication login privilege-mode")
            return MANAGER if account.privilege == MANAGER and straight else OPERATOR
    return None


def _local(switch: AosSwitch, user: str, password: str) -> int | None:
    credentials = switch.config.credentials
    more = switch.config.text(f"aaa authentication local-user {user}")
    if more:
        return _local_user(more, password)
    if not credentials:
        return MANAGER
    for role, level in _ROLES:
        credential = credentials.get(role)
        if credential is not None and _fits(switch, credential, level, user, password):
            return level
    return None


def _local_user(line: str, password: str) -> int | None:
    """`aaa authentication local-user "X" group "G" password KIND "DIGEST"`: group Level-15 may do everything."""
    words = line.split('"')
    kind = words[4].split()[-1]
    if not hmac.compare_digest(words[5].lower().encode(), digest(kind, password).encode()):
        return None
    return MANAGER if words[3] == "Level-15" else OPERATOR


def _fits(switch: AosSwitch, credential: Credential, level: int, user: str, password: str) -> bool:
    if credential.stored is None:
        known = [account for account in switch.spec.local_accounts if account.privilege == level]
        return any((account.user, account.password) == (user, password) for account in known)
    if credential.user and credential.user != user:
        return False
    if credential.kind == "plaintext":
        return hmac.compare_digest(credential.stored.encode(), password.encode())
    return hmac.compare_digest(credential.stored.lower().encode(), digest(credential.kind, password).encode())


def turned_away(switch: AosSwitch, source: str, address: str) -> str:
    """Why an SSH session from a source is not taken, whatever address it dials; empty if it is."""
    config = switch.config
    if config.text("ip ssh") == "no ip ssh":
        return "SSH is switched off (no ip ssh)"
    managers = config.starting("ip authorized-managers ")
    if managers and not any(_covers(line.text.split()[2:], source) for line in managers):
        return "the station is none of the authorized managers"
    return ""


def _covers(words: list[str], source: str) -> bool:
    mask = words[1] if len(words) > 1 and words[1][:1].isdigit() else "255.255.255.255"
    method = words[words.index("access-method") + 1] if "access-method" in words else "all"
    network = IPv4Network(f"{words[0]}/{mask}", strict=False)
    return method in {"all", "ssh"} and IPv4Address(source) in network
