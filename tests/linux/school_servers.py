"""Servers of the example trust on real hosts, and the engineer who looks after them with the real command."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from engineer import Done, Engineer, example_trust
from linux_hosts import StartHosts

from trustctl.cli.lab_hosts import dns_servers, host_specs
from trustctl.cli.workspace import Workspace
from trustctl.lab.hosts.lab import HostLab

OUTSIDE = {"www.example.net": "198.51.100.7"}
"""A name that only the trust's own name servers know."""
_MINUTE = 10.0
"""Seconds that a minute of a server's rollback timer lasts."""
_PATIENCE = 420.0


@dataclass(frozen=True, slots=True)
class School:
    """A school's servers, and the command line of the person who looks after them."""

    slug: str
    engineer: Engineer
    lab: HostLab
    others: frozenset[str] = frozenset()
    """Hosts of the lab that are none of the school's."""

    def run(self, verb: str, *words: object) -> Done:
        """Type a verb of the real command, with the servers' addresses and the secrets."""
        reach = () if verb in {"show", "history", "validate"} else ("--endpoints", self.endpoints)
        return self.engineer.run(verb, *words, *reach, patience=_PATIENCE)

    def plan(self, *words: object) -> Done:
        """Plan the school's servers; the plan is kept for `apply`."""
        names = ",".join(name for name in self.lab.names if name not in self.others)
        return self.run("plan", self.slug, "--limit", names, "--out", self.planned, *words)

    def apply(self) -> Done:
        """Carry out what was planned last."""
        return self.run("apply", self.planned, "--yes", "--json")

    def on(self, name: str, script: str) -> str:
        """What a command says that somebody types on the server itself, as root."""
        done = self.lab.run(name, ["sh", "-c", script])
        return done.stdout + done.stderr

    @property
    def planned(self) -> Path:
        """The plan's file."""
        return self.engineer.repository.parent / "plan.json"

    @property
    def endpoints(self) -> Path:
        """Where each server answers, as `--endpoints` takes it."""
        path = self.engineer.repository.parent / "endpoints.json"
        devices = {
            name: {"host": at.host, "port": at.port, "host_key": at.host_key, "serial": at.machine_id}
            for name, at in self.lab.contacts.items()
        }
        path.write_text(json.dumps({"devices": devices, "minute_seconds": _MINUTE}), encoding="utf-8")
        return path

    def template(self, part: str, change: Callable[[str], str]) -> None:
        """Give the trust its own template of a part, made from the one that is shipped."""
        shipped = Path(__file__).parents[2] / "templates/linux" / part / f"{part}.j2"
        own = self.engineer.repository / "templates/linux" / part / f"{part}.j2"
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_text(change(shipped.read_text(encoding="utf-8")), encoding="utf-8")

    def shipped(self, part: str) -> None:
        """Take the trust's own template of a part away again."""
        (self.engineer.repository / "templates/linux" / part / f"{part}.j2").unlink()


def outcomes(done: Done) -> dict[str, str]:
    """How each device of an apply or rollback ended."""
    found = done.json
    assert isinstance(found, dict), str(done)
    return {one["device"]: one["outcome"] for one in found["outcomes"]}


def open_school(
    slug: str,
    start: StartHosts,
    folder: Path,
    edit: Callable[[Engineer], None] = lambda _: None,
    packages: tuple[str, ...] = (),
) -> School:
    """Boot a school's servers for a fresh copy of the example trust; `packages` are there before anything."""
    engineer = example_trust(folder / "trust")
    edit(engineer)
    workspace = Workspace(engineer.inventory, engineer.secrets)
    specs, left_out = host_specs(workspace, (slug,))
    assert not left_out, left_out
    specs = tuple(replace(spec, packages=packages) for spec in specs)
    lab = start(*specs, names=OUTSIDE, dns=dns_servers(workspace, (slug,)))
    return School(slug, engineer, lab)
