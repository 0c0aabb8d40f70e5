"""What holds where nothing is written (H9)."""

from __future__ import annotations

from types import SimpleNamespace

from trustctl.config.classify import SECTION_CAPTURE, LineMeaning, classifier
from trustctl.config.rules import LineRule, Rulebook
from trustctl.config.statement import Config, Key, Section, Statement


def effective(config: Config, section: Section, key: Key) -> Statement | None:
    """What holds for `key` in `section`: the statement that is written, or the rule's default, or None.

    None for an intended configuration that does not mention it means that nothing is said, and for a captured one that
    there is no such thing; a rule whose default nobody knows gives None too.
    """
    written = section.statements.get(key)
    return written if written is not None else default_statement(config.rulebook, section, key)


def default_statement(rulebook: Rulebook, section: Section, key: Key) -> Statement | None:
    """The statement that the absence of a line means, or None.

    Before: ("interface/shutdown",)    After: `no shutdown`

    Of a set whose members belong to one item each (`LineRule.exclusive`) the default is the item that holds every
    member that no other item holds.
    """
    rule = rulebook.lines[key[0]]
    if rule.default is None:
        return None
    text = _default_text(rule, section, key)
    meaning = classifier(rulebook).meaning(rule.contexts[0], text)
    if not isinstance(meaning, LineMeaning) or meaning.statement is None or meaning.rule is not rule:
        return None
    return meaning.statement if meaning.statement.key == key else None


def _default_text(rule: LineRule, section: Section, key: Key) -> str:
    text = rule.default_in.get(section.header, rule.default or "")
    if SECTION_CAPTURE in text:
        captures = {name: int(value) if value.isdigit() else value for name, value in section.captures.items()}
        return text.format(section=SimpleNamespace(**captures))
    if "{" in text:
        return rule.grammar.compile(text).print(dict(zip(rule.identity, key[1:], strict=True)))
    return text


def is_default(rulebook: Rulebook, section: Section, statement: Statement) -> bool:
    """Whether a statement says what would hold without it."""
    if statement.is_default or statement.rule.default is None:
        return statement.is_default
    if SECTION_CAPTURE not in statement.rule.default and section.header not in statement.rule.default_in:
        return False
    default = default_statement(rulebook, section, statement.key)
    return default is not None and default.value == statement.value
