"""`trustctl secret`: the trust's secrets, wherever its store is. No value is ever an argument, and none is shown."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from rich_click import RichGroup

from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import inventory_option, json_option, yes_option
from trustctl.cli.screen import note, screen, tell
from trustctl.cli.secret_keeper import Keeper, keeper, with_older_keys
from trustctl.cli.secret_people import add_recipient, init, remove_recipient
from trustctl.cli.secret_uses import OWN, WITHOUT_OWN, Use, check_fits, strong_value, used_by, uses
from trustctl.cli.stores import in_pipeline
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, MissingSecretError, TrustctlError, UsageError
from trustctl.inventory import load_store
from trustctl.model.secret import SECRET_NAME, canonical, next_name, previous_name
from trustctl.report.json import plain, to_json
from trustctl.report.page import Page
from trustctl.report.words import count

_LONGEST = 64 * 1024
"""Characters that are read from standard input; the largest private key has some thousands."""


@click.group(cls=RichGroup)
def command() -> None:
    """The trust's secrets: make the store, set and list them, rotate one, say who can open them."""


for verb in (init, add_recipient, remove_recipient):
    command.add_command(verb)


@command.command("set", cls=VerbCommand)
@click.argument("name")
@click.option("--generate", is_flag=True, help="Make a strong value of the right kind in place of asking for one.")
@click.option("--id", "vault_id", default="", metavar="ID", help="The part of the store for a new secret (oak).")
@inventory_option
@json_option
def set_(name: str, generate: bool, vault_id: str, inventory: Path, as_json: bool) -> ExitCode:
    """Set the secret NAME. The value is asked for unseen, or read from standard input; it is never an argument."""
    workspace = Workspace(inventory)
    name, found = _named(name), _uses(workspace).get(canonical(name), [])
    store = keeper(workspace, vault_id)
    value = strong_value(name, found) if generate else _value(name)
    check_fits(name, value, found)
    version = store.put(name, with_older_keys(store, name, value))
    _told(name, version, found, "set", as_json=as_json)
    return ExitCode.DONE


@command.command(cls=VerbCommand)
@click.argument("name")
@click.option(
    "--reveal", is_flag=True, help="Print it even where it may be kept: into a pipe, a file, a pipeline's log."
)
@inventory_option
@json_option
def get(name: str, reveal: bool, inventory: Path, as_json: bool) -> ExitCode:
    """Print the value of the secret NAME on a terminal. Elsewhere it is refused, unless you say --reveal."""
    workspace = Workspace(inventory)
    if not reveal and (not sys.stdout.isatty() or in_pipeline()):
        raise UsageError(
            "the value would go where it may be kept: a pipe, a file or a pipeline's log",
            where=name,
            remedy="run it at a terminal, or say so: --reveal",
        )
    name = _named(name)
    held = keeper(workspace).held(name)
    text = to_json({"name": name, "version": held.version, "value": held.value}) if as_json else held.value
    sys.stdout.flush()
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as past_the_redactor:
        past_the_redactor.write(text.rstrip("\n") + "\n")
    return ExitCode.DONE


@command.command("list", cls=VerbCommand)
@inventory_option
@json_option
def list_(inventory: Path, as_json: bool) -> ExitCode:
    """Every secret: its version, what uses it, and which are referred to and not there. No value is looked at."""
    workspace = Workspace(inventory)
    found = uses(workspace.trust)
    held = keeper(workspace).listing(frozenset(found) | frozenset(OWN))
    missing = [name for name in found if name not in held]
    rows = {name: found.get(name, []) for name in sorted({*held, *found})}
    if as_json:
        secrets = [
            {"name": name, "version": held.get(name, ""), "missing": name in missing, "uses": plain(mine)}
            for name, mine in rows.items()
        ]
        tell(to_json({"secrets": secrets, "missing": missing}))
        return ExitCode.TRUST if missing else ExitCode.DONE
    view = screen()
    page = Page(width=view.width, colour=view.colour)
    page.table(
        ("secret", "version", "used by"),
        [
            [
                (name, "bold"),
                ("missing", "bold red") if name in missing else (held[name], "dim"),
                (_purpose(name, mine), ""),
            ]
            for name, mine in rows.items()
        ],
        indent=0,
    )
    page.blank()
    told = (
        f"{count(len(held), 'secret')}, {count(len(missing), 'is', 'are')} missing"
        if missing
        else f"{count(len(held), 'secret')}"
    )
    page.row((told, "bold"))
    if missing:
        page.row((f"  trustctl secret set {missing[0]}", "cyan"))
    view.show(page.text())
    return ExitCode.TRUST if missing else ExitCode.DONE


@command.command(cls=VerbCommand)
@click.argument("name")
@yes_option
@inventory_option
@json_option
def delete(name: str, yes: bool, inventory: Path, as_json: bool) -> ExitCode:
    """Take the secret NAME out of the store. Refused while the inventory refers to it, or cannot be read."""
    workspace = Workspace(inventory)
    name = _named(name)
    found = uses(workspace.trust).get(name)
    if found:
        raise UsageError(f"{name} is in use: {used_by(found)}", remedy="change the inventory first")
    lost = WITHOUT_OWN.get(name.partition("#")[0])
    if lost and not yes:
        note(f"without {name} {lost}; a new one in its place: trustctl secret rotate {name.partition('#')[0]}")
        click.confirm(f"delete {name}?", abort=True, err=True)
    keeper(workspace).delete(name)
    _told(name, "", [], "deleted", as_json=as_json)
    return ExitCode.DONE


@command.command(cls=VerbCommand)
@click.argument("name")
@click.option("--finish", is_flag=True, help="Every device has the new value: let it take the old one's place.")
@click.option("--ask", is_flag=True, help="Ask for the new value in place of making one.")
@inventory_option
@json_option
def rotate(name: str, finish: bool, ask: bool, inventory: Path, as_json: bool) -> ExitCode:
    """Put a new value for the secret NAME beside the old one, for `trustctl plan --rotate` to bring to the devices.

    The old value stays in force until every device has the new one; then --finish. A key of trustctl's own, which no
    device has, is rotated in one step.
    """
    workspace = Workspace(inventory)
    name, found = _named(name), _uses(workspace).get(canonical(name), [])
    store = keeper(workspace)
    coming = next_name(name)
    if finish and name in OWN:
        raise UsageError(f"{name} is rotated in one step", remedy=f"trustctl secret rotate {name}")
    if finish:
        version = store.finish(name)
        _told(name, version, found, "finished", as_json=as_json)
        return ExitCode.DONE
    _not_under_way(store, name)
    store.held(name)  # there must be an old value, and we must be able to open it
    value = _value(coming) if ask else strong_value(name, found)
    check_fits(name, value, found)
    if name in OWN:
        _told(name, store.put(name, with_older_keys(store, name, value)), [], "renewed", as_json=as_json)
        return ExitCode.DONE
    version = store.put(coming, value)
    _told(name, version, found, "rotate", as_json=as_json)
    return ExitCode.DONE


@command.command(cls=VerbCommand)
@click.option("--write", is_flag=True, help="Also what `secret set` and `secret rotate` need.")
@click.option("--listing", is_flag=True, help="Also to see which secrets there are.")
@inventory_option
@json_option
def policy(write: bool, listing: bool, inventory: Path, as_json: bool) -> ExitCode:
    """Print the policy of Vault or OpenBao that a token of this trust needs, and no more: for `vault policy write`."""
    from trustctl.secrets.vault import policy as hcl  # noqa: PLC0415 - its libraries take a moment to load

    workspace = Workspace(inventory)
    settings = load_store(inventory).vault
    if settings is None:
        note("the trust's store is not Vault; this is what it would need, at the usual mount `secret`, version 2")
    mount, version = (settings.mount, settings.kv) if settings else ("secret", 2)
    names = sorted({*uses(workspace.trust), *OWN})
    text = hcl(names, mount, version, write=write, listing=listing)
    tell(to_json({"policy": text, "secrets": names}) if as_json else text)
    return ExitCode.DONE


def _named(name: str) -> str:
    """The name as it is kept; `secret://` before it does no harm. Raises UsageError."""
    name = name.removeprefix("secret://")
    if not SECRET_NAME.fullmatch(name):
        raise UsageError("this is not the name of a secret", remedy="use names like login/ops, or radius/oak#key")
    return canonical(name)


def _uses(workspace: Workspace) -> dict[str, list[Use]]:
    """What refers to each secret; nothing while the inventory cannot be read, which is said."""
    try:
        return uses(workspace.trust)
    except TrustctlError:
        note("the inventory cannot be read (trustctl validate), so nobody knows what uses it")
        return {}


def _value(name: str) -> str:
    """What a person types twice, unseen, or what comes in by standard input. Raises UsageError if it is nothing."""
    if sys.stdin.isatty():
        typed: object = click.prompt(f"Value of {name}", hide_input=True, confirmation_prompt="Once more", err=True)
        value = str(typed)
    else:
        value = sys.stdin.read(_LONGEST + 1).removesuffix("\n")
        value += "\n" if value.endswith("PRIVATE KEY-----") else ""
    if not value or len(value) > _LONGEST:
        what = "nothing came in" if not value else "more came in than any secret has"
        raise UsageError(f"{what} by standard input", remedy=f"type it: trustctl secret set {name}")
    return value


def _not_under_way(store: Keeper, name: str) -> None:
    try:
        store.held(next_name(name))
    except MissingSecretError:
        return
    raise UsageError(
        f"a rotation of {name} is under way",
        remedy=f"trustctl plan --rotate {name}; trustctl secret rotate {name} --finish; or take it back: "
        f"trustctl secret delete {next_name(name)}",
    )


_ACTS = {
    "set": ("{name} is set", "trustctl plan SCHOOL shows which devices do not have it yet"),
    "deleted": ("{name} is deleted", ""),
    "rotate": ("a new value of {name} lies beside the old one", "trustctl plan --rotate {name}"),
    "renewed": ("{name} has a new value", ""),
    "finished": ("the new value of {name} is in force; the old one is kept as {previous}", "trustctl secret list"),
}
"""What was done, and what to type next."""


def _told(name: str, version: str, found: list[Use], act: str, *, as_json: bool) -> None:
    if as_json:
        tell(to_json({"name": name, "version": version, "act": act, "uses": plain(found)}))
        return
    done, following = (text.format(name=name, previous=previous_name(name)) for text in _ACTS[act])
    view = screen()
    page = Page(width=view.width, colour=view.colour)
    page.row((done, "bold"), (f"  version {version}" if version else "", "dim"))
    if act != "deleted":
        page.prose(_purpose(name, found), indent=2, lead=("used by: " if found else "", ""))
    if following and not (name in OWN and act == "set"):  # no device has it
        page.row((f"  {following}", "cyan"))
    view.show(page.text())


def _purpose(name: str, found: list[Use]) -> str:
    base = name.partition("#")[0]
    return OWN.get(base) or used_by(found) or "nothing in the inventory refers to it"
