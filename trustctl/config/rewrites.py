"""Harmless rewrites of a configuration: other texts that mean the same, made to see whether we notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trustctl.config.build import key_of
from trustctl.config.classify import Header, LineMeaning, Role, SectionMeaning
from trustctl.config.grammar import interface_in
from trustctl.config.rules import ROOT, Kind, LineRule, Rulebook
from trustctl.config.tree import Node, Tree
from trustctl.model.notation import Notation

_Lines = list[list[str]]
"""The new lines that stand in the place of each old line."""
_LONGEST_LIST = 400
"""VLANs that are written out one by one."""


def rewrites(tree: Tree, rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """Pairs of the name of a rewrite and the text that it makes of the tree's text."""
    for name, rewrite in _REWRITES.items():
        lines = [[line] for line in tree.text().split("\n")]
        rewrite(tree, rulebook, lines)
        yield name, "\n".join(line for group in lines for line in group)


def _comments(tree: Tree, rulebook: Rulebook, lines: _Lines) -> None:
    """A comment before every line at the top."""
    comments = [rule.expression for rule in rulebook.ignores if rule.anywhere]
    mark = next((char for char in rulebook.gate.comments if any(each.fullmatch(char) for each in comments)), "")
    for node in tree.roots:
        lines[node.number - 1][:0] = [mark] if mark else []


def _abbreviations(tree: Tree, rulebook: Rulebook, lines: _Lines) -> None:
    """`interface GigabitEthernet1/0/1` as `interface gi 1/0/1`, where the platform takes abbreviations."""
    notation = rulebook.grammar.notation
    for node in tree.nodes():
        word, _, name = node.text.partition(" ")
        if not notation.abbreviations or not isinstance(node.meaning, SectionMeaning) or " " in name:
            continue
        if interface_in(rulebook.grammar, node.text) != name:
            continue
        kind = name.rstrip("0123456789/.:")
        number = name[len(kind) :]
        shorter = (kind[:size] for size in range(2, len(kind)))
        short = next((each for each in shorter if _stands_for(notation, each + number, name)), "")
        if short:
            _replace(lines, node, f"{word} {short.lower()}{number}")


def _stands_for(notation: Notation, short: str, name: str) -> bool:
    try:
        return notation.normalise(short) == name
    except ValueError:
        return False


def _lists(tree: Tree, rulebook: Rulebook, lines: _Lines) -> None:
    """VLAN lists backwards and without ranges: `10,20-22` as `22,21,20,10`."""
    for node, meaning in _sets(tree):
        numbers = _numbers(meaning)
        if not numbers or len(numbers) > _LONGEST_LIST:
            continue
        separator = rulebook.grammar.notation.numbers.separator
        text = separator.join(str(number) for number in sorted(numbers, reverse=True))
        _replace(lines, node, meaning.pattern.print({**meaning.captures, meaning.rule.members: text}))


def _wrapped(tree: Tree, rulebook: Rulebook, lines: _Lines) -> None:
    """A VLAN list on several lines, as devices wrap it."""
    for node, meaning in _sets(tree):
        parts = rulebook.grammar.notation.number_parts(_numbers(meaning))
        rule = meaning.rule
        more = rule.add or rule.pattern
        if meaning.role is not Role.MAIN or len(parts) <= 1:
            continue
        indent = node.raw[: len(node.raw) - len(node.raw.lstrip())]
        lines[node.number - 1] = [
            indent + (more if position else meaning.pattern).print({**meaning.captures, rule.members: part})
            for position, part in enumerate(parts)
        ]


def _defaults(tree: Tree, rulebook: Rulebook, lines: _Lines) -> None:
    """What holds anyway, written out at the end of each section."""
    headers = [header.text for node in tree.nodes() for header in _headers(node)]
    for node in reversed(tree.nodes()):
        meaning = node.meaning
        if not isinstance(meaning, SectionMeaning) or meaning.inner or meaning.absent:
            continue
        if any(headers.count(header.text) > 1 for header in meaning.headers):
            continue
        if not node.children or any(child.indent <= node.indent for child in node.children):
            continue
        context = meaning.headers[0].rule.context
        written = {child.rule for child in node.children}
        above = node.children[-1].raw
        indent = above[: len(above) - len(above.lstrip())]
        last = _last_line(node)
        lines[last - 1] += [
            indent + line for rule in rulebook.by_context.get(context, ()) for line in _default(rule, written)
        ]
    written = {node.rule for node in tree.roots}
    top = [line for rule in rulebook.by_context.get(ROOT, ()) for line in _default(rule, written)]
    if tree.roots:
        lines[tree.roots[0].number - 1][:0] = top


def _headers(node: Node) -> tuple[Header, ...]:
    return node.meaning.headers if isinstance(node.meaning, SectionMeaning) else ()


def _default(rule: LineRule, written: set[str]) -> list[str]:
    if rule.default is None or rule.identity or rule.hidden or "{" in rule.default or rule.id in written:
        return []
    return [rule.default]


def _reordered(tree: Tree, rulebook: Rulebook, lines: _Lines) -> None:
    """Lines whose order means nothing, backwards."""
    for siblings in (list(tree.roots), *(node.children for node in tree.nodes() if _indented(node))):
        if len({node.indent for node in siblings}) > 1:
            continue
        movable = [node for node in siblings if _movable(node)]
        if siblings and siblings[0] in tree.roots and any(not _indented(node) for node in tree.roots if node.children):
            continue
        keys = [_key(node) for node in siblings]
        movable = [node for node in movable if keys.count(_key(node)) == 1]
        texts = [lines[node.number - 1] for node in reversed(movable)]
        for node, text in zip(movable, texts, strict=True):
            lines[node.number - 1] = text


def _key(node: Node) -> tuple[str, ...]:
    """What tells the node's statement from others: the last of several lines with one key holds, so they stay."""
    meaning = node.meaning
    return key_of(meaning.rule, meaning.captures) if isinstance(meaning, LineMeaning) else (node.text,)


def _movable(node: Node) -> bool:
    meaning = node.meaning
    return (
        isinstance(meaning, LineMeaning)
        and meaning.role in {Role.MAIN, Role.OFF}
        and meaning.rule.kind in {Kind.SINGLE, Kind.FLAG, Kind.LIST}
        and not meaning.rule.ranked
        and not meaning.rule.device_owned
        and not node.children
        and not node.block
    )


def _indented(node: Node) -> bool:
    return bool(node.children) and all(child.indent > node.indent for child in node.children)


def _sets(tree: Tree) -> Iterator[tuple[Node, LineMeaning]]:
    for node in tree.nodes():
        meaning = node.meaning
        if isinstance(meaning, LineMeaning) and meaning.rule.kind is Kind.SET and meaning.role is not Role.ABSENT:
            yield node, meaning


def _numbers(meaning: LineMeaning) -> list[int]:
    parse = meaning.rule.pattern.types[meaning.rule.members].parse
    text = meaning.captures[meaning.rule.members]
    if parse is None or not text[:1].isdigit():
        return []
    return [member for member in parse(text) if isinstance(member, int)]


def _replace(lines: _Lines, node: Node, text: str) -> None:
    indent = node.raw[: len(node.raw) - len(node.raw.lstrip())]
    lines[node.number - 1] = [indent + text]


def _last_line(node: Node) -> int:
    while node.children:
        node = node.children[-1]
    return node.number + len(node.block)


_REWRITES: dict[str, Callable[[Tree, Rulebook, _Lines], None]] = {
    "comments added": _comments,
    "interface names abbreviated": _abbreviations,
    "VLAN lists re-ordered": _lists,
    "VLAN lists wrapped": _wrapped,
    "defaults written out": _defaults,
    "lines re-ordered": _reordered,
}
