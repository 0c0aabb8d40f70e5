"""Whether a change leaves us an account to sign in with."""

from __future__ import annotations

import pytest
from golden_cases import rulebook

from trustctl.config import loses_login, read, sets_login
from trustctl.config.statement import Config

AOS_S = "; JL255A Configuration Editor; Created on release #WC.16.10.0009\n{}\nvlan 1\n   exit\n"
IOS = "version 15.2\n{}\nend\n"
OURS, OTHER = 'password manager user-name "ops" sha1 "c0ffee"', 'password manager user-name "spare" sha1 "c0ffee"'


def _read(platform: str, line: str) -> Config:
    return read((AOS_S if platform == "aruba_aos_s" else IOS).format(line), rulebook(platform))


@pytest.mark.parametrize(
    ("platform", "before", "after", "loses"),
    [
        ("aruba_aos_s", OURS, OTHER, True),
        ("aruba_aos_s", OURS, OURS.replace("c0ffee", "beef00"), False),
        ("aruba_aos_s", OTHER, OURS, False),
        # without a name any is let in; what the device does not show is left as it is
        ("aruba_aos_s", 'password manager sha1 "c0ffee"', OTHER, True),
        ("aruba_aos_s", "password manager", "password manager", False),
        ("aruba_aos_s", "", OTHER, False),
        ("cisco_ios", "username ops privilege 15 secret 9 $9$a", "username spare privilege 15 secret 9 $9$a", True),
        ("cisco_ios", "username ops secret 9 $9$a\nusername spare secret 9 $9$a", "username ops secret 9 $9$b", False),
        # we are no local account: RADIUS knows us
        ("cisco_ios", "username spare secret 9 $9$a", "", False),
    ],
)
def test_an_account_of_ours_must_stay(platform: str, before: str, after: str, loses: bool) -> None:
    """Another name in its place, or none, takes it away; another secret does not."""
    assert loses_login(_read(platform, before), _read(platform, after), "ops") is loses


def test_a_new_secret_of_the_one_manager_is_ours() -> None:
    """After such a line a new session signs in with the new secret (H13)."""
    book = rulebook("aruba_aos_s")
    assert sets_login('password manager user-name "ops" plaintext "<secret:switch/ops>"', book, "ops") == "account"
    assert sets_login('password manager user-name "spare" plaintext "<secret:switch/ops>"', book, "ops") == ""
