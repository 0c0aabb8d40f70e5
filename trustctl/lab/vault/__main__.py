"""A Vault server to try things on: `python -m trustctl.lab.vault [FLAVOUR]`.

It is unsealed, has a KV version 2 mount at `secret`, runs by the real clock, forgets everything at its end (Ctrl-C),
and prints what to put into the environment. FLAVOUR is vault-1.8 (the default), newer-vault or openbao.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

from trustctl.lab.vault import FLAVOURS, Core, VaultClock, VaultServer, start


def main(words: list[str]) -> int:
    """Serve until the person has enough; the exit code."""
    name = words[0] if words else next(iter(FLAVOURS))
    if name not in FLAVOURS:
        sys.stderr.write(f"there is no flavour {name}; there are {', '.join(FLAVOURS)}\n")
        return 1
    today = datetime.now(tz=UTC)  # noqa: TID251 - a server of its own, not a part of a command
    core = Core(FLAVOURS[name], VaultClock(today, time.monotonic))
    root = start(core)
    core.spaces[""].mount("secret", "kv", {"version": "2"})
    with VaultServer(core) as server:
        sys.stdout.write(f"export VAULT_ADDR={server.address} VAULT_TOKEN={root}\n")
        sys.stdout.flush()
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
