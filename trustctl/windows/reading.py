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
class Stays:
    """A resource, or a part of one, that no way back touches. `kind` is what a person calls such resources."""

    kind: str
    name: str
    why: str
    """The rest of the sentence: `stays: it is never taken away`."""
    part: bool = False
    """Whether `why` is about one property of it."""

    @property
    def said(self) -> str:
        """As a sentence."""
        return f"{self.kind} {self.name}".rstrip() + (": " if self.part else " ") + self.why


@dataclass(frozen=True, slots=True)
class Back:
    """The way from a later reading to an earlier one."""

    steps: tuple[Resource, ...] = ()
    """What to set, in order; to be carried out exactly (`action.EXACTLY`). Values None: to be taken away."""
    stays: tuple[Stays, ...] = ()
    """What is left as it is now."""

    @property
    def lasting(self) -> tuple[str, ...]:
        """What stays as it is now, a sentence for each with the reason."""
        return tuple(one.said for one in self.stays)


def listed(stays: Iterable[Stays]) -> tuple[str, ...]:
    """Return what stays for a person: each reason once, below it the resources by kind, in the order of the roles.

    Before: fifteen sentences.  After: `stays: it is never taken away`, `  the DHCP scope (15): 10.11.30.0; ...`.
    """
    reasons: dict[str, dict[str, list[str]]] = {}
    for one in reversed(tuple(stays)):
        reasons.setdefault(one.why, {}).setdefault(one.kind, []).append(one.name)
    lines: list[str] = []
    for why, kinds in reasons.items():
        lines.append(why)
        for kind, names in kinds.items():
            told = "; ".join(name for name in names if name)
            count = f" ({len(names)})" if len(names) > 1 else ""
            lines.append(f"{INDENT}{kind}{count}{': ' if told else ''}{told}")
    return tuple(lines)


def way_back(earlier: Reading, now: Reading) -> Back:
    """Return the steps that bring a host back, the last task's resource first: each state on the way was there once.

    A resource that only one reading has, or that could not be read, is left alone and told.
    """
    steps: list[Resource] = []
    stays: list[Stays] = []
    for key in reversed([*earlier, *(key for key in now if key not in earlier)]):
        step, told = _back(key, earlier.get(key), now.get(key))
        steps += [step] if step else []
        stays += told
    return Back(tuple(steps), tuple(stays))


_Step = tuple[Resource | None, Sequence[Stays]]


def _back(key: Key, was: Resource | None, now: Resource | None) -> _Step:
    kind = TYPES.get(key[0])
    title = f"the {kind.title}" if kind else key[0]
    if was is None or now is None:
        when = "before the change" if was is None else "after it"
        return None, (Stays(title, key[1], f"is left as it is: nobody read it {when}"),)
    if was.untold or now.untold:
        return None, () if was == now else (Stays(title, key[1], f"is left as it is: {_unread(was, now)}"),)
    if kind is None:
        return None, () if was == now else (Stays(title, key[1], "is left as it is: its module is not known"),)
    return _of_kind(exactly(kind), title, was, now)


def _unread(was: Resource, now: Resource) -> str:
    """Say which of two readings nobody has, and why."""
    return f"what it was could not be read ({was.untold})" if was.untold else f"it could not be read ({now.untold})"


def _of_kind(kind: ResourceType, title: str, was: Resource, now: Resource) -> _Step:
    found = difference(kind, was.values, now.values)
    left = [Stays(title, was.name, why, part=True) for why in _left(kind.properties, was.values, now.values)]
    if found is None or kind.reads_only:
        return None, () if kind.reads_only else left
    if kept := _kept(kind, was, now):
        return None, (Stays(title, was.name, kept),)
    fixed = unchangeable(kind, found)
    if fixed:
        return None, (Stays(title, was.name, f"is left as it is: {'. '.join(fixed)}"),)
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
        files = ", ".join(kind.files(was.values))
        there = f". Its files are still there: {files}" if files else ""
        return f"stays away: a new one would be another one. Nothing takes it back by itself{there}"
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
