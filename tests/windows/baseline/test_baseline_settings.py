"""The baseline's settings as registry values, and what of its wishes is refused. The cases are data (`settings`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from trustctl.errors import RenderError
from trustctl.windows.lockout import WINRM_PORT, refusals
from trustctl.windows.registry import ENTRIES, registry_values
from trustctl.windows.way_in import sources_to

_DATA = Path(__file__).parent / "settings"
REGISTRY: dict[str, Any] = yaml.safe_load((_DATA / "registry.yml").read_text(encoding="utf-8"))
REFUSED: dict[str, Any] = yaml.safe_load((_DATA / "refusals.yml").read_text(encoding="utf-8"))
SPECIFICATION: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[3] / "roles/windows_baseline/meta/argument_specs.yml").read_text(encoding="utf-8")
)["argument_specs"]["main"]["options"]


def _value(path: str, name: str, data: object, kind: str) -> dict[str, object]:
    root, _, rest = path.partition("\\")
    return {"path": "\\".join(each for each in (REGISTRY["roots"][root], rest) if each), "name": name} | {
        "data": data,
        "type": kind,
    }


@pytest.mark.parametrize("case", REGISTRY["cases"], ids=lambda case: f"{case['subject']}: {case['settings']}"[:70])
def test_settings_are_these_values_of_the_registry_and_no_others(case: Mapping[str, Any]) -> None:
    """Path, name, data and type, in the order in which they are set."""
    if "refused" in case:
        with pytest.raises(RenderError, match=case["refused"]):
            registry_values(case["settings"], case["subject"])
        return
    assert registry_values(case["settings"], case["subject"]) == [_value(*each) for each in case["values"]]


@pytest.mark.parametrize("subject", sorted(set(ENTRIES) - {"audit"}))
def test_every_option_of_a_subject_is_known_to_the_role_and_every_word_to_the_registry(subject: str) -> None:
    """An option of the role that nothing carries out would be a wish that is never fulfilled."""
    options = SPECIFICATION[f"windows_baseline_{subject}"]["options"]
    entries = {one.option: one for one in ENTRIES[subject]}
    assert set(entries) <= set(options)
    elsewhere = {"servers", "protocols", "collectors", "https", "issuer", "refresh_seconds", "security", "server"}
    by_module = {"smb1", "sign", "require_signing", "encrypt", "reject_unencrypted", "audit_smb1"} & set(options)
    assert set(options) - set(entries) - elsewhere == (by_module if subject == "smb" else set())
    for name, one in entries.items():
        for word in options[name].get("choices", ()):
            one.data(word)


@pytest.mark.parametrize("case", REFUSED["cases"], ids=lambda case: str(case["wanted"])[:70])
def test_wishes_that_would_lock_everybody_out_are_refused(case: Mapping[str, Any]) -> None:
    """Exactly these reasons, each with its remedy."""
    why = refusals(case["wanted"], case.get("port", WINRM_PORT), case.get("sources", ()))
    assert len(why) == len(case["refused"]), why
    for said, start in zip(why, case["refused"], strict=True):
        assert said.startswith(start)
        assert ". " in said, "it says what to do about it"


def test_an_address_behind_a_loopback_says_nothing_and_a_name_that_leads_nowhere_neither() -> None:
    """A tunnel's end is on this computer: the server sees another address."""
    assert sources_to("127.0.0.1") == []
    assert sources_to("no-such-host.invalid") == []
