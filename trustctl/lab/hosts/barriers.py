"""What the lab's router does to single hosts: a package archive or a name server that fails for them alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from trustctl.errors import UsageError
from trustctl.lab.hosts.network import Network
from trustctl.lab.hosts.services import REPOSITORY, Services

_EMPTY, _DAMAGED = 8081, 8082
_MIRRORS = {
    "gone": f"ip daddr {REPOSITORY} tcp dport 80 reject with tcp reset",
    "silent": f"ip daddr {REPOSITORY} tcp dport 80 drop",
    "empty": f"ip daddr {REPOSITORY} tcp dport 80 dnat to {REPOSITORY}:{_EMPTY}",
    "damaged": f"ip daddr {REPOSITORY} tcp dport 80 dnat to {REPOSITORY}:{_DAMAGED}",
}
_NAMES = "meta l4proto {{ tcp, udp }} th dport 53 drop"

_TABLE = """\
table ip lab
delete table ip lab
table ip lab {{
    chain turned {{
        type nat hook prerouting priority dstnat
{turned}
    }}
    chain here {{
        type filter hook input priority filter
{stopped}
    }}
    chain through {{
        type filter hook forward priority filter
{stopped}
    }}
}}
"""


class Barriers:
    """The router's rules for each host, always loaded as a whole."""

    def __init__(self, network: Network, services: Services, folder: Path, archives: Path) -> None:
        self._network = network
        self._services = services
        self._folder = folder
        self._archives = archives
        self._rules: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def mirror(self, address: str, how: str) -> None:
        """Let the package archive fail for a host: `gone`, `silent`, `empty` or `damaged`. Raises UsageError."""
        if how not in _MIRRORS:
            raise UsageError(f"{how!r} is no state of a mirror", remedy=f"use one of: {', '.join(sorted(_MIRRORS))}")
        if how == "empty":
            self._serve(how, _EMPTY, lambda folder: None)
        if how == "damaged":
            self._serve(how, _DAMAGED, self._damage)
        self._set(address, "mirror", _MIRRORS[how])

    def names(self, address: str) -> None:
        """Let no name server answer a host."""
        self._set(address, "names", _NAMES.format())

    def lift(self, address: str, what: str) -> None:
        """Take `mirror` or `names` away from a host."""
        self._set(address, what, "")

    def _set(self, address: str, what: str, rule: str) -> None:
        with self._lock:
            if rule:
                self._rules[address, what] = rule
            else:
                self._rules.pop((address, what), None)
            rules = [f"        ip saddr {host} {text}" for (host, _), text in sorted(self._rules.items())]
            turned = "\n".join(rule for rule in rules if "dnat" in rule)
            stopped = "\n".join(rule for rule in rules if "dnat" not in rule)
            table = _TABLE.format(turned=turned, stopped=stopped)
            self._network.inside(self._network.router, "nft", "-f", "-", given=table)

    def _serve(self, name: str, port: int, fill: Callable[[Path], None]) -> None:
        """Start another server beside the true archive, once."""
        folder = self._folder / f"mirror-{name}"
        if folder.exists():
            return
        folder.mkdir()
        fill(folder)
        self._services.serve(f"mirror-{name}", folder, port)

    def _damage(self, folder: Path) -> None:
        """The true lists, and in the place of each package file one that is as long and is none."""
        for archive in self._archives.glob("*/*/dists"):
            copy = folder / archive.parent.relative_to(self._archives)
            copy.mkdir(parents=True)
            (copy / "dists").symlink_to(archive)
            (copy / "pool").mkdir()
            for deb in (archive.parent / "pool").iterdir():
                with (copy / "pool" / deb.name).open("wb") as file:
                    file.truncate(deb.stat().st_size)
