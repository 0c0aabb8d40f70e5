"""`doctor` says whether Windows hosts can be driven from here: bad only where the inventory has such hosts."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError

import pytest

from trustctl.cli.doctor_windows import windows_findings

WHOLE = {"ansible-core": "2.19.4", "ansible": "12.3.0", "pypsrp": "0.9.1", "psrpcore": "0.3.1"}


@pytest.mark.parametrize(
    ("packages", "needed", "expected"),
    [
        (WHOLE, True, [("ansible", True)]),
        ({}, True, [("ansible", False)]),
        ({}, False, [("ansible", None)]),
        ({**WHOLE, "ansible-core": "2.18.9"}, True, [("ansible", False)]),
        ({name: WHOLE[name] for name in ("ansible-core", "ansible")}, True, [("ansible", False)]),
        (
            {name: WHOLE[name] for name in ("ansible-core", "ansible", "pypsrp")},
            True,
            [("ansible", True), ("lab", None)],
        ),
    ],
    ids=["whole", "none", "none, and no Windows host", "too old", "no pypsrp", "no psrpcore"],
)
def test_what_is_there_is_told(packages: dict[str, str], needed: bool, expected: list[tuple[str, bool | None]]) -> None:
    """Each package that is missing or too old is named, with what to install."""

    def version_of(package: str) -> str:
        if package not in packages:
            raise PackageNotFoundError(package)
        return packages[package]

    found = list(windows_findings(needed=needed, version_of=version_of))
    assert [(one.what, one.good) for one in found] == expected
    assert all("trustctl[windows]" in one.remedy for one in found if not one.good)
