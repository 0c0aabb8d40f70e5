"""What the roles asked of a host, as Changes of a plan: what a person reviews, its risk, and its way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from trustctl.model.origin import LineOrigin
from trustctl.model.plan import Change, ChangeKind, Flag, Rule, Severity
from trustctl.windows.asked import Asked
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import TYPES, Difference, ResourceType, difference, exactly, pairs
from trustctl.windows.text import changed, shown_text
from trustctl.windows.topics import Topic
from trustctl.windows.values import Value, Values, caseless

Origins = Callable[[Asked], tuple[LineOrigin, ...]]
"""Where what a task asks for comes from."""

UNKNOWN = "unknown until apply"
NO_WAY_BACK = "nothing takes it back by itself"
_STAYS = Flag(Rule.LASTING, Severity.MEDIUM, NO_WAY_BACK)
"""The same words for all: a report says once what holds of thirty changes."""
_BYTES = re.compile(r"(?:.*[_.])?bytes: (?P<size>[0-9]{1,20})")
_UNITS = {2**30: "GiB", 2**20: "MiB"}
_SAYS_AFTERWARDS = "trust_feature"
"""The module of which nobody knows beforehand whether a change needs a restart."""


def changes(asked: Sequence[Asked], topics: Mapping[str, Topic], origins: Origins) -> tuple[Change, ...]:
    """Return the change of each task that would do something, in their order. Raises RulebookError: unknown topic."""
    return tuple(_change(one, [topics[name] for name in one.topics], origins(one)) for one in asked if one.changed)


def section_of(one: Asked) -> str:
    """Return the name of a resource in plans: `trust_vm OAK-DC-01`."""
    return f"{one.want.module} {one.want.name}".strip()


def restart_flag(asked: Sequence[Asked]) -> Flag | None:
    """Return the one flag of a host that has to restart, however many of its changes need it; None: it has not to.

    Each role restarts Windows at its end for what changed in it, so a host may restart as often as roles ask for it.
    Of a feature Windows says only when it is done whether it needs one (Install-WindowsFeature, RestartNeeded).
    """
    tasks = [task for one in asked for task in (one.parts or (one,)) if task.changed and task.restart]
    if not tasks:
        return None
    verb = "may have" if all(task.want.module == _SAYS_AFTERWARDS for task in tasks) else "has"
    topics = ", ".join(dict.fromkeys(task.topic for task in tasks))
    roles = len({task.role for task in tasks})
    often = "once" if roles == 1 else f"up to {roles} times"
    return Flag(Rule.RELOAD, Severity.HIGH, f"Windows {verb} to restart {often}, for: {topics}")


def found_in(one: Asked) -> Difference | None:
    """Return what a task would change; None where nobody can tell before, or its module is not known."""
    kind = TYPES.get(one.want.module)
    if kind is None or one.have.untold or one.want.untold:
        return None
    return difference(kind, one.want.values, one.have.values)


def leaving(one: Asked) -> tuple[str, ...]:
    """Return what a resource that stays has today and will not have, and what goes along and is no part of it.

    After: `members Old`, `adapters NIC2`, `the feature RSAT-AD-Tools`.
    """
    found, kind = found_in(one), TYPES.get(one.want.module)
    if found is None or kind is None or found.before is None or found.after is None:
        return ()
    along = (f"the {kind.title} {name}" for name in one.going if name not in one.below)
    return (*_leaving(kind.properties, found.before, found.after, ""), *along)


def clashes(asked: Sequence[Asked]) -> Iterator[tuple[Asked, Asked]]:
    """Yield each change with another task's resource that would go or come along with it, and shall be otherwise."""
    for one in asked:
        along = {caseless(name) for name in (*one.going, *one.coming)}
        kind = TYPES.get(one.want.module)
        for other in asked if along and kind is not None else ():
            if other.want.module != one.want.module or caseless(other.want.name) not in along:
                continue
            if kind is not None and difference(kind, other.want.values, one.want.values) is not None:
                yield one, other


def summary(one: Asked) -> str:
    """Say what would happen to one resource.

    After: `create the virtual switch Trust`, `change the virtual machine OAK-DC-01: memory_startup_bytes`.
    """
    found = found_in(one)
    if found is None:
        why = one.have.untold or one.want.untold
        named = TYPES.get(one.want.module) if one.shown else None
        if named is not None and why:
            return shown_text(f"the {named.title} {named.called(one.want.name)}: {UNKNOWN}")
        return shown_text(f"{one.does or section_of(one)}{f': {UNKNOWN} ({why})' if why else ''}")
    kind = TYPES[one.want.module]
    what = shown_text(f"the {kind.title} {kind.called(one.want.name)}".rstrip())
    if found.after is None:
        return f"remove {what}"
    if found.before is None:
        return f"create {what}"
    return f"change {what}: {', '.join(found.names)}"


def _change(one: Asked, topics: Sequence[Topic], origin: tuple[LineOrigin, ...]) -> Change:
    found = found_in(one)
    kind = TYPES.get(one.want.module)
    if found is None or kind is None:
        return _unclear(one, topics, origin)
    before, after = changed(one.want.module, found.before, found.after)
    undo = one.undo or way_back_cmdlets(kind, one.want.name, found)
    return Change(
        summary=summary(one),
        topic=topics[0].name,
        kind=_kind(found),
        section=(section_of(one),),
        before=(*map(_sized, before), *(shown_text(f"along with it: {name}") for name in one.going)),
        after=(*map(_sized, after), *(shown_text(f"along with it: {name}") for name in one.coming)),
        commands=tuple(map(shown_text, one.cmdlets or kind.cmdlets(one.want.name, found))),
        undo=tuple(map(shown_text, undo)),
        origin=origin,
        flags=(*_of_topics(topics), *_goes(kind, found), *_along(kind, one), *(() if undo else (_STAYS,))),
    )


def _sized(line: str) -> str:
    """Before: `memory.startup_bytes: 6442450944`.  After: the same, and `  # 6 GiB`: nobody reads ten digits."""
    hit = _BYTES.fullmatch(line)
    size = int(hit["size"]) if hit is not None else 0
    unit = next((unit for unit in _UNITS if size and size % unit == 0), 0)
    return f"{line}  # {size // unit} {_UNITS[unit]}" if unit else line


def _unclear(one: Asked, topics: Sequence[Topic], origin: tuple[LineOrigin, ...]) -> Change:
    """A task of which nobody knows what it would change: shown as such, never as nothing."""
    why = one.have.untold or one.want.untold or "its module says that it would change something, and not what"
    return Change(
        summary=summary(one),
        topic=topics[0].name,
        kind=ChangeKind.REPLACE,
        section=(section_of(one),),
        before=(),
        after=tuple(map(shown_text, one.shown)) or (f"{UNKNOWN}: {shown_text(why)}",),
        commands=tuple(map(shown_text, one.cmdlets)) or (f"# {one.place}: {UNKNOWN}",),
        undo=tuple(map(shown_text, one.undo)),
        origin=origin,
        flags=(
            *_of_topics(topics),
            Flag(Rule.UNKNOWN, Severity.MEDIUM, shown_text(f"{UNKNOWN}: {why}")),
            *(() if one.undo else (_STAYS,)),
        ),
    )


def way_back_cmdlets(kind: ResourceType, name: str, found: Difference) -> tuple[str, ...]:
    """Return what an administrator would type to take a difference back; empty where nothing does."""
    if kind.lasting or (found.before is None and (kind.holds or not kind.removable)):
        return ()
    if found.after is None and kind.unique:
        return ()
    back = difference(exactly(kind), found.before, found.after)
    return tuple(kind.cmdlets(name, back)) if back else ()


def _kind(found: Difference) -> ChangeKind:
    if found.after is None:
        return ChangeKind.REMOVE
    return ChangeKind.ADD if found.before is None else ChangeKind.REPLACE


def _of_topics(topics: Sequence[Topic]) -> tuple[Flag, ...]:
    """What a change of each of these topics means, each once: two tasks may ask for one resource."""
    return tuple(dict.fromkeys(one.flag for one in topics if one.flag))


def _goes(kind: ResourceType, found: Difference) -> Iterator[Flag]:
    """Flag what the host has today and will not have: a resource, or what is in one."""
    if found.before is None:
        return
    if found.after is None:
        with_it = f", and {kind.holds} would go with it" if kind.holds else ""
        files = ", ".join(kind.files(found.before))
        stay = f". Its files stay on the host: {files}" if files else ""
        yield Flag(Rule.DELETE, Severity.MEDIUM, shown_text(f"the host has this {kind.title} today{with_it}{stay}"))
        return
    gone = list(_leaving(kind.properties, found.before, found.after, ""))
    if gone:
        yield Flag(Rule.DELETE, Severity.MEDIUM, shown_text(f"the {kind.title} has {', '.join(gone)} today"))


def _along(kind: ResourceType, one: Asked) -> Iterator[Flag]:
    """Flag each other resource that Windows takes away or makes along with a change."""
    for name in one.going:
        why = f"the {kind.title} {name} goes along: the host has it today"
        yield Flag(Rule.DELETE, Severity.MEDIUM, shown_text(why))
    for name in one.coming:
        yield Flag(Rule.SERVICE, Severity.MEDIUM, shown_text(f"the {kind.title} {name} comes along"))


def _leaving(of: Sequence[Property], before: Values, after: Values, prefix: str) -> Iterator[str]:
    """Yield what of sets and records is in the first only, as deep as it goes: `adapters NIC2`, `management Old`."""
    for one in of:
        was, now = before.get(one.name), after.get(one.name)
        label = f"{prefix}{one.name}"
        if one.kind in {Kind.NAMES, Kind.NUMBERS}:
            left = {caseless(str(each)) for each in _items(now)}
            yield from (f"{label} {each}" for each in _items(was) if caseless(str(each)) not in left)
        elif one.kind is Kind.RECORDS:
            for name, old, new in pairs(one, was, now):
                if new is None:
                    yield f"{label} {name}"
                elif old is not None:
                    yield from _leaving(one.of, old, new, f"{label}[{name}].")
        elif one.kind is Kind.RECORD and isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _leaving(one.of, was, now, f"{label}.")


def _items(value: Value) -> Sequence[Value]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
