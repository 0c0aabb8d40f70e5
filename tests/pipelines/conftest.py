"""Makes the helpers here and those of the end-to-end tests importable (import mode importlib adds no folder)."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]
