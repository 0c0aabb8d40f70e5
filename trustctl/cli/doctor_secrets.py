"""What `doctor` finds about the secret store: whether it is there, opens, and has what the inventory needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from trustctl.cli.secret_uses import OWN, uses
from trustctl.cli.stores import keyring, repository_exists, vault
from trustctl.cli.workspace import Workspace
from trustctl.errors import SecretError, TrustctlError
from trustctl.inventory import load_store
from trustctl.model.store import StoreKind, StoreSettings
from trustctl.report.words import count
from trustctl.secrets import FileSecrets
from trustctl.secrets.trust_keys import optional


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `good` is None where it could not be told or does not matter yet."""

    what: str
    good: bool | None
    text: str
    remedy: str = ""


def store_findings(workspace: Workspace, named: Path | None) -> Iterator[Finding]:
    """The store that this machine would use: the file that was named, else what trust.yml says. Names only."""
    try:
        settings = StoreSettings() if named else load_store(workspace.inventory)
        needed = frozenset(uses(workspace.trust)) if workspace.inventory.is_dir() else frozenset[str]()
        file = named or settings.file
        if named is not None or settings.kind is StoreKind.FILE:
            held = FileSecrets(file).names() if file else ()
            yield _complete(held, needed, str(file))
        elif settings.kind is StoreKind.VAULT:
            yield from _in_vault(settings, needed)
        elif repository_exists(workspace.inventory):
            yield from _in_repository(workspace, needed)
        else:
            remedy = "trustctl secret init makes one; or --secrets FILE, or TRUSTCTL_SECRETS"
            yield Finding("secrets", None, "no secret store yet", remedy)
    except TrustctlError as error:
        place = f" ({error.where})" if error.where else ""
        yield Finding("secrets", False, f"{error.problem}{place}", error.remedy)


def _complete(held: Collection[str], needed: frozenset[str], where: str) -> Finding:
    missing = sorted(needed.difference(held))
    text = f"{count(len(held), 'name')} in {where}; the inventory needs {len(needed)}"
    if not missing:
        return Finding("secrets", True, text)
    return Finding(
        "secrets", False, f"{text}, missing: {', '.join(missing)}", "add them, or runs that need them are refused"
    )


def _in_repository(workspace: Workspace, needed: frozenset[str]) -> Iterator[Finding]:
    from trustctl.secrets.repository import RepositorySecrets  # noqa: PLC0415 - the ciphers take a moment to load

    store = RepositorySecrets(workspace.inventory / "secrets", replace(keyring(), ask=None))
    listing = store.listing()
    yield _complete(listing, needed, workspace.relative(store.folder))
    yield from _own_missing(name for name in OWN if name not in listing)
    for vault_id in store.vault_ids:
        name = next((name for name in listing if store.vault_id_of(name) == vault_id), "")
        people = ", ".join(person.label for person in store.people.opening(vault_id))
        try:
            if name:
                store.held(name)
        except SecretError as error:
            passphrase = "has a passphrase" in error.problem
            told = "your key has a passphrase, which is asked for" if passphrase else error.problem
            yield Finding(
                f"secrets {vault_id}", None, f"{told}; recipients: {people}", "" if passphrase else error.remedy
            )
        else:
            yield Finding(f"secrets {vault_id}", True, f"your key opens it; recipients: {people}")


def _in_vault(settings: StoreSettings, needed: frozenset[str]) -> Iterator[Finding]:
    store = vault(settings)
    yield Finding("vault", None, store.check().replace("\n", "; "))
    try:
        denied = store.denied(needed)
    except SecretError as error:
        yield Finding("secrets", False, error.problem, error.remedy)
        return
    if denied:
        yield Finding("secrets", False, f"the token may not read: {', '.join(denied)}", "trustctl secret policy")
    else:
        yield Finding("secrets", True, f"the token may read all {len(needed)} that the inventory needs")
        yield from _own_missing(name for name in OWN if optional(store, name) is None)


def _own_missing(names: Iterable[str]) -> Iterator[Finding]:
    """A store that was broken off while it was made, or that nobody gave trustctl's own keys."""
    for name in names:
        yield Finding("secrets", None, f"{name} is missing: it {OWN[name]}", f"trustctl secret set {name} --generate")
