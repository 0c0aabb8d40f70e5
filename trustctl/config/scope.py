"""What trustctl may do with one device's configuration, and what it must know about the device to do it safely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from trustctl.config.rules import LineRule
from trustctl.config.statement import Section
from trustctl.model.levels import Ownership, Stage

EVERYTHING = "*"
"""The key of `Scope.ownership` that holds where no other key does; it overrides the rulebook."""


class SecretVerifier(Protocol):
    """Tells whether a device holds a secret of the trust's store, without giving the secret away."""

    def verify(self, name: str, encoding: str, device_value: str) -> bool | None:
        """Compare the secret `name` with what the device prints; None if nobody can tell (H28)."""
        ...

    def closed(self, name: str) -> bool:
        """Whether the store could not be asked for it, so that `verify` says None whatever the device prints."""
        ...

    def missing(self, name: str) -> bool:
        """Whether the store does not have it, so that `verify` says None whatever the device prints."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What no configuration says: by which way we reach the device, and what hangs on its ports.

    Interface names are the platform's full names (`GigabitEthernet1/0/48`, `Vlan10`).
    """

    management_interface: str | None = None
    management_vlan: int | None = None
    management_address: str | None = None
    """The address that we dial, without its mask. The interface that holds it is a management interface too."""
    uplinks: frozenset[str] = frozenset()
    poe_ports: frozenset[str] = frozenset()
    """Ports that power a device: phones, access points, cameras."""


@dataclass(frozen=True, slots=True)
class Scope:
    """How far a comparison may go.

    `ownership` overrides the rulebook; its keys are tried in this order: a canonical section header
    (`interface GigabitEthernet1/0/5`), the id of a line rule, a topic, the id of a section rule, `*`.
    """

    stage: Stage
    ownership: Mapping[str, Ownership] = field(default_factory=dict[str, Ownership])
    facts: DeviceFacts = field(default_factory=DeviceFacts)
    secrets: SecretVerifier | None = None
    only: frozenset[str] = frozenset()
    """Topics; if there are any, every other topic is ignored."""
    resend: frozenset[str] = frozenset()
    """Secrets, by name, that are set where nobody can tell whether the device has them: they are being rotated."""

    def named(self, section: Section) -> Ownership | None:
        """The ownership that the inventory gives to this very section by its header, or None."""
        for header in reversed(section.path):
            if header in self.ownership:
                return self.ownership[header]
        return None

    def owner_of_line(self, section: Section, rule: LineRule) -> Ownership:
        """Who owns a line of this rule in this section."""
        if self.only and rule.topic not in self.only:
            return Ownership.IGNORED
        return (
            self.named(section)
            or self._first(rule.id, rule.topic, section.rule.id, EVERYTHING)
            or rule.ownership
            or section.rule.ownership
        )

    def owner_of_section(self, section: Section) -> Ownership:
        """Who owns the section itself: whether it may go if the intent does not have it."""
        rule = section.rule
        if self.only and rule.topic not in self.only:
            return Ownership.IGNORED
        return self.named(section) or self._first(rule.id, rule.topic, EVERYTHING) or rule.ownership

    def removes(self, owner: Ownership) -> bool:
        """Whether extras of this ownership go."""
        return self.stage is Stage.OWN and owner is Ownership.OWNED

    def _first(self, *keys: str) -> Ownership | None:
        for key in keys:
            if key in self.ownership:
                return self.ownership[key]
        return None
