"""Observe, compare, gate: what would change. Plan files: written once, bound by their digest, refused if stale."""
