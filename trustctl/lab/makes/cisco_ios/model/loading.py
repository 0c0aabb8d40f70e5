"""Loading whole configurations: at boot, by `copy`, and when a rollback puts one back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model import tables
from trustctl.lab.makes.cisco_ios.model.commands.banner import ETX, delimiter_of, set_banner
from trustctl.lab.makes.cisco_ios.model.grammar import Misread
from trustctl.lab.makes.cisco_ios.model.obedience import nodes_of, obey
from trustctl.lab.makes.cisco_ios.model.rules import Command
from trustctl.lab.makes.cisco_ios.model.spec import CONFIG, Mode
from trustctl.lab.makes.cisco_ios.model.tree import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch

_HEADER = re.compile(
    r"Building configuration|Current configuration :|Using \d+ out of \d+ bytes|Load for |Time source "
)
_BANNER = re.compile(r"(banner (?:motd|login|exec|incoming)) (.*)", re.DOTALL)
_CHAIN = "crypto pki certificate chain "


def text_lines(text: str) -> list[str]:
    """The lines of a text from a device; only line feeds and CR LF end a line."""
    return text.replace("\r\n", "\n").split("\n")


class _Loader:
    """Feeds lines to a switch, following the indentation of a printed configuration."""

    def __init__(self, switch: IosSwitch, *, keep_unknown: bool) -> None:
        self.switch = switch
        self.keep_unknown = keep_unknown
        self.refused: list[str] = []
        self.stack: list[tuple[int, Mode]] = []
        self.unknown: tuple[int, Node] | None = None
        self.last: dict[int, float] = {}

    def feed(self, line: str) -> None:
        """Take one line."""
        stripped = line.strip()
        indent = len(line) - len(line.lstrip(" "))
        if self.unknown is not None:
            depth, node = self.unknown
            if indent > depth or (not stripped and node.raw):
                node.raw = [*(node.raw or []), line]
                return
            self.unknown = None
        if not stripped or stripped.startswith("!"):
            return
        if indent == 0:
            self.stack.clear()
            if stripped == "end" or _HEADER.match(stripped):
                return
        else:
            while self.stack and self.stack[-1][0] >= indent:
                self.stack.pop()
        mode = self.stack[-1][1] if self.stack else CONFIG
        if mode.name == "config-vrf" and stripped == "exit-address-family":
            return
        self._obey(mode, line, stripped, indent)

    def _obey(self, mode: Mode, line: str, stripped: str, indent: int) -> None:
        switch = self.switch
        form = ""
        start = 0
        if stripped.startswith("no "):
            form, start = "no", 3
        found = switch.grammar(mode.name).read(stripped, start, undo=bool(form))
        if isinstance(found, Misread) and not self.keep_unknown and mode is not CONFIG:
            found = switch.grammar("config").read(stripped, start, undo=bool(form))
            mode = mode if isinstance(found, Misread) else CONFIG
        if isinstance(found, Misread):
            self._not_understood(mode, line, stripped, indent)
            return
        command = Command(switch, mode, stripped, form, found.rule, found.words, found.identity)
        command.confirmed = True
        wrong = obey(command)
        if wrong is not None:
            self._not_understood(mode, line, stripped, indent)
            return
        nodes = nodes_of(switch, mode)
        self.last[id(nodes[0]) if nodes else 0] = found.rule.rank
        if command.next_mode is not mode and command.next_mode != mode:
            self.stack.append((indent, command.next_mode))
            if stripped.startswith(_CHAIN):
                self.unknown = (indent, switch.root.settings[found.identity])
                switch.root.settings[found.identity].raw = None
        elif indent == 0 and not form:
            node = nodes[0].get(found.identity) if nodes else None
            if node is not None and node.children is None:
                self.unknown = (indent, node)

    def _not_understood(self, mode: Mode, line: str, stripped: str, indent: int) -> None:
        self.refused.append(stripped)
        nodes = nodes_of(self.switch, mode)
        if not self.keep_unknown or not nodes:
            return
        age = self.switch.next_age()
        rank = self.last.get(id(nodes[0]), 0.0) + 0.5
        for node in nodes:
            kept = Node(line.strip() if indent else line.rstrip(), (rank, (), age))
            node.settings[f"?{age}"] = kept
            self.unknown = (indent, kept)

    def banner(self, opening: re.Match[str], rest: list[str]) -> int:
        """Take a banner; the number of further lines it used. What is loaded at boot was printed: `^C` is one mark."""
        mark = ETX if self.keep_unknown and opening[2].startswith(ETX) else delimiter_of(opening[2])
        body = [opening[2][len(mark) :]]
        used = 0
        while mark not in body[-1] and used < len(rest):
            body.append(rest[used])
            used += 1
        body[-1] = body[-1].split(mark, 1)[0]
        set_banner(self.switch, opening[1], "\n".join(body), tables.rank_of("banner", self.switch.family))
        return used


def unknown(node: Node) -> Iterator[str]:
    """The lines that the grammar does not know and a boot kept, in a section and those below it."""
    for key, child in node.settings.items() if node.children else ():
        if key.startswith("?"):
            yield child.text
        yield from unknown(child)


def forget(node: Node, lines: set[str]) -> None:
    """Take kept lines out again."""
    for key, child in list(node.settings.items()) if node.children else ():
        if key.startswith("?") and child.text in lines:
            del node.settings[key]
        else:
            forget(child, lines)


def load(switch: IosSwitch, text: str, *, keep_unknown: bool) -> list[str]:
    """Feed a configuration to a switch; the lines that it did not understand or refused.

    With `keep_unknown` (boot, rollback) such lines are kept in place and print again.
    """
    loader = _Loader(switch, keep_unknown=keep_unknown)
    lines = text_lines(text)
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        opening = _BANNER.match(line) if line.startswith("banner ") else None
        if opening is None:
            loader.feed(line)
        else:
            loader.unknown = None
            loader.stack.clear()
            at += loader.banner(opening, lines[at:])
    return loader.refused
