"""The keys that people have: SSH keys (ed25519, RSA) and age keys, public and private."""

from __future__ import annotations

import base64
import hashlib
import re
from binascii import Error as NotBase64
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pyrage
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from trustctl.errors import SecretError, StoreUnavailableError
from trustctl.secrets.repository import files

Recipient: TypeAlias = "pyrage.ssh.Recipient | pyrage.x25519.Recipient"
Identity: TypeAlias = "pyrage.ssh.Identity | pyrage.x25519.Identity"

_SSH = re.compile(r"(?P<kind>ssh-ed25519|ssh-rsa) (?P<blob>[A-Za-z0-9+/]{20,3000}={0,2})(?: [^\n]*)?")
_AGE = re.compile(r"age1[02-9ac-hj-np-z]{58}")
_AGE_SECRET = re.compile(r"^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$", re.MULTILINE)
_OPENSSH = re.compile(rb"-----BEGIN OPENSSH PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----")
_MAGIC = b"openssh-key-v1\x00"
_TRIES = 3
_OTHER = "Take an ed25519 or RSA key, or an age key: trustctl secret init --new-key makes one."


def public_key(text: str, where: str = "") -> str:
    """The part of a public key that counts: its kind and digits, without a comment.

    Raises SecretError for what age cannot seal to: ECDSA keys, keys in hardware (FIDO), anything else.
    """
    line = text.strip()
    if _AGE.fullmatch(line):
        return line
    found = _SSH.fullmatch(line)
    if found is not None:
        return f"{found['kind']} {found['blob']}"
    if line.startswith(("ecdsa-", "sk-")):
        kind = "a key in hardware (FIDO)" if line.startswith("sk-") else "an ECDSA key"
        raise SecretError(f"nothing can be sealed to {kind}", where=where, remedy=_OTHER)
    remedy = "Give one line: `ssh-ed25519 AAAA...`, `ssh-rsa AAAA...` or `age1...`."
    raise SecretError("this is not a public key", where=where, remedy=remedy)


def recipient(key: str, where: str = "") -> Recipient:
    """What age seals to. Raises SecretError."""
    line = public_key(key, where)
    try:
        return (
            pyrage.x25519.Recipient.from_str(line) if line.startswith("age1") else pyrage.ssh.Recipient.from_str(line)
        )
    except pyrage.RecipientError as error:
        raise SecretError(f"this public key cannot be used: {error}", where=where, remedy=_OTHER) from None


def fingerprint(key: str) -> str:
    """How people compare a public key: as `ssh-keygen -l` prints it; an age key is short enough to be its own."""
    if key.startswith("age1"):
        return key
    digest = hashlib.sha256(base64.b64decode(key.split()[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def new_age_key() -> tuple[str, str]:
    """Make an age key: its private text, and its public line."""
    made = pyrage.x25519.Identity.generate()
    public = str(made.to_public())
    return f"# public key: {public}\n{made}\n", public


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key that was found, not yet opened. `public` is empty where only opening it would tell."""

    where: str
    public: str
    raw: bytes = field(repr=False)

    def identity(self, ask: Callable[[str], str] | None) -> Identity:
        """Open it; its passphrase is asked for if it has one. Raises StoreUnavailableError."""
        age = _AGE_SECRET.search(self.raw.decode("ascii", errors="replace"))
        try:
            if age is not None:
                return pyrage.x25519.Identity.from_str(age[0])
            return pyrage.ssh.Identity.from_buffer(_without_passphrase(self, ask))
        except pyrage.IdentityError as error:
            raise StoreUnavailableError(f"this key cannot be used: {error}", where=self.where, remedy=_OTHER) from None


def private_key(raw: bytes, where: str, beside: Path | None = None) -> PrivateKey:
    """Read a private key's public half, without opening it. `beside`: the `.pub` file that ssh-keygen writes.

    Raises StoreUnavailableError for what is no private key.
    """
    text = raw.decode("ascii", errors="replace")
    age = _AGE_SECRET.search(text)
    if age is not None:
        try:
            return PrivateKey(where, str(pyrage.x25519.Identity.from_str(age[0]).to_public()), raw)
        except pyrage.IdentityError as error:
            raise StoreUnavailableError(f"this key cannot be used: {error}", where=where, remedy=_OTHER) from None
    if "PRIVATE KEY-----" not in text:
        remedy = "Name an SSH private key, or an age key (AGE-SECRET-KEY-1...)."
        raise StoreUnavailableError("this is not a private key", where=where, remedy=remedy)
    public = _public_half(raw)
    if not public and beside is not None and beside.is_file():
        public = files.read(beside, "the public key").decode("ascii", errors="replace")
    try:
        return PrivateKey(where, public_key(public, where) if public else "", raw)
    except SecretError as error:
        raise StoreUnavailableError(error.problem, where=where, remedy=error.remedy) from None


def _public_half(raw: bytes) -> str:
    """The public key in an OpenSSH private key, never encrypted (OpenSSH, PROTOCOL.key); "" for other forms."""
    found = _OPENSSH.search(raw)
    if found is None:
        return ""
    try:
        blob = base64.b64decode(b"".join(found[1].split()), validate=True).removeprefix(_MAGIC)
        for _ in range(3):  # cipher, derivation, its options
            _, blob = _string(blob)
        public, _ = _string(blob[4:])  # the number of keys
        kind, _ = _string(public)
    except (NotBase64, ValueError):
        return ""
    return f"{kind.decode('ascii', errors='replace')} {base64.b64encode(public).decode()}"


def _string(blob: bytes) -> tuple[bytes, bytes]:
    """A length and that many bytes; ValueError if there are fewer."""
    length = int.from_bytes(blob[:4], "big")
    if len(blob) < 4 + length:
        raise ValueError("cut short")
    return blob[4 : 4 + length], blob[4 + length :]


def _without_passphrase(key: PrivateKey, ask: Callable[[str], str] | None) -> bytes:
    """The SSH key as age reads it, in memory only: age opens no key that has a passphrase."""
    try:
        return _plain(key.raw, None)
    except (TypeError, ValueError):
        pass  # it has a passphrase
    except UnsupportedAlgorithm as error:
        raise StoreUnavailableError(f"this key cannot be used: {error}", where=key.where, remedy=_OTHER) from None
    if ask is None:
        raise StoreUnavailableError(
            "this key has a passphrase, and nobody is there to type it",
            where=key.where,
            remedy="Run it at a terminal, or give the pipeline an age key of its own.",
        )
    for _ in range(_TRIES):
        try:
            return _plain(key.raw, ask(f"Passphrase of {key.where}").encode())
        except (TypeError, ValueError):
            continue
    raise StoreUnavailableError("that is not the passphrase of this key", where=key.where, remedy="Try again.")


def _plain(raw: bytes, passphrase: bytes | None) -> bytes:
    """Raises TypeError for a passphrase too many or too few, ValueError for a wrong one."""
    openssh = b"OPENSSH PRIVATE KEY" in raw
    load = serialization.load_ssh_private_key if openssh else serialization.load_pem_private_key
    key = load(raw, passphrase)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
