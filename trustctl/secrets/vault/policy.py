"""The least that a token needs, as text for `vault policy write`."""

from __future__ import annotations

from collections.abc import Iterable

_SELF = (
    ("auth/token/lookup-self", "read"),
    ("auth/token/renew-self", "update"),
    ("auth/token/revoke-self", "update"),
    ("sys/capabilities-self", "update"),
)
"""Vault's policy `default` grants these; a role with token_no_default_policy needs them here."""


def policy(
    names: Iterable[str], mount: str = "secret", kv: int = 2, *, write: bool = False, listing: bool = False
) -> str:
    """HCL that lets a token read the secrets of these names and nothing else.

    Before: `radius/oak#key`. After: `path "secret/data/radius/oak" { capabilities = ["read"] }`. `write` adds what
    `trustctl secret set` and `rotate` need; `listing` lets the token see the names of all secrets of the mount, and
    their versions nowhere: a policy on `data/` grants nothing on `metadata/` (recorded).
    """
    mount = mount.strip("/")
    data, metadata = (f"{mount}/data", f"{mount}/metadata") if kv == _VERSIONED else (mount, mount)
    capabilities = ("create", "read", "update") if write else ("read",)
    paths = sorted({name.partition("#")[0] for name in names})
    blocks = [_block(f"{data}/{path}", capabilities) for path in paths]
    if listing:
        blocks.append(_block(f"{metadata}/*", ("list",)))
    blocks += [_block(path, (capability,)) for path, capability in _SELF]
    return "\n".join(blocks)


_VERSIONED = 2


def _block(path: str, capabilities: tuple[str, ...]) -> str:
    listed = ", ".join(f'"{one}"' for one in capabilities)
    return f'path "{path}" {{\n  capabilities = [{listed}]\n}}\n'
