"""What a device's text means for one planned change: still as planned, at the target, or something else.

The judge of an apply works the comparison out again from the inventory and the device as it is now. What is applied is
the plan's own commands; if the new comparison would send anything else, the plan is stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trustctl.config import (
    Config,
    Rulebook,
    Scope,
    compare,
    differences,
    digest,
    mask,
    read,
    read_intended,
    secret_values,
)
from trustctl.config.scope import SecretVerifier
from trustctl.errors import StalePlanError
from trustctl.model.plan import DevicePlan, Intended


@dataclass(slots=True)
class PlanJudge:
    """Judges texts of one device against its plan. Used by one thread."""

    planned: DevicePlan
    intended: Intended
    rulebook: Rulebook
    scope: Scope
    verifier: SecretVerifier | None = None
    """Verifies read-backs; the plan's own comparison goes by `scope.secrets`, which may be None (a plan made without a
    secret store)."""
    _target: Config | None = field(default=None, init=False)
    _last: tuple[str, Config] | None = field(default=None, init=False)
    """The text that was read last, and what it means: one text is judged several times in a row."""

    def moved(self, running: str) -> tuple[str, ...]:
        """Return the lines in which the device or the inventory differs from what was planned against.

        Empty means that the plan still holds; the target is then known. Raises LosslessError.
        """
        config = self._read(running)
        if digest(config) != self.planned.observed_digest:
            return moved_lines(self.planned.observed_lines, mask(config))
        again = compare(config, read_intended(self.intended, self.rulebook), self.scope)
        if again.commands != self.planned.commands:
            return moved_lines(self.planned.commands, again.commands, was="planned", now="the inventory now says")
        self._target = again.target
        return ()

    def off_target(self, running: str) -> tuple[str, ...]:
        """Return the lines in which the device differs from the target. Raises LosslessError."""
        if self._target is None:
            raise StalePlanError("the target is known only after `moved`", where=self.planned.name)
        return differences(self._target, self._read(running), secrets=self.verifier or self.scope.secrets)

    def differ(self, one: str, other: str) -> tuple[str, ...]:
        """Return the lines in which two texts of this device mean different things. Raises LosslessError."""
        return differences(self._read(one), self._read(other))

    def observed_secrets(self, running: str) -> Mapping[str, str]:
        """Return the values of `<observed:...>` tokens, from the device's own text."""
        return secret_values(self._read(running))

    def _read(self, text: str) -> Config:
        if self._last is None or self._last[0] != text:
            self._last = (text, read(text, self.rulebook, where=self.planned.name))
        return self._last[1]


@dataclass(slots=True)
class RestoreJudge:
    """Judges texts of one device while it is brought back to an earlier configuration."""

    device: str
    rulebook: Rulebook
    earlier: str
    reached: str
    """The configuration that the run to be undone left behind."""

    def moved(self, running: str) -> tuple[str, ...]:
        """Return the lines in which the device differs from what the run left behind.

        Raises StalePlanError if it already has its earlier configuration: there is nothing left to take back.
        """
        lines = self.differ(self.reached, running)
        if lines and not self.differ(self.earlier, running):
            raise StalePlanError(
                "the device already has the configuration from before the run: it was taken back",
                where=self.device,
                remedy="nothing is left to do; `trustctl history` shows who did it",
            )
        return lines

    def off_target(self, running: str) -> tuple[str, ...]:
        """Return the lines in which the device differs from the earlier configuration."""
        return self.differ(self.earlier, running)

    def differ(self, one: str, other: str) -> tuple[str, ...]:
        """Return the lines in which two texts of this device mean different things."""
        return differences(self._read(one), self._read(other))

    def _read(self, text: str) -> Config:
        return read(text, self.rulebook, where=self.device)


def moved_lines(
    before: tuple[str, ...], after: tuple[str, ...], *, was: str = "planned against", now: str = "now"
) -> tuple[str, ...]:
    """Return what a person needs to find a difference of two lists of lines, in the order of the lists.

    Before: ("a", "b") and ("a", "c")    After: ("planned against: b", "now: c")
    """
    gone, come = set(before) - set(after), set(after) - set(before)
    lines = [f"{was}: {line.strip()}" for line in before if line in gone]
    lines += [f"{now}: {line.strip()}" for line in after if line in come]
    if not lines and before != after:
        lines = ["the same lines in another order or section"]
    return tuple(lines)
