"""What the audit found, for people and for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trustctl.checks import Finding, Rag
from trustctl.errors import TrustctlError
from trustctl.report.json import to_json
from trustctl.report.page import Page
from trustctl.report.words import count

_STYLES = {Rag.GREEN: "green", Rag.AMBER: "yellow", Rag.RED: "red", Rag.GREY: "dim"}
_WIDTH = 7
"""Of the word for a colour, with two blanks."""


@dataclass(frozen=True, slots=True)
class Audited:
    """One server: its findings, or why there are none."""

    name: str
    school: str
    system: str = ""
    findings: tuple[Finding, ...] = ()
    error: TrustctlError | None = None


def tally(hosts: Sequence[Audited]) -> Mapping[Rag, int]:
    """How many findings there are of each colour."""
    found = Counter(one.rag for host in hosts for one in host.findings)
    return {rag: found[rag] for rag in Rag}


def audit_headline(hosts: Sequence[Audited]) -> str:
    """After: "1 server audited: 18 green, 3 amber, 1 red, 2 grey (could not tell)"."""
    heard = [host for host in hosts if host.error is None]
    lost = len(hosts) - len(heard)
    colours = ", ".join(f"{number} {rag}" for rag, number in tally(heard).items())
    return f"{count(len(heard), 'server')} audited: {colours} (could not tell){f'; {lost} not reached' if lost else ''}"


def audit_text(hosts: Sequence[Audited], *, width: int = 100, colour: bool = False) -> str:
    """Every point of every server, the worst first, with what is wrong and what to do."""
    page = Page(width=width, colour=colour)
    page.prose(audit_headline(hosts), style="bold")
    for host in hosts:
        page.heading(host.name, host.system)
        if host.error is not None:
            page.prose(f"{host.error.problem}. {host.error.remedy}", indent=2, style="yellow")
        for rag in (Rag.RED, Rag.AMBER, Rag.GREY, Rag.GREEN):
            for one in host.findings:
                if one.rag is rag:
                    _finding(page, one)
    return page.text()


def _finding(page: Page, one: Finding) -> None:
    page.row(
        (f"{one.rag:<{_WIDTH}}", _STYLES[one.rag]),
        (f"{one.point:02d} {one.title}", ""),
        (f"  {one.name}", "dim"),
        indent=2,
    )
    for text in one.wrong:
        page.prose(text, indent=4 + _WIDTH, lead=("- ", ""))
    for text in one.untold:
        page.prose(f"could not tell: {text}", indent=4 + _WIDTH, lead=("? ", "dim"), style="dim")
    if one.remedy:
        page.prose(one.remedy, indent=4 + _WIDTH, lead=("> ", "dim"))


def audit_json(hosts: Sequence[Audited], left_out: Sequence[str] = ()) -> str:
    """The same for machines. `left_out`: names of servers that are not asked, as they are no Linux servers."""
    return to_json(
        {
            "summary": {"servers": len(hosts), **{str(rag): number for rag, number in tally(hosts).items()}},
            "left_out": list(left_out),
            "servers": [
                {
                    "name": host.name,
                    "school": host.school,
                    "system": host.system,
                    "error": host.error and {"problem": host.error.problem, "remedy": host.error.remedy},
                    "findings": [
                        {
                            "point": one.point,
                            "name": one.name,
                            "title": one.title,
                            "rag": str(one.rag),
                            "wrong": list(one.wrong),
                            "untold": list(one.untold),
                            "remedy": one.remedy,
                        }
                        for one in host.findings
                    ],
                }
                for host in hosts
            ],
        }
    )
