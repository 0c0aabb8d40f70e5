"""A configuration as a tree of lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    """One line with what stands under it.

    `key` tells the setting from others beside it: a line with the same key replaces it. `rank` is its place among the
    lines beside it; equals print in the order in which they came. `body` are raw lines after it (a banner). `foreign`
    is a line of a boot configuration that the lab does not know: it is kept in its place and means nothing.
    """

    line: str
    key: str
    rank: int = 0
    body: tuple[str, ...] = ()
    foreign: bool = False
    children: dict[str, Node] = field(default_factory=dict[str, "Node"])

    def get(self, key: str) -> Node | None:
        """The child with that key."""
        return self.children.get(key)

    def has(self, key: str) -> bool:
        """Whether there is a child with that key."""
        return key in self.children

    def text(self, key: str) -> str:
        """The line of the child with that key; empty if there is none."""
        child = self.children.get(key)
        return "" if child is None else child.line

    def value(self, key: str) -> str:
        """What follows the key in that child's line."""
        return self.text(key)[len(key) :].strip()

    def starting(self, start: str) -> Iterator[Node]:
        """The children whose lines start with that text."""
        return (child for child in list(self.children.values()) if child.line.startswith(start))

    def put(self, child: Node) -> Node:
        """Add a child; one with the same key is replaced in its place."""
        self.children[child.key] = child
        return child

    def drop(self, key: str) -> bool:
        """Remove a child; whether there was one."""
        return self.children.pop(key, None) is not None

    def sorted(self) -> list[Node]:
        """The children in printed order."""
        return sorted(self.children.values(), key=lambda child: child.rank)


def flat(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every line under a node with the lines that it stands under."""
    for child in node.children.values():
        here = (*path, child.line)
        yield here
        yield from flat(child, here)
