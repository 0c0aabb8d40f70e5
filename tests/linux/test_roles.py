"""A bare server takes on every role through plan and apply, really serves, and is taken back as it was."""

from __future__ import annotations

import re
import socket
import time
from pathlib import Path

import pytest
from engineer import Engineer
from linux_hosts import StartHosts
from peers import Authority, Clock, Collector, dhcp_lease, dns_answer, radius_answer
from school_servers import School, open_school, outcomes

pytestmark = pytest.mark.timeout(900)

SERVER, ADDRESS = "ash-srv-01", "10.13.20.21"
SWITCH, STAFF, MONITOR = "192.168.99.11", "10.13.30.0/24", "10.250.20.32"
COLLECTOR, CLOCK = "10.250.20.31", "10.250.20.21"
STATE = (
    "dpkg-query -W -f '${Package} ${db:Status-Abbrev}\\n' | sort; systemctl list-unit-files --no-legend | sort; "
    "systemctl list-units --type=service --state=running --plain --no-legend | cut -d' ' -f1 | grep -v ^user@ | sort; "
    "cd /etc && find . -type f ! -name '*cache*' ! -name '*-' ! -name 'passwd' ! -name '*shadow' ! -name group "
    "! -name 'sub?id' -exec sha256sum {} + | sort -k2; nft list ruleset 2>/dev/null"
)
"""What a server is, told by itself: packages, units, what runs, the files of /etc, live firewall rules.

The accounts that packages make for their daemons stay when they go, as their distribution has it.
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who signed the collector's certificate."""
    return Authority.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def school(start_hosts: StartHosts, tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> School:
    """The server of Ash as its supplier left it: a bare Debian."""

    def edit(engineer: Engineer) -> None:
        pem = "".join(f"    {line}\n" for line in authority.pem.splitlines())
        with (engineer.inventory / "baseline/linux.yml").open("a", encoding="utf-8") as file:
            file.write(f"  syslog_ca: |\n{pem}")

    return open_school("ash", start_hosts, tmp_path_factory.mktemp("roles"), edit)


@pytest.fixture(scope="module")
def bare(school: School) -> str:
    """What the server is before anything."""
    return school.on(SERVER, STATE)


@pytest.fixture(scope="module")
def applied(school: School, bare: str) -> str:
    """The server after the whole plan was carried out; the run's name."""
    planned = school.plan()
    assert planned.code == 0, str(planned)
    done = school.apply()
    assert outcomes(done) == {SERVER: "applied"}, str(done)
    assert done.code == 0
    found = done.json
    assert isinstance(found, dict)
    return str(found["run"])


def test_the_second_plan_is_empty(school: School, applied: str) -> None:
    """Nothing is left to do, and drift is green."""
    planned = school.plan()
    assert planned.code == 0, str(planned)
    assert "nothing to change" in planned.out
    assert school.run("drift", "ash", "--limit", SERVER).code == 0


def test_a_pc_gets_a_lease_from_the_scope_of_its_vlan(school: School, applied: str, tmp_path: Path) -> None:
    """By way of a relay, as the school's switches are one; with its gateway and the school's own resolver."""
    pc = school.lab.client("pc", STAFF, "10.13.30.1")
    school.lab.relay_dhcp("10.13.30.1", ADDRESS)
    lease = dhcp_lease(pc, tmp_path, 10)
    assert lease.address == "10.13.30.50"
    assert lease.options["routers"] == "10.13.30.1"
    assert lease.options["domain-name-servers"].startswith(ADDRESS)


def test_a_pc_gets_names_of_the_school_and_of_others(school: School, applied: str) -> None:
    """The school's switches by the inventory, and the world by the trust's name servers; others are not answered."""
    pc = school.lab.client("student", "10.13.40.0/24", "10.13.40.1", "10.13.40.60")
    zone = "ash.kestrelvale.example"
    assert dns_answer(pc, ADDRESS, f"ash-sw-core-01.{zone}") == ["192.168.99.1"]
    assert dns_answer(pc, ADDRESS, "1.99.168.192.in-addr.arpa", "PTR") == [f"ash-sw-core-01.{zone}."]
    assert dns_answer(pc, ADDRESS, "www.example.net") == ["198.51.100.7"]


def test_a_switch_of_the_inventory_is_a_radius_client_and_nothing_else_is(school: School, applied: str) -> None:
    """The right key gets an answer from the switch's address; a stranger gets none, however right its key."""
    secret = re.search(r"radius/shared-key: (\S+)", school.engineer.secrets.read_text())
    assert secret
    given = 'pupil Cleartext-Password := "right"\n'
    school.lab.run(SERVER, ["sh", "-c", "cat >>/etc/freeradius/3.0/mods-config/files/authorize"], given=given)
    school.on(SERVER, "systemctl restart freeradius")
    switch = school.lab.client("switch", "192.168.99.0/24", "192.168.99.1", SWITCH)
    assert radius_answer(switch, ADDRESS, secret[1], "pupil", "right") == "Access-Accept"
    assert radius_answer(switch, ADDRESS, secret[1], "pupil", "wrong") == "Access-Reject"
    stranger = school.lab.client("stranger", "192.168.2.0/24", "192.168.2.1", "192.168.2.9")
    assert radius_answer(stranger, ADDRESS, secret[1], "pupil", "right") == "none"
    school.on(SERVER, "nft flush chain inet trust input; nft 'add rule inet trust input accept'")
    assert radius_answer(stranger, ADDRESS, secret[1], "pupil", "right") == "none", "the firewall alone kept it out"
    school.on(SERVER, "nft -f /etc/nftables.conf")


def test_the_log_goes_to_the_collector_over_tls(school: School, applied: str, authority: Authority) -> None:
    """What was written while nobody listened waits on disk and arrives."""
    school.on(SERVER, "logger -t test while nobody listened")
    collector = Collector(school.lab, COLLECTOR, authority.issue("collector"))
    school.on(SERVER, "logger -t test now somebody listens")
    collector.wait_for("now somebody listens", 60)
    collector.wait_for("while nobody listened", 60)
    assert not collector.refused
    collector.close()


def test_what_a_switch_reports_is_kept_in_a_file_of_its_own(school: School, applied: str) -> None:
    """Over UDP, as switches do."""
    switch = school.lab.client("reporter", "192.168.99.0/24", "192.168.99.1", "192.168.99.12")
    switch("sh", "-c", "logger --server 10.13.20.21 --udp --port 514 --tag lab port 7 is down")
    deadline = time.monotonic() + 10
    while "port 7 is down" not in (kept := school.on(SERVER, "cat /var/log/devices/192.168.99.12.log")):
        assert time.monotonic() < deadline, kept
        time.sleep(0.2)


def test_the_clock_is_asked_of_the_trusts_servers(school: School, applied: str) -> None:
    """Its daemon takes its time from a server of the inventory that answers."""
    clock = Clock(school.lab, CLOCK)
    said = school.on(SERVER, "chronyc burst 4/4 >/dev/null; chronyc waitsync 30 0 0 1 >/dev/null; chronyc -n sources")
    assert f"^* {CLOCK}" in said, said
    clock.close()


def test_the_monitor_alone_reads_the_servers_figures(school: School, applied: str) -> None:
    """Everybody else's packets are dropped, as are those to ports that no role opens."""
    school.lab.answer_at(MONITOR)
    ask = ("curl", "-sS", "-m", "3", f"http://{ADDRESS}:9100/metrics")
    assert "node_uname_info" in school.lab.at_station(*ask, "--interface", MONITOR)
    school.on(SERVER, "python3 -m http.server 8080 >/dev/null 2>&1 & sleep 1")
    for port, source in ((9100, ""), (8080, MONITOR), (8080, "")):
        line = school.lab.socket("tcp", source=source)
        line.settimeout(2)
        with pytest.raises(TimeoutError):
            line.connect((ADDRESS, port))
        line.close()


def test_ssh_is_answered_to_the_management_network_alone(school: School, applied: str) -> None:
    """A pupil's PC cannot even say hello."""
    pupil = school.lab.client("pupil", "10.13.40.0/24", "10.13.40.1", "10.13.40.61")
    assert pupil("sh", "-c", f"timeout 3 bash -c '</dev/tcp/{ADDRESS}/22'; echo $?") == "124\n"
    with socket.create_connection((school.lab.contacts[SERVER].host, school.lab.contacts[SERVER].port), 5) as line:
        assert line.recv(4) == b"SSH-"


def test_a_line_by_hand_is_found_and_shown(school: School, applied: str) -> None:
    """Drift says which line, of which file; nothing else is different."""
    school.on(SERVER, "sed -i 's/^makestep 1 3$/makestep 100 3/' /etc/chrony/chrony.conf")
    try:
        drift = school.run("drift", "ash", "--limit", SERVER, "--detailed-exitcode")
    finally:
        school.on(SERVER, "sed -i 's/^makestep 100 3$/makestep 1 3/' /etc/chrony/chrony.conf")
    assert drift.code == 2, str(drift)
    said = [line.split(maxsplit=1) for line in drift.out.splitlines()]
    assert [words for words in said if words[:1] in (["is"], ["should"])] == [
        ["is", "makestep 100 3"],
        ["should", "makestep 1 3"],
    ], drift.out


@pytest.mark.ends_module
def test_rollback_gives_back_files_packages_and_services(school: School, bare: str, applied: str) -> None:
    """As if nothing had been: told by the server itself, not by what we read of it."""
    school.on(SERVER, "sed -i '/^pupil /d' /etc/freeradius/3.0/mods-config/files/authorize")
    done = school.run("rollback", applied, "--yes", "--json")
    assert done.code == 0, str(done)
    before, now = set(bare.splitlines()), set(school.on(SERVER, STATE).splitlines())
    assert (sorted(before - now), sorted(now - before)) == ([], [])
