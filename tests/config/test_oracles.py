"""Two other engines judge each golden case; where they would send something else, the case says why.

`differs` in case.yml holds `hier_config` and `annet` where they differ. A difference that is not explained fails, and
so does an explanation of a difference that is no longer there.
"""

from __future__ import annotations

import pytest
from golden_cases import Case, cases
from oracles import ORACLES, sent

pytestmark = pytest.mark.peers


@pytest.mark.parametrize("oracle", ORACLES)
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_difference_is_explained(case: Case, oracle: str) -> None:
    """The oracle sends what we send, or the case explains why not."""
    theirs = ORACLES[oracle](case.text("running.cfg"), case.text("intended.cfg"))
    ours = sent(case.lines("change.txt"))
    reason = case.settings.get("differs", {}).get(oracle)
    if theirs == ours:
        assert reason is None, f"{oracle} agrees by now: take the explanation out of {case.name}/case.yml"
    else:
        assert reason, f"{oracle} sends {theirs}, we send {ours}: explain it in {case.name}/case.yml"
