"""Compare what a device has with what is intended: the changes, their way back, their risks, and what stays.

    target   = merge(observed, intended, scope)      the complete configuration afterwards
    commands = edits(observed -> target), in safe order
    undo     = edits(target -> observed), in safe order: from what was observed, not by negation

A second comparison of the target with the same intent is empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trustctl.config.changes import Direction, changes
from trustctl.config.edit import Edit
from trustctl.config.hazards import management_path
from trustctl.config.membership import cut_off
from trustctl.config.merge import merge
from trustctl.config.scope import DeviceFacts, Scope
from trustctl.config.script import Path
from trustctl.config.statement import Config, Section
from trustctl.errors import RenderError
from trustctl.model.plan import Change, Flag, Rule, Severity, Untouched
from trustctl.model.secret import OBSERVED_TOKEN


@dataclass(frozen=True, slots=True)
class Comparison:
    """What would change on a device, why, and how it goes back."""

    changes: tuple[Change, ...]
    commands: tuple[str, ...]
    """All lines in send order."""
    undo: tuple[str, ...]
    """All lines that bring the observed configuration back, in send order."""
    untouched: tuple[Untouched, ...]
    flags: tuple[Flag, ...]
    """Flags of the device as a whole; each change has its own."""
    target: Config
    """The complete configuration that the device has afterwards."""

    @property
    def lock_out(self) -> tuple[Flag, ...]:
        """The flags of what could cut us off: without a rollback timer of its own a device needs somebody beside it."""
        return tuple(flag for change in self.changes for flag in change.flags if _cuts_off(flag))


def _cuts_off(flag: Flag) -> bool:
    return flag.rule is Rule.MGMT and flag.severity is Severity.HIGH


def compare(observed: Config, intended: Config, scope: Scope) -> Comparison:
    """Compare; raises RenderError if an intended line may not be sent, or would cut us off half way."""
    merged = merge(observed, intended, scope)
    target = merged.target
    unknown = [section for section in observed.walk() if section.unknown]
    untouched = _with_unknown(unknown, merged.untouched)
    if target.root is observed.root:
        flags = (*merged.flags, *_unparsed(unknown, scope, frozenset()))
        return Comparison((), (), (), untouched, flags, target)
    _refuse_cut(observed, target, scope.facts)
    path = management_path(observed, target, scope.facts)
    forth = Direction(observed, target, path)
    back = Direction(target, observed, path, returning=True)
    touched = frozenset(edit.section.path for edit in forth.ordered)
    flags = (*merged.flags, *_unparsed(unknown, scope, touched))
    undo = back.write_sendable(back.ordered)
    commands = forth.checked()
    return Comparison(changes(forth, back), commands, undo, untouched, flags, target)


def _refuse_cut(observed: Config, target: Config, facts: DeviceFacts) -> None:
    """Raises RenderError where the line that makes a bundle would end the session before the bundle has its VLANs."""
    lost = cut_off(observed.root, target.root, observed.rulebook, facts)
    if lost:
        listed = observed.rulebook.grammar.notation.print_ports(lost)
        raise RenderError(
            f"{listed} would lose {facts.management_interface}, over which the session of trustctl runs, when a bundle "
            "is made or taken apart: the lines behind that would never arrive",
            where=listed,
            remedy="Do that at the device's console, or lead the management over another uplink first; plan again.",
        )


def _with_unknown(sections: Sequence[Section], untouched: tuple[Untouched, ...]) -> tuple[Untouched, ...]:
    """What is left alone, with the lines that the rulebook does not know."""
    listed = {(left.section, line) for left in untouched for line in left.lines}
    found = [
        Untouched(section.path, lines, "the rulebook does not know it")
        for section in sections
        for lines in [tuple(line for unknown in section.unknown for line in unknown.lines)]
        if (section.path, lines[0]) not in listed
    ]
    return (*untouched, *found)


def _unparsed(unknown: Sequence[Section], scope: Scope, touched: frozenset[Path]) -> tuple[Flag, ...]:
    """Flags for unknown lines in sections that are owned or about to change."""
    flags: list[Flag] = []
    for section in unknown:
        if section.path and (section.path in touched or scope.removes(scope.owner_of_section(section))):
            lines = ", ".join(f"`{one.lines[0]}`" for one in section.unknown)
            why = f"the rulebook does not know {lines} in `{section.header}`: shown, and left alone"
            flags.append(Flag(Rule.UNPARSED, Severity.MEDIUM, why))
    return tuple(flags)


def between(before: Config, after: Config, facts: DeviceFacts, user: str = "") -> tuple[str, ...]:
    """The lines that bring a device back to `after`, a configuration that it had, in safe order.

    `<observed:key>` stands for a secret of `after`; in a line that removes something (an SNMP community) the secret is
    one that `before` has now, and stands as `<observed:key.now>`. `user` is who signs in afterwards. Raises RenderError
    if a line may not be sent: a guarded one (`no aaa new-model`) if `after` does not let `user` in.
    """
    direction = Direction(before, after, management_path(before, after, facts), returning=True, user=user)
    lines = [line.text for line in direction.write(_of_now(edit) for edit in direction.ordered)]
    try:
        return after.rulebook.gate.check_lines(lines, direction.way.permit)
    except RenderError as error:
        line = next((line for line in lines if line in direction.way.refused), "")
        because = f", because {direction.way.refused[line]}" if line else ""
        raise RenderError(
            f"the way between these configurations needs a command that is never sent{because}",
            where=error.where,
            remedy="Give this one command by hand at the console, with somebody beside you, and try again.",
        ) from error


def lock_out(before: Config, after: Config, facts: DeviceFacts) -> tuple[Flag, ...]:
    """The flags of what could cut us off on the way between two configurations that a device had."""
    way = Direction(before, after, management_path(before, after, facts), returning=True)
    return tuple(flag for edit in way.ordered for flag in way.flags[edit] if _cuts_off(flag))


def _of_now(edit: Edit) -> Edit:
    if not edit.removes:
        return edit
    return replace(edit, lines=tuple(OBSERVED_TOKEN.sub(r"<observed:\1.now>", line) for line in edit.lines))
