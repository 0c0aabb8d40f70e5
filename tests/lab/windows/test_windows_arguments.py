"""What Ansible.Basic says of arguments that do not fit, and what it makes of those that do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trustctl.errors import UsageError
from trustctl.lab.windows.arguments import CENSORED, censored, secret_values, validated
from trustctl.lab.windows.documents import Library, NoModuleError, installed, secret_options
from trustctl.lab.windows.model.refusal import RefusedError

_SERVICE = "ansible.windows.win_service"
_OWN = '''DOCUMENTATION = r"""
module: trust_x
options:
  name: {type: str, required: true, aliases: [title]}
  small_mb: {type: int}
  large_bytes: {type: int}
  sizes: {type: list, elements: int}
  state: {type: str, choices: [absent, present], default: present}
  parts:
    type: list
    elements: dict
    suboptions: {key: {type: str, required: true}, active: {type: bool, default: true}}
  one: {type: dict, suboptions: {key: {type: str, choices: [a, b]}}}
  rate: {type: float}
"""
'''
_SCRIPT = """#!powershell
#AnsibleRequires -CSharpUtil Ansible.Basic
$spec = @{ options = @{
  small_mb = @{ type = 'int' }
  large_bytes = @{ type = $int64Type }
  secret = @{ type = 'str'; no_log = $true }
} }
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """One module of our own beside the collections."""
    (tmp_path / "trust_x.py").write_text(_OWN)
    (tmp_path / "trust_x.ps1").write_text(_SCRIPT)
    return Library([tmp_path])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({}, "missing required arguments: name"),
        ({"nmae": "x"}, "Unsupported parameters for (trust_x) module: nmae. Supported parameters include: "),
        ({"name": "x", "state": "gone"}, "value of state must be one of: absent, present. Got no match for: gone"),
        ({"name": "x", "small_mb": "much"}, "unable to convert to int: Input string was not in a correct format."),
        ({"name": "x", "small_mb": 2**31}, "argument for small_mb is of type System.Int64 and we were unable"),
        ({"name": "x", "small_mb": 2**31}, " to int: Value was either too large or too small for an Int32."),
        ({"name": "x", "sizes": [1, 2**31]}, "argument for list entry sizes is of type System.Int64"),
        ({"name": "x", "parts": [{"active": True}]}, "missing required arguments: key found in parts"),
        ({"name": "x", "parts": [{"key": "k", "off": 1}]}, "for (trust_x) module: off found in parts"),
        ({"name": "x", "parts": [{"key": "k", "active": "maybe"}]}, "The value 'maybe' is not a valid boolean"),
        ({"name": "x", "one": {"key": "c"}}, "value of key must be one of: a, b. Got no match for: c found in one"),
        ({"name": "x", "one": [1]}, "System.Collections.ArrayList cannot be converted to a dict"),
        ({"name": "x", "parts": {"key": "k"}}, "cannot be converted to a list"),
        ({"name": "x", "rate": "fast"}, "unable to convert to float"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(library: Library, args: dict[str, Any], said: str) -> None:
    """In the words that a Windows host would send back."""
    with pytest.raises(RefusedError) as refused:
        validated(library.module("trust_x"), args)
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("args", "name", "value"),
    [
        ({"Title": "x"}, "name", "x"),
        ({"name": 5}, "name", "5"),
        ({"name": "x"}, "state", "present"),
        ({"name": "x", "STATE": "Absent"}, "state", "Absent"),
        ({"name": "x", "small_mb": "12"}, "small_mb", 12),
        ({"name": "x", "large_bytes": 2**40}, "large_bytes", 2**40),
        ({"name": "x", "sizes": "1, 2"}, "sizes", [1, 2]),
        ({"name": "x", "parts": [{"key": 1, "active": "no"}]}, "parts", [{"key": "1", "active": False}]),
        ({"name": "x"}, "parts", None),
    ],
)
def test_what_fits_is_converted(library: Library, args: dict[str, Any], name: str, value: Any) -> None:
    """As the module would find it."""
    assert validated(library.module("trust_x"), args)[name] == value


def test_what_was_given_is_told_from_defaults(library: Library) -> None:
    """Under the options' own names."""
    args = validated(library.module("ansible.legacy.trust_x"), {"title": "x", "_ansible_diff": True})
    assert args.given == {"name"}
    assert args.diff


def test_a_converter_of_its_own_takes_large_numbers(library: Library) -> None:
    """win_service takes unsigned numbers by one; its documentation calls them raw."""
    given = {"name": "x", "failure_actions": [{"type": "restart", "delay": 3_000_000_000}]}
    assert validated(library.module(_SERVICE), given)["failure_actions"][0]["delay_ms"] == 3_000_000_000


def test_documentation_comes_with_its_fragments(library: Library) -> None:
    """microsoft.ad.ou has most of its options from one."""
    assert {"name", "path", "protect_from_deletion", "domain_server", "city"} <= set(
        library.module("microsoft.ad.ou").options
    )


@pytest.mark.parametrize("name", ["trust_none", "ansible.windows.win_none", "a.b", "ansible.windows.win_reboot"])
def test_what_is_no_module_is_told(library: Library, name: str) -> None:
    """A module with no script is none that a host could run."""
    with pytest.raises(NoModuleError):
        library.module(name)


def test_what_is_not_installed_is_told() -> None:
    """With the extra that has it."""
    with pytest.raises(UsageError) as told:
        installed("no_such_package_at_all")
    assert "trustctl[windows]" in told.value.remedy


def test_secrets_do_not_come_back() -> None:
    """Whole, inside a text, as a number, in a list."""
    names = secret_options(_SCRIPT)
    assert names == {"secret"}
    secrets = secret_values(names, {"secret": "s3", "parts": [{"secret": 77}], "name": "x"})
    result = {"msg": "it was s3!", "a": ["s3", 77, 177, 5], "b": {"c": None}}
    assert censored(result, secrets) == {
        "msg": "it was ********!",
        "a": [CENSORED, CENSORED, CENSORED, 5],
        "b": {"c": None},
    }
