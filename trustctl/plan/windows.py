"""A Windows host's part of a plan: what its roles ask of it against what they find, and where each asks for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import yaml

from trustctl.errors import DeviceError, RenderError, TrustctlError, UnreachableError
from trustctl.model.console import NO_WAY_BACK, console_remedy
from trustctl.model.levels import Ownership, Stage
from trustctl.model.origin import LineOrigin
from trustctl.model.plan import Action, DevicePlan, Intended, Observed, Untouched
from trustctl.model.school import School
from trustctl.model.windows import WindowsHost
from trustctl.plan.blank import blank, without
from trustctl.windows import Resource
from trustctl.windows.asked import Asked, Source, WindowsObserved
from trustctl.windows.changes import changes, clashes, found_in, leaving, restart_flag, section_of
from trustctl.windows.reading import digest
from trustctl.windows.resource import TYPES
from trustctl.windows.text import text_lines
from trustctl.windows.topics import Topics
from trustctl.windows.values import caseless

ENGINE = "windows"
EVERYTHING = "*"
"""The key of a host's ownership that holds where no other does."""

_IGNORED = "the school's own"
_ONLY = "not among the topics of this plan"
_TOGETHER = "left alone with its topic, as the roles are carried out by topic: {} is {}"
_LAPS = "LAPS"
_LOCAL_LOGIN = (
    "not managed in this run: we sign in to it as a local account, and LAPS may give that another password in the "
    "middle of the run. When the server has joined its domain, take `connection` and `login` out of servers.yml and "
    "plan again"
)
_CLASH = (
    "{one} cannot be changed as the inventory has it: Windows would change {other} along with it, and the inventory "
    "wants that one otherwise"
)
_CLASH_REMEDY = "Let the inventory say the same of both, or leave one of them out; then plan again."
_REMOVES_NOTHING = "stage ensure removes nothing, and it would lose {}; its topic is left alone with it"


@dataclass(frozen=True, slots=True)
class WindowsScope:
    """How far the changes of one host may go. `ownership` is by `module name`, by topic, or `*`."""

    stage: Stage
    ownership: Mapping[str, Ownership] = field(default_factory=dict[str, Ownership])
    only: frozenset[str] = frozenset()
    local_login: bool = False
    """Whether we sign in as an account of the host itself, whose password LAPS may manage."""

    def leaves(self, one: Asked) -> str:
        """Why a change is not ours to make; empty if it is. What the inventory names as absent is a correction."""
        if self.only and one.topic not in self.only:
            return _ONLY
        if self.local_login and one.topic == _LAPS:
            return _LOCAL_LOGIN
        keys = (section_of(one), one.topic, EVERYTHING)
        owner = next((self.ownership[key] for key in keys if key in self.ownership), Ownership.OWNED)
        if owner is Ownership.IGNORED:
            return _IGNORED
        lost = leaving(one) if self.stage is not Stage.OWN else ()
        return _REMOVES_NOTHING.format(", ".join(lost)) if lost else ""


@dataclass(frozen=True, slots=True)
class WindowsInput:
    """What one host's part of a plan is made from. An error in place of a value is that host's result."""

    host: WindowsHost
    school: School
    intended: Intended | TrustctlError
    observed: Observed | TrustctlError
    topics: Topics


def windows_scope(host: WindowsHost, only: Sequence[str] = ()) -> WindowsScope:
    """Return how far the changes of this host may go; at stage `observe` they are shown as for `ensure`."""
    stage = Stage.ENSURE if host.stage is Stage.OBSERVE else host.stage
    return WindowsScope(stage, dict(host.ownership), frozenset(only), host.signs_in_locally)


@dataclass(frozen=True, slots=True)
class Limited:
    """What may be put right, in the order of the roles, and what is left alone with the reason."""

    asked: tuple[Asked, ...]
    untouched: tuple[Untouched, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics of what may be put right, each once."""
        return tuple(dict.fromkeys(topic for one in self.asked for topic in one.topics))


def limited(asked: Sequence[Asked], scope: WindowsScope) -> Limited:
    """Return what of the differences this scope puts right.

    Roles are carried out by topic: where one resource of a topic is left alone, all of that topic's are. Of a resource
    that tasks of several topics ask for, only what the others ask is put right then.
    """
    differing = [one for one in asked if one.changed]
    parts = [one.of({topic}) for one in differing for topic in one.topics]
    why = {(one.topic, one.key): reason for one in parts if (reason := scope.leaves(_unnamed(one, asked)))}
    first = {one.topic: one for one in reversed(parts) if (one.topic, one.key) in why}
    kept = (one.of(topics) for one in differing if (topics := [topic for topic in one.topics if topic not in first]))
    left = [
        Untouched(
            (one.topic,),
            (section_of(one),),
            why.get((one.topic, one.key))
            or _TOGETHER.format(section_of(first[one.topic]), why[one.topic, first[one.topic].key]),
        )
        for one in parts
        if one.topic in first
    ]
    return Limited(tuple(kept), tuple(left))


def _unnamed(one: Asked, asked: Sequence[Asked]) -> Asked:
    """A change without what goes along with it and has a task of its own: the inventory names that itself."""
    named = {(other.want.module, caseless(other.want.name)) for other in asked}
    return replace(one, going=tuple(name for name in one.going if (one.want.module, caseless(name)) not in named))


def _hold_together(asked: Sequence[Asked], found: Limited, origins: Callable[[Asked], tuple[LineOrigin, ...]]) -> None:
    """Raise DeviceError if a change would take something along that the inventory wants otherwise."""
    ours = {one.key for one in found.asked}
    for one, other in clashes(asked):
        if one.key in ours:
            places = [_said_at(line) for each in (one, other) for line in origins(each)[:1]]
            raise DeviceError(
                _CLASH.format(one=_titled(one), other=_titled(other)),
                where=", ".join(places),
                remedy=_CLASH_REMEDY,
            )


def _said_at(line: LineOrigin) -> str:
    """Where the inventory says it; else the line of the template."""
    return str(next((origin.place for _, origin in line.values if origin.place is not None), line.template))


def _titled(one: Asked) -> str:
    return f"the {TYPES[one.want.module].title} {one.want.name}"


def plan_windows(given: WindowsInput, only: Sequence[str] = ()) -> DevicePlan:
    """Return one host's plan. Never raises for anything that the host, its roles or its templates did."""
    source = given.observed
    if isinstance(source, TrustctlError):
        unreachable = isinstance(source, UnreachableError)
        return without(given.host, ENGINE, Action.UNREACHABLE if unreachable else Action.REFUSED, source)
    try:
        if isinstance(given.intended, TrustctlError):
            raise given.intended
        if not isinstance(source, WindowsObserved):
            raise DeviceError(
                "a description alone does not say what the roles would do",
                where=given.host.name,
                remedy="Plan it against the host itself: leave out --captured and --against.",
            )
        if source.model not in {None, "", given.host.model}:
            raise DeviceError(
                f"it runs {source.model}, the inventory says {given.host.model}",
                where=given.host.name,
                remedy="Correct `os` in servers.yml; what is written for one system does not fit another.",
            )
        return _planned(given, source, given.intended, limited(source.asked, windows_scope(given.host, only)))
    except TrustctlError as error:
        return without(given.host, ENGINE, Action.REFUSED, error)


def _planned(given: WindowsInput, source: WindowsObserved, intended: Intended, found: Limited) -> DevicePlan:
    host = given.host
    origins = origins_of(intended)
    _hold_together(source.asked, found, origins)
    made = changes(found.asked, given.topics, origins)
    cut_off = any(given.topics[topic].way_in for topic in found.topics)
    action = Action.NONE if not made else Action.CONSOLE if cut_off else Action.CHANGE
    reason = f"refused: {NO_WAY_BACK}; {console_remedy(host.name)}" if action is Action.CONSOLE else ""
    if made and host.stage is Stage.OBSERVE:
        reason = "stage observe: shown, never applied"
    restart = restart_flag(found.asked)
    return replace(
        blank(host, ENGINE, action, reason),
        serial=source.serial or host.serial,
        observed_source=source.source,
        observed_digest=digest(told_of(source.asked)),
        intended_digest=f"sha256:{hashlib.sha256(intended.text.encode()).hexdigest()}",
        target_digest=digest(_target(source.asked, found)),
        changes=made,
        commands=tuple(line for change in made for line in change.commands),
        undo=tuple(line for change in reversed(made) for line in change.undo),
        untouched=found.untouched,
        flags=(restart,) if restart else (),
        observed_lines=tuple(text_lines(source.running)) if made else (),
    )


def told_of(asked: Sequence[Asked]) -> tuple[Resource, ...]:
    """What a host has of everything that can be set, without what is only read."""
    return tuple(one.have for one in asked if not _read_only(one))


def _target(asked: Sequence[Asked], found: Limited) -> tuple[Resource, ...]:
    ours = {one.key for one in found.asked}
    after = {one.key: there.after for one in found.asked if (there := found_in(one)) is not None}
    return tuple(
        Resource(one.have.module, one.have.name, after[one.key]) if one.key in ours and one.key in after else one.have
        for one in asked
        if not _read_only(one)
    )


def _read_only(one: Asked) -> bool:
    kind = TYPES.get(one.have.module)
    return kind is not None and kind.reads_only


def origins_of(intended: Intended) -> Callable[[Asked], tuple[LineOrigin, ...]]:
    """Return the function that says which lines of the rendered role variables a task's resource comes from.

    Of a list it is the item with the resource's name; where none has it, the item of the same place.
    """
    try:
        top = yaml.compose(intended.text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        raise RenderError("the text of the role variables is no YAML", where=intended.device) from None
    pairs = cast("list[tuple[Any, Any]]", top.value) if isinstance(top, yaml.MappingNode) else []
    nodes = {str(key.value): (key, value) for key, value in pairs}

    def origins(one: Asked) -> tuple[LineOrigin, ...]:
        for source in one.sources:
            if source.variable in nodes:
                begin, end = _lines(*nodes[source.variable], source, one.want.name)
                lines = intended.lines[begin:end]
                return tuple(dict.fromkeys(line.origin for line in lines))
        return ()

    return origins


def _lines(key: Any, value: Any, source: Source, name: str) -> tuple[int, int]:
    """The lines of a variable, or of one item of it: from, to (without)."""
    if source.index is not None and isinstance(value, yaml.SequenceNode):
        items = cast("list[Any]", value.value)
        named = [one for one in items if _name_of(one) and _name_of(one).casefold() == name.casefold()]
        there = named[0] if named else items[source.index] if source.index < len(items) else None
        if there is not None:
            return _reach(there.start_mark, there.end_mark)
    return _reach(key.start_mark, value.end_mark)


def _reach(start: Any, end: Any) -> tuple[int, int]:
    """A block ends at the beginning of the line behind it, a scalar within its line."""
    return int(start.line), int(end.line) + (1 if end.column else 0)


def _name_of(item: Any) -> str:
    if isinstance(item, yaml.ScalarNode):
        return str(item.value)
    if isinstance(item, yaml.MappingNode):
        pairs = cast("list[tuple[Any, Any]]", item.value)
        return next((str(value.value) for key, value in pairs if key.value == "name"), "")
    return ""
