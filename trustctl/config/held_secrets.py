"""Which secret of the device answers to which of the inventory, and what the answer changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from trustctl.config.same_secret import not_compared, same_secret
from trustctl.config.scope import SecretVerifier
from trustctl.config.statement import Key, Section, Statement
from trustctl.model.plan import Flag


@dataclass(frozen=True, slots=True)
class HeldSecrets:
    """The secrets that a device holds, beside those that are meant; one that nobody can compare is added to `flags`."""

    store: SecretVerifier | None
    flags: list[Flag]
    resend: frozenset[str] = frozenset()

    def agree(self, section: Section, have: Statement, want: Statement) -> bool:
        """Whether the secrets agree; one that nobody can compare is reported and left as it is (H28)."""
        for held, wanted in zip(have.secrets, want.secrets, strict=not have.unseen):
            verdict = same_secret(self.store, want.rule, held, wanted, self.resend)
            if verdict is None:
                self.flags.append(not_compared(self.store, section, have, held, wanted))
            elif not verdict:
                return False
        return True

    def holder(self, held: Mapping[Key, Statement], want: Statement, taken: set[Key]) -> Statement | None:
        """The statement that holds the secret which tells `want` apart (an SNMP community), or may hold it."""
        candidates = [
            have
            for key, have in held.items()
            if have.rule is want.rule and key not in taken and have.open_identity == want.open_identity
        ]
        unsure: Statement | None = None
        for have in candidates:
            verdicts = [
                same_secret(self.store, want.rule, old, new, self.resend)
                for old, new in zip(have.secrets, want.secrets, strict=False)
            ]
            if verdicts and all(verdict is True for verdict in verdicts):
                taken.add(have.key)
                return have
            if None in verdicts and False not in verdicts and unsure is None:
                unsure = have
        if unsure is not None:
            taken.add(unsure.key)
        return unsure

    def under_its_name(self, section: Section, have: Statement, want: Statement) -> Statement | None:
        """An item that is the same by its secret, corrected under the device's own name for it; None if it is right."""
        known = all(
            same_secret(self.store, want.rule, old, new, self.resend)
            for old, new in zip(have.secrets, want.secrets, strict=True)
        )
        if not self.agree(section, have, want) or not known or have.value == want.value:
            return None
        held = {
            spec.capture: have.captures[spec.capture] for spec in want.rule.secrets if spec.capture in have.captures
        }
        captures = {**want.captures, **held}
        lines = (want.rule.pattern.print(captures),)
        return replace(want, key=have.key, secrets=have.secrets, captures=captures, lines=lines)
