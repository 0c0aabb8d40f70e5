"""Networks that the target may not have, because something that stays holds them.

At stage `ensure` a school's old interface keeps its network; the device would refuse the trust's interface the same one
(`% 10.1.1.0 overlaps with Vlan40`). Such an address is left out of the target and reported, not sent to be refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from trustctl.config.claims import networks
from trustctl.config.statement import Section, Statement
from trustctl.model.plan import Flag, Rule, Severity


def withdraw(observed: Section, target: Section) -> Iterator[Flag]:
    """Take addresses that cannot be had out of `target` (its changed sections are its own), with a flag for each."""
    while True:
        found = _collision(observed, target)
        if found is None:
            return
        section, wanted, holder = found
        _put_back(observed, section, wanted)
        for other in list(section.statements.values()):
            if wanted.rule.id in other.rule.needs and wanted.key not in section.statements:
                _put_back(observed, section, other)
        yield Flag(
            Rule.CLIENT,
            Severity.HIGH,
            f"`{wanted.line}` of {section.header} overlaps with {holder}, which stays, so the device would refuse it: "
            "it is not sent, nor what needs it; renumber or remove the other first",
        )


def _put_back(observed: Section, section: Section, wanted: Statement) -> None:
    """Give a statement the state that it has on the device."""
    old = observed.sections.get(section.header)
    had = old.statements.get(wanted.key) if old is not None else None
    if had is None:
        del section.statements[wanted.key]
    else:
        section.statements[wanted.key] = had


def _collision(observed: Section, target: Section) -> tuple[Section, Statement, str] | None:
    """The first new address that meets one that stays: its section, itself, and who holds the other."""
    changed = [section for header, section in target.sections.items() if observed.sections.get(header) is not section]
    new = [(section, statement) for section in changed for statement in _new(observed, section)]
    if not new:
        return None
    fresh = {id(statement) for _, statement in new}
    staying = [
        (section, statement, network)
        for section in target.sections.values()
        for statement in section.statements.values()
        if statement.rule.claims and id(statement) not in fresh
        for network in networks([statement])
    ]
    for section, statement in new:
        for network in networks([statement]):
            for holder, other, held in staying:
                if holder is section and (other.key == statement.key or held.ip != network.ip):
                    continue
                if held.network.overlaps(network.network):
                    return section, statement, f"`{other.line}` of {holder.header}"
    return None


def _new(observed: Section, section: Section) -> Iterator[Statement]:
    old = observed.sections.get(section.header)
    for key, statement in section.statements.items():
        if statement.rule.claims and (old is None or old.statements.get(key) is not statement):
            yield statement
