"""From the keys of whoever runs this to the password of a vault id, in a fixed order.

First the private keys that are named or lie in the usual places, against what age sealed to them; then a file with the
password itself; last a key in the environment, which pipelines alone may have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from trustctl.errors import SecretError, StoreUnavailableError
from trustctl.secrets.redact import KNOWN
from trustctl.secrets.repository import files
from trustctl.secrets.repository.keys import PrivateKey, private_key
from trustctl.secrets.repository.people import People

PIPELINE_KEY = "TRUSTCTL_SECRET_KEY"
"""The variable in which a pipeline is given its private key."""
_REMEDY = "Ask somebody who can open it: trustctl secret add-recipient NAME YOUR_KEY.pub, and pull what they commit."


@dataclass(frozen=True, slots=True)
class Keyring:
    """What whoever runs this has to open the store with.

    `usual` are private keys that may be there; each of `named` must be. `password_file` holds the password of every
    vault id that no key opens; `pipeline` is a private key's text. `ask` shows a question and returns what a person
    types unseen; None where nobody is there.
    """

    named: tuple[Path, ...] = ()
    usual: tuple[Path, ...] = ()
    password_file: Path | None = None
    pipeline: str = field(default="", repr=False)
    ask: Callable[[str], str] | None = None


def _from_file(path: Path) -> PrivateKey:
    try:
        raw = files.read(path, "the private key", private=True)
    except FileNotFoundError:
        raise StoreUnavailableError("there is no such key", where=str(path), remedy="Correct its name.") from None
    except SecretError as error:
        raise StoreUnavailableError(error.problem, where=error.where, remedy=error.remedy) from None
    return private_key(raw, str(path), path.with_name(f"{path.name}.pub"))


def unlock(people: People, vault_id: str, ring: Keyring, fits: Callable[[bytes], bool]) -> bytes:
    """Return the password of a vault id. `fits` says whether it opens what is sealed with it.

    Raises StoreUnavailableError that says which keys were looked at and why none of them opens it.
    """
    reasons: list[str] = []
    for password in _candidates(people, vault_id, ring, reasons):
        KNOWN.add(password.decode("ascii", errors="replace"))
        if fits(password):
            return password
        reasons.append("a password that was found opens none of its secrets: pull, as it was replaced")
    if not reasons:
        reasons.append("no private key was found (~/.ssh/id_ed25519, ~/.ssh/id_rsa, ~/.config/trustctl/age.key)")
    told = "; ".join(dict.fromkeys(reasons))
    raise StoreUnavailableError(f"the secrets of {vault_id} cannot be opened: {told}", remedy=_REMEDY)


def _candidates(people: People, vault_id: str, ring: Keyring, reasons: list[str]) -> Iterator[bytes]:
    for path in (*ring.named, *(path for path in ring.usual if path.is_file())):
        yield from _by_key(people, vault_id, partial(_from_file, path), ring, reasons)
    yield from _of_file(ring.password_file)
    if ring.pipeline:
        raw = ring.pipeline.encode()
        yield from _by_key(people, vault_id, partial(private_key, raw, PIPELINE_KEY), ring, reasons)


def _by_key(
    people: People, vault_id: str, load: Callable[[], PrivateKey], ring: Keyring, reasons: list[str]
) -> Iterator[bytes]:
    """What is sealed to one private key; where it opens nothing, why is added to `reasons`."""
    try:
        key = load()
        mine = [person for person in people.opening(vault_id) if key.public in {"", person.key}]
        if not mine:
            reasons.append(f"{key.where} is no recipient of {vault_id}")
            return
        identity = key.identity(ring.ask)
        for person in mine:
            yield from people.passwords(person.label, vault_id, identity)
    except SecretError as error:
        reasons.append(f"{error.problem} ({error.where})")


def _of_file(path: Path | None) -> Iterator[bytes]:
    if path is None:
        return
    try:
        yield files.read(path, "the password file", private=True).strip()
    except FileNotFoundError:
        raise StoreUnavailableError("there is no such file", where=str(path), remedy="Correct its name.") from None
    except SecretError as error:
        raise StoreUnavailableError(error.problem, where=error.where, remedy=error.remedy) from None
