"""What each port of a configuration carries: VLANs, and the bundle that it is in; by what the platform's data says.

Makes write it down in the port, in the VLAN, or in both. `Membership` (platform.yml) names the statements; the answer
has one form for all of them, so that the two ends of a cable between makes can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass

from trustctl.config.defaults import effective
from trustctl.config.hazards import interface_of
from trustctl.config.statement import Config, Section, Statement
from trustctl.model.membership import Carried
from trustctl.model.notation import LAST_VLAN
from trustctl.platforms.port_lines import Membership, PortSide, Said

EVERY = frozenset(range(1, LAST_VLAN + 1))


@dataclass(frozen=True, slots=True)
class End:
    """One port as the other end of its cable sees it: what crosses, in which bundle, and whether that speaks LACP."""

    carried: Carried
    bundle: str | None = None
    lacp: bool = False


class Carrying:
    """The ports of one configuration."""

    def __init__(self, config: Config, membership: Membership) -> None:
        self._config, self._membership = config, membership
        self._sections = {name: section for section in config.root.sections.values() if (name := interface_of(section))}
        self._bundles = dict(self._trunk_groups())

    def end(self, port: str) -> End | None:
        """What a port carries, None if the configuration does not say; a member of a bundle carries what that does."""
        bundle, lacp = self._bundles.get(port, (None, False))
        side = self._membership.port
        if bundle is None and side is not None and port in self._sections:
            bundle, lacp = self._bundle_of(self._sections[port], side)
        carried = self._carried(bundle) if bundle is not None else None
        carried = carried or self._carried(port)
        return End(carried, bundle, lacp) if carried is not None else None

    def _trunk_groups(self) -> list[tuple[str, tuple[str, bool]]]:
        """Port -> (bundle, LACP), where one statement at the top names all members of a bundle."""
        spec = self._membership.bundles
        if spec is None:
            return []
        return [
            (str(port), (statement.captures[spec.bundle], _says(statement, spec.lacp)))
            for key, statement in self._config.root.statements.items()
            if key[0] == spec.rule
            for port in statement.members
        ]

    def _bundle_of(self, section: Section, side: PortSide) -> tuple[str | None, bool]:
        member = next((found for rule in side.bundle.rules if (found := section.statements.get((rule,)))), None)
        if member is None:
            return None, False
        name = self._config.rulebook.grammar.notation.bundle(int(member.captures[side.bundle.capture]))
        if name is None:
            return None, False
        places = [section, *([self._sections[name]] if name in self._sections else [])]
        return name, any(self._holds(place, side.lacp) for place in places)

    def _carried(self, name: str) -> Carried | None:
        side, vlans = self._membership.port, self._membership.vlan
        if vlans is not None:
            return self._by_vlan(name)
        section = self._sections.get(name)
        if side is None or section is None:
            return None
        if not self._holds(section, side.trunk):
            voice = self._vlan(section, side.voice) if side.voice else None
            untagged = self._vlan(section, side.access)
            return Carried(untagged, frozenset(() if voice is None else (voice,)) - {untagged})
        native = self._vlan(section, side.native) or side.native_vlan
        allowed = self._find(section, side.allowed)
        numbers = EVERY if allowed is None else frozenset(int(vlan) for vlan in allowed.members)
        return Carried(native, numbers - {native})

    def _by_vlan(self, name: str) -> Carried | None:
        spec = self._membership.vlan
        untagged: int | None = None
        tagged: set[int] = set()
        for section in self._config.root.sections.values():
            if spec is None or section.rule.id != spec.section:
                continue
            number = int(section.captures[spec.number])
            inside, outside = self._find(section, spec.tagged), self._find(section, spec.untagged)
            if inside is not None and name in inside.members:
                tagged.add(number)
            if outside is not None and name in outside.members:
                untagged = number
        return Carried(untagged, frozenset(tagged))

    def _find(self, section: Section, rule: str) -> Statement | None:
        return effective(self._config, section, (rule,))

    def _vlan(self, section: Section, rule: str) -> int | None:
        statement = self._find(section, rule)
        number = statement.captures.get("vlan", "") if statement is not None else ""
        return int(number) if number.isdigit() else None

    def _holds(self, section: Section, said: Said) -> bool:
        """Whether one of the statements says it; one that says it by being there has to be written, no default does."""
        return any(
            _says(statement, said)
            for rule in said.rules
            if (statement := self._find(section, rule)) is not None and (said.among or (rule,) in section.statements)
        )


def _says(statement: Statement, said: Said) -> bool:
    """Whether a statement says it: by being there, or by a word among those that mean it."""
    return not said.among or statement.captures.get(said.capture) in said.among
