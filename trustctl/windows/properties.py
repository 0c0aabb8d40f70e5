"""What one property of a resource is, so that two values of it can be compared as Windows would compare them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the values of a property are told apart."""

    TEXT = "text"
    """As it stands."""
    NAME = "name"
    """Windows knows no case in it: names of adapters, groups, features."""
    PATH = "path"
    """A folder or file: no case, either slash, no slash at its end."""
    MAC = "mac"
    """A hardware address, however it is written.  Before: `00-15-5d-01-02-03`.  After: `00155D010203`."""
    NUMBER = "number"
    FLAG = "flag"
    """Yes or no."""
    NAMES = "names"
    """A set of names: neither order nor case means anything."""
    NUMBERS = "numbers"
    """A set of numbers."""
    LIST = "list"
    """Texts whose order means something: DNS servers, boot order."""
    RECORD = "record"
    """Properties of its own."""
    RECORDS = "records"
    """Several of these, told apart by one property (`Property.key`); their order means nothing."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a resource, by the name that the module's option has."""

    name: str
    kind: Kind = Kind.TEXT
    of: tuple[Property, ...] = ()
    """Of a record, or of each record."""
    key: str = ""
    """Of records: the property by which one is told from another; each record has it."""
    required: bool = False
    """Of a property within records: whoever asks for a record says it, as its key."""
    exact: bool = False
    """Of a set or of records: what is there and not wanted is taken away. Else it is left alone."""
    stays: bool = False
    """Of a set or of records: nothing is ever taken out of it, on the way back neither: the disks of a machine."""
    fixed: bool = False
    """It is given when the resource (or the record that it is in) is made, and can never be changed: a difference is
    refused."""
    restart: bool = False
    """A change of it takes effect, or shows, only after a restart of Windows."""
    secret: bool = False
    """Its value is never shown, and never compared: it is sent only along with another change."""
    choices: tuple[str, ...] = ()
    """Of a text, name, set of names or list: the only words it may have, however their letters' case is."""
