"""The meaning of a Linux host: what it shall have, what it has, what to do about the difference, and the way back.

A host is described by one text (`description`). `compare` finds what differs between what is wanted and what is there,
`changes` says it to a person; the way back is made from what was observed. Nothing here does I/O.
"""

from __future__ import annotations

from trustctl.hosts.changes import changes, key_of
from trustctl.hosts.compare import Comparison, Difference, compare, differing, fresh, way_back
from trustctl.hosts.description import Description, Key, Resource, Topic, parse, text_lines, write
from trustctl.hosts.reading import between, digest, masked, named, observed, without_lasting
from trustctl.hosts.secretlines import SecretVerifier, spread

__all__ = [
    "Comparison",
    "Description",
    "Difference",
    "Key",
    "Resource",
    "SecretVerifier",
    "Topic",
    "between",
    "changes",
    "compare",
    "differing",
    "digest",
    "fresh",
    "key_of",
    "masked",
    "named",
    "observed",
    "parse",
    "spread",
    "text_lines",
    "way_back",
    "without_lasting",
    "write",
]
