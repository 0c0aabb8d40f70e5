"""A plan of some topics only is rehearsed as such."""

from __future__ import annotations

from pathlib import Path

from engineer import example_trust


def test_a_plan_limited_to_a_topic_can_be_rehearsed(tmp_path: Path) -> None:
    """The twins get that topic and nothing else, and the second plan, of the same topic, is empty."""
    engineer = example_trust(tmp_path / "trust")
    plan = engineer.run("plan", "ash", "--captured", "--only", "Archive", "--out", "archive.json")
    assert plan.code == 0, plan
    rehearsal = engineer.run("rehearse", "archive.json", "--minute", "10")
    assert rehearsal.code == 0, rehearsal
    assert "second plan on the twins is empty" in rehearsal.out, rehearsal
