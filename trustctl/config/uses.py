"""What stays and refers by name to something that goes or changes its name.

A wireless policy profile names the VLAN of its clients. At stage `ensure` a school's own profile stays; if its VLAN is
renamed or removed, the device takes both lines and the clients find no VLAN.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trustctl.config.defaults import effective
from trustctl.config.rules import HazardWhen, LineRule, Rulebook, SectionRule
from trustctl.config.statement import Config, Section

Path = tuple[str, ...]


def abandoned(before: Config, after: Config) -> Mapping[Path, tuple[str, ...]]:
    """Sections at the top whose name no longer leads anywhere, each with the headers of those that still use it.

    Asked only of kinds of section for which the rulebook has a hazard `when: [used]`.
    """
    kinds = _asked(before.rulebook)
    if not kinds:
        return {}
    known = _names(after, kinds)
    gone: dict[Path, tuple[str, ...]] = {}
    for name, path in _names(before, kinds).items():
        users = tuple(_users(after, *name)) if name not in known else ()
        if users:
            gone[path] = (*gone.get(path, ()), *users)
    return gone


def _asked(rulebook: Rulebook) -> frozenset[str]:
    """The section rules that want to know."""
    rules: list[LineRule | SectionRule] = [*rulebook.lines.values(), *rulebook.sections.values()]
    asking = [rule.id for rule in rules for hazard in rule.hazards if HazardWhen.USED in hazard.when]
    return frozenset(name.partition("/")[0] for name in asking)


def _names(config: Config, kinds: frozenset[str]) -> dict[tuple[str, str], Path]:
    """By kind and name, the section at the top that has it: what its header says and the name that it claims."""
    found: dict[tuple[str, str], Path] = {}
    for section in config.root.sections.values():
        if section.rule.id in kinds:
            names = [*section.captures.values(), *_claimed(config, section)]
            found |= {(section.rule.id, name): section.path for name in names}
    return found


def _claimed(config: Config, section: Section) -> Iterator[str]:
    for rule in config.rulebook.lines.values():
        if rule.claims and section.rule.context in rule.contexts and not rule.identity:
            held = effective(config, section, (rule.id,))
            if held is not None:
                yield from (held.captures[name] for name in rule.claims if name in held.captures)


def _users(config: Config, kind: str, name: str) -> Iterator[str]:
    for section in config.root.sections.values():
        for statement in section.statements.values():
            if kind in statement.rule.needs and name in statement.captures.values():
                yield section.header
