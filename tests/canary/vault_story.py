"""The canary story of a Vault server: the token and the secret id by which trustctl signs in, and what lies there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from artefacts import recorded
from canaries import canary
from engineer import Done, Engineer
from recorder import Recorder
from vaulted import NO_FILE, Vault

from trustctl.lab.vault import Core, Fault, FaultKind
from trustctl.lab.vault.message import Reply, Request
from trustctl.secrets.redact import KNOWN

SWITCH = "oak-sw-b1-01"
SECRET = "radius/shared-key"
PLAN = ("plan", "oak", "--limit", SWITCH, "--captured")


class Listening(Core):
    """A server that remembers what it was asked, bodies included: the proof that a canary reached it."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[Request, int]] = []

    def answer(self, request: Request, *, standby: bool = False) -> Reply:
        """As the parent."""
        reply = super().answer(request, standby=standby)
        self.heard.append((request, reply.status))
        return reply


@dataclass
class VaultStory:
    """One engineer, one server, and everything that was said and written."""

    engineer: Engineer
    vault: Vault
    values: dict[str, str]
    recorder: Recorder
    ended: dict[str, Done] = field(default_factory=dict[str, Done])

    def run(self, what: str, *words: object, typed: str = "") -> Done:
        """A command as a process of its own, recorded."""
        env = {**recorded(self.engineer, self.recorder, self.values), **NO_FILE}
        self.ended[what] = self.engineer.run(*words, env=env, typed=typed)
        return self._noted(what)

    def call(self, what: str, *words: object) -> Done:
        """A command in this process, which knows no value beforehand and takes its token back at the end."""
        KNOWN.forget()
        leaving: list[Callable[[], None]] = []

        def register(function: Callable[..., None], *given: object) -> None:
            leaving.append(lambda: function(*given))

        with patch("trustctl.cli.stores.atexit", SimpleNamespace(register=register)):
            self.ended[what] = self.engineer.call(*words, env=NO_FILE)
        for leave in leaving:
            leave()
        return self._noted(what)

    def _noted(self, what: str) -> Done:
        """Every token that the server has seen so far is a canary."""
        for number, token in enumerate(sorted({seen.token for seen in self.vault.server.seen if seen.token})):
            self.values[f"vault/token {number}"] = token
        return self.ended[what]


def tell_vault(story: VaultStory) -> None:
    """What works: look, set, list, rotate, plan. No value is typed as an argument."""
    coming = story.values["typed/value"] = canary("typed")
    story.run("set", "secret", "set", SECRET, typed=coming)
    story.run("plan", *PLAN, "--view", "full", "--undo", "--origins", "--out", "plan.json")
    story.run("get", "secret", "get", SECRET)
    story.call("doctor", "doctor")
    story.call("doctor as JSON", "doctor", "--json")
    story.call("list", "secret", "list")
    story.call("rotate", "secret", "rotate", SECRET)
    held = story.vault.keys(SECRET)
    story.values["made/value"] = str(held["next"])
    story.call("finish", "secret", "rotate", SECRET, "--finish")
    story.call("policy", "secret", "policy", "--write", "--listing")


def fail_vault(story: VaultStory, secret_id: Path, other_ca: Path) -> None:
    """What fails: sealed, 403, a proxy's page, a wrong CA, a wrong secret id, and a fault of our own inside."""
    server, core = story.vault.server, story.vault.server.core
    core.seal.sealed = True
    story.run("sealed", *PLAN)
    story.call("sealed, doctor", "doctor")
    core.seal.sealed = False
    for what, kind, status in (("403", FaultKind.STATUS, 403), ("page", FaultKind.HTML, 200)):
        server.fault(Fault(kind, status=status, path="secret/data", times=50))
        story.call(what, *PLAN)
        server._faults.clear()
    broken = RuntimeError(" ".join(story.values.values()))
    with patch("trustctl.secrets.vault.wire.Wire._read", side_effect=broken):
        story.call("fault", "secret", "list")
    with patch("trustctl.secrets.vault.store.VaultSecrets.put", side_effect=broken):
        story.call("fault with a token", "secret", "rotate", "snmp/auth")
    trust = story.engineer.inventory / "trust.yml"
    text = trust.read_text(encoding="utf-8")
    right = next(line for line in text.splitlines() if line.strip().startswith("ca: "))
    trust.write_text(text.replace(right, f"    ca: {other_ca}"), encoding="utf-8")
    story.call("wrong CA", *PLAN)
    trust.write_text(text, encoding="utf-8")
    story.values["vault/wrong-secret-id"] = canary("wrong")
    secret_id.write_text(story.values["vault/wrong-secret-id"], encoding="ascii")
    story.run("wrong secret id", *PLAN)
    story.call("wrong secret id, set", "secret", "rotate", "snmp/auth")
