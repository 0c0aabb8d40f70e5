"""What an intent makes of any IOS switch, at each stage: every line is taken, and planning again finds nothing."""

from __future__ import annotations

import re

from golden_cases import intended_of, rulebook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lab_bench import Stores
from makes import IOS
from switch_configs import configurations

from trustctl.config.compare import compare
from trustctl.config.digest import digest
from trustctl.config.masking import secret_values
from trustctl.config.read import read, read_intended
from trustctl.config.scope import Scope
from trustctl.model.levels import Ownership, Stage
from trustctl.secrets.verify import Verifier


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


@given(before=configurations, after=configurations, stage=st.sampled_from((Stage.ENSURE, Stage.OWN)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
def test_second_plan_is_empty(before: list[str], after: list[str], stage: Stage) -> None:
    """At each stage the switch takes every line, and planning again finds nothing; each change has its own way back."""
    bench = IOS.switch_with(before)
    scope = Scope(stage, {"*": Ownership.OWNED}, IOS.facts, Verifier(Stores()))
    observed = read(bench.text, rulebook())
    intended = read_intended(intended_of(meant(after)), rulebook())
    result = compare(observed, intended, scope)
    assert bench.send(result.commands, secret_values(observed)) == []
    assert compare(read(bench.text, rulebook()), intended, scope).commands == ()
    assert bench.send(result.undo, secret_values(observed)) == []
    assert digest(read(bench.text, rulebook())) == digest(observed)
