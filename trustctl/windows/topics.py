"""Read `templates/windows/topics.yml`: what a change of each topic of the roles means for the people in the school."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from trustctl.errors import RulebookError
from trustctl.inventory.entry import Entry
from trustctl.inventory.yaml_document import read_document
from trustctl.model.plan import Flag, Rule, Severity

FILE = "windows/topics.yml"


@dataclass(frozen=True, slots=True)
class Topic:
    """What the changes of one topic have in common."""

    name: str
    flag: Flag | None = None
    """The risk that each of its changes carries."""
    way_in: bool = False
    """Whether a change could cut the connection by which trustctl works."""


class Topics(Mapping[str, Topic]):
    """Every topic by its name. Asking for one that there is not raises RulebookError with the file."""

    def __init__(self, topics: Sequence[Topic], where: str) -> None:
        self._topics, self._where = {one.name: one for one in topics}, where

    def __getitem__(self, name: str) -> Topic:
        if name not in self._topics:
            raise RulebookError(
                f"nothing is said of the topic {name!r}",
                where=self._where,
                remedy="Say there what a change of it means, or give the task one of the topics that it has.",
            )
        return self._topics[name]

    def __contains__(self, name: object) -> bool:
        return name in self._topics

    def __iter__(self) -> Iterator[str]:
        return iter(self._topics)

    def __len__(self) -> int:
        return len(self._topics)


def load_topics(roots: Sequence[Path]) -> Topics:
    """Every topic, from the first template root that has the file.

    Raises RulebookError with `file:line:column` for what is not well formed, and if no root has it.
    """
    path = next((root / FILE for root in roots if (root / FILE).is_file()), None)
    if path is None:
        raise RulebookError(
            f"there is no {FILE}",
            where=", ".join(str(root) for root in roots),
            remedy="Install trustctl again, or put the file back.",
        )
    return _load(path)


@lru_cache(maxsize=8)
def _load(path: Path) -> Topics:
    document, problems = read_document(path.read_bytes(), str(path))
    if problems or document is None:
        raise RulebookError(problems[0].problem, where=problems[0].where, remedy=problems[0].remedy)
    top = Entry(document, (), document.value)
    top.only(("topics",))
    return Topics([_topic(name, entry) for name, entry in top.entries("topics")], str(path))


def _topic(name: str, entry: Entry) -> Topic:
    entry.only(("flag", "weight", "why", "way_in"))
    flag: Flag | None = None
    if entry.values.get("flag") is not None:
        if not entry.text("why"):
            raise entry.error("flag", "a flag says why", "Add `why`: what could go wrong, for a person.")
        why = f"{name}: {entry.text('why')}"
        flag = Flag(entry.word("flag", Rule, None), entry.word("weight", Severity, None), why)
    elif set(entry.values) - {"way_in"}:
        raise entry.error(None, "weight and why belong to a flag", "Add `flag`, or take them out.")
    return Topic(name, flag, entry.flag("way_in"))
