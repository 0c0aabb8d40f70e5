"""`password`: who may log in locally. The forms that ask for the password are the shell's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model.access import digest
from trustctl.lab.makes.aruba_aos_s.model.rules import Rule, setting, switched
from trustctl.lab.makes.aruba_aos_s.model.state import Credential

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.rules import Command

_ROLES = ("manager", "operator")


def _roles(command: Command) -> list[str]:
    named = [role for role in _ROLES if command.has(role)]
    return named or list(_ROLES)


def password(command: Command) -> None:
    """`password manager|operator [user-name X] plaintext|sha1|sha256 VALUE`: a clear password is kept as a digest."""
    config = command.switch.config
    kind = next((kind for kind in ("plaintext", "sha1", "sha256") if command.has(kind)), "")
    value = command.values[-1] if kind else None
    for role in _roles(command):
        before = config.credentials.get(role)
        user = command.values[0] if command.has("user-name") else (before.user if before else "")
        if value is None:
            fresh = Credential(user, before.kind, before.stored) if before else Credential(user)
        elif kind == "plaintext":
            fresh = Credential(user, "sha1", digest("sha1", value))
        else:
            fresh = Credential(user, kind, value)
        command.changed |= fresh != before
        config.credentials[role] = fresh


def no_password(command: Command) -> None:
    """`no password manager|operator|all`: anybody gets in, once it is confirmed."""
    roles = [role for role in _roles(command) if role in command.switch.config.credentials]
    if not roles:
        return
    what = "all users" if len(roles) > 1 else roles[0]
    if command.ask(f"Password protection for {what} will be deleted, continue [y/n]? "):  # [unverified]
        for role in roles:
            del command.switch.config.credentials[role]
        command.changed = True


_WHO = "password (manager|operator)"

RULES = (
    Rule(f"{_WHO} [user-name {{str:64}}] (plaintext|sha1|sha256) {{str:64}}", password, undo=False),
    Rule(f"{_WHO} [user-name {{str:64}}]", password, undo=False),
    Rule("password minimum-length {int:0-64}", setting(25)),
    Rule("password non-plaintext-sha256", switched(25)),
    Rule("password (complexity|composition|configuration|configuration-control) [{rest}]", setting(25)),
    Rule(
        "password port-access [user-name {str:64}] (plaintext|sha1|sha256) {str:64}",
        setting(23, quotes=(0,), masked=""),
    ),
    Rule("password (manager|operator|all)", no_password, only_undo=True),
)
