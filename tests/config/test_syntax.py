"""How platforms put their text together: what is cut short is refused, and what cannot be told is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden_cases import TEMPLATES, rulebook

from trustctl.config.check import check_file
from trustctl.config.digest import differences
from trustctl.config.masking import mask
from trustctl.config.parse import parse
from trustctl.config.read import read
from trustctl.config.rulebook import load_rulebook
from trustctl.config.syntax import Wholeness
from trustctl.errors import LosslessError, RulebookError

CLOSED = """\
; J9773A Configuration Editor; Created on release #YA.16.08.0002
hostname "oak  sw"
vlan 1
   name "DEFAULT_VLAN"
   untagged 1-22
   exit
vlan 20
   name "STAFF"
   untagged 23-24
   exit
"""
OPEN = """\
!
!Version ArubaOS-CX PL.10.10.1000
hostname oak
vlan 20
    name STAFF
interface 1/1/1
    no shutdown
    vlan access 20
"""


@pytest.mark.parametrize(
    "kept", ["vlan 20\n", 'vlan 20\n   name "STAFF"\n', 'vlan 20\n   name "STAFF"\n   untagged 23-24\n']
)
def test_a_section_that_is_open_at_the_end_was_cut(kept: str) -> None:
    """Where a closing line ends every section, the last one must have it, whether it was read before or not."""
    cut = CLOSED.partition("vlan 20\n")[0] + kept
    for _ in range(2):
        assert parse(CLOSED, rulebook("aruba_aos_s")).whole is Wholeness.UNTOLD
        with pytest.raises(LosslessError, match="not closed"):
            parse(cut, rulebook("aruba_aos_s"))
        with pytest.raises(LosslessError, match="not closed"):
            read(cut, rulebook("aruba_aos_s"))


def test_the_prompt_behind_a_text_tells_that_it_is_whole() -> None:
    """Without an end mark nothing else does; then the check says so and never passes over it in silence."""
    book = rulebook("aruba_aos_cx")
    assert check_file(OPEN, book).whole is Wholeness.UNTOLD
    assert check_file(OPEN + "oak# ", book).whole is Wholeness.ENDED
    assert read(OPEN, book).whole is Wholeness.UNTOLD
    assert read(OPEN + "oak# ", book).whole is Wholeness.ENDED
    with pytest.raises(LosslessError, match="goes on"):
        parse(OPEN + "oak# \nvlan 30\n", book)


@pytest.mark.parametrize(
    "text", [OPEN + "-- MORE --, next page: Space\n", OPEN.replace("hostname", "-- MORE --\nhostname")]
)
def test_the_prompt_of_a_pager_is_refused(text: str) -> None:
    """A text that a pager cut into pages may lack lines."""
    with pytest.raises(LosslessError, match="pager"):
        parse(text, rulebook("aruba_aos_cx"))


def test_words_in_quotes_are_one_word_and_keep_their_blanks() -> None:
    """A name with blanks is one value, printed as the device prints it; quotes where none are needed say the same."""
    config = read(CLOSED, rulebook("aruba_aos_s"))
    assert mask(config)[0] == 'hostname "oak  sw"'
    assert differences(config, read(CLOSED.replace('"STAFF"', "STAFF"), rulebook("aruba_aos_s"))) == ()
    assert differences(config, read(CLOSED.replace("oak  sw", "oak sw"), rulebook("aruba_aos_s"))) != ()


def test_ports_are_the_same_in_any_spelling_and_a_missing_one_counts() -> None:
    """Every port of a list counts (H19); what a device says a VLAN has not is state (H31)."""
    config = read(CLOSED, rulebook("aruba_aos_s"))
    split = CLOSED.replace("untagged 1-22", "no untagged 23-24\n   untagged 3-22\n   untagged 1,2")
    assert differences(config, read(split, rulebook("aruba_aos_s"))) == ()
    assert differences(config, read(CLOSED.replace("1-22", "1-20,22"), rulebook("aruba_aos_s"))) != ()


ADDRESS = "vlan 10\n   ip address {}\n   exit\n"


@pytest.mark.parametrize(
    ("one", "other"), [("10.1.1.1/24", "10.1.1.1 255.255.255.0"), ("10.1.1.1 255.255.255.255", "10.1.1.1/32")]
)
def test_a_mask_is_a_length(one: str, other: str) -> None:
    """An address means the same with a mask and with a length, and is printed as the platform prints it."""
    book = rulebook("aruba_aos_s")
    left, right = (read(CLOSED + ADDRESS.format(text), book) for text in (one, other))
    assert differences(left, right) == ()
    assert "   ip address 10.1.1.1 255." in "\n".join(mask(left))


MISTAKES = {
    "unknown key": ("{indents: 3}", "indents"),
    "two signs of an end": ("{end: end, closed: true}", "no other sign"),
    "a wide indentation": ("{indent: 99}", "within"),
    "an encoding that nobody knows": ("{encodings: {secret: rot13}}", "encoding must be"),
    "an expression": ("{pager: ['(']}", "cannot be read"),
    "a long quote": ("{quote: '<<'}", "one character"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_the_syntax_is_named_with_its_place(tmp_path: Path, name: str) -> None:
    """It is checked as strictly as the rules."""
    syntax, problem = MISTAKES[name]
    text = (TEMPLATES / "aruba_aos_s" / "rulebook" / "05-gate.yml").read_text(encoding="utf-8")
    (tmp_path / "rulebook.yml").write_text(f"format: 1\ntopics: [T]\nsyntax: {syntax}\n{text}", encoding="utf-8")
    with pytest.raises(RulebookError, match=problem) as caught:
        load_rulebook(tmp_path)
    assert "rulebook.yml:" in caught.value.where
