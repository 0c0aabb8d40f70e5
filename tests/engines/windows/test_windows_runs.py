"""One run reads many hosts: each that goes wrong is told in one clear error of its own, and the others go on."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from windows_bench import PASSWORD, Bench, spec

from trustctl.engines.protocol import Endpoint, Reading
from trustctl.engines.windows.adopt import adopt_windows
from trustctl.errors import (
    DeviceError,
    HostKeyError,
    LoginRefusedError,
    SecretError,
    UnreachableError,
    WrongDeviceError,
)
from trustctl.lab.faults import Fault, FaultKind
from trustctl.lab.windows.spec import WindowsSpec
from trustctl.windows.asked import WindowsObserved

VARIABLES = """\
windows_baseline_timezone: "GMT Standard Time"
windows_baseline_features:
  - name: "Telnet-Client"
    installed: true
  - name: "FS-SMB1"
    installed: false
"""
NAMES = ("OAK-GOOD", "OAK-PASSWORD", "OAK-EXPIRED", "OAK-PINNED", "OAK-OTHER", "OAK-FAILS", "OAK-SECRET")


@pytest.fixture(scope="module")
def specs() -> tuple[WindowsSpec, ...]:
    """One host for each thing that goes wrong, and one that is well."""
    return tuple(spec(name, number) for number, name in enumerate(NAMES, start=1))


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    """The same for all, but for a secret that one needs and nobody has."""
    secret = 'domain_member_password: "<secret:ad/none>"\n'
    return {**dict.fromkeys((*NAMES, "OAK-NOBODY"), VARIABLES), "OAK-SECRET": VARIABLES + secret}


@pytest.fixture(scope="module")
def readings(bench: Bench) -> Mapping[str, Reading]:
    """All of them, read in one run."""
    bench.lab.break_("OAK-EXPIRED", Fault(FaultKind.EXPIRED))
    bench.lab.break_("OAK-FAILS", Fault(FaultKind.MODULE, text="trust_feature: the servicing stack is busy"))
    targets = [
        bench.target("OAK-GOOD"),
        bench.target("OAK-PASSWORD", password="not it"),
        bench.target("OAK-EXPIRED", host_key=bench.engine.host_key(bench.target("OAK-EXPIRED").endpoint)),
        bench.target("OAK-PINNED", host_key="x509 sha256:" + "0" * 64),
        bench.target("OAK-OTHER", serial="4C4C4544-0044-1111-8043-B7C04F4E3999"),
        bench.target("OAK-FAILS"),
        bench.target("OAK-SECRET"),
        bench.target("OAK-GOOD", device="OAK-NOBODY", endpoint=Endpoint("127.0.0.1", 1)),
    ]
    return bench.read(*targets)


def test_what_a_host_has_and_what_its_roles_would_do(readings: Mapping[str, Reading]) -> None:
    """The values of the inventory reach the modules, and what they find comes back as resources."""
    reading = readings["OAK-GOOD"]
    observed = reading.observed
    assert isinstance(observed, WindowsObserved), reading.error
    assert reading.identity is not None
    assert (reading.identity.serial, reading.identity.model, reading.identity.hostname) == (
        "4C4C4544-0044-1111-8043-B7C04F4E3901",
        "windows-server-2022",
        "OAK-GOOD",
    )
    assert observed.running == (
        'ansible.windows.win_timezone\n    timezone: "Pacific Standard Time"\n'
        "trust_feature Telnet-Client\n    installed: false\n"
        "trust_feature FS-SMB1\n    installed: false\n"
    )
    assert [(one.topic, one.changed, one.restart) for one in observed.asked] == [
        ("Time", True, False),
        ("Features", True, True),
        ("Features", False, False),
    ]
    assert observed.asked[0].place.startswith("roles/windows_baseline/tasks/timezone.yml:")
    assert observed.asked[1].cmdlets == ("Install-WindowsFeature -Name 'Telnet-Client'",)
    assert [(one.variable, one.index) for one in observed.asked[2].sources] == [("windows_baseline_features", 1)]


WRONG = {
    "OAK-PASSWORD": (LoginRefusedError, "the host refused the login"),
    "OAK-EXPIRED": (HostKeyError, r"the host's certificate expired on \d"),
    "OAK-PINNED": (HostKeyError, "the host shows another certificate: pinned SHA256:AAAA"),
    "OAK-OTHER": (WrongDeviceError, "another machine answers at this address"),
    "OAK-FAILS": (DeviceError, "the servicing stack is busy"),
    "OAK-SECRET": (SecretError, "ad/none"),
    "OAK-NOBODY": (UnreachableError, "it does not answer over TLS: Connection refused"),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_that_goes_wrong_is_told_for_itself(readings: Mapping[str, Reading], name: str) -> None:
    """The class says what kind of trouble it is, the words what it is; what to do stands beside it."""
    kind, words = WRONG[name]
    error = readings[name].error
    assert isinstance(error, kind), repr(error)
    assert error is not None
    assert re.search(words, error.problem), error.problem
    assert name in error.where or kind is SecretError
    assert PASSWORD not in str(error)


def test_adoption_reads_the_certificate_and_the_machine(bench: Bench) -> None:
    """What is pinned is what later runs are held to; a fingerprint that a person knows is looked at first."""
    target = bench.target("OAK-GOOD", host_key=None, serial=None)
    found = adopt_windows(target, bench.engine, "windows-server-2022")
    assert found.host_key.casefold() == bench.lab.contacts["OAK-GOOD"].host_key.casefold()
    assert found.identity.serial == bench.lab.contacts["OAK-GOOD"].uuid
    with pytest.raises(HostKeyError, match="not SHA256:other"):
        adopt_windows(target, bench.engine, "windows-server-2022", "SHA256:other")
