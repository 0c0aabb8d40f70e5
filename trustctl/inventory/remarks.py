"""What is lawful in an inventory and all the same not what somebody will have meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trustctl.model.origin import Place
from trustctl.model.school import School, Trust


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a person should look at; the inventory holds."""

    text: str
    remedy: str
    place: Place | None


def remarks(trust: Trust) -> tuple[Remark, ...]:
    """Every remark once, however many schools it is true of."""
    asked = (_without_sudo, _unseen)
    found = (remark for ask in asked for school in trust.schools.values() for remark in ask(school))
    return tuple(dict.fromkeys(found))


def _unseen(school: School) -> Iterator[Remark]:
    """Servers whose system nobody has seen work."""
    for host in school.hosts.values():
        if host.system.caution:
            yield Remark(
                f"{host.name}: {host.system.caution}",
                "Try it on a server that nobody needs, and read its whole plan.",
                host.origin.place if host.origin else None,
            )


def _without_sudo(school: School) -> Iterator[Remark]:
    """Administrators who can sign in to servers by key and do nothing there: sudo asks for a password."""
    people = school.linux.administrators if school.linux and school.hosts else ()
    for person in people:
        if person.password is None:
            origin = school.origin(f"linux.administrators.{person.name}")
            yield Remark(
                f"{person.name} signs in to servers by key and cannot use sudo there, which asks for a password",
                "Give `password`, a reference to the secret store, or set one on each server by the break-glass "
                f"account: sudo passwd {person.name}.",
                origin.place if origin else None,
            )
