"""The injection corpus: strings that try to become something else than text, as data in `corpus/`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

_FOLDER = Path(__file__).parent / "corpus"
_TIMES = re.compile(r'(".*") \* ([0-9]+)')


@dataclass(frozen=True, slots=True)
class Hostile:
    """One string and its class."""

    kind: str
    text: str

    @property
    def plain(self) -> bool:
        """Whether it is one line of printable ASCII: the only text that a device may ever be sent."""
        return bool(self.text) and all(" " <= char <= "~" for char in self.text)


def _strings(path: Path) -> Iterator[Hostile]:
    file = cast("dict[str, str]", yaml.safe_load(path.read_text("ascii")))
    for line in file["strings"].splitlines():
        many = _TIMES.fullmatch(line)
        text = cast("str", json.loads(many[1] if many else line))
        yield Hostile(file["class"], text * int(many[2]) if many else text)


CORPUS = tuple(one for path in sorted(_FOLDER.glob("*.yml")) for one in _strings(path))
CLASSES = {kind: tuple(one for one in CORPUS if one.kind == kind) for kind in sorted({one.kind for one in CORPUS})}


def sample(every: int) -> tuple[Hostile, ...]:
    """Some of each class: each `every`-th, and always the first."""
    return tuple(one for strings in CLASSES.values() for one in strings[::every])
