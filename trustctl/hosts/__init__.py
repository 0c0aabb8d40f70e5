"""The meaning of a Linux host: what it shall have, what it has, what to do about the difference, and the way back.

A host is described by one text (`description`). `differences` compares two of them; `changes` says the result to a
person; the way back is the same comparison from the target to what was observed. Nothing here does I/O.
"""

from __future__ import annotations

from trustctl.hosts.description import Description, Key, Resource, Topic, parse, text_lines, write

__all__ = ["Description", "Key", "Resource", "Topic", "parse", "text_lines", "write"]
