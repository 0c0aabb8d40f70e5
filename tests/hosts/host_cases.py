"""The cases of host descriptions: a folder each with what is wanted, what is there, and all that is said of it.

Run `python tests/hosts/host_cases.py CASE...` after a deliberate change of words or steps, and review the difference.
"""

from __future__ import annotations

import sys
from pathlib import Path

from trustctl.errors import TrustctlError
from trustctl.hosts import changes, compare, parse, text_lines, way_back

CASES = Path(__file__).parent / "cases"
_KEY = "-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\nYXQgYWxs\n-----END PRIVATE KEY-----\n"
"""As a store keeps it that was filled from a file: with the last line's end."""
_SECRETS = {"radius/key": "right-key", "local/breakglass": "glass", "tls/right": _KEY, "tls/other": _KEY}


class Store:
    """A secret store with two secrets."""

    def verify(self, name: str, encoding: str, device_value: str) -> bool | None:
        """Hashes are not told here: `$6$right` stands for the right password."""
        if encoding == "crypt":
            return device_value == "$6$right"
        return device_value == _SECRETS[name]

    def closed(self, name: str) -> bool:
        """It never is."""
        return False

    def missing(self, name: str) -> bool:
        """It never is."""
        return False


def said(case: Path) -> str:
    """What comparing the case says: each change with its lines, commands, flags and way back."""
    try:
        return "".join(f"{line}\n" for line in _told(case))
    except TrustctlError as error:
        return f"{error}\n"


def _told(case: Path) -> list[str]:
    want = parse(text_lines((case / "want.txt").read_text(encoding="utf-8")), "want.txt")
    have = parse(text_lines((case / "have.txt").read_text(encoding="utf-8")), "have.txt")
    store = None if (case / "no-store").exists() else Store()
    found = compare(want, have, store)
    lines: list[str] = []
    for change in changes(found.differences, want, have, lambda _one: (), {}):
        flags = " ".join(f"[{flag.rule} {flag.severity}: {flag.why}]" for flag in change.flags)
        lines.append(f"{change.kind.value} {change.topic}: {change.summary} {flags}".rstrip())
        lines += [f"    - {line}" for line in change.before]
        lines += [f"    + {line}" for line in change.after]
        lines += [f"    | {line}" for line in change.diff]
        lines += [f"    $ {line}" for line in change.commands]
        lines += [f"    undo $ {line}" for line in change.undo]
    lines += [f"not compared: {one.header}" for one in found.unsure]
    lines.append("the way back:")
    back = way_back(have, [one.step.key for one in found.differences if not one.because], want)
    lines += [f"    {line}" for step in back for line in step.lines]
    return lines


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(path.name for path in CASES.iterdir()):
        text = said(CASES / name)
        (CASES / name / "expected.txt").write_text(text, encoding="utf-8")
        sys.stdout.write(f"== {name}\n{text}")
