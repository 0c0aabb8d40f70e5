"""Who is at a device's console: what a change needs that could cut us off where nothing takes it back (tier C)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from trustctl.errors import ExitCode, UsageError
from trustctl.model.run import DeviceOutcome, Outcome

OPTION = "--console-present"
NO_WAY_BACK = "the device cannot undo a change by itself (tier C), and this one could cut it off"


def console_remedy(device: str, act: str = "apply") -> str:
    """What a person does.  Before: `fir-wlc-01`.  After: `apply with --console-present fir-wlc-01 while ...`."""
    return f"{act} with {OPTION} {device} while someone is at its console"


@dataclass(frozen=True, slots=True)
class Console:
    """The devices at whose console somebody stands, as `said_by` says. Nobody else can take a lock-out back there."""

    said_by: str = ""
    devices: frozenset[str] = frozenset()

    def witness(self, device: str) -> str:
        """Who said that somebody is at this device's console; empty: nobody did."""
        return self.said_by if device in self.devices else ""

    def refused(self, device: str, act: str = "apply") -> DeviceOutcome:
        """How a device ends that needs somebody at its console, and nobody was named; `act` is the verb to repeat."""
        return DeviceOutcome(
            device, Outcome.REFUSED, f"{NO_WAY_BACK}; {console_remedy(device, act)}", ExitCode.FAILED_UNCHANGED
        )


NOBODY = Console()


def attended(names: Iterable[str], needing: Collection[str], said_by: str) -> Console:
    """The console of a run: each name is written out, and only of a device that needs it.

    So nothing is implied by a pattern, or by a pipeline that names every device each time. Raises UsageError.
    """
    wanted = frozenset(names)
    for name in sorted(wanted.difference(needing)):
        listed = ", ".join(sorted(needing))
        raise UsageError(
            f"{OPTION} {name}: no change here needs somebody at a console of that name",
            remedy=f"write out the device, without patterns: {listed}" if listed else f"leave {OPTION} out",
        )
    return Console(said_by, wanted)
