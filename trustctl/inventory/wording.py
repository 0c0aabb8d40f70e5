"""The words of messages: pydantic's errors in the language of the files, and the nearest known word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from pydantic_core import ErrorDetails

from trustctl.inventory.fields import MISPLACED
from trustctl.inventory.problem import visible
from trustctl.model.secret import SCHEME

Told = tuple[str, str, str]
"""Code, problem, remedy."""
NOT_SHOWN = "secret_name"
"""Code of a problem whose source line may hold a secret: the line is not shown."""
_KNOWN_SHOWN = 12
"""Known words that fit into a line."""

_KINDS = {
    "string_type": ("text", "Put it in quotes if it is meant as text."),
    "int_type": ("a whole number", "Write it in digits, without quotes or leading zeros."),
    "float_type": ("a number", "Write it in digits, without quotes."),
    "bool_type": ("true or false", "YAML 1.2 has no yes, no, on or off: write true or false."),
    "list_type": ("a list", "Start each item with `- `, or write [a, b]."),
    "dict_type": ("keys with values", "Write `key: value` lines, indented below."),
    "model_type": ("keys with values", "Write `key: value` lines, indented below."),
    "model_attributes_type": ("keys with values", "Write `key: value` lines, indented below."),
    "is_instance_of": ("text", "Write an address, a network or a date out, such as 10.11.30.0/24 or 2027-08-31."),
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def explain(details: ErrorDetails) -> Told:
    """(code, problem, remedy) of one of pydantic's errors."""
    kind = details["type"]
    if kind != NOT_SHOWN and isinstance(details["input"], str) and SCHEME in details["input"]:
        return "secret_misplaced", *MISPLACED
    if kind in _TELLERS:
        return _TELLERS[kind](details)
    if kind in _KINDS:
        expected, remedy = _KINDS[kind]
        return "wrong_type", f"expected {expected}, found {shown(details['input'])}", remedy
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        remedy = f"It must be {words} {_context(details)[key]}."
        return "out_of_range", f"{shown(details['input'])} is out of range", remedy
    message = details["msg"]
    return "bad_value", message[:1].lower() + message[1:], ""


def _context(details: ErrorDetails) -> Mapping[str, object]:
    return details.get("ctx", {})


def _own(details: ErrorDetails) -> Told:
    context = _context(details)
    return "bad_value", str(context["problem"]), str(context["remedy"])


def _unknown_key(details: ErrorDetails) -> Told:
    return "unknown_key", f"unknown key '{visible(str(details['loc'][-1]), 60)}'", ""


def _missing(details: ErrorDetails) -> Told:
    name = details["loc"][-1]
    return "missing_key", f"the key '{name}' is missing", f"Add `{name}:`."


def _literal(details: ErrorDetails) -> Told:
    expected = str(_context(details)["expected"])
    words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    given = details["input"]
    return "bad_value", f"{shown(given)} is not one of {expected}", did_you_mean(str(given), words)


def _pattern(details: ErrorDetails) -> Told:
    pattern = _context(details)["pattern"]
    return "bad_value", f"{shown(details['input'])} is not of the form {pattern}", ""


def _tag(details: ErrorDetails) -> Told:
    context = _context(details)
    words = [word.strip("'") for word in str(context["expected_tags"]).split(", ")]
    name = str(context["discriminator"]).strip("'")
    return "bad_value", f"`{name}` is '{visible(str(context['tag']), 60)}'", did_you_mean(str(context["tag"]), words)


def _no_tag(details: ErrorDetails) -> Told:
    name = str(_context(details)["discriminator"]).strip("'")
    return "missing_key", f"the key '{name}' is missing", f"Add `{name}:`."


def _too_few(details: ErrorDetails) -> Told:
    least, found = _context(details)["min_length"], _context(details)["actual_length"]
    return "bad_value", f"{found} entries stand here, at least {least} must", "Add what is missing."


def _secret_name(_details: ErrorDetails) -> Told:
    remedy = "Put the value into the secret store, and where it lies here: write 'secret://login/ops', not 'login/ops'."
    return NOT_SHOWN, "this is not a reference to a secret (what stands here is not shown)", remedy


_TELLERS: dict[str, Callable[[ErrorDetails], Told]] = {
    "bad_value": _own,
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "secret_name": _secret_name,
    "literal_error": _literal,
    "string_pattern_mismatch": _pattern,
    "union_tag_invalid": _tag,
    "union_tag_not_found": _no_tag,
    "too_short": _too_few,
}


def shown(value: object) -> str:
    """A value as a message shows it, with its kind."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text '{visible(value, 60)}'"
    return "a list" if isinstance(value, list) else "keys with values"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The remedy for a word that is not known.

    Before: `dhpc`.  After: `Did you mean 'dhcp'?`, or the known words if none is near.
    """
    words = list(known)
    close = nearest(word, words)
    if close:
        return f"Did you mean '{close[0]}'?"
    more = ", ..." if len(words) > _KNOWN_SHOWN else ""
    return f"Known: {', '.join(words[:_KNOWN_SHOWN])}{more}." if words else ""


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """The known word that was probably meant, or none."""
    return get_close_matches(word, list(known), n=1, cutoff=0.6)
