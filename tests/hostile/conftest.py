"""The modules beside the tests, which are not a package."""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = Path(__file__).parent
sys.path[:0] = [str(_HERE), str(_HERE.parent / "e2e"), str(_HERE.parents[1] / "tools" / "fuzz")]
