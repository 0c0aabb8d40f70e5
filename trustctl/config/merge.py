"""The configuration that a device shall have: what it has, corrected by the intent as far as the scope allows.

`merge` builds the complete target. Stages `observe` and `ensure` add and correct; stage `own` also drops extras where
the section is owned. What is the same stays the very same object, so that the transition sees at once that nothing
moved. Everything that is left alone though the intent does not have it is listed with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from trustctl.config.defaults import default_statement
from trustctl.config.ledger import Ledger
from trustctl.config.membership import place_members
from trustctl.config.overlaps import withdraw
from trustctl.config.rules import Kind, LineRule, Rulebook, SectionRemoval
from trustctl.config.same_secret import not_compared, same_secret
from trustctl.config.scope import Scope
from trustctl.config.sequence import place, same_order
from trustctl.config.statement import Config, Key, Section, Statement
from trustctl.config.supersede import superseded, takes_over
from trustctl.config.transition import displaced, empty, lines_from, named_by_secret
from trustctl.config.values import union
from trustctl.errors import RenderError
from trustctl.model.levels import Ownership, Stage
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
        work.flags.extend(withdraw(observed.root, root))
    return Merged(
        Config(observed.rulebook, root, captured=True), tuple(work.left.untouched(observed.rulebook)), tuple(work.flags)
    )


@dataclass(slots=True)
class _Draft:
    """A section while it is merged; copied at the first difference, so that equal sections stay shared."""

    old: Section
    new: Section | None = None

    def edit(self) -> Section:
        if self.new is None:
            old = self.old
            self.new = Section(
                rule=old.rule,
                path=old.path,
                captures=old.captures,
                statements=dict(old.statements),
                ordered=old.ordered,
                sections=dict(old.sections),
                unknown=old.unknown,
                origin=old.origin,
            )
        return self.new

    def put(self, statement: Statement) -> None:
        """Set a statement; a secret that is not a reference is refused, as nothing that is planned may hold one."""
        if statement.origin is not None and any(secret.name == "" for secret in statement.secrets):
            raise RenderError(
                f"the intended line `{statement.line}` holds a secret itself",
                where=str(statement.origin.template),
                remedy="Name the secret by a reference, `<secret:name>`, and keep its value in the secret store.",
            )
        self.edit().statements[statement.key] = statement

    def drop(self, key: Key) -> None:
        self.edit().statements.pop(key, None)

    @property
    def result(self) -> Section:
        return self.new or self.old


@dataclass(slots=True)
class _Merge:
    rulebook: Rulebook
    scope: Scope
    left: Ledger = field(default_factory=Ledger)
    flags: list[Flag] = field(default_factory=list[Flag])

    def ours(self, section: Section, rule: LineRule) -> bool:
        """Whether the inventory leaves lines of this rule to us in this section."""
        return self.scope.owner_of_line(section, rule) is not Ownership.IGNORED

    def section(self, observed: Section, wanted: Section) -> Section:
        """Merge one section that both have."""
        if self._equal(observed, wanted):
            return observed
        draft = _Draft(observed)
        hidden: list[Statement] = []
        held = observed.statements
        taken: set[Key] = set()
        for key, want in wanted.statements.items():
            have = held.get(key)
            if have is None and want.secrets and named_by_secret(want):
                have = self._by_secret(held, want, taken)
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
            and not any(statement.absent or statement.rule.exclusive for statement in wanted.statements.values())
        )

    def without(self, observed: Section, target: Section, gone: frozenset[str]) -> Section:
        """The target without what the device had and drops by itself; the device's own sections are not changed."""
        draft = _Draft(target)
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

    def _statement(self, draft: _Draft, have: Statement | None, want: Statement) -> None:
        section = draft.old
        _refuse_unreadable(want)
        owner = self.scope.owner_of_line(section, want.rule)
        if owner is Ownership.IGNORED:
            if have is not None:
                self.left.leave(section.path, have.lines, _IGNORED)
            return
        if want.absent:
            if have is not None:
                self._unwanted(draft, have, owner, said=True)
            return
        if have is None:
            if not want.is_default and not self._covered_by_default(draft, want, owner):
                draft.put(want)
            return
        if have.is_default and want.is_default:
            return
        if have.key != want.key:
            self._told_apart_by_secret(draft, have, want)
            return
        if self._alike(section, have, want):
            return
        draft.put(self._corrected(section, have, want, owner))

    def _told_apart_by_secret(self, draft: _Draft, have: Statement, want: Statement) -> None:
        """Correct an item that is the same by its secret, under the device's own name for it."""
        known = all(
            same_secret(self.scope.secrets, want.rule, old, new)
            for old, new in zip(have.secrets, want.secrets, strict=True)
        )
        if self._same_secrets(draft.old, have, want) and known and have.value != want.value:
            held = {
                spec.capture: have.captures[spec.capture] for spec in want.rule.secrets if spec.capture in have.captures
            }
            captures = {**want.captures, **held}
            lines = (want.rule.pattern.print(captures),)
            same = replace(want, key=have.key, secrets=have.secrets, captures=captures, lines=lines)
            draft.edit().statements[have.key] = same

    def _by_secret(self, held: Mapping[Key, Statement], want: Statement, taken: set[Key]) -> Statement | None:
        """The statement that holds the secret which tells `want` apart (an SNMP community), or may hold it."""
        candidates = [
            have
            for key, have in held.items()
            if have.rule is want.rule and key not in taken and have.open_identity == want.open_identity
        ]
        unsure: Statement | None = None
        for have in candidates:
            verdicts = [
                same_secret(self.scope.secrets, want.rule, old, new)
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

    def _covered_by_default(self, draft: _Draft, want: Statement, owner: Ownership) -> bool:
        """Whether a set at its default already holds what is wanted, and more that may not be taken away (H4)."""
        rule = want.rule
        if rule.kind is not Kind.SET or rule.default is None or rule.supersedes or self.scope.removes(owner):
            return False
        default = default_statement(self.rulebook, draft.old, want.key)
        if default is None or not want.members <= default.members:
            return False
        named = want.rule.label or want.rule.id
        self.left.leave(
            draft.old.path, (), f"{named}: the default holds, which is more than is meant; {self._why(owner)}"
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
        self.left.leave(section.path, have.with_members(extra).lines, self._why(owner))
        both = union(want.members, have.members)
        return have if both == have.members else want.with_members(both)

    def _alike(self, section: Section, have: Statement, want: Statement) -> bool:
        """Whether the device has it, as far as anybody can tell."""
        same = have.unseen or have.value == want.value
        return same and have.absent == want.absent and self._same_secrets(section, have, want)

    def _same_secrets(self, section: Section, have: Statement, want: Statement) -> bool:
        """Whether the secrets agree; one that nobody can compare is reported and left as it is (H28)."""
        for held, wanted in zip(have.secrets, want.secrets, strict=not have.unseen):
            verdict = same_secret(self.scope.secrets, want.rule, held, wanted)
            if verdict is None:
                self.flags.append(not_compared(self.scope.secrets, section, have, held, wanted))
            elif not verdict:
                return False
        return True

    def _extra(self, draft: _Draft, key: Key) -> None:
        have = draft.result.statements.get(key)
        if have is None or have.is_default or have.rule.hidden:
            return
        self._unwanted(draft, have, self.scope.owner_of_line(draft.old, have.rule), said=False)

    def _unwanted(self, draft: _Draft, have: Statement, owner: Ownership, *, said: bool) -> None:
        """Drop a statement that the intent does not have, or list why it stays; `said`: the intent says `no ...`."""
        allowed = self.scope.removes(owner) or (said and self.scope.stage is Stage.OWN)
        if not allowed:
            self.left.leave(draft.old.path, have.lines, self._why(owner))
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

    def _why(self, owner: Ownership) -> str:
        if owner is Ownership.IGNORED:
            return _IGNORED
        if self.scope.stage is not Stage.OWN:
            return f"stage {self.scope.stage} removes nothing"
        return "not ours: the section is ensured, so extras stay"

    def _exclusive(self, draft: _Draft, wanted: Section) -> None:
        """Take members that an intended exclusive set claims out of the other sets of its rule."""
        for want in wanted.statements.values():
            if not want.rule.exclusive or want.rule.kind is not Kind.SET:
                continue
            if self.scope.owner_of_line(draft.old, want.rule) is Ownership.IGNORED:
                continue
            for key, other in list(draft.result.statements.items()):
                if other.rule.id != want.rule.id or key == want.key or other.is_default:
                    continue
                if other.members.isdisjoint(want.members):
                    continue
                rest = other.members - want.members
                if rest:
                    draft.put(other.with_members(rest))
                else:
                    draft.drop(key)

    def _turned(self, draft: _Draft, wanted: Section) -> None:
        """Drop what cannot stand beside the new value of a flag: addresses on what becomes a switch port."""
        for key, want in wanted.statements.items():
            rule = want.rule
            if not (rule.on_only or rule.off_only) or draft.result.statements.get(key) is draft.old.statements.get(key):
                continue
            gone = rule.off_only if want.value else rule.on_only
            for other, statement in list(draft.result.statements.items()):
                if statement.rule.id in gone and other not in wanted.statements:
                    draft.drop(other)

    def _superseded(self, draft: _Draft, wanted: Section) -> None:
        """Drop what goes by itself when a line of the intent is set, and say that line even where it is the default."""
        ours = {key: one for key, one in wanted.statements.items() if self.ours(draft.old, one.rule) and not one.absent}
        gone = superseded(draft.old.statements, ours)
        for key, want in ours.items():
            if takes_over(want, gone) and draft.old.statements.get(key) != want:
                draft.put(wanted.sourced(key))
        for key, statement in draft.old.statements.items():
            if statement.rule.id in gone and key not in wanted.statements:
                draft.drop(key)

    def _hidden(self, draft: _Draft, hidden: list[Statement]) -> None:
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

    def _ordered(self, draft: _Draft, wanted: Section) -> None:
        """An ordered list is one value: it is corrected as a whole at every stage."""
        if self.scope.owner_of_section(draft.old) is Ownership.IGNORED:
            self.left.leave(draft.old.path, (entry.line for entry in draft.old.ordered), _IGNORED)
            return
        draft.edit().ordered = place(draft.old.ordered, wanted.ordered)

    def _sections(self, draft: _Draft, wanted: Section) -> None:
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

    def _unwanted_section(self, draft: _Draft, have: Section, *, said: bool) -> None:
        scope, rule = self.scope, have.rule
        owner = scope.owner_of_section(have)
        allowed = scope.removes(owner) or (said and scope.stage is Stage.OWN)
        if have.header in rule.reserved or (rule.fixed and not _holds_something(have)):
            return
        if not allowed:
            self.left.leave_section(have, self._why(owner))
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


_IGNORED = "the school's own: the inventory says to ignore it"
_SPELT_OUT = "the device always says whether it is on, and the intent does not"
_HIDDEN = "the device does not print it, so it cannot be compared; it is sent together with what it belongs to"


def _holds_something(section: Section) -> bool:
    return bool(section.statements or section.ordered or section.unknown or section.sections)
