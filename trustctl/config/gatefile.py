"""The `gate:` of a rulebook as a `Gate`, checked strictly.

The platform's own files say everything; a trust's further files may add to the deny-list and take nothing away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from trustctl.config.entry import Entry
from trustctl.config.lines import Gate, Guarded, commands_expression
from trustctl.errors import RulebookError

_ADDABLE = ("denied", "denied_negated", "note")
_KEYS = (*_ADDABLE, "negations", "comments", "redirections", "free_text", "shown", "banner", "delimiters", "guarded")
_NEEDED = ("denied", "denied_negated", "negations", "comments", "redirections", "banner", "delimiters")
_GUARDED_KEYS = ("line", "flag", "section", "first", "having", "without", "account", "level", "enable", "note")
_COMMAND = re.compile(r"[a-z0-9][a-z0-9.-]*(?:\|[a-z0-9-]+)?(?: [a-z0-9][a-z0-9.-]*(?:\|[a-z0-9-]+|/)?)*")


@dataclass(slots=True)
class GateParts:
    """What the files said about the gate so far."""

    denied: list[str] = field(default_factory=list[str])
    negated: list[str] = field(default_factory=list[str])
    negations: tuple[str, ...] = ()
    comments: str = ""
    redirections: str = ""
    free_text: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    banner: re.Pattern[str] | None = None
    delimiters: str = ""
    guarded: list[Guarded] = field(default_factory=list[Guarded])

    def read(self, entry: Entry, references: list[tuple[str, str]], *, own: bool) -> None:
        """Add what one file says; `own`: it is the platform's own file. Raises RulebookError."""
        entry.only(_KEYS)
        self.denied += _commands(entry, "denied")
        self.negated += _commands(entry, "denied_negated")
        if own:
            self._read_own(entry, references)
            return
        for key in entry.values:
            if key not in _ADDABLE:
                raise entry.error(
                    key,
                    f"a trust's own rule file, or a platform that extends another, cannot change `{key}` of the gate",
                    "It may add to `denied` and `denied_negated`.",
                )

    def _read_own(self, entry: Entry, references: list[tuple[str, str]]) -> None:
        if self.banner is not None:
            raise entry.error(None, "the gate of the platform stands in another file already")
        for key in _NEEDED:
            if not entry.values.get(key):
                raise entry.error(None, f"the gate has no `{key}`", "Without it lines would pass that nobody judged.")
        self.negations = entry.texts("negations")
        self.comments = entry.text("comments")
        self.redirections = entry.text("redirections")
        self.free_text = entry.texts("free_text")
        self.shown = entry.texts("shown")
        for key, texts in (("free_text", self.free_text), ("shown", self.shown)):
            for text in texts:
                entry.expression(key, text)
        self.banner = entry.expression("banner", entry.text("banner"))
        if "delimiter" not in self.banner.groupindex:
            raise entry.error("banner", "the expression has no group `delimiter`")
        self.delimiters = entry.text("delimiters")
        for _, item in entry.entries("guarded"):
            self.guarded.append(_guarded(item, references))

    def assemble(self, folder: Path, longest: int) -> Gate:
        """The gate for lines of `longest` characters; raises RulebookError if no file said what may never be sent."""
        if self.banner is None:
            raise RulebookError(
                "the platform has no deny-list",
                where=str(folder),
                remedy="Write `gate:` with what must never be sent into its rulebook; docs/platforms.md says how.",
            )
        gate = Gate(
            denied=commands_expression(self.denied, self.negations, optional=True),
            negated=commands_expression(self.negated, self.negations, optional=False),
            comments=self.comments,
            redirections=self.redirections,
            free_text=_any(self.free_text),
            shown=_any(self.shown),
            banner=self.banner,
            delimiters=self.delimiters,
            longest=longest,
            guarded=tuple(self.guarded),
        )
        for guarded in self.guarded:
            if gate.negated.fullmatch(guarded.line) is None:
                raise RulebookError(
                    f"the guarded command `{guarded.line}` is not on the deny-list",
                    where=str(folder),
                    remedy="List it under `denied_negated`; what is guarded is an exception from there.",
                )
        return gate


def _any(texts: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f" *(?:{text})" for text in texts) or r"(?!)")


def _commands(entry: Entry, key: str) -> list[str]:
    commands = list(entry.texts(key))
    for command in commands:
        if _COMMAND.fullmatch(command) is None:
            raise entry.error(
                key,
                f"{command!r} is not a command",
                "Write small letters; `|` after the shortest abbreviation: `rel|oad`.",
            )
    return commands


def _guarded(entry: Entry, references: list[tuple[str, str]]) -> Guarded:
    entry.only(_GUARDED_KEYS)
    for key in ("line", "flag", "section", "having", "account", "level"):
        if not entry.values.get(key):
            raise entry.error(None, f"a guarded command needs `{key}`")
    for key in ("flag", "section", "account", "enable"):
        place = entry.document.place((*entry.path, key)) if entry.values.get(key) else entry.place
        references.extend((name, f"{place}:{place.column}") for name in entry.texts(key))
    return Guarded(
        line=entry.text("line"),
        flag=entry.text("flag"),
        section=entry.text("section"),
        first=entry.number("first", 1),
        having=entry.texts("having"),
        without=entry.texts("without"),
        account=entry.text("account"),
        level=entry.text("level"),
        enable=entry.texts("enable"),
    )
