"""One sentence for a change, in the words of a field engineer.

Before: the edits of `interface GigabitEthernet1/0/48`: `... vlan add 40`, `... vlan remove 30`
After:  "Uplink Gi1/0/48: allowed VLANs add 40, remove 30"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import cast

from trustctl.config.edit import Edit
from trustctl.config.grammar import interface_in
from trustctl.config.pattern import Literal
from trustctl.config.ranks import ranked
from trustctl.config.rules import Kind, LineRule
from trustctl.config.scope import DeviceFacts
from trustctl.config.statement import Section, Statement
from trustctl.config.values import Members
from trustctl.model.plan import ChangeKind

_LONGEST_VALUE = 80
_MOST_PARTS = 4
_HIDDEN = re.compile(r"(?:[0-9]+ )?<observed:[0-9a-z.]+>")
_NEW_ENTRIES = re.compile(r"add [0-9]+ rules?")


def summarise(edits: Sequence[Edit], facts: DeviceFacts, header: str = "") -> str:
    """The sentence for the edits of one change; `header` is the range header of several sections, if there is one."""
    owner = next((edit.target for edit in edits if edit.target is not None), None)
    section = owner or edits[0].section
    parts = list(dict.fromkeys(part for part in map(_part, _first_of_each(edits)) if part))
    if not section.path:
        return "; ".join(_join_lists(edits)) if len(parts) > 1 else _sentence(edits[0], parts)
    name = _capital(header or section_name(section, facts))
    if owner is not None and all(edit.removes for edit in edits):
        return f"{name}: remove"
    if owner is not None:
        parts = ["new", *(part.removeprefix("add ") if _NEW_ENTRIES.fullmatch(part) else part for part in parts)]
    if len(parts) > _MOST_PARTS:
        parts = [*parts[: _MOST_PARTS - 1], f"and {len(parts) - _MOST_PARTS + 1} more settings"]
    return f"{name}: {', '.join(parts)}" if parts else name


def section_name(section: Section, facts: DeviceFacts) -> str:
    """What a person calls a section: "Uplink Gi1/0/48", "Port Gi1/0/3", "VLAN 40"."""
    name = interface_in(section.rule.grammar, section.path[0])
    if section.rule.label and (not name or section.captures.get("vlan")):
        return section.rule.label.format_map(_Known(section.captures))
    return _interface(section, name, facts) if name else _capital(section.path[0])


def _interface(section: Section, name: str, facts: DeviceFacts) -> str:
    notation = section.rule.grammar.notation
    short = notation.short(name)
    if name in facts.uplinks:
        return f"Uplink {short}"
    if notation.vlan_of(name) is not None:
        return f"SVI {short}"
    names = (statement.rule.calls.get(statement.line, "") for statement in section.statements.values())
    called = next(filter(None, names), "Port")
    return f"{called} {short}"


def _first_of_each(edits: Iterable[Edit]) -> list[Edit]:
    """One edit for each statement: a set that gains and loses is one thing to say, a temporary removal is none."""
    seen: set[tuple[str, ...]] = set()
    found: list[Edit] = []
    for edit in edits:
        statement = edit.statement
        if edit.clears or edit.at_top:
            continue
        key = statement.key if statement is not None else (edit.rule.id, str(id(edit)))
        if key not in seen:
            seen.add(key)
            found.append(edit)
    return found


def _sentence(edit: Edit, parts: Sequence[str]) -> str:
    """The only thing there is to say; a command's own words keep their spelling."""
    text = parts[0] if parts else ""
    return _capital(text) if edit.rule.label else text


def _join_lists(edits: Iterable[Edit]) -> list[str]:
    """Edits at the top: the items of one list in one breath.

    Before: add `ntp server A`, add `ntp server B`, remove `ntp server C`    After: "NTP server: add A and B, remove C"
    """
    spoken: dict[str, dict[str, list[str]]] = {}
    for edit in _first_of_each(edits):
        statement = edit.statement
        if statement is None:
            continue
        if statement.rule.kind is Kind.SET:
            spoken.setdefault(_capital(_part(edit)), {})
            continue
        verb = {ChangeKind.ADD: "add", ChangeKind.REMOVE: "remove", ChangeKind.REPLACE: "set"}[edit.kind]
        label, item = label_and_item(statement)
        if verb == "remove":
            item = _identity(statement).strip() or item
        label = _capital(label) if edit.rule.label else label
        spoken.setdefault(label, {}).setdefault(verb, []).append(item)
    sentences: list[str] = []
    for label, verbs in spoken.items():
        said = ", ".join(f"{verb} {_listed(items)}" for verb, items in verbs.items())
        sentences.append(f"{label}: {said}" if label and said else label or _capital(said))
    return sentences


def _part(edit: Edit) -> str:  # noqa: PLR0911 - one line a kind
    rule = edit.rule
    if not isinstance(rule, LineRule):
        return ""
    statement = edit.statement
    if rule.kind is Kind.ORDERED:
        return _entries(edit)
    if statement is None:
        return ""
    label, item = label_and_item(statement)
    before, after = edit.before, edit.after
    if rule.kind is Kind.FLAG:
        return _flag(edit, label)
    if rule.kind is Kind.BLOCK:
        return f"{rule.label.format_map(_Known(statement.captures)) or label} {'removed' if after is None else 'set'}"
    if rule.kind is Kind.SET:
        return _set(statement, before, after)
    if after is None:
        return f"remove {label} {item}".replace("  ", " ").rstrip()
    if before is None:
        return f"{label} {item}".strip()
    if edit.put_back:
        return _in_order(edit, statement)
    return _replaced(before, after)


def _in_order(edit: Edit, statement: Statement) -> str:
    items = [label_and_item(one)[1] for one in ranked(edit.section.statements, statement)]
    return f"{label_and_item(statement)[0]} in the order {', '.join(items)}"


def _replaced(before: Statement, after: Statement) -> str:
    """Before: `aaa authorization exec default local`, `... group A local`, label "{service} authorization {list}".

    After: "exec authorization default local to group A local".
    """
    names = [secret.name for secret in after.secrets if secret.name]
    if names and before.value == after.value:
        return f"{label_and_item(after)[0]}{_identity(after)} rotated (secret {', '.join(names)})"
    if after.rule.label:
        label = after.rule.label.format_map(_Known(after.captures)).strip()
        old, new = (_shortened(_rest(statement)) for statement in (before, after))
    else:
        (_, old), (label, new) = label_and_item(before), label_and_item(after)
    return f"{label} {old or 'default'} to {new or 'default'}".strip() if old != new else f"{label} {new}".strip()


def _entries(edit: Edit) -> str:
    had = {entry.value for entry in edit.had}
    gets = {entry.value for entry in edit.section.ordered}
    counts = (("add", len(gets - had)), ("remove", len(had - gets)))
    spoken = [f"{verb} {count} rule{'s' if count > 1 else ''}" for verb, count in counts if count]
    return " and ".join(spoken) or "another order of rules"


def _flag(edit: Edit, label: str) -> str:
    if edit.after is not None:
        return edit.after.line if not edit.rule.label else f"{label} {'on' if edit.after.value else 'off'}"
    if edit.before is not None:
        return f"remove {edit.before.line}" if not edit.rule.label else f"{label} back to its default"
    return label


def _set(statement: Statement, before: Statement | None, after: Statement | None) -> str:
    label = statement.rule.label.format_map(_Known(statement.captures)) or label_and_item(statement)[0]
    had = before.members if before is not None and not before.is_default else frozenset[int]()
    gets = after.members if after is not None else frozenset[int]()
    if before is None or before.is_default:
        return f"{label}{_separator(statement)}{_members(statement.rule, gets)}" if after is not None else label
    if statement.rule.default is not None and (after is None or after.is_default):
        return f"{label} back to the default"
    words: list[str] = []
    if plus := gets - had:
        words.append(f"add {_members(statement.rule, plus)}")
    if minus := had - gets:
        words.append(f"remove {_members(statement.rule, minus)}")
    return f"{label}{_separator(statement)}{', '.join(words) or 'another order'}"


def _separator(statement: Statement) -> str:
    """What stands between a set's name and its members.

    Before: labels "allowed VLANs", "spanning-tree priority {priority}", "trunk group {group}" (a set of ports)
    After: " ", " for VLANs ", ": "
    """
    if "{" not in statement.rule.label:
        return " "
    return " for VLANs " if any(isinstance(member, int) for member in statement.members) else ": "


def _listed(words: Sequence[str]) -> str:
    """Before: a, b, c. After: "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _members(rule: LineRule, members: frozenset[int | str]) -> str:
    """A set in the platform's spelling, by the type of the capture that holds it."""
    printer = rule.pattern.types[rule.members].print_members
    return printer(cast("Members", frozenset(members))) if printer is not None and members else ""


def label_and_item(statement: Statement) -> tuple[str, str]:
    """What a person calls the line, and which one or what it says.

    Before: `ntp server 10.0.20.10 prefer`, label "NTP server {address}"    After: ("NTP server", "10.0.20.10 prefer")
    """
    words = _words(statement)
    count = _literals(statement, words)
    template = statement.rule.label
    if not template:
        return " ".join(words[:count] or words), _shortened(words[count:])
    prefix, brace, _ = template.partition("{")
    named = [] if not brace else template[len(prefix) :].format_map(_Known(statement.captures)).split()
    return prefix.strip(), _shortened([*named, *_rest(statement)])


def _rest(statement: Statement) -> list[str]:
    """The words of the line that its label does not say."""
    words = _words(statement)
    _, brace, _ = statement.rule.label.partition("{")
    named = statement.rule.label.format_map(_Known(statement.captures)).split() if brace else []
    return [word for word in words[_literals(statement, words) :] if word not in named]


def _identity(statement: Statement) -> str:
    """The item's own name, for a list: " admin"."""
    return _HIDDEN.sub("(hidden)", "".join(f" {part}" for part in statement.key[1:] if part))


def _words(statement: Statement) -> list[str]:
    """The words of the line in the rulebook's own spelling."""
    if statement.rule.kind in {Kind.SET, Kind.BLOCK} or isinstance(statement.value, bool):
        return statement.line.split()
    try:
        return statement.rule.pattern.print(statement.captures).split()
    except KeyError:  # it was read by another form, which has other captures
        return statement.line.split()


def _literals(statement: Statement, words: Sequence[str]) -> int:
    count = 0
    for item in statement.rule.pattern.items:
        if not isinstance(item, Literal) or count >= len(words) or words[count] not in item.spellings:
            break
        count += 1
    return count


def _shortened(words: Sequence[str]) -> str:
    text = _HIDDEN.sub("(hidden)", " ".join(words))
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class _Known(dict[str, str]):
    """Captures for a label; one that is missing is left out."""

    def __missing__(self, key: str) -> str:
        return ""
