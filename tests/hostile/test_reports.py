"""Hostile words of devices and people in every report: they are shown, and nothing acts.

Each form is made once with harmless words and once with hostile ones in every text of a plan or a run: a page must have
the same elements and attributes, a comment the same blocks, a terminal or a log nothing that it obeys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from strings import CORPUS, Hostile, sample
from test_inventory import ORDERS, harmless

from trustctl.checks import Finding, Rag
from trustctl.cli.main import _say
from trustctl.errors import DeviceError
from trustctl.model.levels import Stage
from trustctl.model.origin import Layer, LineOrigin, Origin, Place
from trustctl.model.plan import (
    Action,
    Change,
    ChangeKind,
    DevicePlan,
    Flag,
    Plan,
    Rule,
    Severity,
    Tier,
    Untouched,
)
from trustctl.model.run import DeviceOutcome, Outcome, Run
from trustctl.report.audit import Audited, audit_text
from trustctl.report.drift import drift_text
from trustctl.report.html import plan_html
from trustctl.report.json import plan_json, run_document, to_json
from trustctl.report.markdown import plan_markdown
from trustctl.report.run import history_text, run_text
from trustctl.report.text import plan_text
from trustctl.report.view import TextOptions, View

NOW = datetime(2026, 11, 22, tzinfo=UTC)
_PLAIN = "harmless"


def _plan(word: str) -> Plan:
    """A plan in which every text that a device or a person can write is this word."""
    place = Place(word, 3)
    origin = LineOrigin(place, ((word, Origin(Layer.SCHOOL, place)), (word, Origin(Layer.TRUST, None, word))))
    flag = Flag(Rule.MGMT, Severity.HIGH, word)
    lines = (word, f" {word}")
    changes = tuple(
        Change(word, word, kind, (word,), lines, lines, lines, lines, (origin,), (flag,), (0, 1), diff=(f"-{word}",))
        for kind in ChangeKind
    )
    devices = tuple(
        DevicePlan(
            name=f"oak-sw-0{number}", school="oak", kind="switch", platform="cisco_ios", engine="network",
            stage=Stage.OWN, tier=Tier.A, action=action, reason=word, address=word, serial=word, observed_source=word,
            changes=changes if action is Action.CHANGE else (), commands=lines, undo=lines,
            untouched=(Untouched((word,), lines, word),), flags=(flag,), observed_lines=lines,
        )
        for number, action in enumerate((Action.CHANGE, Action.REFUSED, Action.UNREACHABLE))
    )  # fmt: skip
    return Plan(NOW, NOW, word, word, "0.1.0", devices, digest=f"sha256:{'0' * 64}", notes=(word,), overdue=(word,))


def _run(word: str) -> Run:
    ends = tuple(DeviceOutcome(f"oak-sw-{end}", end, word) for end in Outcome)
    return Run(word, word, NOW, NOW, word, ends)


def _audited(word: str) -> list[Audited]:
    findings = tuple(Finding(1, word, word, rag, (word,), (word,), word) for rag in Rag)
    return [Audited("oak-srv-01", "oak", word, findings), Audited("x", "oak", error=DeviceError(word, where=word))]


def _text(plan: Plan, titles: Mapping[str, str], view: View) -> str:
    return plan_text(plan, TextOptions(view=view, undo=True, origins=True, next_command="trustctl apply x"), titles)


SCREENS: Mapping[str, Callable[[str], str]] = {
    **{f"plan {view}": (lambda word, view=view: _text(_plan(word), {"oak": word}, view)) for view in View},
    "drift": lambda word: drift_text(_plan(word), {"oak": word}),
    "run": lambda word: run_text(_run(word)),
    "history": lambda word: history_text([_run(word)]),
    "audit": lambda word: audit_text(_audited(word)),
}
"""What is printed on a terminal, and in a pipeline's log."""


def _no_longer_than(one: Hostile) -> bool:
    return len(one.text) < 5_000


def _strings(every: int) -> list[Hostile]:
    """Some of each class; of those that act in pages and logs all."""
    some = set(sample(every))
    return [one for one in CORPUS if _no_longer_than(one) and one.text and (one.kind == "output" or one in some)]


@pytest.mark.parametrize("name", SCREENS)
def test_nothing_acts_on_a_screen_or_in_a_log(name: str) -> None:
    """No control, bidi or invisible character, no line that a pipeline takes for an order, the same number of parts."""
    for one in _strings(6):
        said = SCREENS[name](one.text)
        assert harmless(said), (one.kind, ascii(one.text))
        assert not ORDERS.search(said), (one.kind, ascii(one.text))


class _Elements(HTMLParser):
    """The elements of a page with their attributes, and nothing of its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, tuple(name for name, _ in attrs)))

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.found.append(("comment", (data,)))


def _elements(page: str) -> list[tuple[str, tuple[str, ...]]]:
    reader = _Elements()
    reader.feed(page)
    reader.close()
    return reader.found


def test_a_page_keeps_its_elements() -> None:
    """The page has the elements and attributes of the harmless one, a policy that lets nothing load, and no script."""
    usual = _elements(plan_html(_plan(_PLAIN), {"oak": _PLAIN}))
    assert usual
    for one in _strings(12):
        page = plan_html(_plan(one.text), {"oak": one.text})
        assert _elements(page) == usual, (one.kind, ascii(one.text))
        assert harmless(page), ascii(one.text)
        assert "default-src &#39;none&#39;" in page
        assert not re.search(r"<(?:script|img|svg|iframe|base|meta http-equiv=refresh)", page)


def _blocks(text: str) -> list[tuple[str, str]]:
    """The blocks and marks of a comment, as CommonMark with tables and HTML reads it; without their text."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    found: list[tuple[str, str]] = []
    for token in tokens:
        html = token.content if token.type == "html_block" else ""
        found.append((token.type, "".join(re.findall(r"</?[a-z]+", html))))
        found.extend(
            (child.type, child.content if child.type == "html_inline" else "")
            for child in token.children or ()
            if child.type not in {"text", "softbreak", "text_special"}
        )
    return found


def test_a_comment_keeps_its_blocks() -> None:
    """No link, picture, element, heading, list or mention comes of a device's words, and none of ours is lost."""
    usual = _blocks(plan_markdown(_plan(_PLAIN), {"oak": _PLAIN}))
    for one in _strings(6):
        text = plan_markdown(_plan(one.text), {"oak": one.text})
        assert harmless(text.replace("\u2060", "")), ascii(one.text)
        assert _blocks(text) == usual, (one.kind, ascii(one.text), text)
        assert not re.search(r"(?<![`\w])@(?!@)[a-z]", _outside_fences(text)), ascii(one.text)


def _outside_fences(text: str) -> str:
    return re.sub(r"^(`{3,})\w*\n.*?^\1\n", "", text, flags=re.MULTILINE | re.DOTALL)


def test_json_is_ascii_and_gives_the_words_back() -> None:
    """Machines get the very words, and a terminal that shows the JSON nothing that it obeys."""
    for one in _strings(6):
        for text in (plan_json(_plan(one.text)), to_json(run_document(_run(one.text)))):
            assert text.isascii()
            assert harmless(text)


def test_an_error_of_a_device_is_one_harmless_line(capsys: pytest.CaptureFixture[str]) -> None:
    """What a device says in a refusal, its name and a remedy are printed as text."""
    for one in _strings(6):
        _say(one.text, one.text, one.text)
        said = capsys.readouterr().err
        assert harmless(said), ascii(one.text)
        assert not ORDERS.search(said), ascii(one.text)
