"""The canary story of the store in the repository: a private key with a passphrase, which is typed at a terminal."""

from __future__ import annotations

import base64
import os
import pty
import select
import sys
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path

from artefacts import recorded
from canaries import canary
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from engineer import Done, Engineer
from recorder import Recorder

SECRET = "radius/shared-key"
_WAIT = 60.0
"""Seconds after which a command at the terminal counts as hung."""


def protected_key(home: Path, passphrase: str) -> dict[str, str]:
    """Write an SSH key that a passphrase protects; the canaries of its secret half, by name."""
    made = ed25519.Ed25519PrivateKey.generate()
    folder = home / ".ssh"
    folder.mkdir(parents=True, mode=0o700)
    opened, public = serialization.PrivateFormat.OpenSSH, serialization.PublicFormat.OpenSSH
    sealed = made.private_bytes(
        serialization.Encoding.PEM, opened, serialization.BestAvailableEncryption(passphrase.encode())
    )
    (folder / "id_ed25519").touch(mode=0o600)
    (folder / "id_ed25519").write_bytes(sealed)
    (folder / "id_ed25519.pub").write_bytes(
        made.public_key().public_bytes(serialization.Encoding.OpenSSH, public) + b" me@example\n"
    )
    seed = made.private_bytes_raw()
    # where it stands in a PEM decides which of three spellings in base64 it has
    inside = {f"key/base64 {skip}": base64.b64encode(b"\0" * skip + seed)[4:-4].decode() for skip in range(3)}
    lines = [line for line in sealed.decode().splitlines() if not line.startswith("-----")]
    # the first two lines are the format's own header and the public half
    return {"key/passphrase": passphrase, "key/hex": seed.hex(), "key/sealed": lines[-2], **inside}


@dataclass
class KeyStory:
    """Somebody at a terminal, whose key opens the store, and everything that was seen and written."""

    engineer: Engineer
    home: Path
    values: dict[str, str]
    recorder: Recorder
    ended: dict[str, Done] = field(default_factory=dict[str, Done])

    @property
    def environment(self) -> dict[str, str]:
        """What a command gets."""
        mine = {"HOME": str(self.home), "TRUSTCTL_SECRETS": ""}
        return self.engineer._environment({**recorded(self.engineer, self.recorder, self.values), **mine})

    def run(self, what: str, *words: object, typed: str = "") -> None:
        """A command without a terminal."""
        self.ended[what] = self.engineer.run(*words, env=self.environment, typed=typed)

    def at_terminal(self, what: str, *words: str, typed: tuple[str, ...] = (), shown: bool = False) -> None:
        """A command at a terminal, where a line is typed after each question; `shown`: it is meant to show a value."""
        arguments, env = [sys.executable, "-m", "trustctl.cli.main", *words], self.environment
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.engineer.repository)
            os.execve(sys.executable, arguments, env)  # noqa: S606 - the terminal's own child
        seen = _conversation(terminal, list(typed))
        self.ended[what] = Done(words, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), seen, "")
        if not shown:
            self.engineer.said.append(self.ended[what])


def _conversation(terminal: int, waiting: list[str]) -> str:
    seen, fresh, end = "", "", time.monotonic() + _WAIT
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                part = os.read(terminal, 4096).decode()
            except OSError:
                break
            if not part:
                break
            seen, fresh = seen + part, fresh + part
        elif waiting and fresh.rstrip().endswith(":") and not termios.tcgetattr(terminal)[3] & termios.ECHO:
            # a question is answered once, and only while the terminal does not echo
            os.write(terminal, f"{waiting.pop(0)}\n".encode())
            fresh = ""
    os.close(terminal)
    return seen


def tell_key(story: KeyStory) -> None:
    """Make the store, set and get a secret, let somebody in and out again; then what fails."""
    passphrase, value = story.values["key/passphrase"], canary("typed")
    story.values["typed/value"] = value
    story.at_terminal("init", "secret", "init", "--name", "me", typed=(passphrase,) * 2)
    story.at_terminal("set", "secret", "set", SECRET, typed=(value, value, passphrase))
    story.at_terminal("get", "secret", "get", SECRET, typed=(passphrase,), shown=True)
    story.at_terminal(
        "add", "secret", "add-recipient", "ann", "--new-key", str(story.home / "ann.key"), typed=(passphrase,)
    )
    story.at_terminal("remove", "secret", "remove-recipient", "ann", "--yes", typed=(passphrase,) * 2)
    story.values["key/wrong"] = canary("wrong")
    story.at_terminal("wrong passphrase", "secret", "get", SECRET, typed=(story.values["key/wrong"],) * 3)
    story.run("nobody there", "secret", "get", SECRET, "--reveal")
    story.run("list", "secret", "list")
    story.run("plan", "plan", "oak", "--limit", "oak-sw-b1-01", "--captured", "--view", "full", "--out", "plan.json")
