"""The strict SSH profile, and the closed list of legacy algorithms to give back to a device (docs/sources.md)."""

from __future__ import annotations

from collections.abc import Collection

from trustctl.errors import UsageError

STRICT: dict[str, tuple[str, ...]] = {
    "kex": ("diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"),
    "keys": ("ssh-rsa",),
    "ciphers": ("3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc"),
    "macs": ("hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96"),
}
"""What paramiko 4 offers and nobody gets unless the inventory names it for the device."""

LEGACY = frozenset(name for names in STRICT.values() for name in names)
"""Every name that `Switch.ssh_legacy` may hold."""


def disabled_for(allow: Collection[str]) -> dict[str, list[str]]:
    """Return paramiko's `disabled_algorithms` for a device that gets `allow` back.

    A new dictionary each time, because netmiko edits the one it is given. Raises UsageError for an unknown name.
    """
    unknown = sorted(set(allow) - LEGACY)
    if unknown:
        raise UsageError(
            f"{unknown[0]!r} is not a legacy SSH algorithm that can be given back",
            remedy=f"Use one of: {', '.join(sorted(LEGACY))}.",
        )
    return {kind: [name for name in names if name not in allow] for kind, names in STRICT.items()}
