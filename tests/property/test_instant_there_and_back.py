"""Any cluster to any other, on the simulated one: every line is taken, what was wanted is there, and the way back."""

from __future__ import annotations

from golden_cases import intended_of, rulebook
from hypothesis import given, settings
from instant_bench import PLATFORM, InstantBench
from instant_configs import clusters
from lab_bench import Stores

from trustctl.config.compare import compare
from trustctl.config.digest import digest
from trustctl.config.masking import secret_values
from trustctl.config.read import read, read_intended
from trustctl.config.scope import DeviceFacts, Scope
from trustctl.model.levels import Ownership, Stage
from trustctl.secrets.verify import Verifier

FACTS = DeviceFacts(management_address="10.11.10.40", management_vlan=10)
SCOPE = Scope(stage=Stage.OWN, ownership={"*": Ownership.OWNED}, facts=FACTS, secrets=Verifier(Stores()))
EMPTY = "version 8.10.0.6-8.10.0\nhash-mgmt-password\nterminal-access\nvirtual-controller-ip 10.11.10.40\n"


def _reached(bench: InstantBench, text: str) -> None:
    """Bring the cluster to an intent, line by line; asserts that nothing is refused and nothing left to do."""
    book = rulebook(PLATFORM)
    intended = read_intended(intended_of(text, "bench", PLATFORM), book)
    observed = read(bench.text, book)
    assert bench.send(compare(observed, intended, SCOPE).commands, secret_values(observed)) == []
    assert compare(read(bench.text, book), intended, SCOPE).commands == ()


@settings(max_examples=60, deadline=None)
@given(first=clusters(), second=clusters())
def test_there_and_back(first: str, second: str) -> None:
    """From nothing to one, to another, and back: only passphrases and keys that are not shown may be missing."""
    book = rulebook(PLATFORM)
    bench = InstantBench(EMPTY)
    _reached(bench, first)
    observed = read(bench.text, book)
    result = compare(observed, read_intended(intended_of(second, "bench", PLATFORM), book), SCOPE)
    held = secret_values(observed)
    assert bench.send(result.commands, held) == []
    lost = any("no undo command brings back" in flag.why for change in result.changes for flag in change.flags)
    after = compare(read(bench.text, book), read_intended(intended_of(second, "bench", PLATFORM), book), SCOPE)
    assert after.commands == ()
    refused = bench.send(result.undo, held)
    if not lost:
        assert refused == []
        assert digest(read(bench.text, book)) == digest(observed)
