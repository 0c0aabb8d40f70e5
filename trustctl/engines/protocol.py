"""What an engine can do for the plan and apply rooms, whatever it drives.

Nothing here knows netmiko, pyinfra or Ansible; their types never leave their own folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from trustctl.errors import TrustctlError
from trustctl.model.plan import Observed, Tier

Resolve = Callable[[str], str]
"""Secret name -> value; raises SecretError."""

ObservedSecrets = Mapping[str, str]
"""Key of an `<observed:key>` token -> the value that the device itself holds."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a device is dialled: its management address, or a lab's port on loopback."""

    host: str
    port: int = 22


@dataclass(frozen=True, slots=True)
class Coming:
    """How we sign in to a device that has been given the coming value of a secret that is being rotated."""

    password: str = field(repr=False)
    enable: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Target:
    """Everything an engine needs to open a session; no secret value is in its repr.

    `host_key` is the pinned public key in `known_hosts` form (`ssh-ed25519 AAAA...`), None before adoption.
    `serial` is the pinned serial number, None before adoption.
    """

    device: str
    platform: str
    endpoint: Endpoint
    username: str
    password: str = field(repr=False)
    enable: str | None = field(default=None, repr=False)
    host_key: str | None = None
    serial: str | None = None
    legacy: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = field(default=(), repr=False)
    """Secret values that may pass over this session: masked in every error and log."""
    resolve: Resolve | None = field(default=None, repr=False, compare=False)
    """Where the session gets the value of a `<secret:name>` token at the last moment; None: such a line is refused."""
    observed: ObservedSecrets = field(default_factory=dict[str, str], repr=False, compare=False)
    """Values of the `<observed:key>` tokens of this device's undo lines, from its backup."""
    ca: str = ""
    """Path of a PEM file with the authorities of what is dialled over TLS; empty: what the inventory says."""
    auth: str = ""
    """How a Windows host has us sign in, where that is not as the inventory says."""
    coming: Coming | None = field(default=None, repr=False, compare=False)
    """Tried once if the device refuses the present login; None: nothing is being rotated."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the device says it is."""

    serial: str
    model: str
    version: str
    hostname: str
    uptime: str = ""
    members: tuple[str, ...] = ()
    """Serial numbers of the stack members, in member order."""
    stack: tuple[str, ...] = ()
    """Number and state of each stack member (`2 Ready`); empty for a single switch. A change is a lost member."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one device: `observed` and `identity`, or `error`."""

    device: str
    observed: Observed | None = None
    identity: Identity | None = None
    error: TrustctlError | None = None


@dataclass(frozen=True, slots=True)
class TimerState:
    """The device's own rollback timer: nothing pending, or whose and until when.

    `minutes_left` is as the device prints it; None if it prints none.
    """

    pending: bool | None
    """None: the platform has no command that shows it."""
    user: str = ""
    minutes_left: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Preflight:
    """What must be known before arming. Anything that could not be told is a PreflightError, never a default."""

    tier: Tier
    timer: TimerState
    free_bytes: int | None
    startup_equals_running: bool | None
    """Semantically; None where the tier does not need it."""
    notes: tuple[str, ...] = ()
    """What a person should know before arming, such as what the rollback does not bring back (VTP, vlan.dat)."""


@dataclass(frozen=True, slots=True)
class Armed:
    """A rollback timer that was read back from the device."""

    method: str
    minutes: int
    backup: str = ""
    """Where the device keeps its own backup, as it printed it."""
    ends_with_session: bool = False
    """The device may go back as soon as the session that armed it ends."""


class ChangeSession(Protocol):
    """One SSH session with one device. Every method raises `errors.DeviceError` or one of its subclasses.

    Implementations MUST send only lines that pass `trustctl.config`'s line check, MUST look for the platform's error
    texts in every reply, and MUST NOT retry anything that writes.
    """

    def identity(self) -> Identity:
        """Read serial number, model, version. MUST NOT change the device."""
        ...

    def running(self) -> str:
        """Read the whole running configuration, refused if cut short."""
        ...

    def startup(self) -> str | None:
        """Read the startup configuration, refused if cut short; None where the platform shows none."""
        ...

    def timer(self) -> TimerState:
        """Read the device's rollback timer."""
        ...

    def rollback_ready(self) -> bool:
        """Whether the device can roll back on a timer without a reload, as it is configured now (tier A)."""
        ...

    def preflight(self) -> Preflight:
        """Prove that a safe change is possible on this device now. Raises PreflightError with the remedy if not."""
        ...

    def arm(self, minutes: int) -> Armed:
        """Start the device's own rollback timer and enter configuration mode; read the timer back on `timer()`."""
        ...

    def begin(self) -> None:
        """Enter configuration mode without a timer: for a device that has no way to undo a change (tier C)."""
        ...

    def push(self, lines: tuple[str, ...]) -> None:
        """Send ONE unit: a single configuration line, or all the lines of one banner block, as the plan has them.

        Tokens are replaced by `Target.resolve` and `Target.observed` inside the session, at the last moment. Raises
        LineRejectedError with the plan's line and the device's reply (masked; the session has then left configuration
        mode), RenderError for a line that may not be sent, SecretError for a token without a value, SessionLostError
        if the session ended.
        """
        ...

    def end(self) -> None:
        """Leave configuration mode, if in it; verified by the prompt."""
        ...

    def commit(self) -> None:
        """Leave configuration mode and bring the pending lines into effect, where they wait for that (`Commit`)."""
        ...

    def discard(self) -> None:
        """Drop lines that wait to be committed, where the platform has such; others' changes are not touched."""
        ...

    def confirm(self) -> None:
        """Confirm the armed change on this (new) session and read back that no timer is pending."""
        ...

    def revert(self) -> bool:
        """Ask the device to roll back now instead of at the end of its timer.

        True: it does. False: its mechanism only acts when the timer ends (tier B, timed reload); wait for that.
        """
        ...

    def save(self) -> None:
        """Write running to startup; SaveFailedError unless the device printed its success text.

        Does nothing where the platform stores a change with its commit.
        """
        ...

    def ping(self, address: str) -> bool:
        """Whether the device itself reaches `address`."""
        ...

    def close(self) -> None:
        """End the session; never raises."""
        ...

    def abandon(self) -> None:
        """Cut the transport without a word, as if the laptop had lost its network; never raises."""
        ...


class Connector(Protocol):
    """Opens sessions."""

    def open(self, target: Target) -> ChangeSession:
        """Dial, check the host key, sign in, prepare the terminal and check the privilege level.

        Raises UnreachableError, LoginRefusedError, HostKeyError, WrongDeviceError (serial differs from the pinned
        one, where one is pinned), AlgorithmError, HostileOutputError.
        """
        ...

    def host_key(self, endpoint: Endpoint, legacy: tuple[str, ...] = ()) -> str:
        """Read the host key without signing in, in `known_hosts` form; `legacy` as in Target."""
        ...
