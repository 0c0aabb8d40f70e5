"""The engineer: a trust's repository and the real `trustctl` command, run as a process of its own."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from trustctl.cli.main import outcome

ROOT = Path(__file__).parents[2]
_PATIENCE = 100.0
"""Seconds after which a command counts as hung."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended: its arguments, exit code, stdout and stderr."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        """Stdout as JSON."""
        return json.loads(self.out)

    def __str__(self) -> str:
        return (
            f"trustctl {' '.join(self.arguments)}\nexit {self.code}\n{self.out[-6000:]}\n--- stderr\n{self.err[-4000:]}"
        )


@dataclass(frozen=True, slots=True)
class Engineer:
    """Types commands in a repository. `said` keeps everything that any command printed."""

    repository: Path
    secrets: Path
    said: list[Done] = field(default_factory=list[Done])

    def run(
        self,
        *arguments: object,
        env: Mapping[str, str] | None = None,
        typed: str = "",
        patience: float = _PATIENCE,
        python: Sequence[str] = (),
    ) -> Done:
        """Run `trustctl` with these arguments; `typed` is what stands on its stdin. Never waits for ever.

        `python` are options of the Python that runs it.
        """
        words = tuple(str(word) for word in arguments)
        done = subprocess.run(
            [sys.executable, *python, "-m", "trustctl.cli.main", *words],
            cwd=self.repository,
            env=self._environment(env),
            input=typed.encode(),
            capture_output=True,
            timeout=patience,
            check=False,
        )
        result = Done(words, done.returncode, done.stdout.decode(), done.stderr.decode())
        self.said.append(result)
        return result

    def call(self, *arguments: object, env: Mapping[str, str] | None = None) -> Done:
        """The same within this process: quick, for commands that reach no device. Nobody answers a question."""
        words = tuple(str(word) for word in arguments)
        out, err = io.StringIO(), io.StringIO()
        with (
            chdir(self.repository),
            patch.dict(os.environ, self._environment(env), clear=True),
            patch("sys.stdin", io.StringIO()),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = outcome(words)
        result = Done(words, code, out.getvalue(), err.getvalue())
        self.said.append(result)
        return result

    def _environment(self, more: Mapping[str, str] | None) -> dict[str, str]:
        usual = {"PATH": os.environ["PATH"], "HOME": str(self.repository), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        return {**usual, "TRUSTCTL_SECRETS": str(self.secrets), **(more or {})}

    @property
    def inventory(self) -> Path:
        """The trust's inventory folder."""
        return self.repository / "inventory"

    @property
    def state(self) -> Path:
        """Where trustctl keeps its journal and backups."""
        return self.repository / ".trustctl"

    def edit(self, name: str, old: str, new: str) -> int:
        """Replace the first `old` in an inventory file by `new`; the line number (from 1) of the replacement."""
        path = self.inventory / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def kept(self) -> dict[str, bytes]:
        """Every file of the state folder with its content; SQLite's own side files left out."""
        return {
            str(path.relative_to(self.state)): path.read_bytes()
            for path in sorted(self.state.rglob("*"))
            if path.is_file() and not path.name.endswith(("-wal", "-shm"))
        }


def example_trust(repository: Path) -> Engineer:
    """Copy the example inventory into a new repository, with its made-up secrets as a private file."""
    repository.mkdir(parents=True)
    shutil.copytree(ROOT / "inventory", repository / "inventory")
    (repository / "inventory" / "pins.yml").unlink(missing_ok=True)
    secrets = repository.parent / "secrets.yml"
    secrets.touch(mode=0o600)
    secrets.write_text((ROOT / "inventory" / "lab-secrets.example.yml").read_text(encoding="utf-8"), encoding="utf-8")
    return Engineer(repository, secrets)


_TRACEBACK = re.compile(r"Traceback \(most recent call last\)|has a fault of its own")


def one_clear_error(done: Done, code: int, *words: str) -> None:
    """Assert that a command failed well: this exit code, no traceback, these words somewhere in what it said."""
    assert done.code == code, str(done)
    said = done.out + done.err
    assert not _TRACEBACK.search(said), str(done)
    flat = " ".join(said.split())
    missing = [word for word in words if word not in flat]
    assert not missing, f"not said: {missing}\n{done}"
