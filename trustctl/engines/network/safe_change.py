"""The device's own undo: which mechanism it has, whether one is pending, arming, confirming, reverting.

Driven by the platform's `safe_change` list, best first; nothing in here names a command.
"""

from __future__ import annotations

from collections.abc import Callable
from re import Match
from typing import Protocol

from trustctl.engines.network.dialogue import Dialogue
from trustctl.engines.network.replies import number
from trustctl.engines.protocol import Armed, Preflight, Target, TimerState
from trustctl.errors import DeviceError, PreflightError
from trustctl.model.plan import Tier
from trustctl.platforms.spec import Command, PlatformSpec, SafeChange

_MINUTES_AN_HOUR = 60


class Run(Protocol):
    """How a command is run: `DeviceSession.read_reply`."""

    def __call__(self, command: Command, *, judge: bool = True, any_host: bool = False, **words: object) -> str:
        """Run one command and return its reply; see `DeviceSession.read_reply`."""
        ...


class SafeChanger:
    """The safe-change part of a session."""

    def __init__(self, talk: Dialogue, spec: PlatformSpec, target: Target, run: Run) -> None:
        self._talk = talk
        self._spec = spec
        self._target = target
        self._run = run
        self._chosen: SafeChange | None = None

    def rollback_ready(self) -> bool:
        """Whether the best mechanism, a timer that needs no reload, is available now."""
        ways = self._spec.safe_change
        return bool(ways) and ways[0].available is not None and self._available(ways[0])

    def _available(self, way: SafeChange) -> bool:
        """Whether the device has this mechanism. Raises PreflightError if that cannot be told."""
        if way.available is None:
            return True
        reply = self._run(way.available.command, judge=False)
        if way.available.present.search(reply):
            return True
        if way.available.absent.search(reply):
            return False
        raise self._refuse(
            f"it cannot be told whether the device has its {way.name}: {reply.strip()[:200] or 'no answer'}",
            "Look at `safe_change` in the platform's platform.yml.",
            way.available.command.send,
        )

    def timer(self) -> TimerState:
        """The pending timer of whichever mechanism, or that there is none."""
        found = self._pending()
        return found[1] if found else TimerState(pending=False)

    def _pending(self) -> tuple[SafeChange, TimerState] | None:
        """The mechanism with a pending timer, or one that never shows it.

        Raises DeviceError if the device's answer is neither yes nor no.
        """
        for way in self._spec.safe_change:
            if way.timer is None:
                return way, TimerState(pending=None)
            reply = self._run(way.timer.command, judge=False)
            found = way.timer.pending.search(reply)
            if found:
                words = found.groupdict()
                return way, TimerState(True, words.get("user") or "", _minutes(found), reply.strip())  # noqa: FBT003 - pending
            if not way.timer.none.search(reply):
                raise self._refuse(
                    f"it cannot be told whether a {way.name} is pending: {reply.strip()[:200] or 'no answer'}",
                    "Look at the device's console.",
                    way.timer.command.send,
                )
        return None

    def preflight(self, running: Callable[[], str], saved: Callable[[], bool]) -> Preflight:
        """Choose the mechanism and prove its conditions. Raises PreflightError with the remedy."""
        self._chosen = None
        pending = self._pending()
        if pending and pending[1].pending:
            old, state = pending
            raise self._refuse(
                f"a {old.name} is already pending, armed by {state.user or 'somebody'}: {state.text[:200]}",
                "Wait for it or agree with whoever armed it; timers cannot be layered.",
                old.timer.command.send if old.timer is not None else "",
            )
        way = next((each for each in self._spec.safe_change if self._available(each)), None)
        off_box = self._spec.off_box
        if way is None and off_box is not None:
            notes = tuple(f"Not verified: {mark.what}." for mark in off_box.unverified)
            return Preflight(Tier.C, TimerState(pending=False), None, None, notes)
        if way is None:
            raise self._refuse(
                "the device has no way to undo a change by itself", "Make the change on its console.", ""
            )
        free = self._free(way, running)
        equal = saved() if way.needs_saved else None
        if equal is False:
            raise self._refuse(
                f"its running configuration is not saved, and a {way.name} would lose it",
                "Look at the difference, then save it or undo it on the device.",
                "",
            )
        self._chosen = way
        notes = (*self._remarks(way), *(f"Not verified: {mark.what}." for mark in way.unverified))
        return Preflight(way.effective_tier, pending[1] if pending else TimerState(pending=False), free, equal, notes)

    def _free(self, way: SafeChange, running: Callable[[], str]) -> int | None:
        """Bytes free where the device keeps its own backup. Raises PreflightError if they are too few."""
        if way.space is None:
            return None
        reply = self._run(way.space.command)
        found = way.space.free.search(reply)
        if found is None:
            raise self._refuse(
                "the device does not say how much room is left", "Look at its console.", way.space.command.send
            )
        free, need = number(found[1]), len(running()) * way.space.factor
        if free < need:
            raise self._refuse(
                f"{free:,} bytes are free for the device's own backup, {need:,} are needed",
                "Delete old files from its flash.",
                way.space.command.send,
            )
        return free

    def _remarks(self, way: SafeChange) -> tuple[str, ...]:
        found: list[str] = []
        for remark in way.remarks:
            hit = remark.pattern.search(self._run(remark.command, judge=False))
            if hit is None:
                found.append(f"Could not tell: {remark.command.send}.")
            elif not remark.fine.search(hit[1]):
                found.append(remark.text.format(hit[1]))
        return tuple(found)

    def arm(self, minutes: int) -> Armed:
        """Start the timer of the mechanism that the preflight chose. Raises PreflightError without one."""
        way = self._chosen
        if way is None:
            raise self._refuse("nothing was proved yet", "Run the preflight first.", "")
        if not way.shortest <= minutes <= way.longest:
            raise self._refuse(
                f"{minutes} minutes cannot be set: the {way.name} takes {way.shortest} to {way.longest}",
                "Make the change smaller, or the timer longer.",
                "",
            )
        reply = self._run(way.arm, minutes=minutes)
        if not way.arm_enters_config:
            state = self.timer()
            if state.pending is False:
                raise self._refuse("the timer was set but is not there when read back", "Look at the console.", "")
        found = way.backup.search(reply) if way.backup else None
        return Armed(way.name, minutes, found[1] if found else "", way.ends_with_session)

    def confirm(self) -> None:
        """Confirm the pending change, if it is ours; read back that nothing is pending, where the device shows it."""
        pending = self._pending()
        if pending is None:
            raise self._talk.fail(
                "no rollback is pending any more: the device has already rolled back, or somebody confirmed",
                "Read its configuration and compare.",
            )
        way, state = pending
        self._ours(way, state)
        self._run(way.confirm)
        left = self.timer()
        if left.pending:
            raise self._talk.fail(
                f"the change was confirmed but a timer is still pending: {left.text[:200]}", "Look at its console."
            )

    def revert(self) -> bool:
        """Roll back now where the mechanism can; False if it acts only at the end of its timer."""
        pending = self._pending()
        if pending is None:
            raise self._talk.fail("no rollback is pending", "Read its configuration and compare with the backup.")
        way, state = pending
        self._ours(way, state)
        if way.revert is None:
            return False
        self._run(way.revert, any_host=True)
        return True

    def _ours(self, way: SafeChange, state: TimerState) -> None:
        if state.user and state.user != self._target.username:
            raise self._talk.fail(
                f"the pending {way.name} was armed by {state.user!r}, not by us ({self._target.username!r})",
                "Only its owner may confirm or revert it.",
            )

    def _refuse(self, problem: str, remedy: str, sent: str) -> DeviceError:
        return self._talk.fail(problem, remedy, kind=PreflightError, sent=sent)


def _minutes(found: Match[str]) -> float | None:
    """The minutes of a timer as printed, hours included; None if it printed neither."""
    words = found.groupdict()
    if not words.get("minutes") and not words.get("hours"):
        return None
    return float(words.get("minutes") or 0) + _MINUTES_AN_HOUR * float(words.get("hours") or 0)
