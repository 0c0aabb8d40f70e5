"""A plan as one self-contained page: no script, nothing loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from trustctl.model.plan import Action, Plan
from trustctl.report.review import review
from trustctl.report.safe import safe_text
from trustctl.report.text import device_note, diff, kind_counts, origin_words
from trustctl.report.words import MARKS, count, description_words, headline, left_alone, paragraph, topic_counts, where

_PAGES = Path(__file__).parent / "pages"

_WORDS: Mapping[str, object] = {
    "count": count,
    "description_words": description_words,
    "device_note": device_note,
    "diff": diff,
    "kind_counts": kind_counts,
    "left_alone": left_alone,
    "marks": MARKS,
    "origin_words": origin_words,
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
    return page.render(
        style=Markup(style),  # noqa: S704 - our own file, and the policy holds its digest
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        plan=plan,
        review=folded,
        title=", ".join(folded.title(school) for school in folded.schools[:3])
        + (f" and {len(folded.schools) - 3} more" if len(folded.schools) > 3 else ""),  # noqa: PLR2004 - a title's length
        headline=headline(folded),
        paragraph=paragraph(folded),
        lost=[device for device in plan.devices if device.action in {Action.REFUSED, Action.UNREACHABLE}],
        next_command=next_command,
        **_WORDS,
    )


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
