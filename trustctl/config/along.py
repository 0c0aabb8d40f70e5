"""Sections that go with another: the access rules of a network that is deleted, which the device takes along.

A section rule with `goes_with` names the rules of those others. What is not said here would be missed when the device
is read back.
"""

from __future__ import annotations

from trustctl.config.statement import Section


def take_along(observed: Section, target: Section, intended: Section) -> None:
    """Take out of `target` (its changed sections are its own) what goes with what it no longer has."""
    gone = [section for header, section in observed.sections.items() if header not in target.sections]
    for header, section in list(target.sections.items()):
        if header not in intended.sections and any(
            other.rule.id in section.rule.goes_with and other.captures == section.captures for other in gone
        ):
            del target.sections[header]
