"""Whether a device holds the secret that is meant, and what to say and do where nobody can tell (H28)."""

from __future__ import annotations

from trustctl.config.rules import LineRule
from trustctl.config.scope import SecretVerifier
from trustctl.config.statement import Secret, Section, Statement
from trustctl.model.plan import Flag, Rule, Severity


def same_secret(
    store: SecretVerifier | None, rule: LineRule, held: Secret, wanted: Secret, resend: frozenset[str] = frozenset()
) -> bool | None:
    """Whether the two are the same; None if nobody can tell.

    A secret of `resend` that nobody can tell counts as another one: it is being rotated, and is set anyway.
    """
    told = _told(store, rule, held, wanted)
    return False if told is None and wanted.name in resend else told


def _told(store: SecretVerifier | None, rule: LineRule, held: Secret, wanted: Secret) -> bool | None:
    if not held.observable or not wanted.observable:
        return None
    if not wanted.name:
        return True if (held.encoding, held.value) == (wanted.encoding, wanted.value) else None
    if store is None or not _verifiable(rule, held):
        return None
    return store.verify(wanted.name, held.encoding, held.value)


_OPEN = {
    True: "give --secrets FILE to compare it",
    False: "open the secret store to compare it (trustctl doctor says why it is closed)",
}
"""What would tell: by whether there is no store at all, or one that was not opened."""
_SET = "it is not in the secret store: set it there to compare it (trustctl secret set {})"
_BY_HAND = "if it must change, rotate it (trustctl plan --rotate {}) or set it on the device by hand"


def not_compared(store: SecretVerifier | None, section: Section, have: Statement, held: Secret, wanted: Secret) -> Flag:
    """The risk to report for a secret that is left as it is because it could not be compared."""
    rule = have.rule
    where = f"{section.header}: " if section.header else ""
    what = rule.label.format_map(have.captures) if rule.label else f"secret of `{have.line}`"
    named = f" with {wanted.name}" if wanted.name else ""
    could_tell = wanted.name and held.observable and wanted.observable and _verifiable(rule, held)
    remedy = (_remedy(store, wanted.name) if could_tell else "") or _BY_HAND.format(wanted.name or "NAME")
    why = f"the {what} on the device could not be compared{named} ({_reason(held)}), so it is left as it is"
    return Flag(Rule.SECRET, Severity.MEDIUM, f"{where}{why}; {remedy}")


def _remedy(store: SecretVerifier | None, name: str) -> str:
    """What would let it be compared; nothing if the store gives the value."""
    if store is not None and store.missing(name):
        return _SET.format(name)
    return _OPEN[store is None] if store is None or store.closed(name) else ""


def _verifiable(rule: LineRule, held: Secret) -> bool:
    """Whether a secret in the form that the device prints can be told from another."""
    return any(held.encoding in spec.verifiable for spec in rule.secrets)


def _reason(held: Secret) -> str:
    if not held.observable:
        return "the device masks it"
    return f"encoding {held.encoding}" if held.encoding else "its form is not known"
