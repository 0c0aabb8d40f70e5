"""Secrets as commands set them: hashed, encrypted as type 7, or kept as entered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model import hashing
from trustctl.lab.makes.cisco_ios.model.catalogue import Family
from trustctl.lab.makes.cisco_ios.model.rules import RefusedError
from trustctl.lab.makes.cisco_ios.model.spec import Confirm

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.model.rules import Command
    from trustctl.lab.makes.cisco_ios.model.tree import Node

_CLEAR = re.compile(r"(?P<stem>(?:.* )?(?:key|password|server-key|key-string)) (?:0 )?(?P<clear>[^ ]+)")
_NOT_CLEAR = re.compile(r"(?:.* )?(?:key|password|server-key|key-string) [5-9] \S+")
_HASH = re.compile(r"\$(?:1\$.{1,8}\$.{22}|[89]\$.{14}\$.{43})|[./0-9A-Za-z]{43}")
_BAD_HASH = ("ERROR: The secret you entered is not a valid encrypted secret.",)
_BOTH = ("ERROR: Can not have both a user password and a user secret.", "Please choose one or the other.")
CONFIRM_USER = (
    "This operation will remove all username related configurations with same name.Do you want to continue? [confirm]"
)


def encrypting(switch: IosSwitch) -> bool:
    """Whether passwords in clear print as type 7."""
    return switch.root.has("service password-encryption")


def reversible(switch: IosSwitch, kind: str, secret: str, seed: str) -> str:
    """How a password prints.  Before: kind `0`.  After: `7 02050D480809`, or the bare word without encryption."""
    if kind not in {"", "0"}:
        return f"{kind} {secret}"
    if encrypting(switch):
        return f"7 {hashing.type7(secret, sum(seed.encode()) % 16)}"
    return secret


def encrypt_all(switch: IosSwitch) -> None:
    """Turn every password that stands in clear into type 7."""

    def walk(node: Node) -> None:
        for child in node.settings.values():
            match = None if _NOT_CLEAR.fullmatch(child.text) else _CLEAR.fullmatch(child.text)
            if match is not None:
                child.text = f"{match['stem']} {reversible(switch, '0', match['clear'], match['stem'])}"
            if child.children:
                walk(child)

    walk(switch.root)


def one_way(command: Command, kind: str, secret: str) -> str:
    """How a secret prints.  Before: ``""`` or `0` and the word.  After: `9 $9$...` (`5 $1$...` on older images)."""
    switch = command.switch
    if kind in {"", "0"}:
        kind = "9" if switch.family is Family.IOSXE else "5"
        return f"{kind} {hashing.hashed(secret, kind, f'{switch.spec.serial}:{command.identity}:{switch.next_age()}')}"
    if not command.booting and _HASH.fullmatch(secret) is None:
        raise RefusedError(*_BAD_HASH)
    return f"{kind} {secret}"


def keyed(command: Command) -> None:
    """A setting that ends in `[0|7] SECRET`: radius and tacacs keys, line passwords, dynamic-author clients."""
    if command.undoing:
        command.drop(command.identity)
        return
    words = list(command.words)
    if not {"key", "password", "server-key"} & set(words):
        command.put(command.identity, command.text)
        return
    secret = words.pop()
    kind = words.pop() if words[-1] in {"0", "6", "7"} else ""
    stem = " ".join(words)
    command.put(command.identity, f"{stem} {reversible(command.switch, kind, secret, stem)}")


def enable_secret(command: Command) -> None:
    """`enable secret`: hashed on entry; an existing hash is kept as it is."""
    if command.undoing:
        command.drop(command.identity)
        return
    words = list(command.words)
    secret = words.pop()
    kind = words.pop() if words[-1] in {"0", "4", "5", "8", "9"} else ""
    command.put(command.identity, f"{' '.join(words)} {one_way(command, kind, secret)}")


def username(command: Command) -> None:
    """`username`: keeps what the line does not name; `no username` asks first and removes the user whole."""
    identity = command.identity
    if command.undoing:
        if command.node.get(identity) is None:
            return
        if not command.confirmed and not command.booting:
            command.confirm = Confirm(CONFIRM_USER, command.line)
            return
        command.drop(identity)
        return
    parts = _user_parts(command.node.text_of(identity))
    _merge_user(command, parts)
    order = ("privilege", "view", "secret", "password", "nopassword", "autocommand", "one-time")
    rest = [f"{name} {parts[name]}".rstrip() for name in order if name in parts]
    command.put(identity, " ".join([identity, *rest]))


def _user_parts(text: str) -> dict[str, str]:
    """What a printed user line holds.  Before: `username a privilege 15 secret 9 x`.  After: privilege, secret."""
    words = text.split(" ")[2:]
    parts: dict[str, str] = {}
    while words:
        name = words.pop(0)
        if name in {"secret", "password", "autocommand"}:
            parts[name] = " ".join(words)
            break
        parts[name] = words.pop(0) if name in {"privilege", "view"} and words else ""
    return parts


def _merge_user(command: Command, parts: dict[str, str]) -> None:
    words = list(command.words[2:])
    while words:
        name = words.pop(0)
        if name in {"secret", "password"}:
            secret = words.pop()
            kind = words.pop() if words else ""
            other = "password" if name == "secret" else "secret"
            if other in parts and not command.booting:
                raise RefusedError(*_BOTH)
            if name == "secret":
                parts[name] = one_way(command, kind, secret)
            else:
                stored = reversible(command.switch, kind, secret, command.identity)
                parts[name] = stored if " " in stored else f"0 {stored}"
        elif name in {"privilege", "view", "autocommand"}:
            parts[name] = words.pop(0)
        else:
            parts[name] = ""
    if parts.get("privilege") == "1":
        del parts["privilege"]
