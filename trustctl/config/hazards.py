"""Which edits deserve a second look, and why, in words that name the concrete thing.

The rulebook says which command carries which risk; the device's facts say whether it holds here. What every removal,
every uplink and the management path have in common is said here once, so that a rule that names no hazard is not
silent about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from trustctl.config.edit import Edit
from trustctl.config.grammar import interface_in
from trustctl.config.rules import Hazard, HazardWhen, LineRule, SectionRule
from trustctl.config.scope import DeviceFacts
from trustctl.config.statement import Config, Section, Statement
from trustctl.config.uses import abandoned
from trustctl.model.plan import ChangeKind, Flag, Rule, Severity

_SEVERITIES = list(Severity)
_MOST_NAMED = 3
_COMING_AND_GOING = frozenset({HazardWhen.ADDED, HazardWhen.REPLACED, HazardWhen.REMOVED})
"""On a section rule these are about the section itself, not about the lines in it."""


@dataclass(frozen=True, slots=True)
class ManagementPath:
    """By which interfaces, VLANs and access lists the device is managed, before and after the change."""

    facts: DeviceFacts
    interfaces: frozenset[str]
    vlans: frozenset[int]
    lists: frozenset[str]
    """Names of the access lists on the terminal lines and the management interfaces."""
    created: frozenset[str] = frozenset()
    """Headers at the top that are not there today."""
    abandoned: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict[tuple[str, ...], tuple[str, ...]])
    """Sections that go or lose their name, each with the headers of those that still refer to it."""

    def session(self) -> str:
        """Words for the session that we have to the device."""
        address = self.facts.management_address
        return f"the session to {address}" if address else "our session"


def interface_of(section: Section) -> str:
    """The interface that a section configures, or an empty text."""
    return interface_in(section.rule.grammar, section.path[0]) if section.path else ""


def ports_of(edit: Edit) -> frozenset[str]:
    """The interfaces that an edit is about: the members of a set of ports, else the section's own interface."""
    name = interface_of(edit.target or edit.section)
    return edit.members or (frozenset({name}) if name else frozenset())


def leaves_management(edit: Edit, path: ManagementPath) -> bool:
    """Whether ports leave a VLAN by themselves and do not come into the management VLAN thereby."""
    return bool(edit.leaves) and not (
        _is_vlan(edit.section, path) and not any(_is_vlan(section, path) for section in edit.leaves)
    )


def management_path(before: Config, after: Config, facts: DeviceFacts) -> ManagementPath:
    """Find the management path in both configurations: what we lose counts as much as what we get."""
    interfaces = {facts.management_interface} if facts.management_interface else set[str]()
    guards: set[str] = set()
    for root in (before.root, after.root):
        for section in root.sections.values():
            name = interface_of(section) if facts.management_address else ""
            if name and _holds(section, facts):
                interfaces.add(name)
    managing = {rule.id for rule in before.rulebook.sections.values() if _always_management(rule.hazards)}
    for root in (before.root, after.root):
        for section in root.sections.values():
            if section.rule.id in managing or interface_of(section) in interfaces:
                guards.update(_references(section.statements.values()))
        whole = (one for one in root.statements.values() if _always_management(one.rule.hazards))
        guards.update(_references(whole))
    vlans = {facts.management_vlan} if facts.management_vlan is not None else set[int]()
    numbers = (before.rulebook.grammar.notation.vlan_of(name) for name in interfaces)
    vlans.update(number for number in numbers if number is not None)
    created = frozenset(after.root.sections.keys() - before.root.sections.keys())
    return ManagementPath(
        facts, frozenset(interfaces), frozenset(vlans), frozenset(guards), created, abandoned(before, after)
    )


def flags_of(edit: Edit, path: ManagementPath) -> tuple[Flag, ...]:
    """The flags of one edit, the heaviest of each rule first named by the rulebook, else by what is common to all."""
    found = [*_named(edit, path), *_common(edit, path)]
    heaviest: dict[Rule, Flag] = {}
    for flag in found:
        known = heaviest.get(flag.rule)
        if known is None or _weight(flag) > _weight(known):
            heaviest[flag.rule] = flag
    return tuple(heaviest.values())


def touches_management(flags: Iterable[Flag]) -> bool:
    """Whether these flags put an edit on the management path, which goes last."""
    return any(flag.rule is Rule.MGMT and _weight(flag) >= _SEVERITIES.index(Severity.MEDIUM) for flag in flags)


def _weight(flag: Flag) -> int:
    return _SEVERITIES.index(flag.severity)


def _holds(section: Section, facts: DeviceFacts) -> bool:
    for statement in section.statements.values():
        held = statement.captures.get(statement.rule.claims[0], "") if statement.rule.claims else ""
        if held.partition("/")[0] == facts.management_address:
            return True
    return False


def _always_management(hazards: Iterable[Hazard]) -> bool:
    return any(hazard.rule is Rule.MGMT and not hazard.when for hazard in hazards)


def _references(statements: Iterable[Statement]) -> Iterator[str]:
    for statement in statements:
        for capture in statement.rule.refers:
            if capture in statement.captures:
                yield statement.captures[capture]


def _named(edit: Edit, path: ManagementPath) -> Iterator[Flag]:
    """The hazards that the rulebook names for the line and for the section it stands in."""
    rules: list[LineRule | SectionRule] = [edit.rule]
    if edit.rule is not edit.section.rule and edit.target is None:
        rules.append(edit.section.rule)
    for rule in rules:
        for hazard in rule.hazards:
            about_section = rule is not edit.rule and not _COMING_AND_GOING.isdisjoint(hazard.when)
            if not about_section and all(_condition(when, edit, path) for when in hazard.when):
                yield Flag(hazard.rule, hazard.severity, hazard.why.format_map(_Words(_words(edit, path))))


def _condition(when: HazardWhen, edit: Edit, path: ManagementPath) -> bool:  # noqa: PLR0911 - one line a condition
    statement = edit.after if edit.after is not None else edit.before
    ports = ports_of(edit)
    match when:
        case HazardWhen.UPLINK:
            return not ports.isdisjoint(path.facts.uplinks)
        case HazardWhen.PORT:
            return bool(ports - path.facts.uplinks)
        case HazardWhen.POE:
            return not ports.isdisjoint(path.facts.poe_ports)
        case HazardWhen.MANAGEMENT:
            return _is_management(edit, path)
        case HazardWhen.ADDED:
            return edit.kind is ChangeKind.ADD
        case HazardWhen.REPLACED:
            return edit.kind is ChangeKind.REPLACE
        case HazardWhen.REMOVED:
            return edit.kind is ChangeKind.REMOVE or _back_to_default(edit) or _loses_members(edit) or bool(edit.leaves)
        case HazardWhen.ON | HazardWhen.OFF:
            return becomes(edit) is (when is HazardWhen.ON)
        case HazardWhen.USED | HazardWhen.STANDING:
            return _depended_on(when, edit, path)
    return statement is None


def _depended_on(when: HazardWhen, edit: Edit, path: ManagementPath) -> bool:
    """Whether the section stands today, or is used under a name that goes."""
    if when is HazardWhen.USED:
        return (edit.target or edit.section).path in path.abandoned
    return path.created.isdisjoint(edit.section.path[:1])


def _back_to_default(edit: Edit) -> bool:
    return edit.kind is ChangeKind.REPLACE and edit.after is not None and edit.after.is_default


def _loses_members(edit: Edit) -> bool:
    """A set that was at its default (every VLAN) gets a shorter list."""
    had = edit.before if edit.before is not None and edit.before.is_default else edit.assumed
    return had is not None and isinstance(had.value, frozenset) and not _members(had) <= _members(edit.after)


def becomes(edit: Edit) -> bool | None:
    """The value that a flag gets; a removed flag gets the opposite of what it was."""
    if edit.after is not None:
        return edit.after.value if isinstance(edit.after.value, bool) else None
    if edit.before is not None and isinstance(edit.before.value, bool):
        return not edit.before.value
    return None


def _is_management(edit: Edit, path: ManagementPath) -> bool:
    if edit.members and path.facts.uplinks.isdisjoint(edit.members) and path.facts.uplinks:
        return False
    sections = [edit.section, *edit.leaves] if edit.target is None else [edit.section, edit.target]
    for section in sections:
        name = interface_of(section)
        if name:
            if name in path.interfaces:
                return True
        elif path.lists.intersection(section.captures.values()):
            return True
        if _is_vlan(section, path):
            return True
    return not path.vlans.isdisjoint(_vlans(edit))


def _is_vlan(section: Section, path: ManagementPath) -> bool:
    number = section.captures.get("vlan", "")
    return number.isdigit() and int(number) in path.vlans


def _vlans(edit: Edit) -> Iterator[int]:
    """The VLANs that an edit moves: the members of a set that come or go, or the number in a single line."""
    before, after = edit.before, edit.after
    if (before is not None and isinstance(before.value, frozenset)) or (
        after is not None and isinstance(after.value, frozenset)
    ):
        had = _members(before or edit.assumed)
        gets = _members(after)
        delta = before is not None and not before.is_default
        yield from (had - gets if edit.removes else gets - had if delta and edit.kind is ChangeKind.ADD else gets ^ had)
        return
    for statement in (before, after):
        if statement is None:
            continue
        for name, kind in statement.rule.pattern.types.items():
            if kind.name == "vlan" and statement.captures.get(name, "").isdigit():
                yield int(statement.captures[name])


def _members(statement: Statement | None) -> frozenset[int]:
    if statement is None:
        return frozenset()
    return frozenset(member for member in statement.members if isinstance(member, int))


def _common(edit: Edit, path: ManagementPath) -> Iterator[Flag]:
    """What holds whatever the command is."""
    name = interface_of(edit.target or edit.section)
    if name and name in path.interfaces and not edit.members:
        why = f"{name} is a management interface: {path.session()} runs over it"
        yield Flag(Rule.MGMT, Severity.MEDIUM, why)
    elif edit.target is None and path.lists.intersection(edit.section.captures.values()) and not name:
        listed = ", ".join(sorted(path.lists.intersection(edit.section.captures.values())))
        why = f"the access list {listed} guards {path.session()}"
        yield Flag(Rule.MGMT, Severity.HIGH if edit.before or edit.kind is ChangeKind.REPLACE else Severity.MEDIUM, why)
    uplinks = ports_of(edit) & path.facts.uplinks
    if len(uplinks) == 1:
        why = f"{min(uplinks)} is an uplink: what is behind it depends on it"
        yield Flag(Rule.UPLINK, Severity.MEDIUM, why)
    elif uplinks:
        listed = edit.rule.grammar.notation.print_ports(uplinks)
        yield Flag(Rule.UPLINK, Severity.MEDIUM, f"{listed} are uplinks: what is behind them depends on them")
    if edit.clears and edit.before is not None:
        why = f"`{edit.before.line}` is off for a moment: the device refuses the new value while it stands"
        only_a_name = isinstance(edit.rule, LineRule) and len(edit.rule.claims) == 1
        yield Flag(Rule.CLIENT, Severity.LOW if only_a_name else Severity.MEDIUM, why)
    statement = edit.after
    names = sorted({secret.name for secret in statement.secrets if secret.name}) if statement is not None else []
    if names:
        yield Flag(Rule.SECRET, Severity.LOW, f"sets the secret {', '.join(names)}")


def deletion(edits: Iterable[Edit]) -> Iterator[Flag]:
    """One flag for all that these edits take away: a whole section weighs more than a line."""
    going = [edit for edit in edits if edit.removes and edit.lines and not edit.clears]
    if not going:
        return
    named = list(dict.fromkeys(_what_goes(edit) for edit in going))
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    whole = any(edit.target is not None for edit in going)
    severity = Severity.MEDIUM if whole else Severity.LOW
    yield Flag(Rule.DELETE, severity, f"removes {', '.join(named[:_MOST_NAMED])}{more}, which the device has today")


def _what_goes(edit: Edit) -> str:
    if edit.target is not None:
        return f"`{edit.target.header}`"
    before, after = edit.before, edit.after
    if before is not None and after is not None and isinstance(before.value, frozenset):
        gone = before.with_members(before.members - after.members)
        return f"`{gone.line}`" if gone.lines else "members"
    return f"`{before.line}`" if before is not None else "entries"


class _Words(dict[str, str]):
    """Words for a sentence; one that is not known stays as it is written."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _words(edit: Edit, path: ManagementPath) -> Mapping[str, str]:
    section = edit.target or edit.section
    words = {**section.captures}
    if edit.statement is not None:
        words |= edit.statement.captures
    words["section"] = section.header or "the switch"
    words["interface"] = edit.rule.grammar.notation.print_ports(edit.members) if edit.members else interface_of(section)
    words["session"] = path.session()
    words["users"] = ", ".join(path.abandoned.get(section.path, ()))
    vlans = path.vlans.intersection(_vlans(edit)) or path.vlans
    words["management_vlan"] = ", ".join(str(vlan) for vlan in sorted(vlans)) or "of the management"
    words["management_address"] = path.facts.management_address or "the management address"
    return words
