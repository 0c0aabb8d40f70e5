"""Faults on demand: what a device can be told to get wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trustctl.errors import UsageError


class FaultKind(StrEnum):
    """What goes wrong. `amount` and `text` below are the fields of `Fault`."""

    LATENCY = "latency"
    """Every command takes `amount` seconds longer."""
    REFUSE = "refuse"
    """New connections are refused."""
    DEAD = "dead"
    """New connections are accepted and never answered."""
    HANG = "hang"
    """Open sessions go silent at once; nothing is closed."""
    DROP = "drop"
    """Open sessions are aborted at once, one time."""
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - the name of a fault
    """Every password is refused."""
    SLOW_AAA = "slow-aaa"
    """The answer to a password takes `amount` seconds."""
    HOST_KEY = "host-key"
    """The host key is another one than before."""
    SERIAL = "serial"
    """Another box answers: its serial number is `text`."""
    ALGORITHMS = "algorithms"
    """The SSH server offers only the legacy profile `text` (`server.PROFILES`)."""
    REJECT_LINE = "reject-line"
    """The `amount`-th configuration line from now on is refused with `text` (default: invalid input)."""
    CUT_LINE = "cut-line"
    """The connection is aborted on the `amount`-th configuration line from now on, after the line took effect."""
    IGNORE_LINE = "ignore-line"
    """The `amount`-th configuration line from now on is accepted and not applied; with `text`, each line with it."""
    REBOOT_LINE = "reboot-line"
    """The device reboots on the `amount`-th configuration line from now on."""
    FLASH_FULL = "flash-full"
    """Nothing can be written to flash or startup: no space left."""
    SAVE_REFUSED = "save-refused"
    """The startup configuration cannot be opened for writing."""
    SAVE_QUESTION = "save-question"
    """Saving first asks whether to overwrite what another version of the image wrote."""
    LOST_MEMBER = "lost-member"
    """Stack member number `amount` is gone from `show switch`; its ports stay as they are."""
    ENDLESS = "endless"
    """A command that starts with `text` prints for ever."""
    GARBAGE = "garbage"
    """A command that starts with `text` prints bytes that are no text."""
    CLOCK = "clock"
    """The wall clock is wrong by `amount` seconds."""
    LOCKED = "locked"
    """The configuration is locked by the user `text`."""
    ROLLBACK_SKIPS = "rollback-skips"
    """A rollback leaves lines alone that contain `text`."""
    REBOOT = "reboot"
    """The device loses power now, one time."""
    PROMPT = "prompt"
    """The prompt is followed by `text`, or by a log line in the middle of it."""
    OFF = "off"
    """A Linux host has no power."""
    DISK_FULL = "disk-full"
    """Nothing more can be written to a Linux host's disk."""
    APT_LOCKED = "apt-locked"
    """Another process on a Linux host holds apt's locks."""
    MIRROR = "mirror"
    """A Linux host's package archive is `text`: gone, silent, empty or damaged."""
    DNS_DEAD = "dns-dead"
    """No DNS server answers a Linux host."""
    NO_PYTHON = "no-python"
    """A Linux host has no python3."""
    SUDO_PASSWORD = "sudo-password"  # noqa: S105 - the name of a fault
    """A Linux host's sudo refuses the account's password, which SSH still takes."""
    EXPIRED = "expired"
    """A Windows host's certificate has expired."""
    DROP_BEFORE = "drop-before"
    """A Windows host's connections die as a module that starts with `text` is asked for; it does not act, one time."""
    DROP_AFTER = "drop-after"
    """A Windows host's connections die after a module that starts with `text` has acted, one time."""
    OUTLIVES = "outlives"
    """A Windows host's connections die as a module that starts with `text` acts, which ends `amount` seconds later."""
    MODULE = "module"
    """Modules on a Windows host fail with the message `text`; `NAME: message` only the one of that name."""
    ACCOUNT_LOCKED = "account-locked"
    """The account `text` is locked out, on a Windows host and in the domain that it serves."""


OF_HOSTS = frozenset(
    {
        FaultKind.OFF,
        FaultKind.REFUSE,
        FaultKind.DEAD,
        FaultKind.HOST_KEY,
        FaultKind.WRONG_PASSWORD,
        FaultKind.DISK_FULL,
        FaultKind.APT_LOCKED,
        FaultKind.MIRROR,
        FaultKind.DNS_DEAD,
        FaultKind.NO_PYTHON,
        FaultKind.SUDO_PASSWORD,
    }
)
"""What can go wrong with a Linux host."""

ONLY_HOSTS = frozenset(
    {
        FaultKind.OFF,
        FaultKind.DISK_FULL,
        FaultKind.APT_LOCKED,
        FaultKind.MIRROR,
        FaultKind.DNS_DEAD,
        FaultKind.NO_PYTHON,
        FaultKind.SUDO_PASSWORD,
    }
)
"""What means nothing on a switch."""

ONLY_WINDOWS = frozenset(
    {
        FaultKind.EXPIRED,
        FaultKind.DROP_BEFORE,
        FaultKind.DROP_AFTER,
        FaultKind.OUTLIVES,
        FaultKind.MODULE,
        FaultKind.ACCOUNT_LOCKED,
    }
)
"""What means something on a Windows host alone."""

OF_WINDOWS = ONLY_WINDOWS | {
    FaultKind.OFF,
    FaultKind.REFUSE,
    FaultKind.DEAD,
    FaultKind.DROP,
    FaultKind.REBOOT,
    FaultKind.WRONG_PASSWORD,
    FaultKind.LATENCY,
}
"""What can go wrong with a Windows host."""

_TEXT_FAULTS = frozenset(
    {
        FaultKind.SERIAL,
        FaultKind.ALGORITHMS,
        FaultKind.ENDLESS,
        FaultKind.GARBAGE,
        FaultKind.LOCKED,
        FaultKind.ROLLBACK_SKIPS,
        FaultKind.PROMPT,
        FaultKind.MIRROR,
        FaultKind.DROP_BEFORE,
        FaultKind.DROP_AFTER,
        FaultKind.MODULE,
        FaultKind.ACCOUNT_LOCKED,
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one device; `FaultKind` says what `amount` and `text` mean."""

    kind: FaultKind
    amount: float = 0.0
    text: str = ""

    def __str__(self) -> str:
        parts = [f"{self.amount:g}"] if self.amount else []
        parts += [self.text] if self.text else []
        return f"{self.kind}={':'.join(parts)}" if parts else str(self.kind)

    @classmethod
    def parse(cls, written: str) -> Fault:
        """Read a fault from a command line.

        `latency=0.5`, `locked=fred`, `refuse`, `reject-line=3:% Bad mask`: name, then the amount or the text, or both
        with a colon between. Raises UsageError for a name that is not a fault or an amount that is not a number.
        """
        name, _, value = written.partition("=")
        try:
            kind = FaultKind(name.strip())
        except ValueError:
            names = ", ".join(sorted(FaultKind))
            raise UsageError(f"{name!r} is not a fault", where=written, remedy=f"use one of: {names}") from None
        if kind in _TEXT_FAULTS:
            return cls(kind, text=value)
        amount, _, text = value.partition(":")
        if kind is FaultKind.IGNORE_LINE and amount and not amount.replace(".", "").isdigit():
            return cls(kind, text=value)
        try:
            return cls(kind, float(amount or 0), text)
        except ValueError:
            raise UsageError(f"{amount!r} is not a number", where=written, remedy=f"write {name}=NUMBER") from None


class Faults:
    """The faults of one device that are in force, at most one of each kind, and the count of lines since each."""

    def __init__(self) -> None:
        self._active: dict[FaultKind, Fault] = {}
        self._lines: dict[FaultKind, int] = {}

    def add(self, fault: Fault) -> None:
        """Put a fault in force; it replaces one of the same kind, and counts lines from here."""
        self._active[fault.kind] = fault
        self._lines[fault.kind] = 0

    def clear(self, kind: FaultKind | None = None) -> None:
        """Take one kind of fault away, or all."""
        kinds = list(self._active) if kind is None else [kind]
        for each in kinds:
            self._active.pop(each, None)

    def get(self, kind: FaultKind) -> Fault | None:
        """The fault of that kind, if it is in force."""
        return self._active.get(kind)

    def active(self) -> tuple[Fault, ...]:
        """All faults in force."""
        return tuple(self._active.values())

    def hits_line(self, kind: FaultKind, line: str) -> Fault | None:
        """Count one configuration line against a fault of that kind; the fault if this is its line."""
        fault = self._active.get(kind)
        if fault is None:
            return None
        self._lines[kind] += 1
        if fault.amount:
            return fault if self._lines[kind] == int(fault.amount) else None
        return fault if fault.text and fault.text in line else None

    def hits_command(self, kind: FaultKind, command: str) -> bool:
        """Whether a command is one that a fault of that kind is about (empty text: every command)."""
        fault = self._active.get(kind)
        return fault is not None and command.startswith(fault.text)
