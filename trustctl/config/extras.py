"""What a device has and the intent does not: it goes, or it stays for a reason that is listed."""

from __future__ import annotations

from dataclasses import dataclass

from trustctl.config.draft import Draft
from trustctl.config.ledger import Ledger
from trustctl.config.rules import Kind, Rulebook
from trustctl.config.scope import Scope
from trustctl.config.statement import Statement
from trustctl.config.transition import lines_from
from trustctl.model.levels import Ownership, Stage

IGNORED = "the school's own: the inventory says to ignore it"
_SPELT_OUT = "the device always says whether it is on, and the intent does not"


@dataclass(frozen=True, slots=True)
class Extras:
    """Drops extras as far as the scope allows, and lists in `left` what stays."""

    rulebook: Rulebook
    scope: Scope
    left: Ledger

    def go(self, owner: Ownership, *, said: bool) -> bool:
        """Whether extras of this ownership go; `said`: the intent says that they are not there."""
        return self.scope.removes(owner) or (said and self.scope.stage is Stage.OWN)

    def unwanted(self, draft: Draft, have: Statement, owner: Ownership, *, said: bool) -> None:
        """Drop a statement that the intent does not have, or list why it stays; `said`: the intent says `no ...`."""
        if not self.go(owner, said=said):
            self.left.leave(draft.old.path, have.lines, self.why(owner))
        elif not have.observable:
            self.left.leave(
                draft.old.path, have.lines, "a secret in it is masked, so the device could not be told to remove it"
            )
        elif not said and have.rule.kind is Kind.FLAG and have.rule.default is None:
            self.left.leave(draft.old.path, have.lines, _SPELT_OUT)
        elif not lines_from(have, draft.old, self.rulebook):
            self.left.leave(draft.old.path, have.lines, "the rulebook knows no safe way to remove it")
        else:
            draft.drop(have.key)

    def why(self, owner: Ownership) -> str:
        """Why something of this ownership stays, in the words of the plan."""
        if owner is Ownership.IGNORED:
            return IGNORED
        if self.scope.stage is not Stage.OWN:
            return f"stage {self.scope.stage} removes nothing"
        return "not ours: the section is ensured, so extras stay"
