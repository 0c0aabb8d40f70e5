"""People with keys of every kind."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from trustctl.secrets.repository import Keyring, RepositorySecrets, new_age_key

KEYGEN = shutil.which("ssh-keygen") or "ssh-keygen"
PASSPHRASE = "Pass-phrase-of-ann-77"


@dataclass(frozen=True)
class Somebody:
    """A person: the private key's path and the public line."""

    private: Path
    public: str

    def opens(self, folder: Path, **more: object) -> RepositorySecrets:
        """The store as this person opens it."""
        return RepositorySecrets(folder, Keyring(usual=(self.private,), **more))  # type: ignore[arg-type] # words of Keyring, handed on


def ssh_key(folder: Path, kind: str, passphrase: str = "", *, pem: bool = False) -> Somebody:
    """A key made by OpenSSH itself."""
    path = folder / f"{kind}-{'pem' if pem else 'key'}"
    bits = ["-b", "2048"] if kind == "rsa" else []
    form = ["-m", "PEM"] if pem else []
    subprocess.run(
        [KEYGEN, "-q", "-t", kind, *bits, *form, "-N", passphrase, "-C", "x@y", "-f", path],
        check=True,
        timeout=60,
    )
    return Somebody(path, path.with_name(f"{path.name}.pub").read_text().strip())


def age_key(folder: Path, name: str = "age") -> Somebody:
    """An age key in a file of mode 0600."""
    text, public = new_age_key()
    path = folder / f"{name}.key"
    path.touch(mode=0o600)
    path.write_text(text)
    return Somebody(path, public)
