"""A simulated Instant cluster that takes lines and commits them: the witness that knows nothing of the engine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lab_bench import Witness

from trustctl.lab.makes.aruba_instant.model.cluster import InstantCluster
from trustctl.lab.makes.aruba_instant.model.grammar import RefusedError
from trustctl.lab.makes.aruba_instant.shell.pending import Pending
from trustctl.lab.spec import DeviceSpec
from trustctl.secrets.source import SecretSource

PLATFORM = "aruba_instant"
_SETTLED = re.compile(r"^no wlan (?:auth|tacacs)-server ")
"""What an engineer commits before: the device judges these lines by what is in effect."""


class InstantBench(Witness):
    """One cluster with a configuration, whose lines wait for a commit."""

    def __init__(self, running: str, *, secrets: SecretSource | None = None) -> None:
        super().__init__(PLATFORM, secrets)
        self.cluster = InstantCluster(DeviceSpec("bench", PLATFORM, boot=running))

    @property
    def text(self) -> str:
        """The configuration as the cluster prints it."""
        return self.cluster.text()

    def send(self, lines: Iterable[str], observed: Mapping[str, str]) -> list[str]:
        """Type the lines with their secrets in place and commit them; what was refused, with what the cluster said."""
        refused: list[str] = []
        pending = Pending(self.cluster.committed)
        for line in self.gate.check_lines(tuple(lines)):
            text = self.filled(line, observed).strip()
            if _SETTLED.search(text) and pending.lines:
                self._commit(pending, refused)
                pending = Pending(self.cluster.committed)
            try:
                if text == "exit":
                    pending.context = None
                else:
                    pending.type(text)
            except RefusedError as error:
                refused.append(f"{line}: {error}")
        self._commit(pending, refused)
        return refused

    def _commit(self, pending: Pending, refused: list[str]) -> None:
        try:
            self.cluster.commit(pending.onto(self.cluster.committed), store=True)
        except RefusedError as error:
            refused.append(f"commit: {error}")
