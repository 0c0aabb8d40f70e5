"""Text stays text: each string of the corpus is refused at its line, or reaches the switch as one line as it is."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import pytest
from engineer import Engineer
from field import Field
from strings import CLASSES
from strings import CORPUS as STRINGS

from trustctl.plan.files import load

SWITCH = "oak-sw-b1-01"
FIELDS = {
    # the hostname comes first, as it adds a line
    "hostname": ("schools/oak/switches.yml", "    position: 2  ", "    position: 2\n    hostname: "),
    "description": ("schools/oak/switches.yml", "description: Front doors", "description: "),
    "location": ("schools/oak/switches.yml", 'location: "Block B, floor 1, cabinet 1"', "location: "),
    "contact": ("trust.yml", "contact: IT service desk, it@kestrelvale.example", "contact: "),
    "banner": ("trust.yml", "    Leave now if you are not one of them.", ""),
    "VLAN name": ("baseline/vlans.yml", "name: DOORS,        title", "name: "),
    "SSID": ("baseline/wireless.yml", "{name: trust-staff", "{name: "),
    "override reason": ("schools/ash/school.yml", "reason: 1,150 pupils with a tablet each.", "reason: "),
}
"""Every kind of free text: file, what stands there in the example, and the key before the string."""
CORPUS = tuple((one.kind, one.text) for one in STRINGS)
_PROBLEM = re.compile(r"^inventory/(\S+?):(\d+):\d+: error\[([a-z0-9_]+)\]", re.MULTILINE)
_LONGEST_SAID = 20_000
QUICK = CORPUS[::8]


def _plant(engineer: Engineer, text: str, fields: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Write one string into these fields; file and line of each."""
    places: dict[str, tuple[str, int]] = {}
    quoted = json.dumps(text)
    for name in fields:
        file, old, key = FIELDS[name]
        if name == "banner":
            block = (engineer.inventory / file).read_text(encoding="utf-8")
            start = block.index("  banner: |")
            end = block.index("  spanning_tree_mode", start)
            new = f"  banner: {json.dumps(f'A line.{chr(10)}{text}{chr(10)}The end.')}\n"
            line = engineer.edit(file, block[start:end], new)
        else:
            tail = ", title" if name == "VLAN name" else ""
            line = engineer.edit(file, old, f"{key}{quoted}{tail}") + key.count("\n")
        places[name] = (file, line)
    return places


def _harmless(said: str) -> bool:
    """Whether nothing in a screen's text can act on a terminal or reorder it."""
    return not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char != "\n" for char in said)


def _judge(engineer: Engineer, text: str) -> set[str]:
    """Put a string into every field at once; the fields that take it. Everything refused is named with its line."""
    originals = {file: (engineer.inventory / file).read_bytes() for file, _, _ in FIELDS.values()}
    places = _plant(engineer, text, list(FIELDS))
    done = engineer.call("validate")
    for file, content in originals.items():
        (engineer.inventory / file).write_bytes(content)
    assert done.code in {0, 1}, str(done)
    assert "fault of its own" not in done.err
    said = done.out + done.err
    assert _harmless(said), ascii(said)
    assert len(said) < _LONGEST_SAID
    problems = [(match[1], int(match[2]), match[3]) for match in _PROBLEM.finditer(done.err)]
    unread = {file for file, _, code in problems if code.startswith("yaml_")}
    refused = {name for name, place in places.items() if place in {(file, line) for file, line, _ in problems}}
    refused |= {name for name, (file, _) in places.items() if file in unread}
    assert bool(refused) == (done.code == 1), str(done)
    return set(FIELDS) - refused


def _not_a_line(text: str) -> bool:
    return not all(" " <= char <= "~" for char in text) or not text


def test_what_is_no_plain_line_is_refused_in_every_field(engineer: Engineer) -> None:
    """A sample of all classes: refused with file and line, or taken as printable text; the screen stays harmless."""
    for _, text in QUICK:
        taken = _judge(engineer, text)
        if _not_a_line(text):
            assert not taken & {"description", "hostname", "VLAN name", "SSID", "contact"}, (ascii(text[:80]), taken)


@pytest.mark.long
def test_the_whole_corpus_is_refused_or_plain(engineer: Engineer) -> None:
    """The same for every string of the corpus."""
    for _, text in CORPUS:
        taken = _judge(engineer, text)
        if _not_a_line(text):
            assert not taken & {"description", "hostname", "VLAN name", "SSID", "contact"}, (ascii(text[:80]), taken)


def _descriptions(engineer: Engineer, texts: Sequence[str]) -> list[str]:
    """Those of the texts that a port description takes, in order."""
    taken: list[str] = []
    for text in texts:
        original = (engineer.inventory / "schools/oak/switches.yml").read_bytes()
        _plant(engineer, text, ["description"])
        if engineer.call("validate").code == 0:
            taken.append(text)
        (engineer.inventory / "schools/oak/switches.yml").write_bytes(original)
    return taken


def _chunks(texts: Sequence[str], size: int) -> Iterator[list[str]]:
    rest = iter(texts)
    while chunk := list(islice(rest, size)):
        yield chunk


def _apply_and_compare(engineer: Engineer, site: Field, texts: Sequence[str]) -> None:
    """Carry out a plan with these descriptions; the switch was sent the planned lines and holds the texts."""
    path = engineer.inventory / "schools/oak/switches.yml"
    original = path.read_bytes()
    ports = "\n".join(
        f"      - {{ports: 1/0/{number}, profile: student, description: {json.dumps(text)}}}"
        for number, text in enumerate(texts, start=5)
    )
    rest = f"\n      - {{ports: 1/0/{5 + len(texts)}-12, profile: student}}" if len(texts) < 8 else ""
    engineer.edit("schools/oak/switches.yml", "      - {ports: 1/0/5-12, profile: student}", ports + rest)
    some, dial = ("oak", "--limit", SWITCH), ("--endpoints", site.endpoints)
    plan = engineer.repository / "plan.json"
    for form in ("text", "markdown", "html"):
        done = engineer.call("plan", *some, *dial, "--format", form, "--out", plan)
        assert done.code == 0, str(done)
        assert _harmless(done.out), form
        assert form != "html" or not re.search(r"<(script|img|svg|iframe)\b", done.out)
    device = load(plan).devices[0]
    site.configured(SWITCH)
    applied = engineer.run("apply", plan, "--yes", *dial)
    assert applied.code == 0, str(applied)
    assert [entry.line for entry in site.configured(SWITCH)] == [*device.commands, "end"]
    held = site.lab.running(SWITCH)
    assert [text for text in texts if f"\n description {text}\n" not in held] == []
    path.write_bytes(original)


HOSTILE = [
    text for name in ("command line keys", "forbidden commands", "quotes and comments", "YAML", "paths")
    for text in (one.text for one in CLASSES[name]) if not _not_a_line(text)
]  # fmt: skip


def test_text_that_is_taken_reaches_the_switch_as_it_is(open_site: Callable[..., tuple[Engineer, Field]]) -> None:
    """Eight texts that look like commands are descriptions there; the switch was sent the planned lines only."""
    engineer, site = open_site("oak")
    texts = _descriptions(engineer, HOSTILE[::9])[:8]
    assert len(texts) >= 3
    _apply_and_compare(engineer, site, texts)


@pytest.mark.long
def test_all_text_that_is_taken_reaches_the_switch_as_it_is(open_site: Callable[..., tuple[Engineer, Field]]) -> None:
    """The same for every string of the corpus that a description takes."""
    engineer, site = open_site("oak")
    for texts in _chunks(_descriptions(engineer, [text for _, text in CORPUS]), 8):
        _apply_and_compare(engineer, site, texts)


def test_a_report_of_hostile_words_stays_text(engineer: Engineer) -> None:
    """A device's own texts (a capture is anybody's) cannot act in the HTML page or on the terminal."""
    capture = engineer.inventory / "schools" / "elm" / "captured" / "elm-sw-ks2-01.cfg"
    text = capture.read_text(encoding="utf-8")
    at = text.index("\ninterface GigabitEthernet1/0/1\n") + len("\ninterface GigabitEthernet1/0/1\n")
    evil = " description <script>alert(1)</script> \x1b]52;c;eA==\x07 \u202eabc ::error::x\n"
    body = re.sub(r"^ description .*\n", "", text[at:], count=1)
    capture.write_text(text[:at] + evil + body, encoding="utf-8")
    for form in ("text", "markdown", "html"):
        done = engineer.call("plan", "elm", "--captured", "--format", form, "--view", "full", "--undo")
        assert done.code == 0, str(done)
        assert _harmless(done.out), form
        assert form == "markdown" or "alert" in done.out, form
        assert form == "text" or "<script>alert" not in done.out, form
        assert not re.search(r"^\s*::", done.out, re.MULTILINE), form
