"""One powered cluster: its configuration, its sessions and what each of them has pending."""

from __future__ import annotations

from collections.abc import Sequence

from trustctl.lab.clock import DeviceClock
from trustctl.lab.device import Device
from trustctl.lab.faults import FaultKind
from trustctl.lab.files import FileError
from trustctl.lab.login import Login
from trustctl.lab.makes.aruba_instant.model.cluster import InstantCluster
from trustctl.lab.makes.aruba_instant.model.grammar import PARSE_ERROR, RefusedError
from trustctl.lab.makes.aruba_instant.shell.pending import Pending
from trustctl.lab.makes.aruba_instant.shell.session import Session
from trustctl.lab.neighbours import Advert, Discovery
from trustctl.lab.spec import DeviceSpec
from trustctl.lab.terminal import Terminal

MODEL = "515"


class InstantDevice(Device):
    """A powered cluster; what it prints of access points is of the one that leads it.

    It takes no command in an SSH exec request [unverified].
    """

    ssh_version = "OpenSSH_8.1"
    not_simulated = frozenset(
        {FaultKind.SAVE_QUESTION, FaultKind.LOCKED, FaultKind.ROLLBACK_SKIPS, FaultKind.LOST_MEMBER}
    )

    def __init__(self, spec: DeviceSpec, clock: DeviceClock, *, cut: str = "abort") -> None:
        super().__init__(spec, clock, cut=cut)
        self.cluster = InstantCluster(spec)

    @property
    def forwarder(self) -> InstantCluster:
        """The configuration model."""
        return self.cluster

    @property
    def model(self) -> str:
        """The access points' number, `515`."""
        return self.spec.model.upper().removeprefix("IAP-").removeprefix("AP-") or MODEL

    @property
    def host(self) -> str:
        """How the leading access point calls itself: by its address, until somebody names it."""
        return ":".join(self.mac[at : at + 2] for at in range(0, 12, 2))

    def lines(self) -> range:
        """Four at once [unverified]."""
        return range(1, 5)

    def shell(self, terminal: Terminal, login: Login, line: int) -> Session:
        """A command line session."""
        return Session(self, terminal, login, line)

    def sign_in(self, user: str, password: str) -> int | None:
        """The privilege that the accounts of the cluster give."""
        return self.cluster.sign_in(user, password)

    @classmethod
    def has_user(cls, boot: str, user: str) -> bool:
        """Never: how the vendor makes its hashes stands in no document."""
        return False

    def advertises(self, port: str, protocol: Discovery) -> Advert | None:
        """An access point tells what it is by LLDP, always; texts [unverified]."""
        if protocol is not Discovery.LLDP:
            return None
        return Advert(
            chassis=self.mac,
            system=self.host,
            description=f"ArubaOS (MODEL: {self.model}), Version {self.cluster.version}",
            port=port,
            port_description=port,
            address=self.cluster.default_address() or "",
            platform=f"AP-{self.model}",
            version=self.cluster.version,
        )

    # --- configuration ----------------------------------------------------------------------------------------------

    def running(self) -> str:
        """What is in effect."""
        return self.cluster.text()

    @property
    def startup(self) -> str | None:
        """What it boots with; no command shows it."""
        return self.cluster.text(self.cluster.stored)

    def typed(self, pending: Pending, line: str) -> str:
        """One line in configuration mode, with the faults that are in force; what is printed."""
        stopped = self.stopped_by(line)
        if stopped is not None:
            return f"{stopped.text or PARSE_ERROR}\n" if stopped.kind is FaultKind.REJECT_LINE else ""
        try:
            pending.type(line)
        except RefusedError as error:
            return f"{error}\n"
        self.after_line(line)
        return ""

    def commit(self, pending: Pending, *, store: bool = True) -> str:
        """`commit apply`: bring what is pending into effect; what is printed."""
        if self.faults.get(FaultKind.FLASH_FULL) or self.faults.get(FaultKind.SAVE_REFUSED):
            return "committing configuration...\nfailed to save the configuration.\n"  # [unverified]
        try:
            wanted = pending.onto(self.cluster.committed)
        except RefusedError as error:
            return f"committing configuration...\n{error}\n"
        pending.clear()
        self.cluster.commit(wanted, store=store)
        self.counters.bump("saves")
        self.settle_all()
        return "committing configuration...\nconfiguration committed.\n"

    def edit(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Type lines at the console and commit them; what was printed."""
        pending = Pending(self.cluster.committed)
        printed = [self.typed(pending, line) for line in lines]
        return tuple("".join([*printed, self.commit(pending)]).splitlines())

    def save(self, user: str) -> None:
        """`write memory`: keep what is in effect. Raises FileError if that fails."""
        if self.faults.get(FaultKind.FLASH_FULL) or self.faults.get(FaultKind.SAVE_REFUSED):
            raise FileError("config", "no space left")
        self.cluster.stored = self.cluster.committed.copied()

    def file(self, path: str) -> bytes:
        """There are none that a command shows. Raises FileError."""
        raise FileError(path, "no such file")

    def suffered(self) -> tuple[str, ...]:
        """What clients noticed of the commits so far."""
        return tuple(self.cluster.suffered)

    # --- power ------------------------------------------------------------------------------------------------------

    def pending(self) -> tuple[str, str]:
        """Neither a rollback nor a reload can wait on a cluster."""
        return "", ""

    def restart(self, reason: str) -> None:
        """Boot with what is stored; what was pending is gone with its sessions."""
        self.cluster.reload()

    def forget_timers(self) -> None:
        """There are none."""
