"""Access policies: HCL blocks of paths and capabilities, and which of them decides.

The rules of precedence are HashiCorp's ("Policies", "Policy syntax"): an exact path wins, else the pattern whose first
wildcard stands furthest to the right, and so on; policies of the same pattern are joined; deny wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from trustctl.lab.vault.message import Refusal

_BLOCK = re.compile(r'\s*path\s+"(?P<path>[^"]+)"\s*\{(?P<inside>[^{}]*)\}')
_CAPABILITIES = re.compile(r"capabilities\s*=\s*\[(?P<listed>[^\]]*)\]")
_COMMENT = re.compile(r"^\s*(#|//).*$", re.MULTILINE)
_KNOWN = frozenset({"create", "read", "update", "delete", "list", "sudo", "deny", "patch"})
Rules = Mapping[str, frozenset[str]]

DEFAULT: Rules = {
    "auth/token/lookup-self": frozenset({"read"}),
    "auth/token/renew-self": frozenset({"update"}),
    "auth/token/revoke-self": frozenset({"update"}),
    "sys/capabilities-self": frozenset({"update"}),
    "sys/wrapping/wrap": frozenset({"update"}),
    "sys/wrapping/lookup": frozenset({"update"}),
    "sys/wrapping/unwrap": frozenset({"update"}),
    "cubbyhole/*": frozenset({"create", "read", "update", "delete", "list"}),
}
"""What the policy `default` of a new server grants, as far as we use it (HashiCorp, "Policies", default policy)."""


def parse(text: str) -> Rules:
    """Read a policy. Raises Refusal for what is none."""
    text = _COMMENT.sub("", text)
    rules: dict[str, frozenset[str]] = {}
    end = 0
    for block in _BLOCK.finditer(text):
        if text[end : block.start()].strip():
            break
        listed = _CAPABILITIES.search(block["inside"])
        granted = frozenset(re.findall(r'"([a-z]+)"', listed["listed"])) if listed else frozenset[str]()
        if not granted <= _KNOWN:
            raise Refusal(400, f'failed to parse policy: path "{block["path"]}": invalid capability')
        rules[block["path"]] = rules.get(block["path"], frozenset()) | granted
        end = block.end()
    if text[end:].strip():
        raise Refusal(400, "failed to parse policy: unexpected text")
    return rules


def granted(policies: Iterable[Rules], path: str) -> frozenset[str]:
    """The capabilities on one path; `deny` alone where nothing is granted."""
    joined: dict[str, frozenset[str]] = {}
    for rules in policies:
        for pattern, capabilities in rules.items():
            joined[pattern] = joined.get(pattern, frozenset()) | capabilities
    matching = [pattern for pattern in joined if _matches(pattern, path)]
    if not matching:
        return frozenset({"deny"})
    best = joined[max(matching, key=_rank)]
    return frozenset({"deny"}) if "deny" in best or not best else best


def touches(policies: Iterable[Rules], prefix: str) -> bool:
    """Whether anything below a prefix is granted."""
    return any(
        pattern.startswith(prefix) and "deny" not in capabilities
        for rules in policies
        for pattern, capabilities in rules.items()
    )


def _matches(pattern: str, path: str) -> bool:
    body, tail = (pattern[:-1], ".*") if pattern.endswith("*") else (pattern, "")
    parts = [r"[^/]+" if part == "+" else re.escape(part) for part in body.split("/")]
    return re.fullmatch("/".join(parts) + tail, path) is not None


def _rank(pattern: str) -> tuple[bool, int, bool, int, int, str]:
    wild = [place for place, letter in enumerate(pattern) if letter in "+*"]
    first = wild[0] if wild else len(pattern)
    return (not wild, first, not pattern.endswith("*"), -pattern.count("+"), len(pattern), pattern)
