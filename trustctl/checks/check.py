"""A check: what it asks a server, and how the answers become a finding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from trustctl.checks.finding import Finding, Rag
from trustctl.hosts import Description, Resource
from trustctl.model.linux import Linux, LinuxHost
from trustctl.model.school import School
from trustctl.model.service import Services

CANNOT = "false"
"""The condition of a thing that no question to a server can tell."""
NEVER: Final = "exit 1"
"""The question of a thing that the inventory answers already: it does not hold."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The server that is asked: what the inventory says of it, and the day."""

    host: LinuxHost
    school: School
    today: date

    @property
    def linux(self) -> Linux:
        """The baseline of its school's servers. Raises ValueError for a school that was resolved without one."""
        if self.school.linux is None:
            raise ValueError(self.school.slug)
        return self.school.linux

    @property
    def services(self) -> Services:
        """The services of its school."""
        return self.school.services


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a check asks.

    `holds` is a shell command that ends with 0 if all is well and changes nothing. `wrong` is what is said if it does
    not. `if_told` must end with 0 too, or nobody can tell: a program that is not there, a kernel that is another's.
    """

    wrong: str
    holds: str
    if_told: str = ""
    rag: Rag = Rag.RED


class Check(ABC):
    """One point of the baseline."""

    point: ClassVar[int]
    name: ClassVar[str]
    title: ClassVar[str]
    remedy: ClassVar[str]

    @abstractmethod
    def items(self, subject: Subject) -> Iterable[Item]:
        """What is asked of this server."""

    def asks(self, subject: Subject) -> tuple[Resource, ...]:
        """The questions, as resources that the engine reads."""
        wanted = [text for item in self.items(subject) for text in (item.if_told, item.holds) if text]
        return tuple(question(text) for text in dict.fromkeys(wanted) if text != CANNOT)

    def judge(self, subject: Subject, answers: Description) -> Finding:
        """Return what the answers mean. Without an answer nobody can tell."""
        wrong: list[Item] = []
        untold: list[Item] = []
        for item in self.items(subject):
            told = _told(answers, item)
            if told is None:
                untold.append(item)
            elif not told:
                wrong.append(item)
        rag = _worst(wrong, untold)
        return Finding(
            self.point,
            self.name,
            self.title,
            rag,
            tuple(item.wrong for item in wrong),
            tuple(item.wrong for item in untold),
            "" if rag is Rag.GREEN else self.remedy,
        )


def question(text: str) -> Resource:
    """A guarded command that is only asked whether it is done: the text is its name and its question."""
    return Resource("command", text, (("unless", text), ("run", ":")))


def _told(answers: Description, item: Item) -> bool | None:
    if item.if_told and _answer(answers, item.if_told) is not True:
        return None
    return _answer(answers, item.holds)


def _answer(answers: Description, text: str) -> bool | None:
    found = answers.get(("command", text))
    if found is None or found.get("done") not in {"yes", "no"}:
        return None
    return found.get("done") == "yes"


def _worst(wrong: Sequence[Item], untold: Sequence[Item]) -> Rag:
    """Red before amber before grey: what is known to be wrong outweighs what is not known."""
    for rag in (Rag.RED, Rag.AMBER):
        if any(item.rag is rag for item in wrong):
            return rag
    return Rag.GREY if untold else Rag.GREEN
