"""The configuration that a device shall have: what it has, corrected by the intent as far as the scope allows.

`merge` builds the complete target. Stages `observe` and `ensure` add and correct; stage `own` also drops extras where
the section is owned. What is the same stays the very same object, so that the transition sees at once that nothing
moved. Everything that is left alone though the intent does not have it is listed with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from trustctl.config.along import take_along
from trustctl.config.defaults import default_statement
from trustctl.config.draft import Draft
from trustctl.config.extras import IGNORED, Extras
from trustctl.config.held_secrets import HeldSecrets
from trustctl.config.ledger import Ledger
from trustctl.config.membership import place_members
from trustctl.config.overlaps import withdraw
from trustctl.config.ranks import arrange
from trustctl.config.rules import Kind, LineRule, Rulebook, SectionRemoval
from trustctl.config.scope import Scope
from trustctl.config.sequence import place, same_order
from trustctl.config.statement import Config, Key, Section, Statement
from trustctl.config.supersede import superseded, takes_over
from trustctl.config.transition import displaced, empty, named_by_secret
from trustctl.config.users import keep_used
from trustctl.config.values import union
from trustctl.errors import RenderError
from trustctl.model.levels import Ownership
from trustctl.model.plan import Flag, Untouched


@dataclass(frozen=True, slots=True)
class Merged:
    """The target, and what the merge decided on the way."""

    target: Config
    untouched: tuple[Untouched, ...]
    flags: tuple[Flag, ...]


def merge(observed: Config, intended: Config, scope: Scope) -> Merged:
    """Return the complete configuration that the device shall have afterwards, what stays, and what cannot be told."""
    work = _Merge(observed.rulebook, scope)
    root = work.section(observed.root, intended.root)
    root, flags = place_members(observed.root, root, intended.root, observed.rulebook, work.ours)
    work.flags.extend(flags)
    work.left.keep_to(observed.root, root, intended.root)
    gone = displaced(observed.root, root)
    if gone:
        root = work.without(observed.root, root, gone)
    if root is not observed.root:
        take_along(observed.root, root, intended.root)
        work.flags.extend(_left_as_it_is(observed.root, root))
    return Merged(
        Config(observed.rulebook, root, captured=True), tuple(work.left.untouched(observed.rulebook)), tuple(work.flags)
    )


def _left_as_it_is(observed: Section, target: Section) -> Iterator[Flag]:
    """Give back to the target what the device would not let go of, and take from it what the device would not take.

    Each may bring work for the other: a VLAN that is kept, as a port is in it, keeps its name, which no other may have.
    """
    while found := (*keep_used(observed, target), *withdraw(observed, target)):
        yield from found


@dataclass(slots=True)
class _Merge:
    rulebook: Rulebook
    scope: Scope
    left: Ledger = field(default_factory=Ledger)
    flags: list[Flag] = field(default_factory=list[Flag])
    extras: Extras = field(init=False)
    secrets: HeldSecrets = field(init=False)

    def __post_init__(self) -> None:
        self.extras = Extras(self.rulebook, self.scope, self.left)
        self.secrets = HeldSecrets(self.scope.secrets, self.flags, self.scope.resend)

    def ours(self, section: Section, rule: LineRule) -> bool:
        """Whether the inventory leaves lines of this rule to us in this section."""
        return self.scope.owner_of_line(section, rule) is not Ownership.IGNORED

    def section(self, observed: Section, wanted: Section) -> Section:
        """Merge one section that both have."""
        if self._equal(observed, wanted):
            return observed
        draft = Draft(observed)
        hidden: list[Statement] = []
        held = observed.statements
        taken: set[Key] = set()
        for key, want in wanted.statements.items():
            have = held.get(key)
            if have is None and want.secrets and named_by_secret(want):
                have = self.secrets.holder(held, want, taken)
            if have is want or (have is not None and have == want and not want.absent):
                continue
            if want.rule.hidden and have is None:
                hidden.append(wanted.sourced(key))
            else:
                self._statement(draft, have, wanted.sourced(key))
        self._exclusive(draft, wanted)
        self._turned(draft, wanted)
        self._superseded(draft, wanted)
        for key in held:
            if key not in wanted.statements and key not in taken:
                self._extra(draft, key)
        self.flags.extend(arrange(draft, wanted, self.ours))
        self._hidden(draft, hidden)
        if wanted.ordered and not same_order(observed.ordered, wanted.ordered):
            self._ordered(draft, wanted)
        self._sections(draft, wanted)
        return draft.result

    def _equal(self, observed: Section, wanted: Section) -> bool:
        """Whether there is nothing to do, seen by a comparison of the whole: most sections of most devices."""
        return (
            not (wanted.sections or observed.sections or wanted.ordered)
            and wanted.statements == observed.statements
            and not any(
                statement.absent or statement.rule.exclusive or statement.rule.ranked
                for statement in wanted.statements.values()
            )
        )

    def without(self, observed: Section, target: Section, gone: frozenset[str]) -> Section:
        """The target without what the device had and drops by itself; the device's own sections are not changed."""
        draft = Draft(target)
        for key, statement in target.statements.items():
            if statement.rule.id in gone and observed.statements.get(key) is statement:
                draft.drop(key)
                self.left.forget(target.path, statement.lines)
        for header, section in target.sections.items():
            old = observed.sections.get(header)
            rest = section if old is None else self.without(old, section, gone)
            if rest is not section:
                draft.edit().sections[header] = rest
        return draft.result

    def _statement(self, draft: Draft, have: Statement | None, want: Statement) -> None:
        section = draft.old
        _refuse_unreadable(want)
        owner = self.scope.owner_of_line(section, want.rule)
        if owner is Ownership.IGNORED:
            if have is not None:
                self.left.leave(section.path, have.lines, IGNORED)
            return
        if want.absent:
            if have is not None:
                self.extras.unwanted(draft, have, owner, said=True)
            return
        if have is None:
            if not want.is_default and not self._covered_by_default(draft, want, owner):
                draft.put(want)
            return
        if not (have.is_default and want.is_default):
            self._correct(draft, have, want, owner)

    def _correct(self, draft: Draft, have: Statement, want: Statement, owner: Ownership) -> None:
        """Put what is wanted in the place of what the device has, if they differ as far as anybody can tell."""
        section = draft.old
        if have.key != want.key:
            renamed = self.secrets.under_its_name(section, have, want)
            if renamed is not None:
                draft.edit().statements[have.key] = renamed
            return
        same = have.unseen or have.value == want.value
        if same and have.absent == want.absent and self.secrets.agree(section, have, want):
            return
        draft.put(self._corrected(section, have, want, owner))

    def _covered_by_default(self, draft: Draft, want: Statement, owner: Ownership) -> bool:
        """Whether a set at its default already holds what is wanted, and more that may not be taken away (H4)."""
        rule = want.rule
        if rule.kind is not Kind.SET or rule.default is None or rule.supersedes or self.scope.removes(owner):
            return False
        default = default_statement(self.rulebook, draft.old, want.key)
        if default is None or not want.members <= default.members:
            return False
        named = want.rule.label or want.rule.id
        self.left.leave(
            draft.old.path, (), f"{named}: the default holds, which is more than is meant; {self.extras.why(owner)}"
        )
        return True

    def _corrected(self, section: Section, have: Statement, want: Statement, owner: Ownership) -> Statement:
        """The statement that replaces `have`: what is wanted, and the members of a set that may not be taken away."""
        rule = want.rule
        if not rule.accumulates or self.scope.removes(owner):
            return want
        extra = have.members - want.members
        if not extra:
            return want
        self.left.leave(section.path, have.with_members(extra).lines, self.extras.why(owner))
        both = union(want.members, have.members)
        return have if both == have.members else want.with_members(both)

    def _extra(self, draft: Draft, key: Key) -> None:
        have = draft.result.statements.get(key)
        if have is None or have.is_default or have.rule.hidden:
            return
        self.extras.unwanted(draft, have, self.scope.owner_of_line(draft.old, have.rule), said=False)

    def _exclusive(self, draft: Draft, wanted: Section) -> None:
        """Take members that an intended exclusive set claims out of the other sets of its rule."""
        for want in wanted.statements.values():
            if not want.rule.exclusive or want.rule.kind is not Kind.SET:
                continue
            if self.scope.owner_of_line(draft.old, want.rule) is Ownership.IGNORED:
                continue
            for key, other in list(draft.result.statements.items()):
                if not other.rivals(want) or other.is_default:
                    continue
                if other.members.isdisjoint(want.members):
                    continue
                rest = other.members - want.members
                if rest:
                    draft.put(other.with_members(rest))
                else:
                    draft.drop(key)

    def _turned(self, draft: Draft, wanted: Section) -> None:
        """Drop what cannot stand beside the new value of a flag: addresses on what becomes a switch port."""
        for key, want in wanted.statements.items():
            rule = want.rule
            if not (rule.on_only or rule.off_only) or draft.result.statements.get(key) is draft.old.statements.get(key):
                continue
            gone = rule.off_only if want.value else rule.on_only
            for other, statement in list(draft.result.statements.items()):
                if statement.rule.id in gone and other not in wanted.statements:
                    draft.drop(other)

    def _superseded(self, draft: Draft, wanted: Section) -> None:
        """Drop what goes by itself when a line of the intent is set, and say that line even where it is the default."""
        ours = {key: one for key, one in wanted.statements.items() if self.ours(draft.old, one.rule) and not one.absent}
        gone = superseded(draft.old.statements, ours)
        for key, want in ours.items():
            if takes_over(want, gone) and draft.old.statements.get(key) != want:
                draft.put(wanted.sourced(key))
        for key, statement in draft.old.statements.items():
            if statement.rule.id in gone and key not in wanted.statements:
                draft.drop(key)

    def _hidden(self, draft: Draft, hidden: list[Statement]) -> None:
        """Send what the device never prints only with what it hangs on; otherwise say that it cannot be seen (H33)."""
        for want in hidden:
            if self.scope.owner_of_line(draft.old, want.rule) is Ownership.IGNORED:
                continue
            values = set(want.captures.values())
            marked = any(
                statement.rule.id in want.rule.needs
                and statement.key[1] in values
                and draft.old.statements.get(key) is not statement
                for key, statement in draft.result.statements.items()
            )
            if marked:
                draft.put(want)
            else:
                self.left.leave(draft.old.path, want.lines, _HIDDEN)

    def _ordered(self, draft: Draft, wanted: Section) -> None:
        """An ordered list is one value: it is corrected as a whole at every stage."""
        if self.scope.owner_of_section(draft.old) is Ownership.IGNORED:
            self.left.leave(draft.old.path, (entry.line for entry in draft.old.ordered), IGNORED)
            return
        draft.edit().ordered = place(draft.old.ordered, wanted.ordered)

    def _sections(self, draft: Draft, wanted: Section) -> None:
        held = draft.old.sections
        for header, want in wanted.sections.items():
            have = held.get(header)
            if want.absent:
                if have is not None:
                    self._unwanted_section(draft, have, said=True)
                continue
            if have is None and not want.rule.fixed:
                if self.scope.owner_of_section(want) is not Ownership.IGNORED:
                    draft.edit().sections[header] = self._fresh(want)
                continue
            merged = self.section(have or empty(want), want)
            if merged is not have and (have is not None or _holds_something(merged)):
                draft.edit().sections[header] = merged
        for header, have in held.items():
            if header not in wanted.sections:
                self._unwanted_section(draft, have, said=False)

    def _unwanted_section(self, draft: Draft, have: Section, *, said: bool) -> None:
        scope, rule = self.scope, have.rule
        owner = scope.owner_of_section(have)
        if have.header in rule.reserved or (rule.fixed and not _holds_something(have)):
            return
        if not self.extras.go(owner, said=said):
            self.left.leave_section(have, self.extras.why(owner))
        elif any(section.unknown for section in have.walk()):
            self.left.leave_section(have, "it holds lines that the rulebook does not know")
        elif rule.removal is SectionRemoval.NO and rule.remove is not None:
            del draft.edit().sections[have.header]
        elif rule.removal is SectionRemoval.RESET and scope.named(have) is Ownership.OWNED:
            draft.edit().sections[have.header] = self.section(have, empty(have))
        else:
            self.left.leave_section(have, "not in the inventory: unmanaged")

    def _fresh(self, want: Section) -> Section:
        """A section that the device does not have yet, without what the intent says is not there."""
        return Section(
            rule=want.rule,
            path=want.path,
            captures=want.captures,
            statements={
                key: want.sourced(key)
                for key, statement in want.statements.items()
                if not statement.absent and self.scope.owner_of_line(want, statement.rule) is not Ownership.IGNORED
            },
            ordered=want.ordered,
            sections={header: self._fresh(child) for header, child in want.sections.items() if not child.absent},
            origin=want.origin,
        )


def _refuse_unreadable(want: Statement) -> None:
    if want.rule.refused:
        raise RenderError(
            f"the intended line `{want.line}` can never be read back",
            where=str(want.origin.template) if want.origin else "",
            remedy=want.rule.refused,
        )


_HIDDEN = "the device does not print it, so it cannot be compared; it is sent together with what it belongs to"


def _holds_something(section: Section) -> bool:
    return bool(section.statements or section.ordered or section.unknown or section.sections)
