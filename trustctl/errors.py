"""Every way it goes wrong: the problem, where, the remedy, and the exit code.

A room raises one of these and nothing else for anything that a user can cause or cure. Programming errors keep
their Python classes and end in exit code 1 with a traceback that prints no local variables.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller (README.md, the exit codes)."""

    DONE = 0
    ERROR = 1
    CHANGES_PENDING = 2
    FAILED_UNCHANGED = 3
    ROLLED_BACK = 4
    PARTIAL = 5
    UNKNOWN = 6
    LOCKED = 7
    STALE = 8
    TRUST = 9
    STORAGE = 10


class TrustctlError(Exception):
    """One clear problem, its place and its remedy.

    `where` is `file:line:col`, a device name, or `device: line sent`; empty if there is no place.
    """

    exit_code: ExitCode = ExitCode.ERROR

    def __init__(self, problem: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        parts = [self.problem]
        if self.where:
            parts.append(f"  where:  {self.where}")
        if self.remedy:
            parts.append(f"  remedy: {self.remedy}")
        return "\n".join(parts)


class UsageError(TrustctlError):
    """The command line asked for something that does not exist or does not fit together."""


class InventoryError(TrustctlError):
    """The inventory cannot be used; the inventory room's own subclass carries all findings at once."""


class RenderError(TrustctlError):
    """A template misses a value, is not safe to run, or made a line that no device may be sent."""


class RulebookError(TrustctlError):
    """A platform's rulebook is not well formed."""


class LosslessError(TrustctlError):
    """A device's text does not come back from its own tree, or is cut short: refused, never half understood."""

    exit_code = ExitCode.FAILED_UNCHANGED


class PlanFileError(TrustctlError):
    """The plan file is missing, damaged or of an unknown major version."""


class StalePlanError(TrustctlError):
    """The device or the inventory moved since the plan was made; the message names the lines."""

    exit_code = ExitCode.STALE


class LockedError(TrustctlError):
    """Somebody else holds the lock; the message names the holder."""

    exit_code = ExitCode.LOCKED


class StorageError(TrustctlError):
    """The journal or another local file cannot be written or is damaged."""

    exit_code = ExitCode.STORAGE


class SignatureError(TrustctlError):
    """A plan's signature is missing, is over another text, or is of nobody who may sign."""

    exit_code = ExitCode.TRUST


class SecretError(TrustctlError):
    """A secret cannot be found or opened."""

    exit_code = ExitCode.TRUST


class MissingSecretError(SecretError):
    """The store answered that it has no secret of this name; not that it refuses, or cannot be asked."""


class StoreUnavailableError(SecretError):
    """The secret store gives nothing to anybody now: sealed, down, not trusted, or the login failed."""


class DeviceError(TrustctlError):
    """Something went wrong with one device; nothing on it was changed unless the class says otherwise."""

    exit_code = ExitCode.FAILED_UNCHANGED


class UnreachableError(DeviceError):
    """The device does not answer: refused, timed out, or no route."""


class LoginRefusedError(DeviceError):
    """The device refused the user name, the password or the enable secret. Never retried: lock-out."""

    exit_code = ExitCode.TRUST


class HostKeyError(DeviceError):
    """The host key is unknown or has changed. Never retried, never reported as a timeout."""

    exit_code = ExitCode.TRUST


class WrongDeviceError(DeviceError):
    """The serial number is not the one that was pinned: another box answers at this address."""

    exit_code = ExitCode.TRUST


class AlgorithmError(DeviceError):
    """No SSH algorithm in common; the inventory must name the legacy algorithm to give back."""

    exit_code = ExitCode.TRUST


class HostileOutputError(DeviceError):
    """The device sent more than the cap, or something that is not a session of its platform."""


class SessionLostError(DeviceError):
    """The session ended or went silent in the middle of a dialogue: the state on the device is not known from this."""


class LineRejectedError(DeviceError):
    """The device refused a line; earlier lines of the block are in force until the rollback."""

    def __init__(self, problem: str, *, line: str, reply: str, where: str = "", remedy: str = "") -> None:
        super().__init__(problem, where=where, remedy=remedy)
        self.line = line
        self.reply = reply


class PreflightError(DeviceError):
    """A condition for a safe change does not hold; nothing was armed."""


class SaveFailedError(DeviceError):
    """The change is confirmed and running, but it was not written to startup."""

    exit_code = ExitCode.PARTIAL
