"""Reading a stored configuration: what the lab knows takes effect, what it does not know is kept in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_cx.model import obedience, tables
from trustctl.lab.makes.aruba_aos_cx.model.grammar import MisreadError, tokens_of
from trustctl.lab.makes.aruba_aos_cx.model.rules import CONFIG, Block, Command, Context, RefusedError
from trustctl.lab.makes.aruba_aos_cx.model.tree import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch

_HEADER = re.compile(r"^(?:Current|Startup|Checkpoint) configuration: *$", re.MULTILINE)
_PROMPT = re.compile(r"\n[A-Za-z0-9._-]+# ?\s*$")


@dataclass(slots=True)
class _Level:
    """A section that is open while loading: how deep its header is indented; `context` is None in an unknown one."""

    indent: int
    nodes: list[Node]
    context: Context | None
    rank: int = 0
    """Where the line before printed: an unknown line stays behind it."""


def load(switch: CxSwitch, text: str) -> list[str]:
    """Fill an empty switch from a configuration; the lines that were not understood."""
    levels = [_Level(-1, [switch.root], CONFIG)]
    unknown: list[str] = []
    lines = iter(_configuration(text.replace("\r\n", "\n")).split("\n"))
    for raw in lines:
        stripped = raw.strip()
        if not stripped or stripped.startswith("!"):
            continue
        indent = len(raw) - len(raw.lstrip(" "))
        while levels[-1].indent >= indent:
            levels.pop()
        level = levels[-1]
        done = _known(switch, level, stripped)
        if done is None:
            unknown.append(stripped)
            levels.append(_Level(indent, _keep(level, stripped), None))
            continue
        if done.block is not None:
            obedience.finish(switch, CONFIG, done.block, tuple(_body(lines, done.block)))
        if done.next is not None:
            nodes = obedience.sections(switch, _below(level, done.next))
            levels.append(_Level(indent, nodes, _below(level, done.next)))
    return unknown


def _configuration(text: str) -> str:
    """The configuration in a captured text, without what was typed and printed around it."""
    found = _HEADER.search(text)
    return _PROMPT.sub("\n", text[found.end() :] if found else text)


def _below(level: _Level, opened: Context) -> Context:
    """The context that a section header opened, for each section of a range."""
    outer = level.context
    if outer is None or len(outer.paths) == 1:
        return opened
    return Context(opened.prompt, opened.kind, tuple((*path, opened.paths[0][-1]) for path in outer.paths), outer)


def _known(switch: CxSwitch, level: _Level, line: str) -> Command | None:
    """Obey a line in the section it stands in; None if it is not understood."""
    context = level.context
    if context is None:
        return None
    tokens = tokens_of(line)
    undo = tokens[0] == "no"
    tokens = tokens[1:] if undo else tokens
    if not tokens:
        return None
    try:
        rule, read = tables.find(context.kind, tokens, undo=undo)
    except MisreadError:
        return None
    done: Command | None = None
    for at, node in enumerate(level.nodes):
        here = Context(context.prompt, context.kind, (context.paths[at],), context.parent)
        done = Command(switch, here, node, rule, read, line, undo)
        try:
            rule.act(done)
        except RefusedError:
            return None
        if undo and not done.changed and line not in {child.line for child in node.children.values()}:
            return None
    level.rank = rule.rank if done is None or done.placed is None else done.placed
    return done


def _keep(level: _Level, line: str) -> list[Node]:
    """Keep a line that is not understood, behind the one before it."""
    kept: list[Node] = []
    for node in level.nodes:
        key = f"?{len(node.children)} {line}"
        kept.append(node.put(Node(line, key, level.rank, foreign=True)))
    return kept


def _body(lines: Iterator[str], block: Block) -> Iterator[str]:
    """The lines of a banner up to the delimiter."""
    for raw in lines:
        if block.delimiter in raw:
            before = raw.partition(block.delimiter)[0]
            if before:
                yield before
            return
        yield raw.rstrip("\r")
