"""Whether a configuration lets us in again, and so which guarded commands may be sent on the way back to it.

IOS drops `login local` from every terminal line when AAA is switched on, and leaves bare `login`, a line password, when
it is switched off again (Cisco, "Verify AAA behaviour when login local is configured"). Between the two commands, and
for good if the second one fails, nobody can log in. So `no aaa new-model` is sent only towards a configuration that a
device itself had, and only if that one has what its platform's `Guarded` asks for. Everything here is read from that
configuration; nothing is taken from a plan or a template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trustctl.config.lines import Gate, Guarded, Permit
from trustctl.config.statement import Config, Section


@dataclass(frozen=True, slots=True)
class WayBack:
    """What may be sent towards a configuration, and why not the rest: a guarded line and its reason."""

    permit: Permit
    refused: Mapping[str, str]


def way_back(earlier: Config, user: str = "") -> WayBack:
    """Judge a configuration that a device had. `user` is who will sign in afterwards; empty: not known yet."""
    refused: dict[str, str] = {}
    asked: set[str] = set()
    gate: Gate | None = earlier.rulebook.gate
    while gate is not None:
        for guarded in gate.guarded:
            asked.add(guarded.line)
            reason = next(_reasons(earlier, guarded, user), "")
            if reason:
                refused.setdefault(guarded.line, reason)
        gate = gate.floor
    return WayBack(Permit(frozenset(asked.difference(refused))), refused)


def _reasons(earlier: Config, guarded: Guarded, user: str) -> Iterator[str]:
    """Why nobody may be sure to get in, in words that follow `because`."""
    if not earlier.captured:
        yield "it is not a configuration that the device had"
    if any(one.rule.id == guarded.flag and one.value is True for one in earlier.root.statements.values()):
        yield f"the configuration to go back to does not have `{guarded.line}` itself"
    lines = _terminal_lines(earlier, guarded)
    if not lines or min(lines) != 0:
        yield "the configuration to go back to shows no terminal lines"
    for _, section in sorted(lines.items()):
        held = {line for statement in section.statements.values() for line in statement.lines}
        yield from (f"`{section.header}` had no `{line}`" for line in guarded.having if line not in held)
        yield from (f"`{section.header}` had `{line}`" for line in guarded.without if line in held)
    yield from _no_account(earlier, guarded, user)


def _terminal_lines(earlier: Config, guarded: Guarded) -> dict[int, Section]:
    """The terminal lines that new sessions get, by number: the lowest that is free."""
    found: dict[int, Section] = {}
    for section in earlier.root.sections.values():
        number = next((text for text in section.captures.values() if text.isdigit()), "")
        if section.rule.id == guarded.section and number and int(number) < guarded.first:
            found[int(number)] = section
    return found


def _no_account(earlier: Config, guarded: Guarded, user: str) -> Iterator[str]:
    top = earlier.root.statements.values()
    rule = earlier.rulebook.line(guarded.account)
    accounts = {one.captures.get(rule.identity[0], ""): one for one in top if one.rule is rule and one.secrets}
    if user and user not in accounts:
        yield f"it had no account {user} with a password, which is who we sign in as"
        return
    mine = [accounts[user]] if user else list(accounts.values())
    if not mine:
        yield "it had no account with a password"
    elif not any(one.observable for one in mine):
        yield "the passwords of its accounts are masked"
    elif not any(one.captures.get("level") == guarded.level for one in mine) and not any(
        one.rule.id in guarded.enable and one.observable for one in top
    ):
        yield f"it had no account of level {guarded.level} and no enable secret"
