"""How text is mutated: bytes alone hardly ever make a line that a reader knows.

Half of the inputs are mutated by libFuzzer as bytes, half as lines: repeated, swapped, nested, cut off, spliced with
words and lines of the seeds, or with what has broken readers before.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

_WORD = re.compile(rb"[A-Za-z][\w.-]{2,30}")
_MOST_WORDS = 400
_MOST_LINES = 2000
_STRANGE = (
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\t",
    b"\0",
    b"\x03",
    b"\x08",
    b"\x1b[2J",
    b"\x1b]52;c;QQ==\x07",
    b"\x7f",
    b"\x85",
    b"\xff",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\xe2\x80\xae",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\xd9\xa3",
    b"\xc2\xb2",
    b"\\u0000",
    b"\\ud800",
    b"9" * 5000,
    b"-1",
    b"1e999",
    b"NaN",
    b"0x7f",
    b"1-4094",
    b"1-",
    b"1,,2",
    b"[" * 60,
    b"{" * 60,
    b'"',
    b"'",
    b"\\",
    b"&a *a",
    b"!!python/name:os.system",
    b"<<: *x",
    b"{{ x }}",
    b"{% raw %}",
    b"^C",
    b"banner motd ^",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b"...",
    b"---\n",
    b"!",
    b"exit",
    b"end",
    b"no ",
    b"default ",
)


class Mutator:
    """Mutates texts by the words and the lines of the seeds. `again` is libFuzzer's own way with bytes."""

    def __init__(self, seeds: Iterable[bytes], again: Callable[[bytes, int], bytes]) -> None:
        texts = list(seeds)
        counted = Counter(word for text in texts for word in _WORD.findall(text))
        self.words: Sequence[bytes] = [word for word, _ in counted.most_common(_MOST_WORDS)] or [b"a"]
        self._lines = sorted({line for text in texts for line in text.split(b"\n")})[:_MOST_LINES] or [b""]
        self._again = again

    def __call__(self, data: bytes, most: int, seed: int) -> bytes:
        """One input made of another, at most `most` bytes long."""
        dice = random.Random(seed)  # noqa: S311 - libFuzzer's own choice, which it can repeat
        if dice.random() < 0.5:  # noqa: PLR2004 - half of them
            return self._again(data, most)
        lines = data.split(b"\n")
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(lines))
            dice.choice(_WAYS)(self, dice, lines, at)
            lines = lines or [b""]
        return b"\n".join(lines)[:most]

    def _insert(self, dice: random.Random, lines: list[bytes], at: int) -> None:
        lines.insert(at, dice.choice(self._lines))

    def _repeat(self, dice: random.Random, lines: list[bytes], at: int) -> None:
        lines[at:at] = [lines[at]] * dice.randint(1, 3)

    def _drop(self, dice: random.Random, lines: list[bytes], at: int) -> None:
        del lines[at : at + dice.randint(1, 3)]

    def _swap(self, dice: random.Random, lines: list[bytes], at: int) -> None:
        other = dice.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]

    def _indent(self, dice: random.Random, lines: list[bytes], at: int) -> None:
        line = lines[at]
        lines[at] = line[1:] if line[:1] == b" " and dice.random() < 0.5 else b" " * dice.randint(1, 4) + line  # noqa: PLR2004 - half

    def _word(self, dice: random.Random, lines: list[bytes], at: int) -> None:
        words = lines[at].split(b" ")
        where = dice.randrange(len(words))
        words[where : where + dice.randint(0, 1)] = [dice.choice(self.words)]
        lines[at] = b" ".join(words)

    def _strange(self, dice: random.Random, lines: list[bytes], at: int) -> None:
        where = dice.randint(0, len(lines[at]))
        lines[at] = lines[at][:where] + dice.choice(_STRANGE) + lines[at][where:]

    def _cut(self, dice: random.Random, lines: list[bytes], at: int) -> None:
        lines[at] = lines[at][: dice.randint(0, len(lines[at]))]


_WAYS = (
    Mutator._insert,  # noqa: SLF001 - the class's own ways
    Mutator._repeat,  # noqa: SLF001 - as above
    Mutator._drop,  # noqa: SLF001 - as above
    Mutator._swap,  # noqa: SLF001 - as above
    Mutator._indent,  # noqa: SLF001 - as above
    Mutator._word,  # noqa: SLF001 - as above
    Mutator._word,  # noqa: SLF001 - twice as often as the others
    Mutator._strange,  # noqa: SLF001 - as above
    Mutator._cut,  # noqa: SLF001 - as above
)
