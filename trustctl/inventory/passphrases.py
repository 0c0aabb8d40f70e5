"""The passphrases of wireless networks, where their values are at hand: as long as WPA wants them.

IEEE 802.11 (annex J.4.1): 8 to 63 printable ASCII characters, or the key itself as 64 hexadecimal digits. A value is
never shown, nor kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from trustctl.errors import SecretError
from trustctl.inventory.problem import Problem
from trustctl.inventory.yaml_document import source_line
from trustctl.model.origin import Place
from trustctl.model.school import Trust

SHORTEST, LONGEST = 8, 63
_PHRASE = re.compile(rf"[ -~]{{{SHORTEST},{LONGEST}}}|[0-9A-Fa-f]{{64}}")


def bad_passphrases(trust: Trust, value_of: Callable[[str], str]) -> list[Problem]:
    """Every passphrase that no device would take, or that the store lacks, at its network's place; each place once.

    `value_of` gives a secret by its name and raises SecretError for one that it does not have.
    """
    found: dict[Place, Problem] = {}
    for school in trust.schools.values():
        for ssid in school.ssids:
            origin = school.origin(f"ssids.{ssid.name}.psk")
            if ssid.psk is None or origin is None or origin.place is None or origin.place in found:
                continue
            for problem in _of(ssid.name, ssid.psk.name, origin.place, value_of):
                found[origin.place] = problem
    return list(found.values())


def _of(network: str, name: str, place: Place, value_of: Callable[[str], str]) -> Iterator[Problem]:
    path, source = f"ssids.{network}.psk", _line(place)
    try:
        value = value_of(name)
    except SecretError as error:
        yield Problem(place, "secret_missing", path, error.problem, error.remedy, source)
        return
    if _PHRASE.fullmatch(value):
        return
    if SHORTEST <= len(value) <= LONGEST:
        problem = f"the passphrase {name} has a character that is not printable ASCII"
    else:
        problem = f"the passphrase {name} has {len(value)} characters"
    yield Problem(place, "passphrase", path, problem, f"WPA wants {SHORTEST} to {LONGEST}. Set another one.", source)


def _line(place: Place) -> str:
    file = Path(place.file)
    return source_line(file.read_text(encoding="utf-8"), place.line) if file.is_file() else ""
