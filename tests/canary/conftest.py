"""What the canary tests start from: the example trust of the end-to-end tests, with canaries for secrets."""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = Path(__file__).parent
sys.path.insert(0, str(_HERE))
sys.path.insert(0, str(_HERE.parent / "e2e"))
