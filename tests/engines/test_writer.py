"""The last step of a line: the gate, then its secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustctl.engines.network import ResolvedLine, resolve_block, resolve_line
from trustctl.errors import RenderError, SecretError, TrustctlError
from trustctl.platforms import platform

GATE = platform("cisco_ios", (Path(__file__).parents[2] / "templates",)).rulebook.gate
STORE = {"radius/key": "Canary-Radius-1", "bad/space": "two words", "bad/help": "what?", "bad/line": "x\nreload"}


def resolve(name: str) -> str:
    """A store that raises as the real ones do."""
    if name not in STORE:
        raise SecretError(f"there is no secret named {name}")
    return STORE[name]


def test_tokens_become_values_and_the_repr_shows_tokens() -> None:
    """The text to send holds the values; what an error or a log may show holds the tokens."""
    line = resolve_line(" key 0 <secret:radius/key> <observed:2.a>", GATE, resolve, {"2.a": "045802150C2E"})
    assert line == " key 0 Canary-Radius-1 045802150C2E"
    assert line.shown == " key 0 <secret:radius/key> <observed:2.a>"
    assert "Canary" not in repr(line)
    assert line.values == ("Canary-Radius-1", "045802150C2E")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("key <secret:radius/kye>", "no secret named"),
        ("key <observed:9>", "backup does not hold it"),
        ("key <secret:Radius Key>", "pipe or a redirection"),
        ("key <secret:radius/key", "pipe or a redirection"),
        ("key <secret:radius/key> <secret:Radius Key>", "pipe or a redirection"),
        ("description <secret:Radius Key>", "not well formed"),
        ("key <secret:bad/space>", "one word"),
        ("key <secret:bad/help>", "one word"),
        ("key <secret:bad/line>", "one word"),
        ("description <secret:radius/key>", "text that the device shows"),
        (" hostname <secret:radius/key>", "text that the device shows"),
        ("snmp-server location <secret:radius/key>", "text that the device shows"),
    ],
)
def test_a_token_without_a_good_value_is_refused(line: str, problem: str) -> None:
    """No value, a damaged token, a value that is not one word, or a place that everybody can read."""
    with pytest.raises(TrustctlError, match=problem) as caught:
        resolve_line(line, GATE, resolve, {})
    assert "two words" not in str(caught.value)


def test_without_a_store_no_secret_line_is_sent() -> None:
    """A session that was given no secrets refuses the line instead of sending the token."""
    with pytest.raises(SecretError, match="given no secrets"):
        resolve_line("key <secret:radius/key>", GATE, None, {})


def test_a_value_that_looks_like_a_token_is_not_looked_up() -> None:
    """What the device held is sent as it is, once."""
    line = resolve_line("key <observed:1>", GATE, resolve, {"1": "<secret:radius/key>"})
    assert line == "key <secret:radius/key>"


@pytest.mark.parametrize(
    "line",
    [
        "do reload",
        "reload in 5",
        "! comment",
        "",
        "description a\nno aaa new-model",
        "write memory",
        "show run | redirect x",
    ],
)
def test_the_gate_comes_first(line: str) -> None:
    """What config's gate refuses is refused here, whatever tokens it holds."""
    with pytest.raises(RenderError):
        resolve_line(line, GATE, resolve, {})


def test_a_banner_is_one_unit() -> None:
    """A banner's body may look like commands; it is checked as text."""
    unit = resolve_block(("banner motd ^", "no aaa new-model", "^"), GATE, resolve, {})
    assert all(isinstance(line, ResolvedLine) for line in unit)
    assert [str(line) for line in unit] == ["banner motd ^", "no aaa new-model", "^"]
