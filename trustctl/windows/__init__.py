"""The meaning of a Windows host: what its resources shall be, what they are, and what to do about the difference.

Ansible reads and sets (`roles/*/library`); what is compared, shown and refused is decided here, in Python that a test
can call. The action plugins of the roles hand their work to `action`, the engine reads hosts in the form of `text`.
Nothing here does I/O, and nothing imports Ansible. Importing the package makes every type known (`TYPES`); the files
of `types` therefore import from the files here, never from the package.
"""

from __future__ import annotations

from trustctl.windows import types
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import TYPES, Difference, ResourceType, difference
from trustctl.windows.text import Resource, parse, text_lines, write
from trustctl.windows.values import Value, Values

__all__ = [
    "TYPES",
    "Difference",
    "Kind",
    "Property",
    "Resource",
    "ResourceType",
    "Value",
    "Values",
    "difference",
    "parse",
    "text_lines",
    "types",
    "write",
]
