"""Differences as Changes of a plan: what a person reviews, with its risk, its way back and where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trustctl.hosts.compare import Difference, way_back
from trustctl.hosts.description import Description, Key, Resource
from trustctl.hosts.native import commands
from trustctl.hosts.summary import diff, shown, summary
from trustctl.model.origin import LineOrigin
from trustctl.model.plan import Change, ChangeKind, Flag, Rule, Severity
from trustctl.model.secret import SECRET_TOKEN

Origins = Callable[[Resource], tuple[LineOrigin, ...]]
"""Where the lines of an intended resource come from."""
Native = Mapping[Key, tuple[str, ...]]
"""The commands by which the engine would carry out a step, where the host itself was asked."""


def changes(
    found: Sequence[Difference], want: Description, have: Description, origins: Origins, native: Native
) -> tuple[Change, ...]:
    """Return the changes of these differences, in the order in which they are put right."""
    return tuple(_change(one, want, have, origins, native) for one in found)


def title(step: Resource) -> str:
    """Return the name of a step in plans: `file /etc/hosts`, `restart chrony`."""
    return f"{step.get('do') or step.kind} {step.name}"


def key_of(section: str) -> tuple[str, Key]:
    """Return what a step is about, from its name in a plan: what is done to a service, and the resource.

    Before: `restart chrony`, `file /etc/hosts`    After: ("restart", ("service", "chrony")), ("", ("file", ...))
    """
    word, _, name = section.partition(" ")
    return (word, ("service", name)) if word in {"restart", "reload"} else ("", (word, name))


def _change(one: Difference, want: Description, have: Description, origins: Origins, native: Native) -> Change:
    step = one.step
    lines = diff(one)
    quiet = bool(lines) or bool(one.because)
    before = () if quiet or one.before.absent else shown(one.before, one.words)
    after = () if quiet or one.after.absent else shown(one.after, one.words)
    back = () if one.because else way_back(have, [step.key], want)
    done = commands(step) if one.because else native.get(step.key) or commands(step)
    return Change(
        summary=summary(one),
        topic=step.topic.name or "Host",
        kind=_kind(one),
        section=(title(step),),
        before=before,
        after=after,
        commands=done,
        undo=tuple(line for each in back for line in commands(each)),
        origin=origins(want[step.key]),
        flags=tuple(_flags(one)),
        diff=lines,
    )


def _kind(one: Difference) -> ChangeKind:
    if one.after.absent:
        return ChangeKind.REMOVE
    return ChangeKind.ADD if one.before.absent else ChangeKind.REPLACE


def _flags(one: Difference) -> list[Flag]:
    topic = one.step.topic
    flags: list[Flag] = []
    if topic.flag:
        flags.append(Flag(Rule(topic.flag), Severity(topic.weight), topic.why or f"it belongs to {topic.name}"))
    if one.after.absent and not one.because:
        why = f"the host has the {one.step.spec.title} {one.step.name} today"
        flags.append(Flag(Rule.DELETE, Severity.MEDIUM, why))
    if one.step.kind == "command" and not one.step.get("undo"):
        flags.append(Flag(Rule.LASTING, Severity.MEDIUM, f"{one.step.name} cannot be taken back by a command"))
    if one.unsure:
        flags.append(Flag(Rule.SECRET, Severity.LOW, "a secret of it could not be compared: the store did not give it"))
    elif _sets_password(one) or _new_secret(one):
        flags.append(Flag(Rule.SECRET, Severity.LOW, f"sets a secret in {one.step.name}"))
    return flags


def _new_secret(one: Difference) -> bool:
    had = set(one.before.content or ())
    return any(SECRET_TOKEN.search(line) and line not in had for line in one.after.content or ())


def _sets_password(one: Difference) -> bool:
    return bool(one.step.get("password")) and not one.because and bool({"password", "state"} & set(one.words))
