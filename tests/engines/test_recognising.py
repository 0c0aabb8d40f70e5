"""What a device is, found out over real SSH before anything is pinned or written."""

from __future__ import annotations

from pathlib import Path

import pytest
from waiting import MakeTarget

from trustctl.engines.network import Expected, NetworkConnector, adopt, recognise
from trustctl.errors import HostKeyError, WrongDeviceError
from trustctl.lab.estate import Lab
from trustctl.platforms import identities
from trustctl.platforms.identify import Verdict

KNOWN = identities([Path(__file__).parents[2] / "templates"])


@pytest.mark.parametrize("name", ["lab-a", "lab-user", "lab-stack"])
def test_a_switch_is_recognised(lab: Lab, target: MakeTarget, name: str) -> None:
    """Privileged or not, alone or stacked, by one question."""
    found = recognise(target(name, platform=""), KNOWN)
    assert (found.platform, found.why) == ("cisco_ios", "its answer to `show version`")


def test_a_make_that_nobody_knows_is_unknown(lab: Lab, target: MakeTarget) -> None:
    """With the switch's own platform taken away nothing else is taken for it."""
    others = {name: spec for name, spec in KNOWN.items() if name != "cisco_ios"}
    found = recognise(target(platform=""), others)
    assert isinstance(found, Verdict)
    assert found.platform is None
    assert "no platform knows its answer" in found.why


def test_nothing_is_sent_to_a_device_with_another_key(lab: Lab, target: MakeTarget) -> None:
    """The pinned key is checked before the sign-in."""
    before = lab.counters("lab-a")["logins"]
    with pytest.raises(HostKeyError):
        recognise(target(host_key=lab.host_key("lab-b")), KNOWN)
    assert lab.counters("lab-a")["logins"] == before


def test_another_platform_is_not_adopted(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """The refusal says what it is, by which evidence, and what the inventory says."""
    with pytest.raises(WrongDeviceError, match=r"of platform cisco_ios by its answer .* says aruba_aos_s"):
        adopt(target(platform="aruba_aos_s"), connector, expected=Expected(KNOWN, "JL256A"))


def test_another_model_is_not_adopted(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """The model of the inventory is compared with what the device says."""
    found = adopt(target(), connector)
    assert adopt(target(), connector, expected=Expected(KNOWN, found.identity.model)) == found
    with pytest.raises(WrongDeviceError, match=f"it is a {found.identity.model}, the inventory has C9300-24P"):
        adopt(target(), connector, expected=Expected(KNOWN, "C9300-24P"))


def test_a_device_that_is_not_recognised_is_left_to_its_own_dialogue(
    lab: Lab, connector: NetworkConnector, target: MakeTarget
) -> None:
    """Not to know is no refusal: the platform's own patterns decide, and a person is told."""
    silent = KNOWN["cisco_ios"].model_copy(update={"probes": ()})
    model = adopt(target(), connector).identity.model
    found = adopt(target(), connector, expected=Expected({"cisco_ios": silent}, model))
    assert any("nobody can tell by itself" in warning for warning in found.warnings)
