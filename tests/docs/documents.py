"""What the documentation says, taken apart: its commands, links, files, and what the README takes from the tool.

`python tests/docs/documents.py` writes the README's excerpt and table anew from the tool's own output.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import sys
import tempfile
from contextlib import chdir, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from trustctl.cli.main import outcome
from trustctl.lab.makes import known
from trustctl.platforms.support import support
from trustctl.report.support import markdown

ROOT = Path(__file__).parents[2]
PAGES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "inventory" / "README.md",
    ROOT / "trustctl" / "cli" / "scaffold" / "README.md",
)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WORDS = re.compile(r"(<!-- from: trustctl plan elder --captured -->\n```text\n)(.*?)(^```$)", re.MULTILINE | re.DOTALL)
_EXCERPT = re.compile(r"(<!-- from: trustctl plan ash --captured -->\n```text\n)(.*?)(^```$)", re.MULTILINE | re.DOTALL)
_TABLE = re.compile(r"(<!-- from: trustctl platform list -->\n)(.*?)(^<!-- end -->$)", re.MULTILINE | re.DOTALL)
_END = {"|", ">", ">>", "&&", ";", "<"}
_TOPICS = ("NTP", "Spanning tree")


def commands(page: Path) -> list[str]:
    """Every `trustctl VERB ...` that the page tells its reader to type, comments and what follows a pipe left out."""
    text = page.read_text(encoding="utf-8")
    prose = _FENCE.sub("", text)
    typed = [line[4:] for line in prose.split("\n") if line.startswith("    ")]
    typed += [
        part for language, body in _FENCE.findall(text) if language in {"", "sh", "bash"} for part in body.split("\n")
    ]
    typed += [" ".join(span.split()) for span in re.findall(r"`(trustctl [^`]+)`", prose)]
    found: list[str] = []
    for line in typed:
        for part in re.split(r"\s&&\s", line.strip()):
            if part.startswith("trustctl "):
                words = shlex.split(part, comments=True)
                cut = next((index for index, word in enumerate(words) if word in _END), len(words))
                found.append(shlex.join(words[1:cut]))
    return found


def links(page: Path) -> list[str]:
    """Targets of the page's links to other files, with their anchors."""
    found = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    return [target for target in found if "://" not in target]


def anchors(page: Path) -> set[str]:
    """Anchors of the page's headings, as code hosts make them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def named_files(page: Path) -> dict[str, str]:
    """The examples of a page that stand for files, by path."""
    return dict(_NAMED.findall(page.read_text(encoding="utf-8")))


def said_excerpt() -> str:
    """The excerpt that stands in the README."""
    match = _EXCERPT.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert match is not None
    return match[2]


def true_excerpt(folder: Path) -> str:
    """The same from what the tool prints now, `...` for what is cut. `folder` gets a copy of the inventory."""
    shutil.copytree(ROOT / "inventory", folder / "inventory")
    out = io.StringIO()
    with chdir(folder), redirect_stdout(out), patch.dict(os.environ, {"COLUMNS": "100"}):
        code = outcome(["plan", "ash", "--captured"])
    assert code == 0, out.getvalue()
    return cut(out.getvalue())


def said_words() -> str:
    """One VLAN in three makes' words, as it stands in the README."""
    match = _WORDS.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert match is not None
    return match[2]


def true_words(folder: Path) -> str:
    """The same from what the tool prints now: elder's new staff VLAN on its core and on two cabinets."""
    shutil.copytree(ROOT / "inventory", folder / "inventory")
    out = io.StringIO()
    with chdir(folder), redirect_stdout(out), patch.dict(os.environ, {"COLUMNS": "100"}):
        code = outcome(["plan", "elder", "--captured", "--limit", "eld-sw-core-01,eld-sw-art-01,eld-sw-lib-01"])
    assert code == 0, out.getvalue()
    topic = out.getvalue().split("\nVLANs  ", 1)[1].split("\n\nSNMP", 1)[0]
    found = [
        f"  {device[1]}\n{change[0].rstrip()}"
        for device in re.finditer(r"^  (eld-\S+)\n((?:    .*\n)+)", topic + "\n", re.MULTILINE)
        for change in [re.search(r"^    \+ VLAN 30: new.*\n(?:      .*\n)*", device[2], re.MULTILINE)]
        if change is not None
    ]
    return "\n...\n".join(found) + "\n"


def said_table() -> str:
    """The support table that stands in the README."""
    match = _TABLE.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert match is not None
    return match[2]


def true_table() -> str:
    """The support table of the platforms that lie in this repository."""
    return markdown(support([ROOT / "templates"], known()))


def cut(text: str) -> str:
    """Head without its notes and tables, the first four risks, two topics and what is left alone.

    Before: the whole plan.    After: six parts with a line `...` between.
    """
    parts = [[line.rstrip() for line in part.split("\n")] for part in re.split(r"\n(?=\S)", text)]
    head = [line for line in parts[0] if line]
    notes = next(
        (index for index, line in enumerate(head) if line.startswith(("  note:", "  past its day:"))), len(head)
    )
    kept = [[head[0], "", *head[1:notes]]]
    for part in parts[1:]:
        body = [line for index, line in enumerate(part) if line or index < len(part) - 1]
        if part[0] == "Take care":
            starts = [index for index, line in enumerate(body) if line.startswith(("  high ", "  medium ", "  low "))]
            kept.append(body[: starts[4]])
        elif part[0].split("  ")[0] in {*_TOPICS, "Left alone"}:
            kept.append(body)
    return "\n...\n".join("\n".join(part).rstrip() for part in kept) + "\n"


def write_excerpt() -> None:
    """Put the true excerpt and the support table into the README."""
    page = ROOT / "README.md"
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        excerpt, words = true_excerpt(Path(folder)), true_words(Path(other))
    text = _EXCERPT.sub(lambda match: match[1] + excerpt + match[3], page.read_text(encoding="utf-8"))
    text = _WORDS.sub(lambda match: match[1] + words + match[3], text)
    page.write_text(_TABLE.sub(lambda match: match[1] + true_table() + match[3], text), encoding="utf-8")


if __name__ == "__main__":
    write_excerpt()
    sys.exit(0)
