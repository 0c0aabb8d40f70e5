"""The last look at a device's plan: no value of the secret store stands in it, wherever on the device it stands.

A password in a description, a banner or a line that no rule knows is text like any other to the comparison. What is
only shown is masked; where a line that would be sent holds a value, the device is refused: masked it would be sent as
`<hidden>`, and unmasked it would stand in the plan file, the journal and every report.
"""

from __future__ import annotations

from dataclasses import replace

from trustctl.model.plan import Action, DevicePlan, Flag
from trustctl.secrets.redact import KNOWN

LEAK = (
    "a line that would be sent, or brought back, shows the value of a secret of the store in clear (a description, a "
    "banner, a name). Take it out of the device or the inventory by hand, and change that secret: it has been readable"
)


def without_values(device: DevicePlan) -> DevicePlan:
    """Return the plan with values masked in what is only shown; refused if what would be sent holds one."""
    if not KNOWN.holds(repr(device)):
        return device
    shown = replace(
        device,
        reason=KNOWN.mask(device.reason),
        changes=tuple(
            replace(
                one,
                summary=KNOWN.mask(one.summary),
                before=_masked(one.before),
                diff=_masked(one.diff),
                flags=_flags(one.flags),
            )
            for one in device.changes
        ),
        untouched=tuple(
            replace(one, section=_masked(one.section), lines=_masked(one.lines), why=KNOWN.mask(one.why))
            for one in device.untouched
        ),
        flags=_flags(device.flags),
        observed_lines=_masked(device.observed_lines),
    )
    if not KNOWN.holds(repr(shown)):
        return shown
    return replace(
        shown, action=Action.REFUSED, reason=LEAK, changes=(), commands=(), undo=(), untouched=(), observed_lines=()
    )


def _masked(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(KNOWN.mask(line) for line in lines)


def _flags(flags: tuple[Flag, ...]) -> tuple[Flag, ...]:
    return tuple(replace(flag, why=KNOWN.mask(flag.why)) for flag in flags)
