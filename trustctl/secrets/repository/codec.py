"""A value in ansible-vault's format 1.1 or 1.2, sealed and opened without Ansible.

The format (Ansible's documentation, "Format of files encrypted with Ansible Vault"; held to `ansible-vault` in both
directions by tests/secrets/repository): a header line, then in hexadecimal three hexadecimal lines: salt, HMAC,
ciphertext. PBKDF2-HMAC-SHA256(password, salt, 10,000 rounds) gives a cipher key, a MAC key and a first counter. The
HMAC-SHA256 of the ciphertext is looked at before AES-256-CTR takes it apart; the clear text is padded by PKCS#7.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from binascii import Error as NotHex
from binascii import hexlify, unhexlify
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.padding import PKCS7

from trustctl.errors import SecretError

_HEADER = re.compile(r"\$ANSIBLE_VAULT;(?:1\.1;AES256|1\.2;AES256;(?P<id>[A-Za-z0-9_.-]{1,64}))")
_OUTER = re.compile(r"([0-9a-f]{2})+")
_DIGITS = re.compile(rb"[0-9a-f]+")
_ROUNDS = 10_000
_KEY_BYTES, _COUNTER_BYTES, _SALT_BYTES = 32, 16, 32
_BLOCK_BITS = 128
_LINE = 80
_PARTS = 3
_DAMAGED = "Take the line from a commit in which it was whole, or set the secret anew."


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed value. `vault_id` is empty for format 1.1; `digest` tells one sealing from another, not its value."""

    vault_id: str
    body: str
    """All of its hexadecimal digits, without line breaks."""

    @property
    def text(self) -> str:
        """As ansible-vault writes it: the header, then lines of 80 digits."""
        header = f"$ANSIBLE_VAULT;1.2;AES256;{self.vault_id}" if self.vault_id else "$ANSIBLE_VAULT;1.1;AES256"
        lines = [self.body[start : start + _LINE] for start in range(0, len(self.body), _LINE)]
        return "\n".join([header, *lines]) + "\n"

    @property
    def digest(self) -> str:
        """12 hexadecimal digits of SHA-256 over the sealed text; the salt makes them another each time."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


def parse(text: str, where: str = "") -> Sealed:
    """Read a sealed value; line breaks and blanks in it do not matter. Raises SecretError."""
    lines = text.split()
    found = _HEADER.fullmatch(lines[0]) if lines else None
    if found is None:
        raise SecretError("this is not in the format of ansible-vault 1.1 or 1.2", where=where, remedy=_DAMAGED)
    return Sealed(found["id"] or "", "".join(lines[1:]))


def seal(clear: str, password: bytes, vault_id: str) -> Sealed:
    """Seal a text under a password, each time with a new salt."""
    salt = os.urandom(_SALT_BYTES)
    cipher_key, mac_key, counter = _keys(password, salt)
    padder = PKCS7(_BLOCK_BITS).padder()
    padded = padder.update(clear.encode()) + padder.finalize()
    encryptor = Cipher(AES(cipher_key), CTR(counter)).encryptor()
    data = encryptor.update(padded) + encryptor.finalize()
    mac = hmac.new(mac_key, data, hashlib.sha256).hexdigest().encode()
    return Sealed(vault_id, hexlify(b"\n".join([hexlify(salt), mac, hexlify(data)])).decode())


def unseal(sealed: Sealed, password: bytes, where: str = "") -> str:
    """Return the clear text. Raises WrongPasswordError, and SecretError for a text that is damaged or cut short."""
    salt, mac, data = _parts(sealed, where)
    cipher_key, mac_key, counter = _keys(password, salt)
    if not _signed(mac_key, data, mac):
        raise WrongPasswordError(
            "it was changed, or sealed with another password",
            where=where,
            remedy="If it was set on a branch while the password was replaced on another, set it anew. If nobody did, "
            "somebody changed the file: look at its history.",
        )
    decryptor = Cipher(AES(cipher_key), CTR(counter)).decryptor()
    padded = decryptor.update(data) + decryptor.finalize()
    unpadder = PKCS7(_BLOCK_BITS).unpadder()
    try:
        return (unpadder.update(padded) + unpadder.finalize()).decode()
    except ValueError:
        raise SecretError("what was sealed is no text", where=where, remedy=_DAMAGED) from None


def is_whole(sealed: Sealed) -> bool:
    """Whether it has its three parts, so that it can tell a password from another."""
    try:
        _parts(sealed, "")
    except SecretError:
        return False
    return True


def fits(sealed: Sealed, password: bytes) -> bool:
    """Whether it was sealed with this password. Raises SecretError if it is damaged and cannot tell."""
    salt, mac, data = _parts(sealed, "")
    return _signed(_keys(password, salt)[1], data, mac)


class WrongPasswordError(SecretError):
    """The MAC does not fit: another password, or a text that was changed."""


def _keys(password: bytes, salt: bytes) -> tuple[bytes, bytes, bytes]:
    derived = hashlib.pbkdf2_hmac("sha256", password, salt, _ROUNDS, 2 * _KEY_BYTES + _COUNTER_BYTES)
    return derived[:_KEY_BYTES], derived[_KEY_BYTES : 2 * _KEY_BYTES], derived[2 * _KEY_BYTES :]


def _signed(mac_key: bytes, data: bytes, mac: bytes) -> bool:
    return hmac.compare_digest(hmac.new(mac_key, data, hashlib.sha256).digest(), mac)


def _parts(sealed: Sealed, where: str) -> tuple[bytes, bytes, bytes]:
    # capitals, or more parts, would be a second spelling of the same: a file could change and nothing be noticed
    digits = unhexlify(sealed.body).split(b"\n") if _OUTER.fullmatch(sealed.body) else []
    try:
        parts = [unhexlify(part) for part in digits] if all(map(_DIGITS.fullmatch, digits)) else []
    except NotHex:  # an odd number of them
        parts = []
    whole = len(parts) == _PARTS and len(parts[1]) == hashlib.sha256().digest_size and parts[2]
    if not whole:
        raise SecretError("the sealed text is damaged, or cut short", where=where, remedy=_DAMAGED)
    return parts[0], parts[1], parts[2]
