"""What the tests of changing share: the secret that they plant, and waiting for the lab's clock."""

from __future__ import annotations

import time
from collections.abc import Callable

from trustctl.engines.protocol import Target

MakeTarget = Callable[..., Target]
SECRET = "Canary-Radius-7731"


def wait_until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for the lab, at most so long."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "the lab did not get there"
        time.sleep(0.05)
