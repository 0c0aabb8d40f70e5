"""Every type says what an administrator would type for any difference, as PowerShell that can be read."""

from __future__ import annotations

import re
from typing import Any

import pytest
import tree_sitter
import tree_sitter_powershell
from generated_types import values_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from powershell import walk

from trustctl.windows import TYPES, Difference, ResourceType, difference
from trustctl.windows.changes import way_back_cmdlets
from trustctl.windows.resource import unchangeable
from trustctl.windows.text import shown_text
from trustctl.windows.values import normal

_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
_DIGIT = re.compile(r"( -[A-Za-z]+)[0-9](?=[A-Za-z])")
"""`-EnableSMB1Protocol`: tree-sitter reads no digit within a parameter's name."""
_WORDS = {"ansible.windows.win_service", "ansible.windows.win_dns_record", "ansible.windows.win_regedit"}
"""What they write without quotes is a word that the collection's module has judged by then."""
_EVERY = pytest.mark.parametrize("module", sorted(TYPES.keys() - _WORDS))
_FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
_NAMES = st.sampled_from(["OAK-DC-01", "it's", 'a "b" $c', "10.11.30.0"])


def _values(kind: ResourceType, *, whole: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """What a task asks for, or a host has (`whole`); modules of collections are always asked for all of it."""
    raw = values_of(kind.properties, whole=whole or "." in kind.module)
    return raw.map(lambda values: normal(kind.properties, values, told=whole))


def _wanted(kind: ResourceType) -> st.SearchStrategy[dict[str, Any] | None]:
    return st.none() | _values(kind) if kind.removable else _values(kind)


@_EVERY
@_FEW
@given(st.data())
def test_what_would_be_typed_can_be_read(module: str, data: st.DataObject) -> None:
    """Whatever quotes, dollars or line ends a value has: the parser finds nothing broken, each command on its line."""
    kind = TYPES[module]
    want, have = data.draw(_wanted(kind)), data.draw(st.none() | _values(kind, whole=True))
    there = difference(kind, want, have)
    if there is None or unchangeable(kind, there) or kind.refuse(want, have, {}):
        return
    name = data.draw(_NAMES)
    for line in [*kind.cmdlets(name, there), *way_back_cmdlets(kind, name, there)]:
        plain = _DIGIT.sub(r"\1", shown_text(line))
        root = _PARSER.parse(f"{plain}\n".encode()).root_node
        assert not [node for node in walk(root) if node.type == "ERROR" or node.is_missing], line


@pytest.mark.parametrize(
    ("module", "after", "typed"),
    [
        (
            "community.windows.win_firewall_rule",
            {
                "direction": "in",
                "enabled": True,
                "localport": "5000-5010, 443",
            },
            "New-NetFirewallRule -DisplayName 'A' -Direction 'Inbound' -Enabled 'True' -LocalPort '5000-5010', '443'",
        ),
        ("ansible.windows.win_service", {"start_mode": "delayed"}, "sc.exe config 'A' start= delayed-auto"),
        ("ansible.windows.win_service", {"start_mode": "auto"}, "Set-Service -Name 'A' -StartupType Automatic"),
    ],
)
def test_what_would_be_typed_is_in_the_cmdlets_words(module: str, after: dict[str, Any], typed: str) -> None:
    """Enumerations and lists as New-NetFirewallRule has them; a start that Windows PowerShell 5.1 knows."""
    assert TYPES[module].cmdlets("A", Difference(None, after)) == (typed,)


def test_a_record_is_added_removed_and_changed_value_by_value() -> None:
    """As Add- and Remove-DnsServerResourceRecord name the data of each type."""
    typed, lives = TYPES["ansible.windows.win_dns_record"].cmdlets, " -TimeToLive ([TimeSpan]::FromSeconds(60))"
    before, after = {"value": ["10.0.0.2", "10.0.0.3"], "ttl": 9}, {"value": ["10.0.0.1", "10.0.0.3"], "ttl": 60}
    zone = "-ZoneName 'oak.example' -Name"
    assert typed("oak.example srv A", Difference(before, after, ("value", "ttl"))) == (
        f"Remove-DnsServerResourceRecord {zone} 'srv' -RRType A -RecordData '10.0.0.2'",
        f"Add-DnsServerResourceRecord {zone} 'srv' -A -IPv4Address '10.0.0.1'{lives}",
        f"# 10.0.0.3: Set-DnsServerResourceRecord{lives}",
    )
    service = {"value": ["a."], "ttl": 60, "port": 1, "priority": 2, "weight": 3}
    assert typed("oak.example _x SRV", Difference(None, service)) == (
        f"Add-DnsServerResourceRecord {zone} '_x' -SRV -DomainName 'a.' -Port 1 -Priority 2 -Weight 3{lives}",
    )


def test_an_attribute_of_a_site_is_cleared_by_its_name() -> None:
    """No attribute of the directory is an empty text, so Replace takes none."""
    found = Difference({"description": "a"}, {"description": "", "location": "b"}, ("description", "location"))
    typed = "Set-ADReplicationSite -Identity 'OAK' -Replace @{ 'location' = 'b' } -Clear 'description'"
    assert tuple(TYPES["trust_ad_site"].cmdlets("OAK", found)) == (typed,)


@_EVERY
@_FEW
@given(st.data())
def test_a_refusal_is_a_sentence(module: str, data: st.DataObject) -> None:
    """Whatever is wanted of whatever is there, and where the host told nothing of itself."""
    kind = TYPES[module]
    want, have = data.draw(_wanted(kind)), data.draw(st.none() | _values(kind, whole=True))
    said = kind.refuse(want, have, {})
    assert all(isinstance(one, str) and one.strip() for one in said)
