"""What a target is: one reader as a function of bytes, good examples to begin from, and its bounds.

A target returns, or raises an error of `trustctl.errors`: that is how a reader says that it does not understand. Any
other exception is a finding, and so are an answer that breaks the reader's promise and one that takes too long.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from trustctl.errors import TrustctlError

ROOT = Path(__file__).parents[2]
STRETCHED = 65_536
"""Bytes to which an input is repeated for its time to be measured: what grows with the square shows at this size."""
SECONDS = 5.0
"""Of processor time, for an input of that size: the machine may be busy with other things."""
_SEED = 16_000


class BrokenPromiseError(Exception):
    """A reader returned, and what it returned is not what it promises."""


class TooSlowError(Exception):
    """A reader took longer than its bound."""


@dataclass(frozen=True)
class Target:
    """One reader. `text`: its inputs are lines of words, which are mutated as such."""

    name: str
    run: Callable[[bytes], object]
    seeds: Callable[[], Iterator[bytes]]
    text: bool = True
    seconds: float = SECONDS
    stretch: bool = True
    """Whether a long input makes sense; not where each byte is a request on a socket."""

    def __call__(self, data: bytes) -> None:
        """Read; an error of ours is an answer, everything else is a finding."""
        with suppress(TrustctlError):
            self.run(data)

    def stretched(self, data: bytes) -> None:
        """Read the input repeated to 64 KiB, within the bound of time."""
        if not data or not self.stretch:
            return
        began = time.process_time()
        self(data * (STRETCHED // len(data) + 1))
        took = time.process_time() - began
        if took > self.seconds:
            raise TooSlowError(f"{took:.1f} s for 64 KiB, more than {self.seconds:g}")


def hold(promise: bool, what: str) -> None:  # noqa: FBT001 - as `assert`, which Python can be told to leave out
    """Raise BrokenPromiseError unless the promise holds."""
    if not promise:
        raise BrokenPromiseError(what)


def text_of(data: bytes) -> str:
    """What a caller that must not fail makes of bytes."""
    return data.decode("utf-8", "replace")


@cache
def scratch() -> Path:
    """A folder for files that a reader opens by name; one a process."""
    held = tempfile.TemporaryDirectory(prefix="trustctl-fuzz-")
    _HELD.append(held)
    return Path(held.name)


_HELD: list[tempfile.TemporaryDirectory[str]] = []
"""Removed when the process ends."""


def file(data: bytes, name: str) -> Path:
    """A private file with these bytes."""
    path = scratch() / name
    path.parent.mkdir(exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(data)
    return path


def files(*patterns: str) -> Callable[[], Iterator[bytes]]:
    """Seeds: files of this repository."""

    def seeds() -> Iterator[bytes]:
        for pattern in patterns:
            for path in sorted(ROOT.glob(pattern)):
                yield path.read_bytes()[:_SEED]

    return seeds


def said(*texts: bytes) -> Callable[[], Iterator[bytes]]:
    """Seeds: these texts."""
    return lambda: iter(texts)


def chosen(number: int, seeds: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    """Seeds of one of several readers that share a target: the first byte chooses."""
    return (bytes([number]) + seed for seed in seeds())
