"""What servers may suffer, through the command line: one clear outcome for each, and the others are done."""

from __future__ import annotations

import pytest
from engineer import Done, Engineer
from linux_hosts import StartHosts
from school_servers import School, open_school, outcomes

from trustctl.lab.faults import Fault

pytestmark = pytest.mark.timeout(900)

WELL, SECOND, THIRD, FOURTH = NAMES = tuple(f"oak-srv-0{number}" for number in range(1, 5))


@pytest.fixture(scope="module")
def school(start_hosts: StartHosts, tmp_path_factory: pytest.TempPathFactory) -> School:
    """Four servers of Oak."""

    def edit(engineer: Engineer) -> None:
        with (engineer.inventory / "schools/oak/servers.yml").open("a", encoding="utf-8") as file:
            for number, name in enumerate(NAMES[1:], 22):
                file.write(f"  {name}:\n    kind: linux\n    os: debian-12\n    position: {number}\n    roles: []\n")

    return open_school("oak", start_hosts, tmp_path_factory.mktemp("trouble"), edit)


@pytest.fixture(autouse=True)
def _well(school: School) -> None:
    for name in NAMES:
        school.lab.heal(name)


def suffer(school: School, **faults: str) -> None:
    """Let servers suffer: by number, `s2="disk-full"`."""
    for number, written in faults.items():
        school.lab.break_(f"oak-srv-0{number[1:]}", Fault.parse(written))


def said_of(done: Done, name: str) -> str:
    """Why one device ended as it did."""
    found = done.json
    assert isinstance(found, dict), str(done)
    rows = found.get("outcomes") or found["devices"]
    row = next(one for one in rows if name in {one.get("device"), one.get("name")})
    return str(row.get("detail") or row.get("reason"))


def action_of(planned: Done, name: str) -> str:
    """What a plan does with one device."""
    found = planned.json
    assert isinstance(found, dict), str(planned)
    return next(str(one["action"]) for one in found["devices"] if one["name"] == name)


def test_servers_that_cannot_be_read_are_told_one_by_one(school: School) -> None:
    """Each with what it is and what to do; another host key decides the exit. The plan for the others is made."""
    suffer(school, s2="refuse", s3="host-key", s4="sudo-password")
    planned = school.plan("--only", "Banner", "--json")
    assert planned.code == 9, str(planned)
    assert action_of(planned, WELL) in {"change", "none"}
    assert "refuses the connection" in said_of(planned, SECOND)
    assert "trustctl adopt" in said_of(planned, THIRD)
    assert "sudo" in said_of(planned, FOURTH)


def test_a_wrong_password_and_dead_names_and_no_python(school: School) -> None:
    """A login is refused once; names and Python are not needed to change a server."""
    suffer(school, s2="wrong-password", s3="dns-dead", s4="no-python")
    planned = school.plan("--only", "Banner", "--json")
    assert planned.code == 9, str(planned)
    assert "refuses the login" in said_of(planned, SECOND)
    done = school.apply()
    assert outcomes(done) == {WELL: "applied", THIRD: "applied", FOURTH: "applied"}, str(done)


def test_servers_that_cannot_install_are_taken_back_and_the_others_are_done(school: School) -> None:
    """A full disk, a lock that somebody holds, a mirror that is gone: each is named, and exit is 5."""
    planned = school.plan("--only", "Updates")
    assert planned.code == 0, str(planned)
    suffer(school, s2="disk-full", s3="apt-locked", s4="mirror=gone")
    done = school.apply()
    assert done.code == 5, str(done)
    assert outcomes(done)[WELL] == "applied"
    for name, words in {SECOND: "are free on /", THIRD: "lock", FOURTH: "192.0.2.80"}.items():
        assert outcomes(done)[name] in {"refused", "rolled-back"}, str(done)
        assert words in said_of(done, name)


def test_a_package_that_does_not_exist_and_a_value_that_is_missing(school: School) -> None:
    """One server's template names a package that is nowhere, another's a value that nobody gave."""
    school.template(
        "monitoring",
        lambda text: (
            f'{text}{{% if host.name == "{SECOND}" %}}\npackage no-such-thing\n{{% endif %}}\n'
            f'{{% if host.name == "{THIRD}" %}}\npackage {{{{ host.nonsense }}}}\n{{% endif %}}\n'
        ),
    )
    try:
        planned = school.plan("--only", "Monitoring", "--json")
        assert planned.code == 5, str(planned)
        assert "nonsense" in said_of(planned, THIRD)
        assert "monitoring.j2" in said_of(planned, THIRD)
        done = school.apply()
    finally:
        school.shipped("monitoring")
    assert outcomes(done) == {WELL: "applied", SECOND: "refused", FOURTH: "applied"}, str(done)
    assert "no source of the host has a package no-such-thing" in said_of(done, SECOND)
