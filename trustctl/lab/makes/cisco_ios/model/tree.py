"""The running configuration: a tree of settings and sections, each with its place in the printed order."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Order = tuple[float, tuple[int | str, ...], int]
"""Rank in the table of its mode, order among equals, and age."""

TOP: Order = (0.0, (), 0)


class Node:
    """One setting or one section.

    `text` is what prints on the setting's own line; a line break in it starts a further line at the same depth (wrapped
    VLAN lists). `children` is None for a plain setting. `raw` are lines printed as they are, after the children (banner
    bodies, certificates, sections that the grammar does not know).
    """

    __slots__ = ("children", "order", "raw", "text")

    def __init__(self, text: str, order: Order = TOP, *, section: bool = False) -> None:
        self.text = text
        self.order = order
        self.children: dict[str, Node] | None = {} if section else None
        self.raw: list[str] | None = None

    @property
    def settings(self) -> dict[str, Node]:
        """The children by identity; a plain setting becomes a section when one is asked for."""
        if self.children is None:
            self.children = {}
        return self.children

    def get(self, identity: str) -> Node | None:
        """The setting or section with this identity (`switchport mode`, `interface Vlan10`)."""
        return self.children.get(identity) if self.children else None

    def text_of(self, identity: str, default: str = "") -> str:
        """The text of a setting, or `default`."""
        node = self.get(identity)
        return default if node is None else node.text

    def has(self, identity: str) -> bool:
        """Whether a flag is on: there, and not in its `no` form."""
        node = self.get(identity)
        return node is not None and not node.text.startswith("no ")

    def value(self, identity: str, default: str = "") -> str:
        """What follows the identity in a setting's text.  Before: `switchport mode trunk`.  After: `trunk`."""
        node = self.get(identity)
        if node is None or not node.text.startswith(identity):
            return default
        return node.text[len(identity) :].strip()

    def starting(self, prefix: str) -> Iterator[Node]:
        """The children whose identity starts with `prefix`, in printed order."""
        if not self.children:
            return
        found = [node for key, node in self.children.items() if key.startswith(prefix)]
        yield from sorted(found, key=attrgetter("order"))

    def ordered(self) -> list[Node]:
        """The children in printed order."""
        return sorted(self.children.values(), key=attrgetter("order")) if self.children else []

    def copy(self) -> Node:
        """A copy that shares nothing with this one."""
        twin = Node(self.text, self.order)
        twin.raw = None if self.raw is None else list(self.raw)
        if self.children is not None:
            twin.children = {key: child.copy() for key, child in self.children.items()}
        return twin

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The lines as printed, this node's own first; each level is indented by one blank."""
        indent = " " * depth
        for line in self.text.split("\n"):
            yield indent + line
        for child in self.ordered():
            yield from child.lines(depth + 1)
        if self.raw is not None:
            yield from self.raw
