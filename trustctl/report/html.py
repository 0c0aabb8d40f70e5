"""A plan as one self-contained page: no script, nothing loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from trustctl.model.plan import Action, Flag, Plan, Rule, Severity
from trustctl.report.review import Edit, Review, Risk, review
from trustctl.report.safe import safe_text
from trustctl.report.text import device_note, diff, kind_counts, origin_words, said
from trustctl.report.words import (
    MARKS,
    count,
    described_counts,
    gist,
    headline,
    left_alone,
    paragraphs,
    topic_counts,
    weight,
    where,
)

_PAGES = Path(__file__).parent / "pages"

_MOST_OPEN_BLOCKS = 12
"""A longer plan starts with its topics closed, so that the whole of it is seen first."""


def pills(edit: Edit) -> list[Flag]:
    """The flags of an edit as small labels: each rule and weight once, with all of its reasons."""
    reasons: dict[tuple[Rule, Severity], list[str]] = {}
    for flag in edit.flags:
        reasons.setdefault((flag.rule, flag.severity), []).append(flag.why)
    return [Flag(*key, "; ".join(dict.fromkeys(whys))) for key, whys in reasons.items()]


_WORDS: Mapping[str, object] = {
    "count": count,
    "described_counts": described_counts,
    "device_note": device_note,
    "diff": diff,
    "gist": gist,
    "kind_counts": kind_counts,
    "left_alone": left_alone,
    "marks": MARKS,
    "origin_words": origin_words,
    "pills": pills,
    "said": said,
    "topic_counts": topic_counts,
    "where": where,
}
"""What the page calls: the same words as in the other forms."""


def plan_html(plan: Plan, titles: Mapping[str, str] | None = None, *, next_command: str = "") -> str:
    """The page. Every value passes `safe_text` and HTML escaping; the policy allows this page's own style only."""
    style = (_PAGES / "plan.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    page = _environment().get_template("plan.html.j2")
    folded = review(plan, titles)
    ours = Markup(style)  # nosec B704 # noqa: S704 - our own file, and the policy holds its digest
    return page.render(
        style=ours,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        plan=plan,
        review=folded,
        title=", ".join(folded.title(school) for school in folded.schools[:3])
        + (f" and {len(folded.schools) - 3} more" if len(folded.schools) > 3 else ""),  # noqa: PLR2004 - a title's length
        headline=headline(folded),
        paragraphs=paragraphs(folded),
        lost=[device for device in plan.devices if device.action in {Action.REFUSED, Action.UNREACHABLE}],
        top_risks=count(sum(risk.severity is plan.risk for risk in folded.risks), "reason"),
        risks_by_weight=_by_weight(folded),
        open_topics=sum(len(topic.blocks) for topic in folded.topics) <= _MOST_OPEN_BLOCKS,
        next_command=next_command,
        **_WORDS,
    )


def _by_weight(folded: Review) -> list[tuple[str, list[Risk], bool]]:
    """The risks of each severity, the heaviest first, and whether they stand open."""
    return [
        (weight(severity), [risk for risk in folded.risks if risk.severity is severity], severity is Severity.HIGH)
        for severity in reversed(Severity)
    ]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )


def _shown(value: object) -> object:
    return safe_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value
