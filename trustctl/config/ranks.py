"""Lists whose order counts: the servers of a group, of which a device asks the first, and the next if it is silent.

Devices put at the end what comes. So what stands too early is taken out and put back, one after the other: whatever is
meant to be first stands there already or is new, so that the list is never empty on the way. A device that fills the
first hole instead gets nothing of this (`Ranking.TOLD`): the plan says what it asks first, and a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from trustctl.config.draft import Draft
from trustctl.config.rules import LineRule, Ranking
from trustctl.config.sequence import numbered
from trustctl.config.statement import Key, Section, Statement
from trustctl.model.plan import Flag, Rule, Severity

Ranked = Mapping[Key, Statement]


def lists(statements: Ranked) -> dict[Key, list[Key]]:
    """The keys of ranked statements in their order, by list: (rule id, captures that name the list...)."""
    found: dict[Key, list[Key]] = {}
    for key, statement in statements.items():
        if statement.rule.ranked is not Ranking.NOT and not statement.absent:
            found.setdefault(list_of(statement), []).append(key)
    return found


def list_of(statement: Statement) -> Key:
    """Which list a ranked statement stands in."""
    return (statement.rule.id, *(statement.captures.get(name, "") for name in statement.rule.ranked_within))


def arrange(draft: Draft, wanted: Section, ours: Callable[[Section, LineRule], bool]) -> Iterator[Flag]:
    """Bring the lists of a merged section into the intent's order, with a flag for each that stays as it is."""
    for name, goal in lists(wanted.statements).items():
        held = draft.result.statements
        stand = lists(held).get(name, [])
        final = _arranged(stand, [key for key in goal if key in held])
        if final == stand or not ours(draft.old, held[stand[0]].rule):
            continue
        if held[stand[0]].rule.ranked is Ranking.TOLD:
            yield _told(held, stand, goal)
            continue
        statements = draft.edit().statements
        for key in final:
            statements[key] = statements.pop(key)


def put_back(before: Ranked, after: Ranked) -> frozenset[Key]:
    """The keys of those that are taken out and put back behind the others."""
    moved: set[Key] = set()
    for name, goal in lists(after).items():
        if after[goal[0]].rule.ranked is Ranking.MENDED:
            stand = lists(before).get(name, [])
            moved.update(key for key in goal[_kept(stand, goal) :] if key in stand)
    return frozenset(moved)


def at_the_end(statement: Statement) -> tuple[str, ...]:
    """The lines that put a ranked statement at the end of its list: without the number that the device had given it."""
    return numbered(statement, None).lines if "sequence" in statement.captures else statement.lines


def out_of_order(left: Ranked, right: Ranked) -> Iterator[tuple[str, str]]:
    """The lines, each with `-` or `+`, of lists that differ in the order of what both have."""
    others = lists(right)
    for name, keys in lists(left).items():
        if left[keys[0]].rule.ranked is not Ranking.MENDED:
            continue
        was = [key for key in keys if key in right]
        now = [key for key in others.get(name, ()) if key in left]
        if was != now:
            yield from (("-", line) for key in was for line in left[key].lines)
            yield from (("+", line) for key in now for line in right[key].lines)


def ranked(statements: Ranked, like: Statement) -> tuple[Statement, ...]:
    """The statements of the list that `like` stands in, in order."""
    return tuple(statements[key] for key in lists(statements).get(list_of(like), ()))


def _kept(stand: Sequence[Key], goal: Sequence[Key]) -> int:
    """How many from the beginning of `goal` stand in this order already, whatever is between them."""
    kept = 0
    for key in stand:
        kept += kept < len(goal) and key == goal[kept]
    return kept


def _arranged(stand: Sequence[Key], goal: Sequence[Key]) -> list[Key]:
    moved: Collection[Key] = goal[_kept(stand, goal) :]
    return [*(key for key in stand if key not in moved), *moved]


def _told(held: Ranked, stand: Sequence[Key], goal: Sequence[Key]) -> Flag:
    asked, meant = (", ".join(held[key].key[-1] for key in keys if key in held) for keys in (stand, goal))
    label = held[stand[0]].rule.label.partition("{")[0].strip()
    why = (
        f"{label}s are asked in the order {asked}, and the inventory means {meant}: a new one takes the first place "
        "that is free, so this is not changed by itself; take them out and enter them in that order by hand"
    )
    return Flag(Rule.CLIENT, Severity.LOW, why)
