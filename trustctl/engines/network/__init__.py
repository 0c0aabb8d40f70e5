"""Switches and wireless controllers over SSH. netmiko and paramiko live in this folder only, in `link`."""

from __future__ import annotations

from trustctl.engines.network.adopt import Adoption, Expected, adopt, fingerprint_of, is_model
from trustctl.engines.network.algorithms import LEGACY
from trustctl.engines.network.connector import NetworkConnector
from trustctl.engines.network.limits import Limits
from trustctl.engines.network.observe import DEFAULT_THREADS, observe, observe_many
from trustctl.engines.network.pins import PINS_FILE, Pin, load_pins, save_pins
from trustctl.engines.network.recognise import recognise
from trustctl.engines.network.writer import ResolvedLine, resolve_block, resolve_line

__all__ = [
    "DEFAULT_THREADS",
    "LEGACY",
    "PINS_FILE",
    "Adoption",
    "Expected",
    "Limits",
    "NetworkConnector",
    "Pin",
    "ResolvedLine",
    "adopt",
    "fingerprint_of",
    "is_model",
    "load_pins",
    "observe",
    "observe_many",
    "recognise",
    "resolve_block",
    "resolve_line",
    "save_pins",
]
