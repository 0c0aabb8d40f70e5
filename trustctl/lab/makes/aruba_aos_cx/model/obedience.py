"""What a line of configuration does: found in the tables, obeyed in each section that it is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_cx.model import tables
from trustctl.lab.makes.aruba_aos_cx.model.grammar import INCOMPLETE, MisreadError, Read, tokens_of
from trustctl.lab.makes.aruba_aos_cx.model.rules import (
    CONFIG,
    EXEC,
    Block,
    Command,
    Context,
    Question,
    RefusedError,
    Reply,
    Rule,
)
from trustctl.lab.makes.aruba_aos_cx.model.tree import Node

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch

_JOINED = re.compile(r"^(interface\s+)(lag|vlan|loopback)(\d+)", re.IGNORECASE)
_UPDATED = "Banner updated successfully!"


def configure(switch: CxSwitch, context: Context, line: str, *, confirmed: bool = False) -> Reply:
    """Obey one line; nothing changes if any section refuses it."""
    stripped = line.strip()
    if not stripped or stripped.startswith("!"):
        return Reply(context=context)
    if stripped in {"exit", "end"}:
        leaving = stripped == "end" or context.parent is None
        return Reply(context=EXEC if leaving else context.parent or CONFIG)
    try:
        owner, rule, read, undo = understand(context, stripped)
    except MisreadError as error:
        return Reply((error.text,), context, refused=True)
    return _obey(switch, context, owner, (rule, read), stripped, undo=undo, confirmed=confirmed)


def understand(context: Context, line: str) -> tuple[Context, Rule, Read, bool]:
    """The context whose command a line is (this one, or one above), its rule, and whether it starts with `no`.

    Raises MisreadError.
    """
    tokens = tokens_of(_JOINED.sub(r"\1\2 \3", line))
    undo = tokens[0].lower() == "no"
    if undo:
        tokens = tokens[1:]
    if not tokens:
        raise MisreadError(INCOMPLETE, 0)
    worst: MisreadError | None = None
    place: Context | None = context
    while place is not None:
        try:
            return place, *tables.find(place.kind, tokens, undo=undo), undo
        except MisreadError as error:
            if worst is None or error.depth > worst.depth:
                worst = error
        place = place.parent or (CONFIG if place.kind != CONFIG.kind else None)
    raise worst or MisreadError(INCOMPLETE, 0)


def sections(switch: CxSwitch, context: Context) -> list[Node]:
    """The sections that a line in a context goes to; one that is gone is left out."""
    found: list[Node] = []
    for path in context.paths:
        node: Node | None = switch.root
        for key in path:
            node = node.get(key) if node is not None else None
        if node is not None:
            found.append(node)
    return found


def _obey(
    switch: CxSwitch,
    context: Context,
    owner: Context,
    found: tuple[Rule, Read],
    line: str,
    *,
    undo: bool,
    confirmed: bool,
) -> Reply:
    rule, read = found
    out: list[str] = []
    changed = False
    last: Command | None = None
    for at, section in enumerate(sections(switch, owner)):
        here = Context(owner.prompt, owner.kind, (owner.paths[at],), owner.parent)
        command = Command(switch, here, section, rule, read, line, undo, confirmed)
        try:
            rule.act(command)
        except RefusedError as error:
            if changed:
                switch.changed()
            return Reply((*out, *error.text.split("\n")), context, changed, refused=True)
        out += command.out
        changed = changed or command.changed
        last = command
        if command.question is not None:
            return Reply(tuple(out), context, question=command.question)
    if changed and not switch.booting:
        switch.changed()
    after, block = context, None
    if last is not None:
        block = last.block
        after = _next(owner, last)
    return Reply(tuple(out), after if after.paths else context, changed, block=block)


def _next(owner: Context, last: Command) -> Context:
    """Where the configuration stands after a command: in the section it opened, for each port of a range."""
    if last.next is None:
        return owner if owner.kind != CONFIG.kind else CONFIG
    if len(owner.paths) == 1 or last.next.parent is None or last.next.parent.kind == CONFIG.kind:
        return last.next
    key = last.next.paths[0][-1]
    return Context(last.next.prompt, last.next.kind, tuple((*path, key) for path in owner.paths), owner)


def answer(switch: CxSwitch, context: Context, question: Question, *, accepted: bool) -> Reply:
    """Obey a line that was confirmed, or leave everything as it is."""
    return configure(switch, context, question.line, confirmed=True) if accepted else Reply(context=context)


def finish(switch: CxSwitch, context: Context, block: Block, body: tuple[str, ...]) -> Reply:
    """Store a banner."""
    key = block.header.rpartition(" ")[0]
    switch.root.put(Node(block.header, key, 2, (*body, block.delimiter)))
    if not switch.booting:
        switch.changed()
    return Reply((_UPDATED,), context, changed=True)
