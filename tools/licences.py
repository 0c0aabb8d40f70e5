"""Whether what a user installs may be given away together with trustctl, and is what it says it is.

Looks at the lock files, at `requirements/licences.yml` and at the installed packages' own metadata: every pinned
package has hashes, every part of the runtime has a licence that fits Apache-2.0 by a rule with a reason, and says of
itself what somebody read; so have the parts of the extra `windows`, but for those that run as a program of their own,
each with the reason. With `--sbom FILE` also whether that list of parts (CycloneDX) holds exactly what the lock
holds for this system.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import TypedDict

import yaml

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "requirements"
_PIN = re.compile(r"([A-Za-z0-9][\w.-]*)==([^\s;]+)(?: ; [^\\]+?)?(?: \\)?")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}( \\)?$")


class Known(TypedDict):
    """What licences.yml holds."""

    allowed: dict[str, str]
    parts: dict[str, dict[str, str]]
    windows: dict[str, dict[str, str]]


Locked = Mapping[str, tuple[str, int]]
"""Name -> version, number of hashes."""


def pins(text: str) -> dict[str, tuple[str, int]]:
    """Of a lock file: name -> version, and how many hashes it has. Raises ValueError at a line of another form."""
    found: dict[str, tuple[str, int]] = {}
    name = ""
    for line in text.splitlines():
        if pin := _PIN.fullmatch(line):
            name = pin[1]
            found[name] = (pin[2], 0)
        elif name and _HASH.fullmatch(line.strip()):
            version, hashes = found[name]
            found[name] = (version, hashes + 1)
        elif line.strip() and not line.lstrip().startswith("#"):
            raise ValueError(f"neither a pin nor a hash: {line}")
    return found


def known() -> Known:
    """What somebody has read and decided."""
    return yaml.safe_load((LOCKS / "licences.yml").read_text("utf-8"))


def fits(expression: str, allowed: Mapping[str, str]) -> bool:
    """Whether an SPDX expression (no parentheses) can be met by allowed licences: OR needs one side, AND needs all."""
    return any(all(part.strip() in allowed for part in side.split(" AND ")) for side in expression.split(" OR "))


def said(name: str) -> tuple[str, set[str]]:
    """An installed package's SPDX expression (or nothing), and its other words about its licence."""
    about = metadata.metadata(name)

    def values(key: str) -> list[str]:
        return about.get_all(key) or []

    words = {text.splitlines()[0].strip() for text in values("License") if text}
    words |= {line for line in values("Classifier") if line.startswith("License ::")}
    for file in metadata.files(name) or ():
        if "LICENSE" in file.name.upper() and not words:
            words.add(file.read_text(encoding="utf-8").splitlines()[0].strip())
    return next(iter(values("License-Expression")), ""), words


def unhashed(folder: Path) -> Iterator[str]:
    """Pinned packages of any lock file that have no hash."""
    for lock in sorted(folder.glob("*.txt")):
        for name, (version, hashes) in pins(lock.read_text("utf-8")).items():
            if not hashes:
                yield f"{lock.name}: {name}=={version} has no hash"


def misfits(read: Known, locked: Locked) -> Iterator[str]:
    """What is wrong with the licences of the runtime's parts."""
    parts = read["parts"]
    yield from (f"licences.yml: {name} is not in the runtime's lock any more" for name in sorted(parts.keys() - locked))
    for name in locked:
        yield from _misfit(name, parts.get(name), read["allowed"])


def misfits_of_extra(read: Known, locked: Locked, runtime: Locked) -> Iterator[str]:
    """What is wrong with the licences of what the extra adds. A program of its own (`process`) may have any."""
    parts, added = read["windows"], locked.keys() - runtime.keys()
    yield from (f"licences.yml: {name} is not in the extra's lock any more" for name in sorted(parts.keys() - added))
    for name in sorted(added):
        part = parts.get(name)
        yield from _misfit(name, part, {part["licence"]: ""} if part and part.get("process") else read["allowed"])


def _misfit(name: str, part: Mapping[str, str] | None, allowed: Mapping[str, str]) -> Iterator[str]:
    if part is None:
        yield f"{name}: nobody has said what its licence is (requirements/licences.yml)"
        return
    if not fits(part["licence"], allowed):
        yield f"{name}: {part['licence']} does not fit Apache-2.0, or nobody has said why it does"
    if not _is_here(part):
        return
    expression, words = said(name)
    if expression and expression != part["licence"]:
        yield f"{name}: its metadata says {expression}, licences.yml {part['licence']}"
    if not expression and part.get("says") not in words:
        yield f"{name}: its metadata says {sorted(words)}, licences.yml {part.get('says')!r}"


def unlisted(sbom: Path, read: Known, locked: Locked) -> Iterator[str]:
    """Where a list of parts and the lock differ on this system."""
    components = json.loads(sbom.read_text("utf-8"))["components"]
    listed = {re.sub(r"[-_.]+", "-", part["name"]).lower(): part["version"] for part in components}
    here = {name: version for name, (version, _) in locked.items() if _is_here(read["parts"].get(name, {}))}
    for name in sorted(listed.keys() | here):
        if listed.get(name) != here.get(name):
            yield f"{sbom.name}: {name} is {listed.get(name, 'not there')}, in the lock {here.get(name, 'not there')}"


def _is_here(part: Mapping[str, str]) -> bool:
    return part.get("only", sys.platform) == sys.platform


def main() -> int:
    """Print what is wrong; 0 if nothing is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sbom", type=Path)
    sbom: Path | None = parser.parse_args().sbom
    locked = pins((LOCKS / "runtime.txt").read_text("utf-8"))
    extra = pins((LOCKS / "windows.txt").read_text("utf-8"))
    wrong = [
        *unhashed(LOCKS),
        *misfits(known(), locked),
        *misfits_of_extra(known(), extra, locked),
        *(unlisted(sbom, known(), locked) if sbom else ()),
    ]
    for line in wrong:
        print(line, file=sys.stderr)
    if not wrong:
        print(
            f"{len(locked)} parts of the runtime: each with hashes and a licence that fits{'; listed' if sbom else ''}"
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
