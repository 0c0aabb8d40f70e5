"""A real sshd on loopback, run by whoever tests."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from pathlib import Path

from trustctl.engines.protocol import Endpoint, Target

PROGRAM = Path("/usr/sbin/sshd")
SUDO = """\
#!/bin/sh
# stands in for sudo where the tests have no root: asks for a password as `sudo -S` does, and runs the command as us
asks=; while [ $# -gt 0 ]; do case $1 in -S) asks=1;; -n|-k|-H) ;; -p) shift;; *) break;; esac; shift; done
[ -n "$asks" ] || { [ -e "$HOME_OF_TEST/free" ] || { echo 'sudo: a password is required' >&2; exit 1; }; exec "$@"; }
if [ ! -e "$HOME_OF_TEST/free" ]; then IFS= read -r word
  [ "$word" = Sudo-1 ] || { echo 'sudo: 1 incorrect password attempt' >&2; exit 1; }; fi
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class Server:
    """Where it answers, and what is needed to sign in."""

    port: int
    host_key: str
    key: str
    folder: Path

    def target(self, **more: object) -> Target:
        """Everything the engine needs for it."""
        words: dict[str, object] = {
            "device": "loop-01",
            "platform": "linux",
            "endpoint": Endpoint("127.0.0.1", self.port),
            "username": getpass.getuser(),
            "password": self.key,
            "enable": "Sudo-1",
            "host_key": self.host_key,
        }
        return Target(**{**words, **more})  # type: ignore[arg-type] - words of each field, as the caller has them
