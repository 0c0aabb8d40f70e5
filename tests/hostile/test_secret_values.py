"""Hostile values of secrets: each is refused by the store and again before the socket, or is one word of one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from places import ROOT, quoted
from strings import CORPUS

from trustctl.engines.network.writer import resolve_block, resolve_line
from trustctl.errors import RenderError, SecretError
from trustctl.platforms import platform
from trustctl.secrets.source import FileSecrets, check_value

MAKES = ("cisco_ios", "cisco_9800", "aruba_aos_s", "aruba_aos_cx", "aruba_instant")
_A_WORD = 12
"""A shorter value may be a word of the sentence itself."""
LINE = "radius-server host 10.0.0.1 key <secret:radius/key>"


def _refused(text: str) -> bool:
    return _said(lambda: check_value("radius/key", text, "here"), text) is None


def _said(made: Callable[[], str], text: str) -> str | None:
    """What comes out; None if it is refused, in words without the value."""
    try:
        return made()
    except (RenderError, SecretError) as error:
        said = str(error)
    assert len(text) < _A_WORD or text not in said, ascii(text[:60])
    return None


@pytest.mark.parametrize("make", MAKES)
def test_a_value_never_becomes_a_second_word(make: str) -> None:
    """The gate's line with the value in place of its token, or a refusal that does not show the value."""
    gate = platform(make, [ROOT / "templates"]).rulebook.gate
    sent = 0
    for one in CORPUS:
        text = one.text
        line = _said(lambda text=text: resolve_line(LINE, gate, lambda _: text, {}), text)
        if line is None:
            continue
        sent += 1
        assert str(line) == LINE.replace("<secret:radius/key>", text)
        assert len(line.split(" ")) == len(LINE.split(" "))
        assert str(line).isascii()
        assert str(line).isprintable()
        assert one.plain
    assert sent > 100


def test_a_store_takes_no_value_that_a_line_could_not_carry(tmp_path: Path) -> None:
    """What the store takes, the writer sends; a file with any other value is refused by its line, without the value."""
    gate = platform("cisco_ios", [ROOT / "templates"]).rulebook.gate
    for one in CORPUS:
        if not _refused(one.text):
            resolve_line(LINE, gate, lambda name, text=one.text: text, {})
        elif one.plain and one.kind == "quotes and comments":
            path = tmp_path / "secrets.yml"
            path.touch(mode=0o600)
            path.write_text(f"radius/key: {quoted(one.text)}\n", encoding="ascii")
            with pytest.raises(SecretError) as caught:
                FileSecrets(path).get("radius/key")
            assert "secrets.yml:1" in caught.value.where


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("token", ["<secret:radius/key>", "x <observed:1a2b>", "<secret:radius/key#old> y"])
def test_a_banner_never_shows_a_value(make: str, token: str) -> None:
    """A banner is shown before anybody signs in: not one that a template writes, nor one of the inventory."""
    gate = platform(make, [ROOT / "templates"]).rulebook.gate
    with pytest.raises((SecretError, RenderError)) as caught:
        resolve_block(("banner motd ^", "Welcome", token, "^"), gate, lambda _: "the-value", {"1a2b": "the-value"})
    assert "the-value" not in str(caught.value)
