"""Which devices a verb is about and how they are reached: the two sets of options, each defined once."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from click.core import ParameterSource

from trustctl.cli.dialling import Dial, dial
from trustctl.cli.options import (
    all_option,
    endpoints_option,
    inventory_option,
    lab_option,
    limit_option,
    schools_argument,
    secrets_option,
)
from trustctl.cli.select import Which
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, UsageError

Verb = Callable[..., ExitCode]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a verb works and by which way it dials. Nothing is read or dialled before it is asked for."""

    workspace: Workspace
    lab: bool
    endpoints: Path | None

    def again(self, *words: str) -> str:
        """A command with these words and the options of this one that say where, as a person types it."""
        found = ["trustctl", *words]
        found += ["--lab"] if self.lab else []
        context = click.get_current_context()
        for name in ("endpoints", "secrets", "inventory"):
            if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                found += [f"--{name}", str(context.params[name])]
        return shlex.join(found)

    def dial(self) -> Dial:
        """How devices are reached. Raises UsageError if the lab is not up or the endpoints are not well formed."""
        return dial(self.workspace, lab=self.lab, endpoints=self.endpoints)


def which_devices(verb: Verb) -> Verb:
    """Give a verb SCHOOLs, --all and --limit, which adds up where it is repeated. It takes them as `which`.

    A --limit without a term (a script's empty variable) is a UsageError: it would mean every device.
    """

    @functools.wraps(verb)
    def command(*, schools: tuple[str, ...], everything: bool, limit: tuple[str, ...], **rest: object) -> ExitCode:
        if any(not text.strip(" ,!") for text in limit):
            raise UsageError("--limit names no device", remedy="give it a pattern, or leave it out for every device")
        return verb(which=Which(schools, everything=everything, limit=",".join(limit)), **rest)

    return schools_argument(all_option(limit_option(command)))


def reached_devices(verb: Verb) -> Verb:
    """Give a verb --lab, --endpoints, --secrets and --inventory. It takes them as `reach`."""

    @functools.wraps(verb)
    def command(
        *, lab: bool, endpoints: Path | None, secrets: Path | None, inventory: Path, **rest: object
    ) -> ExitCode:
        return verb(reach=Reach(Workspace(inventory, secrets), lab, endpoints), **rest)

    return lab_option(endpoints_option(secrets_option(inventory_option(command))))
