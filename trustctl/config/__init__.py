"""The change engine: lossless tree, canonical form, comparison, order, undo, hazards.

A configuration goes through it like this: `parse` (lossless tree) -> `read` (canonical form) -> `compare` with what
`read_intended` made of the inventory. What a platform's commands mean is data: `load_rulebook`.
"""

from __future__ import annotations

from trustctl.config.check import FileCheck, check_file
from trustctl.config.compare import Comparison, between, compare, lock_out
from trustctl.config.digest import differences, digest
from trustctl.config.lines import NO_PERMIT, Gate, Permit
from trustctl.config.logins import loses_login, sets_login
from trustctl.config.masking import mask, redacted, secret_values
from trustctl.config.parse import parse
from trustctl.config.read import read, read_intended
from trustctl.config.rulebook import load_rulebook
from trustctl.config.rules import Rulebook
from trustctl.config.scope import DeviceFacts, Scope, SecretVerifier
from trustctl.config.statement import Config
from trustctl.config.wayback import way_back

__all__ = [
    "NO_PERMIT",
    "Comparison",
    "Config",
    "DeviceFacts",
    "FileCheck",
    "Gate",
    "Permit",
    "Rulebook",
    "Scope",
    "SecretVerifier",
    "between",
    "check_file",
    "compare",
    "differences",
    "digest",
    "load_rulebook",
    "lock_out",
    "loses_login",
    "mask",
    "parse",
    "read",
    "read_intended",
    "redacted",
    "secret_values",
    "sets_login",
    "way_back",
]
