"""`trustctl secret init`, `add-recipient` and `remove-recipient`: the store in the repository and who can open it."""

from __future__ import annotations

import getpass
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import inventory_option, json_option, yes_option
from trustctl.cli.screen import note, screen, tell
from trustctl.cli.secret_keeper import in_repository, only_repository
from trustctl.cli.secret_uses import OWN, strong_value
from trustctl.cli.stores import age_key_path, repository, usual_keys
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, UsageError
from trustctl.report.json import to_json
from trustctl.report.page import Page
from trustctl.report.words import count
from trustctl.secrets.repository import TRUST, fingerprint, new_age_key, public_key
from trustctl.secrets.repository import files as private
from trustctl.secrets.repository.keys import private_key

id_option = click.option("--id", "vault_id", default=TRUST, metavar="ID", help="A part of the store of its own (oak).")


@click.command(cls=VerbCommand)
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.pub", help="Your public key.")
@click.option("--name", "label", default="", help="What you are called among those who can open it.")
@click.option("--new-key", is_flag=True, help="Make an age key for you, even if you have an SSH key.")
@id_option
@inventory_option
@json_option
def init(key: Path | None, label: str, new_key: bool, vault_id: str, inventory: Path, as_json: bool) -> ExitCode:
    """Make the secret store in the repository, which your SSH key opens (or an age key that is made for you).

    With --id: a part of it for one school, which those who open the trust's part open too, and a pipeline of that
    school alone.
    """
    workspace = Workspace(inventory)
    only_repository(workspace)
    store = repository(inventory)
    if vault_id != TRUST and TRUST in store.vault_ids:
        store.create(vault_id)
        _said(as_json, {"id": vault_id, "folder": str(store.folder)}, _made_part(vault_id))
        return ExitCode.DONE
    line, where = _own_key(key, new_key=new_key)
    me = label or _label(getpass.getuser())
    store.create(TRUST, (me, line))
    for name in OWN:
        store.put(name, strong_value(name, []))
    shown = workspace.relative(store.folder)
    document = {"id": TRUST, "folder": str(store.folder), "recipient": me, "key": str(where), "secrets": list(OWN)}
    _said(as_json, document, _made(shown, me, where, public_key(line)))
    return ExitCode.DONE


def _made(folder: str, me: str, key: Path, line: str) -> list[tuple[str, str]]:
    made = f"{key}, made just now: keep a copy of it where you keep passwords" if key == age_key_path() else str(key)
    return [
        (f"{folder}/ is the trust's secret store", "bold"),
        (f"opened by {me}, with {made}", ""),
        (f"  {fingerprint(line)}", "dim"),
        (f"it has keys of trustctl's own: {', '.join(OWN)}", ""),
        ("", ""),
        ("Then:", ""),
        ("  trustctl secret set login/trustctl        a value; it is asked for, and never shown", "cyan"),
        ("  trustctl secret list                      what the inventory needs and is not there yet", "cyan"),
        ("  trustctl secret add-recipient NAME KEY    a colleague, or a pipeline", "cyan"),
        (f"  git add {folder}", "cyan"),
    ]


def _made_part(vault_id: str) -> list[tuple[str, str]]:
    return [
        (f"the store has a part {vault_id} now, opened by those who open {TRUST}", "bold"),
        (f"  trustctl secret set NAME --id {vault_id}", "cyan"),
        (f"  trustctl secret add-recipient ci-{vault_id} KEY --id {vault_id}", "cyan"),
    ]


@click.command("add-recipient", cls=VerbCommand)
@click.argument("name")
@click.argument("key", required=False)
@click.option("--id", "ids", multiple=True, metavar="ID", help="Only this part of the store; may be repeated.")
@click.option(
    "--new-key",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Make an age key for a pipeline and write its private half to FILE.",
)
@yes_option
@inventory_option
@json_option
def add_recipient(
    name: str, key: str | None, ids: tuple[str, ...], new_key: Path | None, yes: bool, inventory: Path, as_json: bool
) -> ExitCode:
    """Let NAME, a colleague or a pipeline, open the store with KEY: a file, or the line itself. A public key."""
    workspace = Workspace(inventory)
    store = in_repository(workspace)
    if (key is None) is (new_key is None):
        raise UsageError("a key is needed, one", remedy="name a file such as ann.pub, or give --new-key FILE")
    wanted = ids or store.vault_ids
    unknown = [one for one in wanted if one not in store.vault_ids]
    if unknown:
        raise UsageError(f"the store has no '{unknown[0]}'", remedy=f"there are: {', '.join(store.vault_ids)}")
    line = _written_key(new_key) if new_key is not None else _given_key(key or "")
    if not yes and new_key is None:
        note(f"{name}  {fingerprint(public_key(line, key or ''))}")
        note(f"can open what this store holds ({', '.join(wanted)}) once it is added; compare the key with its owner's")
        click.confirm(f"add {name}?", abort=True, err=True)
    store.admit(name, line, tuple(wanted))
    lines = [
        (f"{name} can open {', '.join(wanted)}, once {workspace.relative(store.people.folder)}/ is committed", "bold")
    ]
    if new_key is not None:
        lines.append((f"the private key is in {new_key}: make it the pipeline's secret TRUSTCTL_SECRET_KEY,", ""))
        lines.append(("then delete the file", ""))
    _said(as_json, {"recipient": name, "ids": list(wanted), "key": public_key(line)}, lines)
    return ExitCode.DONE


@click.command("remove-recipient", cls=VerbCommand)
@click.argument("name")
@yes_option
@inventory_option
@json_option
def remove_recipient(name: str, yes: bool, inventory: Path, as_json: bool) -> ExitCode:
    """Take NAME's access away: a new password for everybody else, and every secret sealed anew.

    NAME could read the secrets until now and still can, in Git's history: they must be changed themselves. They are
    listed.
    """
    workspace = Workspace(inventory)
    store = in_repository(workspace)
    if not yes:
        note("the new password will be sealed to:")
        for person in store.people.everybody():
            if person.label != name:
                note(f"  {person.label}  {fingerprint(person.key)}  ({', '.join(person.opens)})")
        click.confirm(f"remove {name}?", abort=True, err=True)
    could = store.dismiss(name)
    lines = [
        (f"{name} can open nothing that is written from now on; {count(len(could), 'secret')} sealed anew", "bold"),
        ("", ""),
        (f"What {name} could read is in Git's history for ever. Change each of these where it is used:", "yellow"),
        *((f"  trustctl secret rotate {one}", "") for one in could),
    ]
    _said(as_json, {"recipient": name, "must_be_changed": list(could)}, lines)
    return ExitCode.DONE


def _said(as_json: bool, document: Mapping[str, object], lines: Iterable[tuple[str, str]]) -> None:
    if as_json:
        tell(to_json(document))
        return
    view = screen()
    page = Page(width=view.width, colour=view.colour)
    for text, style in lines:
        if text:
            page.row((text, style))
        else:
            page.blank()
    view.show(page.text())


def _label(user: str) -> str:
    """A user name as a recipient's.  Before: `Ann.Lee`.  After: `ann-lee`."""
    return re.sub(r"[^a-z0-9]+", "-", user.lower()).strip("-")[:40] or "me"


def _own_key(named: Path | None, *, new_key: bool) -> tuple[str, Path]:
    """The public line to seal to, and the key's file: the one that is named, the first that is there, or a new one."""
    if named is not None:
        return _text(named), named
    for path in () if new_key else usual_keys():
        beside = path.with_name(f"{path.name}.pub")
        if beside.is_file() and path.is_file():
            return _text(beside), path
        if path == age_key_path() and path.is_file():
            return private_key(private.read(path, "the private key", private=True), str(path)).public, path
    path = age_key_path()
    return _written_key(path), path


def _written_key(path: Path) -> str:
    """Make an age key, write its private half, and return the public one. Raises StorageError if the file is there."""
    text, public = new_age_key()
    private.make_folder(path.absolute().parent)
    private.write(path, text, new=True)
    return public


def _given_key(key: str) -> str:
    """The public line of a file's name, of `-` for standard input, or the line itself."""
    if key == "-":
        return sys.stdin.readline().strip()
    if key.startswith(("ssh-", "age1", "ecdsa-", "sk-")):
        return key
    return _text(Path(key))


def _text(path: Path) -> str:
    try:
        text = private.read(path, "the public key").decode("ascii", errors="replace")
    except FileNotFoundError:
        raise UsageError("there is no such file", where=str(path), remedy="name a public key, FILE.pub") from None
    if "PRIVATE KEY" in text or "AGE-SECRET-KEY" in text:
        raise UsageError("this is a private key", where=str(path), remedy="give the public one, which ends in .pub")
    return text.strip()
