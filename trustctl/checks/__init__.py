"""The audit: named checks that ask a server of their own, and say green, amber, red or grey.

A check asks its own questions and believes nothing that a plan says. Each is a guarded command that is never carried
out: only its question is asked, over the session that reads servers. The 24 points follow common knowledge of published
benchmarks and guidance; they were not compared with those texts, so no benchmark's numbers are printed.
"""

from __future__ import annotations

from trustctl.checks.check import Check, Item, Subject
from trustctl.checks.finding import Finding, Rag
from trustctl.checks.points import POINTS, judge, questions

__all__ = ["POINTS", "Check", "Finding", "Item", "Rag", "Subject", "judge", "questions"]
