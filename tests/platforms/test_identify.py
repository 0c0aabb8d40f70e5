"""Recognising a device: right for every recorded session of a platform that we know, and `unknown` for all others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from trustctl.platforms import identities
from trustctl.platforms.identify import MOST_PROBES, Evidence, Verdict, next_probe, verdict

KNOWN = identities([Path(__file__).parents[2] / "templates"])
CORPUS = os.environ.get("TRUSTCTL_CORPUS")
SESSIONS = sorted((Path(CORPUS) / "sessions").glob("*.yaml")) if CORPUS else []
PLATFORMS = {
    "aoscx": "aruba_aos_cx",
    "arubainstant": "aruba_instant",
    "ios_C9200L": "cisco_ios",
    "ios_C9800": "cisco_9800",
    "eos": None,
    "h3c": None,
    "netgear": None,
    "tplink": None,
}


def ask(replies: dict[str, str], *, ssh: str = "", greeting: str = "") -> tuple[Verdict, list[str]]:
    """The verdict on a device that answers like this, and the commands that were sent."""
    evidence = Evidence(ssh=ssh, greeting=greeting)
    sent: list[str] = []
    while (command := next_probe(KNOWN, evidence)) is not None:
        sent.append(command)
        refusal = f"{command}\n% Invalid input: {command}\n"
        evidence = Evidence(
            ssh=ssh, greeting=greeting, replies={**evidence.replies, command: replies.get(command, refusal)}
        )
    return verdict(KNOWN, evidence), sent


@pytest.mark.skipif(not CORPUS, reason="TRUSTCTL_CORPUS names no corpus of recorded sessions")
@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_every_recorded_session(path: Path) -> None:
    """A platform that we know is recognised with at most two commands; for another one the answer is unknown."""
    session = yaml.safe_load(path.read_text(encoding="utf-8"))
    listed = cast("dict[str, str] | list[dict[str, str]]", session["commands"])
    commands: dict[str, str] = {}
    for entry in listed if isinstance(listed, list) else [listed]:
        commands |= entry
    replies = {name.strip(): text.replace("\r", "") for name, text in commands.items()}
    found, sent = ask(replies, greeting=session["init_prompt"].replace("\r", ""))
    expected = next(name for prefix, name in PLATFORMS.items() if f"__{prefix}" in path.name)
    assert found.platform == expected, found
    assert len(sent) <= (MOST_PROBES if expected is None else 2)


def test_the_likeliest_platform_is_asked_first() -> None:
    """SSH software decides which command goes first, not what the device is."""
    stamp = "Image stamp:    /ws/swbuildm/rel\n                WC.16.10.0012\n"
    assert ask({"show version": stamp}, ssh="Mocana SSH 6.3") == (
        Verdict("aruba_aos_s", why="its answer to `show version`"),
        ["show version"],
    )


def test_relatives_are_told_apart() -> None:
    """A controller of the same software family is not taken for a switch."""
    text = "Cisco IOS XE Software, Version 17.06.05\nCisco IOS Software [x], C9800 Software (C9800_IOSXE-K9), Version\n"
    assert ask({"show version": text}, ssh="Cisco-1.25")[0].platform == "cisco_9800"
    assert ask({"show version": text.replace("C9800", "CAT9K")}, ssh="Cisco-1.25")[0].platform == "cisco_ios"


def test_two_platforms_that_both_fit_are_not_chosen_between() -> None:
    """An answer that fits two platforms is no answer."""
    both = "ArubaOS-CX\nVersion : PL.10.08.1010\nArubaOS (MODEL: 515), Version 8\n"
    found, _ = ask({"show version": both})
    assert found.platform is None
    assert "aruba_aos_cx and aruba_instant" in found.why


@example({"show version": "ArubaOS-CX"})
@given(st.dictionaries(st.sampled_from(["show version", "show system"]), st.text(max_size=200)))
def test_noise_is_unknown(replies: dict[str, str]) -> None:
    """Property: text that says nothing is never taken for a platform, and the questions end."""
    found, sent = ask(replies)
    assert found.platform is None
    assert len(sent) == len(set(sent)) <= MOST_PROBES
