"""A stanza that was read before means what it would mean if it were read again."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden_cases import captured, rulebook
from reading import ios, meant

from trustctl.config.digest import digest
from trustctl.config.masking import mask, secret_values
from trustctl.config.parse import Known, parse, skim
from trustctl.config.read import read
from trustctl.config.statement import Config

PORT = "interface GigabitEthernet1/0/1\n switchport access vlan 10\n spanning-tree portfast\n"


def told(config: Config) -> object:
    """All that a configuration says, in order."""
    sections = [
        (section.path, list(section.statements.values()), section.ordered, section.unknown, section.absent)
        for section in config.walk()
    ]
    return sections, digest(config), mask(config), secret_values(config)


def twice(text: str, platform: str = "cisco_ios") -> tuple[Config, Config]:
    """The text read as a whole, and read when its stanzas are known."""
    rules = rulebook(platform)
    read(text, rules)
    return read(parse(text, rules), rules), read(text, rules)


@pytest.mark.parametrize(("platform", "file"), captured(), ids=[file.stem for _, file in captured()])
def test_known_stanzas_change_nothing(platform: str, file: Path) -> None:
    """A configuration says the same whether its stanzas are known or not, and most of them are the second time."""
    text = file.read_text(encoding="utf-8")
    whole, known = twice(text, platform)
    assert told(known) == told(whole)
    parts = skim(text, rulebook(platform)).parts
    assert sum(isinstance(part, Known) for part in parts) > len(parts) / 2


@pytest.mark.parametrize(
    "text",
    [
        f"{PORT}!\n description after a comment at the margin\nend\n",
        f"{PORT}\n description after an empty line\nend\n",
        f"{PORT}!\n!\n\n description after comments\n!\n speed 100\n!\nhostname a\nend\n",
        f"!\n speed 100\n{PORT}end\n",
        f"{PORT}{PORT}end\n",
        f"{PORT}!\ninterface GigabitEthernet1/0/1\n description the same port again\nend\n",
        f"interface GigabitEthernet1/0/1\n description first\n!\n{PORT}end\n",
        f"interface GigabitEthernet1/0/2\nswitchport access vlan 20\n{PORT}description without indentation\nend\n",
        f"banner motd ^C\n{PORT}^C\n{PORT}end\n",
        f"hostname a\n{PORT}no vlan 30\nvlan 30\n name x\nno vlan 30\nend\n",
        f"snmp-server community b RO\n{PORT}snmp-server community a RO\nend\n",
        f"{PORT}frobnicate\n  below\n{PORT.replace('1/0/1', '1/0/2')}end\n",
    ],
)
def test_where_stanzas_meet_nothing_is_lost(text: str) -> None:
    """Lines that belong to a stanza before them, or to one that stands twice, are found there by both ways."""
    read(f"{PORT}end\n", ios())
    whole, known = twice(text)
    assert told(known) == told(whole)


def test_what_is_shared_is_never_changed() -> None:
    """A text that adds to a known section leaves the section of other configurations as it was."""
    before = read(f"{PORT}end\n", ios())
    printed = told(before)
    more = read(f"{PORT}!\ninterface GigabitEthernet1/0/1\n description more\nend\n", ios())
    assert told(before) == printed
    assert told(read(f"{PORT}end\n", ios())) == printed
    assert digest(more) != digest(before)


def test_a_known_stanza_of_an_intent_keeps_its_own_origins() -> None:
    """Two intents that share a stanza say each by itself where its lines come from, at the top and in sections."""
    for above in (0, 3):
        config = meant("\n".join([*(f"vlan {10 + number}" for number in range(above)), "ip routing", PORT.rstrip()]))
        port = config.section("interface GigabitEthernet1/0/1")
        assert port is not None
        assert port.origin is not None
        assert port.origin.template.line == above + 2
        lines = [port.sourced(key).origin for key in port.statements]
        assert [origin.template.line for origin in lines if origin] == [above + 3, above + 4]
        routing = config.root.find("global/routing")
        assert routing is not None
        assert routing.origin is not None
        assert routing.origin.template.line == above + 1
