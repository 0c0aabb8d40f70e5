"""PowerShell as an administrator would type it, for a person to read in a plan; trustctl itself sends none of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trustctl.windows.values import Value

_QUOTES = "'\u2018\u2019\u201a\u201b"
"""PowerShell takes each of these as a single quote (learn.microsoft.com, "about_Quoting_Rules")."""


def literal(value: Value) -> str:
    r"""Return a value as PowerShell writes it: nothing in it is expanded.

    Before: `D:\VMs`, `it's`, True, ["a", "b"], [].   After: `'D:\VMs'`, `'it''s'`, `$true`, `'a', 'b'`, `@()`.
    """
    if value is None:
        return "$null"
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return "'" + "".join(each * 2 if each in _QUOTES else each for each in value) + "'"
    if isinstance(value, Mapping):
        return "@{ " + "; ".join(f"{literal(str(name))} = {literal(each)}" for name, each in value.items()) + " }"
    return ", ".join(literal(each) for each in value) if value else "@()"


def command(cmdlet: str, parameters: Mapping[str, Value], switches: Sequence[str] = ()) -> str:
    """Return one command with its parameters by name; one that is None is left out.

    Before: "Set-VMHost", {"NumaSpanningEnabled": True}, ["Force"].
    After: `Set-VMHost -NumaSpanningEnabled $true -Force`.
    """
    given = [f"-{name} {literal(value)}" for name, value in parameters.items() if value is not None]
    return " ".join([cmdlet, *given, *(f"-{name}" for name in switches)])
