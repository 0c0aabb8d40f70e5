"""Two readings of one host: their digest, in what they differ, and how to get from the later back to the earlier."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from trustctl.windows.properties import Property
from trustctl.windows.resource import TYPES, ResourceType, difference, exactly, unchangeable
from trustctl.windows.text import INDENT, Key, Resource, write
from trustctl.windows.values import Values, folded, reached_all

Reading = Mapping[Key, Resource]


def digest(resources: Iterable[Resource]) -> str:
    """Return the sha256 of what a host has, in whatever order it was read."""
    text = write(sorted(resources, key=lambda one: one.key))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def between(earlier: Reading, now: Reading) -> dict[Key, tuple[str, ...]]:
    """Return the resources that two readings have otherwise, each with the lines in which they differ."""
    found: dict[Key, tuple[str, ...]] = {}
    for key in [*earlier, *(key for key in now if key not in earlier)]:
        was = earlier[key].lines[1:] if key in earlier else ()
        then = now[key].lines[1:] if key in now else ()
        if was != then or (key in earlier) != (key in now):
            gone = (f"- {line.removeprefix(INDENT)}" for line in was if line not in then)
            come = (f"+ {line.removeprefix(INDENT)}" for line in then if line not in was)
            found[key] = (*gone, *come)
    return found


def differ(earlier: Reading, now: Reading) -> tuple[str, ...]:
    """Return what `between` found for a person: each resource with its lines indented below it."""
    lines: list[str] = []
    for key, differing in between(earlier, now).items():
        lines.append((earlier.get(key) or now[key]).lines[0])
        lines += [f"{INDENT}{line}" for line in differing]
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class Back:
    """The way from a later reading to an earlier one."""

    steps: tuple[Resource, ...] = ()
    """What to set, in order; to be carried out exactly (`action.EXACTLY`). Values None: to be taken away."""
    lasting: tuple[str, ...] = ()
    """What stays as it is now, a sentence for each with the reason."""


def way_back(earlier: Reading, now: Reading) -> Back:
    """Return the steps that bring a host back, the last task's resource first: each state on the way was there once.

    A resource that only one reading has, or that could not be read, is left alone and told.
    """
    steps: list[Resource] = []
    lasting: list[str] = []
    for key in reversed([*earlier, *(key for key in now if key not in earlier)]):
        step, told = _back(key, earlier.get(key), now.get(key))
        steps += [step] if step else []
        lasting += told
    return Back(tuple(steps), tuple(lasting))


_Step = tuple[Resource | None, Sequence[str]]


def _back(key: Key, was: Resource | None, now: Resource | None) -> _Step:
    kind = TYPES.get(key[0])
    title = f"the {kind.title} {key[1]}".rstrip() if kind else " ".join(key).rstrip()
    if was is None or now is None:
        when = "before the change" if was is None else "after it"
        return None, (f"{title} is left as it is: nobody read it {when}",)
    if was.untold or now.untold:
        if was == now:
            return None, ()
        return None, (f"{title} is left as it is: {was.untold or now.untold}",)
    if kind is None:
        return None, () if was == now else (f"{title} is left as it is: its module is not known",)
    return _of_kind(exactly(kind), title, was, now)


def _of_kind(kind: ResourceType, title: str, was: Resource, now: Resource) -> _Step:
    found = difference(kind, was.values, now.values)
    left = [f"{title}: {why}" for why in _left(kind.properties, was.values, now.values)]
    if found is None or kind.reads_only:
        return None, () if kind.reads_only else left
    if kept := _kept(kind, was, now):
        return None, (f"{title} {kept}",)
    fixed = unchangeable(kind, found)
    if fixed:
        return None, (f"{title} is left as it is: {'. '.join(fixed)}",)
    return was, left


def _kept(kind: ResourceType, was: Resource, now: Resource) -> str:
    """Say why a resource that differs is not set back at all; empty: it is."""
    if kind.lasting:
        return "stays as it is: nothing takes it back by itself"
    if was.values is None and not kind.removable:
        return "stays: it is never taken away"
    if was.values is None and kind.holds:
        return f"stays: {kind.holds} would go with it. Nothing takes it back by itself"
    if now.values is None and kind.unique:
        return "stays away: a new one would be another one. Nothing takes it back by itself"
    return ""


def _left(of: Sequence[Property], was: Values | None, now: Values | None) -> Iterator[str]:
    """Say which properties of a resource that was there before will not be as they were then."""
    if was is None or now is None:
        return
    back = reached_all(of, was, now)
    for one in of:
        if folded(one, back.get(one.name)) != folded(one, was.get(one.name)):
            why = "nothing is taken out of it" if one.name in was else "what it was could not be read"
            yield f"{one.name} is left as it is: {why}"
