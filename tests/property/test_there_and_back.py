"""Any configuration becomes any other on a simulated switch, and goes back to exactly what it was."""

from __future__ import annotations

import re

import pytest
from golden_cases import intended_of, rulebook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lab_bench import Bench, Stores
from switch_configs import PORTS, UPLINKS, configurations

from trustctl.config.compare import between, compare
from trustctl.config.digest import digest
from trustctl.config.masking import secret_values
from trustctl.config.read import read, read_intended
from trustctl.config.scope import DeviceFacts, Scope
from trustctl.config.statement import Config
from trustctl.model.levels import Ownership, Stage
from trustctl.secrets.verify import Verifier

FACTS = DeviceFacts(
    management_interface="Vlan10",
    management_vlan=10,
    management_address="10.21.10.5",
    uplinks=frozenset(UPLINKS),
    poe_ports=frozenset(PORTS),
)


def switch_with(lines: list[str]) -> Bench:
    """An empty switch into which these lines were typed."""
    bench = Bench("version 15.2\nhostname empty\nend\n")
    assert bench.send(lines, {}) == []
    return bench


def both(wanted: Config, now: Config) -> dict[str, str]:
    """The secrets that lines between two configurations name."""
    return {**secret_values(wanted), **{f"{key}.now": value for key, value in secret_values(now).items()}}


def meant(lines: list[str]) -> str:
    """The lines as an intent: secrets are references, a section ends where the next begins, and VLANs in use exist."""
    kept = [line for line in lines if line != "exit" and not line.endswith("cause all")]
    used = {
        line.split()[-1]
        for line in kept
        if " access vlan " in line or " voice vlan " in line or " authorize vlan " in line
    }
    kept += [f"vlan {vlan}" for vlan in sorted(used) if f"vlan {vlan}" not in kept]
    text = "".join(f"{line}\n" for line in kept)
    text = re.sub(r"(?m)^(username (\S+) .*)(?:secret 5|password 7) .*", r"\1secret <secret:users/\2>", text)
    text = re.sub(r"(?m)^(snmp-server community )(\S+)", r"\1<secret:snmp/\2>", text)
    text = re.sub(r"(?m)^(snmp-server host \S+ version 2c )(\S+)", r"\1<secret:snmp/\2>", text)
    return re.sub(r"(?m)^ key 7 .*", " key <secret:radius/key>", text)


def there_and_back(before: list[str], after: list[str]) -> None:
    """Change one switch into the other by our commands, and back.

    The switch may print servers and users in another order afterwards, as it prints them in the order they were typed.
    """
    bench, wanted = switch_with(before), switch_with(after)
    old_text = bench.text
    old, new = read(old_text, rulebook()), read(wanted.text, rulebook())
    commands = between(old, new, FACTS)
    assert bench.send(commands, both(new, old)) == []
    reached = read(bench.text, rulebook())
    assert digest(reached) == digest(new)
    assert between(reached, new, FACTS) == ()
    assert bench.send(between(reached, old, FACTS), both(old, reached)) == []
    assert sorted(bench.text.split("\n")) == sorted(old_text.split("\n"))
    assert digest(read(bench.text, rulebook())) == digest(old)


@given(before=configurations, after=configurations)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
def test_there_and_back(before: list[str], after: list[str]) -> None:
    """The switch takes every line, holds exactly the other configuration, needs nothing more, and undo is exact."""
    there_and_back(before, after)


@given(before=configurations, after=configurations, stage=st.sampled_from((Stage.ENSURE, Stage.OWN)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
def test_second_plan_is_empty(before: list[str], after: list[str], stage: Stage) -> None:
    """At each stage the switch takes every line, and planning again finds nothing; each change has its own way back."""
    bench = switch_with(before)
    scope = Scope(stage, {"*": Ownership.OWNED}, FACTS, Verifier(Stores()))
    observed = read(bench.text, rulebook())
    intended = read_intended(intended_of(meant(after)), rulebook())
    result = compare(observed, intended, scope)
    assert bench.send(result.commands, secret_values(observed)) == []
    assert compare(read(bench.text, rulebook()), intended, scope).commands == ()
    assert bench.send(result.undo, secret_values(observed)) == []
    assert digest(read(bench.text, rulebook())) == digest(observed)


@pytest.mark.long
@pytest.mark.timeout(3600)
@given(before=configurations, after=configurations)
@settings(
    max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example]
)
def test_there_and_back_for_long(before: list[str], after: list[str]) -> None:
    """The same with many more examples."""
    there_and_back(before, after)
