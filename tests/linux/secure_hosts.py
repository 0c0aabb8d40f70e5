"""What the tests of access, hardening and backup share: words of the command line about one server of Oak."""

from __future__ import annotations

import json

import paramiko
from engineer import Engineer
from over_ssh import connect
from school_servers import School

HOST = "oak-srv-01"


def secret(engineer: Engineer, name: str) -> str:
    """A value of the trust's secrets."""
    lines = engineer.secrets.read_text(encoding="utf-8").splitlines()
    return next(line.partition(": ")[2] for line in lines if line.startswith(f"{name}: "))


def add(engineer: Engineer, linux: str = "", secrets: str = "") -> None:
    """Add lines to the section `linux` of the baseline, and to the secrets."""
    for path, more in (
        (engineer.repository / "inventory/baseline/linux.yml", linux),
        (engineer.secrets, secrets),
    ):
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")


def planned(school: School, topics: tuple[str, ...]) -> str:
    """Plan these topics; return what is said."""
    done = school.plan(*(word for topic in topics for word in ("--only", topic)))
    assert done.code == 0, str(done)
    return done.out


def applied(school: School) -> str:
    """Carry out the plan; return the run's name."""
    done = school.apply()
    assert done.code == 0, str(done)
    found = done.json
    assert isinstance(found, dict)
    return str(found["run"])


def taken_back(school: School, run: str) -> None:
    """Take the run back."""
    done = school.run("rollback", run, "--yes")
    assert done.code == 0, str(done)


def audited(school: School) -> dict[str, dict[str, object]]:
    """Each point of the server by name."""
    done = school.run("audit", school.slug, "--limit", HOST, "--json")
    assert done.code == 0, str(done)
    return {one["name"]: one for one in json.loads(done.out)["servers"][0]["findings"]}


def signs_in(school: School, user: str, password: str) -> bool:
    """Whether this password lets this person in, from a management address."""
    try:
        connect(school.lab.contacts[HOST], user, password).close()
    except paramiko.AuthenticationException:
        return False
    return True
