"""A rulebook is data that a person writes: every mistake is named with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import REPOSITORY, ios

from trustctl.config.parse import parse
from trustctl.config.read import read
from trustctl.config.rulebook import load_rulebook
from trustctl.config.rules import Kind, SectionRemoval
from trustctl.errors import RulebookError

GATE = (
    "gate: {denied: [reload], denied_negated: ['lin|e'], negations: ['no'], comments: '!', redirections: '|', "
    "banner: 'banner (?P<delimiter>.)', delimiters: '^'}\n"
)
HEAD = "format: 1\nplatform: toy\ntopics: [T]\ntopic: T\n"
MISTAKES = {
    "unknown key": ("lines:\n  global:\n    a: {single: 'a {x}', remov: no a}\n", "7:26", "remov", "remove"),
    "two kinds": ("lines:\n  global:\n    a: {single: 'a {x}', flag: a}\n", "7:5", "exactly one", ""),
    "no kind": ("lines:\n  global:\n    a: {remove: no a}\n", "7:5", "exactly one", ""),
    "bad pattern": ("lines:\n  global:\n    a: {single: 'a {x:vlna}'}\n", "7:17", "vlna", ""),
    "open bracket": ("lines:\n  global:\n    a: {single: 'a [b'}\n", "7:17", "without its", ""),
    "a list without identity": ("lines:\n  global:\n    a: {list: 'a {x}'}\n", "7:5", "by", ""),
    "identity without capture": ("lines:\n  global:\n    a: {list: 'a {x}', by: [y]}\n", "7:28", "'y'", ""),
    "removal without capture": ("lines:\n  global:\n    a: {single: 'a {x}', remove: 'no a {z}'}\n", "7:34", "z", ""),
    "unknown hazard": ("lines:\n  global:\n    a: {single: 'a {x}', hazards: [boom]}\n", "7:35", "boom", ""),
    "unknown rule": ("lines:\n  global:\n    a: {single: 'a {x}', needs: [global/b]}\n", "7:33", "global/b", ""),
    "unknown topic": ("lines:\n  global:\n    a: {single: 'a {x}', topic: Q}\n", ":7", "'Q'", ""),
    "unknown context": ("lines:\n  vlan:\n    a: {single: 'a {x}'}\n", ":7", "'vlan'", ""),
    "not a number": ("lines:\n  global:\n    a: {single: 'a {x}', order: high}\n", "7:33", "whole number", ""),
    "not a word": ("sections:\n  s: {header: s, removal: maybe}\n", "6:27", "never", ""),
    "removal and line": ("sections:\n  s: {header: s, removal: no}\n", "6:3", "remove", ""),
    "twice": ("lines:\n  global: {}\n  global: {}\n", "7:3", "second time", ""),
    "not YAML": ("lines: [\n", ":", "", ""),
    "set without a set": ("lines:\n  global:\n    a: {set: 'a {x}'}\n", "7:5", "set type", ""),
}


GATE_MISTAKES = {
    "no list": (GATE.replace("denied: [reload], ", ""), "no `denied`"),
    "empty list": (GATE.replace("[reload]", "[]"), "no `denied`"),
    "no comments": (GATE.replace("comments: '!', ", ""), "no `comments`"),
    "no negations": (GATE.replace("['no']", "[]"), "no `negations`"),
    "no group": (GATE.replace("(?P<delimiter>.)", "(.)"), "no group `delimiter`"),
    "bad expression": (GATE.replace("(?P<delimiter>.)", "(?P<delimiter>."), "cannot be read"),
    "unknown key": (GATE.replace("delimiters", "delimit"), "unknown key 'delimit'"),
    "not a command": (GATE.replace("[reload]", "['re.*']"), "not a command"),
    "a text": ("gate: none\n", "keys and values"),
    "guards what is not denied": (
        GATE.replace(
            "}\n", ", guarded: [{line: no x, flag: global/a, section: s, having: [y], account: global/a, level: 1}]}\n"
        ),
        "not on the deny-list",
    ),
    "guard without a login": (
        GATE.replace("}\n", ", guarded: [{line: no line, flag: global/a}]}\n"),
        "needs `section`",
    ),
    "guard of an unknown rule": (
        GATE.replace(
            "}\n",
            ", guarded: [{line: no line, flag: global/q, section: s, having: [y], account: global/a, level: 1}]}\n",
        ),
        "global/q",
    ),
}


@pytest.mark.parametrize(("text", "problem"), GATE_MISTAKES.values(), ids=GATE_MISTAKES)
def test_a_gate_that_would_let_everything_pass_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    """A missing part, an empty list or a slip in the gate is an error of the file, never a gate with a hole."""
    rules = "sections:\n  s: {header: s, removal: never}\nlines:\n  global:\n    a: {list: 'a {x}', by: [x]}\n"
    file = tmp_path / "rulebook.yml"
    file.write_text(HEAD + GATE + rules)
    load_rulebook(tmp_path)
    file.write_text(HEAD + text + rules)
    with pytest.raises(RulebookError) as refused:
        load_rulebook(tmp_path)
    assert problem in str(refused.value)
    assert str(tmp_path) in refused.value.where


def test_a_rulebook_without_a_gate_is_an_error(tmp_path: Path) -> None:
    """A platform that says nothing about what is never sent cannot be used at all."""
    (tmp_path / "rulebook.yml").write_text(HEAD + "lines:\n  global:\n    a: {single: 'a {x}'}\n")
    with pytest.raises(RulebookError, match="no deny-list"):
        load_rulebook(tmp_path)


@pytest.mark.parametrize(("text", "where", "problem", "remedy"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, where: str, problem: str, remedy: str) -> None:
    """A mistake in a rule file is one error with file, line and what to do."""
    file = tmp_path / "rulebook.yml"
    file.write_text(HEAD + text)
    with pytest.raises(RulebookError) as refused:
        load_rulebook(tmp_path)
    assert refused.value.where.startswith(str(file))
    assert where in refused.value.where
    assert problem in refused.value.problem
    assert remedy in refused.value.remedy


def test_a_platform_without_rules_is_an_error(tmp_path: Path) -> None:
    """A folder without a rulebook is named, with what to write."""
    with pytest.raises(RulebookError, match="no rulebook"):
        load_rulebook(tmp_path)


def test_a_trust_adds_a_rule_without_code(tmp_path: Path) -> None:
    """A rule file of the trust's own makes a line known that the shipped rulebook does not know."""
    extra = tmp_path / "ours.yml"
    extra.write_text(
        "topic: System\nlines:\n  global:\n    iot: {single: 'iot gateway {address:ipv4}', remove: no iot gateway}\n"
    )
    text = "iot gateway 10.1.1.9\n"
    assert parse(text, ios(), captured=False).unknown
    ours = load_rulebook(REPOSITORY / "templates" / "cisco_ios", extra=[extra])
    (statement,) = read(parse(text, ours, captured=False), ours).root.statements.values()
    assert (statement.key, statement.value, statement.removal()) == (("global/iot",), "10.1.1.9", ("no iot gateway",))
    assert ours.digest != ios().digest


def test_a_new_platform_is_one_folder_of_data(tmp_path: Path) -> None:
    """A small platform of its own reads, from a rule file alone."""
    (tmp_path / "rulebook.yml").write_text(
        HEAD
        + GATE
        + "ignore: [{name: note, line: '#.*', anywhere: true}]\n"
        + "sections:\n  port: {header: 'port {name}', removal: reset, fixed: true}\n"
        + "lines:\n  port:\n    tagged: {set: 'tagged {vlans:vlan-set}', remove: 'untag {vlans}'}\n"
    )
    toy = load_rulebook(tmp_path)
    config = read(parse("# hello\nport A1\n tagged 10,12\n tagged 11\n", toy, captured=False), toy)
    port = config.section("port A1")
    assert port is not None
    assert [statement.line for statement in port.statements.values()] == ["tagged 10-12"]


def test_every_rule_of_ios_is_consistent() -> None:
    """The shipped rules refer to each other rightly, and a physical interface can never be removed."""
    book = ios()
    assert book.sections["physical"].removal is SectionRemoval.RESET
    assert book.sections["vty"].removal is SectionRemoval.NEVER
    for rule in book.lines.values():
        assert rule.topic in book.topics, rule.id
        if rule.kind is Kind.FLAG:
            assert rule.off is not None, rule.id


def test_the_default_of_every_rule_is_a_line_of_that_rule() -> None:
    """A default that the rule itself cannot read would hold nowhere."""
    book = ios()
    for rule in book.lines.values():
        if rule.default is None or "{" in rule.default:
            continue
        forms = [rule.pattern, *rule.also, *([rule.off] if rule.off is not None else [])]
        assert any(form.match(rule.default) is not None for form in forms), rule.id


PRINTED = [
    ("ip address {address:ipv4} {mask:ipv4} [secondary]", "ip address 10.1.1.1 255.0.0.0 secondary"),
    ("username {name} [privilege {level:int}] secret {secret:secret}", "username a privilege 15 secret 9 $9$x"),
    ("username {name} [privilege {level:int}] secret {secret:secret}", "username a secret x"),
    ("[{sequence:int}] {entry:ace...}", "10 permit ip any any"),
    ("[{sequence:int}] {entry:ace...}", "permit ip any any"),
    ("a [b {x} [c {y}]] d", "a b 1 c 2 d"),
    ("a [b {x} [c {y}]] d", "a d"),
]


@pytest.mark.parametrize(("pattern", "line"), PRINTED)
def test_a_pattern_prints_the_line_that_it_read(pattern: str, line: str) -> None:
    """Reading and printing a line by one pattern gives the line back."""
    compiled = ios().grammar.compile(pattern)
    captures = compiled.match(line)
    assert captures is not None
    assert compiled.print(captures) == line
