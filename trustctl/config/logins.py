"""Which lines change how we sign in, by the rulebook (`signs_in`)."""

from __future__ import annotations

from trustctl.config.classify import LineMeaning, Role, classifier
from trustctl.config.rules import ROOT, Rulebook


def sets_login(line: str, rulebook: Rulebook, user: str) -> str:
    """What a line at the top sets anew: `account` (that of `user`), `enable` (the privileged level), or nothing.

    Before: "username ops secret <secret:switch/ops>", user "ops"    After: "account"
    """
    meaning = classifier(rulebook).meaning(ROOT, line)
    if not isinstance(meaning, LineMeaning) or meaning.role is not Role.MAIN or not meaning.rule.signs_in:
        return ""
    rule = meaning.rule
    if rule.signs_in == "account" and meaning.captures.get(rule.identity[0]) != user:
        return ""
    return rule.signs_in
