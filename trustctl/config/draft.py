"""A section while it is merged: copied at the first difference, so that what does not move stays shared."""

from __future__ import annotations

from dataclasses import dataclass

from trustctl.config.statement import Key, Section, Statement
from trustctl.errors import RenderError


@dataclass(slots=True)
class Draft:
    """What a section of the target becomes: the observed one itself until something in it differs."""

    old: Section
    new: Section | None = None

    def edit(self) -> Section:
        """Return the section that may be changed: a copy of the observed one, made at the first call."""
        if self.new is None:
            old = self.old
            self.new = Section(
                rule=old.rule,
                path=old.path,
                captures=old.captures,
                statements=dict(old.statements),
                ordered=old.ordered,
                sections=dict(old.sections),
                unknown=old.unknown,
                origin=old.origin,
            )
        return self.new

    def put(self, statement: Statement) -> None:
        """Set a statement; a secret that is not a reference is refused with a RenderError: no plan may hold one."""
        if statement.origin is not None and any(secret.name == "" for secret in statement.secrets):
            raise RenderError(
                f"the intended line `{statement.line}` holds a secret itself",
                where=str(statement.origin.template),
                remedy="Name the secret by a reference, `<secret:name>`, and keep its value in the secret store.",
            )
        self.edit().statements[statement.key] = statement

    def drop(self, key: Key) -> None:
        """Take a statement out, if it is there."""
        self.edit().statements.pop(key, None)

    @property
    def result(self) -> Section:
        """The section as it stands: the observed one itself if nothing was changed."""
        return self.new or self.old
