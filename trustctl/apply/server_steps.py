"""How a server's steps go out: which of them at once, how long they are taken to last, what they install."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from trustctl.apply.job import Pace
from trustctl.errors import PreflightError
from trustctl.hosts import Resource, parse

Batch = tuple[str, ...]
"""The lines that describe one step, or packages that are installed together."""

SHORT = frozenset({"file", "directory", "link", "sysctl", "hostname", "timezone"})
TOGETHER = SHORT | {"service"}
"""Kinds whose steps go out together, where they follow one another; what installs or runs a program goes alone."""
_MOST_TOGETHER = 20
_SOURCES = "/etc/apt/"
_ROUND_TRIPS = 2
"""What is sent at once is asked for first, and then carried out: two commands."""
_QUICKEST = 0.1
"""Seconds that a command is taken to cost at least."""
_OWN_SECONDS = {"user": 1.0, "group": 1.0, "mount": 1.0, "ruleset": 1.0, "service": 3.0, "command": 5.0}
"""What a step lasts on the server itself, beside its command."""
_SHORT_SECONDS, _CHECK_SECONDS = 0.1, 1.0
_TRANSACTION_SECONDS, _PACKAGE_SECONDS, _REMOVAL_SECONDS = 15.0, 10.0, 3.0
"""apt itself, with its lists; fetching, unpacking and setting up one package; taking one off."""
_AFTERWARDS = 10
"""Commands behind the last step: signing in anew, the timer, the gateway, the confirmation."""

_LONGEST_SECONDS = 1800.0
"""The longest that a server may be cut off before it puts its way in back: real ones, as its steps take them."""


def groups(batches: Sequence[Batch], kinds: Collection[str]) -> tuple[int, ...]:
    """Return how many batches, from the first on, go out at once: those of `kinds` that follow one another.

    Before: package a, file b, file c, command d    After: 1, 2, 1
    """
    sizes: list[int] = []
    open_ = False
    for batch in batches:
        fits = batch[0].partition(" ")[0] in kinds
        if fits and open_ and sizes[-1] < _MOST_TOGETHER:
            sizes[-1] += 1
        else:
            sizes.append(1)
        open_ = fits
    return tuple(sizes)


def parts(batches: Sequence[Batch], kinds: Collection[str]) -> Iterator[tuple[int, Sequence[Batch]]]:
    """Yield what goes out at once, with the index of its first batch."""
    first = 0
    for size in groups(batches, kinds):
        yield first, batches[first : first + size]
        first += size


def seconds_of(batches: Sequence[Batch], per_command: float) -> float:
    """Return what batches that go out at once are taken to last; `per_command` is what one command costs, in seconds.

    Before: twenty files, 0.2 s a command    After: 2.4 s
    """
    own = sum(_own_seconds(tuple(parse(batch).values())) for batch in batches)
    return _ROUND_TRIPS * max(per_command, _QUICKEST) + own


def _own_seconds(steps: Sequence[Resource]) -> float:
    if steps[0].kind == "package":
        each = (_REMOVAL_SECONDS if one.absent else _PACKAGE_SECONDS for one in steps)
        return _TRANSACTION_SECONDS + sum(each)
    return sum(_OWN_SECONDS.get(one.kind, _CHECK_SECONDS if _checked(one) else _SHORT_SECONDS) for one in steps)


def _checked(step: Resource) -> bool:
    return bool(step.get("check")) and not step.absent


def timer_minutes(batches: Sequence[Batch], per_command: float, reading: float, pace: Pace) -> int:
    """Return how long a server's timer lasts, in its minutes, for these batches and the checks behind them.

    `reading` is how many seconds it takes to read the whole server, which is done once more before it is confirmed.
    Raises PreflightError where it would be longer than a server may be cut off.
    """
    pushed = sum(seconds_of(part, per_command) for _, part in parts(batches, SHORT))
    seconds = (pushed + reading + _AFTERWARDS * max(per_command, _QUICKEST)) * pace.margin
    if seconds > _LONGEST_SECONDS:
        raise PreflightError(
            f"{len(batches)} steps on the way in, at {per_command:.1f} s a command, need a timer of "
            f"{math.ceil(seconds / 60)} minutes, for which the server could be cut off; "
            f"{_LONGEST_SECONDS / 60:.0f} are the most",
            remedy="split the change (plan --only TOPIC), or find out why the server is so slow",
        )
    return max(pace.revert_minutes, math.ceil(seconds / pace.minute))


def packages_to_come(batches: Sequence[Batch]) -> tuple[str, ...]:
    """Return the packages that are installed; none where a source changes as well, as it may bring them."""
    steps = [one for batch in batches for one in parse(batch).values()]
    if any(one.name.startswith(_SOURCES) for one in steps):
        return ()
    return tuple(one.name for one in steps if one.kind == "package" and not one.absent)
