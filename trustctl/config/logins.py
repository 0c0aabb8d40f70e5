"""Which lines change how we sign in, by the rulebook (`signs_in`)."""

from __future__ import annotations

from trustctl.config.classify import LineMeaning, Role, classifier
from trustctl.config.rules import ROOT, LineRule, Rulebook
from trustctl.config.statement import Config


def sets_login(line: str, rulebook: Rulebook, user: str) -> str:
    """What a line at the top sets anew: `account` (that of `user`), `enable` (the privileged level), or nothing.

    Before: "username ops secret <secret:switch/ops>", user "ops"    After: "account"
    """
    meaning = classifier(rulebook).meaning(ROOT, line)
    if not isinstance(meaning, LineMeaning) or meaning.role is not Role.MAIN or not meaning.rule.signs_in:
        return ""
    rule = meaning.rule
    if rule.signs_in == "account" and meaning.captures.get(_user_capture(rule)) != user:
        return ""
    return rule.signs_in


def loses_login(before: Config, after: Config, user: str) -> bool:
    """Whether `before` has a local account of `user` and `after` has none: nobody could sign in as `user` any more.

    Before: "password manager user-name ops ...", user "ops"    After: "password manager user-name breakglass ..."
    """
    return _has_account(before, user) and not _has_account(after, user)


def _has_account(config: Config, user: str) -> bool:
    return any(
        statement.rule.signs_in == "account"
        and not statement.absent
        and statement.captures.get(_user_capture(statement.rule), user) == user
        for statement in config.root.statements.values()
    )


def _user_capture(rule: LineRule) -> str:
    return rule.account or rule.identity[0]
