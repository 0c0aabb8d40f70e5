"""Load a rulebook: the yml files of a platform's folder, checked strictly, each mistake with its file and line.

A folder holds `rulebook.yml`, or a folder `rulebook/` of yml files that are read in the order of their names; a trust's
own files come after them and may add rules, or replace one by giving its id again. So does a platform that extends
another one: its own files come after that one's. `trustctl.config.rulefile` reads one
file; `trustctl.config.rules` says what the rules mean.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from trustctl.config.entry import Entry
from trustctl.config.grammar import PLAIN_GRAMMAR, grammar
from trustctl.config.lines import Gate
from trustctl.config.pattern import Pattern
from trustctl.config.rulefile import Gathered, read_rule_file
from trustctl.config.rules import ROOT, Rulebook, SectionRemoval, SectionRule
from trustctl.config.syntax import Syntax
from trustctl.config.syntaxfile import read_syntax
from trustctl.errors import RulebookError
from trustctl.inventory.notation_file import load_notation
from trustctl.inventory.yaml_document import Document, read_document
from trustctl.model.origin import Place

_Rule = TypeVar("_Rule")


def load_rulebook(folder: Path, *, below: Sequence[Path] = (), extra: Sequence[Path] = ()) -> Rulebook:
    """Load the rulebook of one platform.

    `folder` is `templates/<platform>`; `below` are the folders of the platforms that it extends, the lowest first,
    whose files are read before its own; `extra` are further rule files (a trust's own), read last. Raises RulebookError
    with `file:line:column` for a missing file, an unknown key, a pattern that cannot be read, a reference to a rule
    that is not there, or a platform without a deny-list.
    """
    layers = [_files(each) for each in (*below, folder)]
    if not any(layers):
        raise RulebookError(
            "the platform has no rulebook",
            where=str(folder),
            remedy="Write rulebook.yml, or a folder rulebook/ of yml files.",
        )
    hasher = hashlib.sha256()
    read = [[_document(file, hasher.update) for file in files] for files in (*layers, extra)]
    notation = load_notation(folder)
    hasher.update(notation.source)
    gathered = Gathered(grammar(notation, _syntax(read[:-1], read[-1])))
    lowest = next(number for number, files in enumerate(layers) if files)
    for number, documents in enumerate(read):
        for document in documents:
            read_rule_file(document, gathered, own=number == lowest)
    _check_references(gathered)
    gate = gathered.gate.assemble(folder, gathered.grammar.syntax.longest)
    return _assemble(gathered, folder, gate, f"sha256:{hasher.hexdigest()}")


def _files(folder: Path) -> list[Path]:
    single = folder / "rulebook.yml"
    return [single] if single.is_file() else sorted((folder / "rulebook").glob("*.yml"))


def _document(file: Path, counted: Callable[[bytes], None]) -> Document:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise RulebookError(f"the rule file cannot be read: {error.strerror}", where=str(file)) from error
    counted(data)
    document, problems = read_document(data, str(file))
    if problems or document is None:
        raise RulebookError(problems[0].problem, where=problems[0].where, remedy=problems[0].remedy)
    return document


def _syntax(layers: Sequence[Sequence[Document]], extra: Sequence[Document]) -> Syntax:
    """The syntax that one file of each platform says, a higher one's keys in place of a lower one's."""
    said: Entry | None = None
    for documents in (*layers, extra):
        once = [document for document in documents if "syntax" in document.value]
        tops = [Entry(document, (), document.value, PLAIN_GRAMMAR) for document in once]
        if len(tops) > 1 or (tops and documents is extra):
            raise tops[-1].error("syntax", "the syntax stands once, in a file of the platform itself")
        if tops:
            own = tops[0].below("syntax")
            said = own if said is None else replace(own, values={**said.values, **own.values})
    return Syntax() if said is None else read_syntax(said)


def _check_references(gathered: Gathered) -> None:
    known = {*gathered.sections, *gathered.lines}
    for reference, where in gathered.references:
        if reference not in known:
            raise RulebookError(f"there is no rule {reference!r}", where=where, remedy="Name the id of a rule.")
    contexts = {section.context for section in gathered.sections.values()} | {ROOT}
    asked = [
        *((rule.place, rule.topic, rule.contexts) for rule in gathered.lines.values()),
        *((rule.place, rule.topic, rule.parents) for rule in gathered.sections.values()),
    ]
    for place, topic, inside in asked:
        for context in inside:
            if context not in contexts:
                raise RulebookError(f"no section opens the context {context!r}", where=str(place))
        if topic not in gathered.topics:
            raise RulebookError(f"the topic {topic!r} is not in the list of topics", where=str(place))


def _assemble(gathered: Gathered, folder: Path, gate: Gate, digest: str) -> Rulebook:
    if not gathered.topics:
        raise RulebookError(
            "the rulebook has no topics",
            where=str(folder),
            remedy="List them under `topics`; changes are grouped by them.",
        )
    root = SectionRule(
        id=ROOT,
        parents=(),
        context=ROOT,
        pattern=Pattern("", (), frozenset(), MappingProxyType({}), ()),
        topic=gathered.topics[0],
        removal=SectionRemoval.NEVER,
        place=Place(str(folder), 1),
        fixed=True,
        grammar=gathered.grammar,
    )
    return Rulebook(
        platform=gathered.platform or folder.name,
        root=root,
        sections=MappingProxyType(gathered.sections),
        lines=MappingProxyType(gathered.lines),
        ignores=tuple(gathered.ignores),
        grammar=gathered.grammar,
        topics=tuple(gathered.topics),
        expansions=tuple(gathered.expansions),
        by_context=MappingProxyType(_grouped(gathered.lines.values(), lambda rule: rule.contexts)),
        sections_in=MappingProxyType(_grouped(gathered.sections.values(), lambda rule: rule.parents)),
        gate=gate,
        moving=tuple(rule for rule in gathered.lines.values() if rule.moves),
        idle=tuple(rule for rule in gathered.lines.values() if rule.idle),
        digest=digest,
    )


def _grouped(rules: Iterable[_Rule], contexts: Callable[[_Rule], tuple[str, ...]]) -> dict[str, tuple[_Rule, ...]]:
    found: dict[str, list[_Rule]] = {}
    for rule in rules:
        for context in contexts(rule):
            found.setdefault(context, []).append(rule)
    return {context: tuple(members) for context, members in found.items()}
