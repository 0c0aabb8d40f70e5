"""Makes the helpers here, of the end-to-end tests and of Vault's importable (import mode importlib adds no folder)."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e"), str(HERE.parent / "secrets" / "vault")]
