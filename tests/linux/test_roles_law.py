"""A change of a server that goes wrong leaves the server as it was, whatever went wrong, and says what it was."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from engineer import Done, one_clear_error
from linux_hosts import StartHosts
from school_servers import School, open_school, outcomes

pytestmark = pytest.mark.timeout(900)

SERVER = "oak-srv-01"


@pytest.fixture(scope="module")
def school(start_hosts: StartHosts, tmp_path_factory: pytest.TempPathFactory) -> School:
    """The server of Oak with its packages, and nothing set up."""
    packages = ("bind9-dnsutils", "logrotate", "nftables", "rsyslog", "unattended-upgrades", "unbound")
    return open_school("oak", start_hosts, tmp_path_factory.mktemp("law"), packages=packages)


def refused(school: School, topic: str, *words: str) -> Done:
    """Plan and apply one topic, which must end as rolled back and verified, for this reason."""
    planned = school.plan("--only", topic)
    assert planned.code == 0, str(planned)
    before = school.on(SERVER, LOOK)
    done = school.apply()
    assert outcomes(done) == {SERVER: "rolled-back"}, str(done)
    one_clear_error(done, 4, "it reads back as before the change", *words)
    assert school.on(SERVER, LOOK) == before
    return done


LOOK = (
    "nft list ruleset 2>/dev/null; cat /etc/resolv.conf; sha256sum /etc/ssh/sshd_config.d/* /etc/nftables.conf 2>&1; "
    "for one in ssh unbound; do systemctl is-active -q $one && echo $one runs; done; "
    "systemctl is-enabled nftables unbound 2>&1; systemctl list-timers 'trustctl*'; "
    "find /etc/unbound /etc/rsyslog.d /etc/apt /etc/logrotate.d -type f -exec sha256sum {} +"
)
"""What of the server these tests are about, told by itself."""


def test_a_firewall_that_shuts_us_out_opens_by_itself(school: School) -> None:
    """The management network of the inventory is not ours: the rules load, no session comes, the timer runs out."""
    line = "10.250.10.0/24"
    school.engineer.edit("baseline/hardening.yml", f"- {line}", "- 10.99.99.0/24")
    try:
        refused(school, "Firewall", "no SSH session")
    finally:
        school.engineer.edit("baseline/hardening.yml", "- 10.99.99.0/24", f"- {line}")
    assert "loaded the firewall rules" in school.on(SERVER, "cat /var/lib/trustctl/reverted.log")


def test_an_sshd_configuration_that_does_not_parse_never_reaches_sshd(school: School) -> None:
    """The daemon itself refuses the file; the one that runs was never told to read it."""
    reloads = "journalctl -u ssh --no-pager | grep -c 'Reload'"
    count = school.on(SERVER, reloads)
    school.template("access", lambda text: text.replace("    PermitRootLogin no\n", "    PermitRootLogin perhaps\n", 1))
    try:
        refused(school, "SSH", "unsupported option", "perhaps", "10-trust.conf")
    finally:
        school.shipped("access")
    assert school.on(SERVER, reloads) == count


def test_name_servers_that_do_not_answer_are_not_taken(school: School) -> None:
    """The file is refused before it is in its place."""
    school.template("access", lambda text: re.sub(r"    nameserver .*\n", "    nameserver 10.250.20.99\n", text))
    try:
        refused(school, "Resolver", "/etc/resolv.conf", "none of these name servers answers")
    finally:
        school.shipped("access")


def break_unbound(text: str) -> str:
    """An address that the server does not have: the checker has nothing against it, the daemon does not start."""
    text = text.replace("        ip-freebind: yes\n", "")
    return text.replace("interface: 127.0.0.1\n", "interface: 10.99.99.9\n")


def test_a_service_that_does_not_start_is_taken_back(school: School) -> None:
    """And the service's own words are shown."""
    school.template("dns", break_unbound)
    try:
        refused(school, "DNS", "unbound", "could not open ports")
    finally:
        school.shipped("dns")


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("dns", lambda text: text.replace("prefetch: yes", "prefetch: maybe"), ("10-trust.conf", "yes or no")),
        ("syslog", lambda text: text.replace('module(load="imtcp")', 'module(load="imtcq")'), ("imtcq",)),
        ("updates", lambda text: text.replace('"7";', '"7'), ("20auto-upgrades",)),
    ],
)
def test_each_program_refuses_its_own_bad_file(
    school: School, part: str, change: Callable[[str], str], words: tuple[str, ...]
) -> None:
    """The words are the program's."""
    school.template(part, change)
    try:
        refused(school, {"dns": "DNS", "syslog": "Log collector", "updates": "Updates"}[part], *words)
    finally:
        school.shipped(part)


REFUSED = "journalctl -u ssh --no-pager | grep -c 'not allowed because not in any group\\|Failed password'"
"""Logins that the server's SSH has refused."""


def nobody(text: str) -> str:
    """A group that does not exist is the only one that SSH lets in."""
    return re.sub(r"    AllowGroups .*\n", "    AllowGroups nobody-at-all\n", text)


def refusals(school: School) -> int:
    """How many logins were refused until now."""
    return int(school.on(SERVER, REFUSED).strip() or 0)


def test_a_login_that_is_refused_is_left_alone_until_the_timer_has_put_it_right(school: School) -> None:
    """Accounts lock after a few failed attempts: one was made, and none before it could succeed."""
    count = refusals(school)
    school.template("access", nobody)
    try:
        refused(school, "SSH", "refuses the login")
    finally:
        school.shipped("access")
    assert refusals(school) == count + 1
