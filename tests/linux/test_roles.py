"""Bare servers take on every role through plan and apply, really serve, and are taken back as they were.

One for each system that is called tested (templates/linux/dialects.yml), both in the same plan.
"""

from __future__ import annotations

import re
import socket
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from engineer import Engineer
from linux_hosts import StartHosts
from peers import Authority, Clock, Collector, dhcp_lease, dns_answer, radius_answer
from school_servers import School, open_school, outcomes
from secure_hosts import add

pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True, slots=True)
class Role:
    """A server that has every role, the system that it runs, and a subnet whose PCs ask it for addresses."""

    name: str
    system: str
    address: str
    subnet: str

    @property
    def gateway(self) -> str:
        """The router's address in the subnet, which relays."""
        return f"{self.subnet}.1"


SERVERS = (
    Role("ash-srv-01", "debian-12", "10.13.20.21", "10.13.30"),
    Role("ash-srv-02", "debian-13", "10.13.20.22", "10.13.50"),
)
NAMES = tuple(one.name for one in SERVERS)
SWITCH, MONITOR = "192.168.99.11", "10.250.20.32"
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


_MORE = """\
  ash-srv-02:
    kind: linux
    os: debian-13
    position: 22
    login: {username: trustctl, password: secret://login/trustctl}
    roles: [dhcp, dns, radius, syslog, backup]
"""
_BACKUP = "  backup: {repository: '/srv/{name}', password: secret://backup/restic, paths: [/etc]}\n"


@pytest.fixture(params=SERVERS, ids=lambda one: one.system)
def server(request: pytest.FixtureRequest) -> Role:
    """Each of the servers."""
    found: Role = request.param
    return found


@pytest.fixture(scope="module")
def school(start_hosts: StartHosts, tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> School:
    """The servers of Ash as their supplier left them: each a bare Debian."""

    def edit(engineer: Engineer) -> None:
        pem = "".join(f"    {line}\n" for line in authority.pem.splitlines())
        add(engineer, f"{_BACKUP}  syslog_ca: |\n{pem}", "backup/restic: Restic-pass-5519\n")
        engineer.edit("schools/ash/servers.yml", "[dhcp, dns, radius, syslog]", "[dhcp, dns, radius, syslog, backup]")
        with (engineer.inventory / "schools/ash/servers.yml").open("a", encoding="utf-8") as file:
            file.write(_MORE)

    return open_school("ash", start_hosts, tmp_path_factory.mktemp("roles"), edit)


@pytest.fixture(scope="module")
def bare(school: School) -> dict[str, str]:
    """What the servers are before anything."""
    return {name: school.on(name, STATE) for name in NAMES}


@pytest.fixture(scope="module")
def applied(school: School, bare: dict[str, str]) -> str:
    """The servers after the whole plan was carried out; the run's name."""
    planned = school.plan()
    assert planned.code == 0, str(planned)
    done = school.apply()
    assert outcomes(done) == dict.fromkeys(NAMES, "applied"), str(done)
    assert done.code == 0
    found = done.json
    assert isinstance(found, dict)
    return str(found["run"])


def test_the_second_plan_is_empty(school: School, applied: str) -> None:
    """Nothing is left to do, and drift is green."""
    planned = school.plan()
    assert planned.code == 0, str(planned)
    assert "nothing to change" in planned.out
    assert school.run("drift", "ash", "--limit", ",".join(NAMES)).code == 0


def test_each_is_the_system_that_it_is_called(school: School, server: Role) -> None:
    """As the inventory says."""
    assert school.on(server.name, '. /etc/os-release; printf %s "$ID-$VERSION_ID"') == server.system


def test_a_pc_gets_a_lease_from_the_scope_of_its_vlan(
    school: School, applied: str, server: Role, tmp_path: Path
) -> None:
    """By way of a relay, as the school's switches are one; with its gateway and the school's own resolver."""
    pc = school.lab.client(f"pc-{server.system}", f"{server.subnet}.0/24", server.gateway)
    school.lab.relay_dhcp(server.gateway, server.address)
    lease = dhcp_lease(pc, tmp_path, 10)
    assert lease.address == f"{server.subnet}.50"
    assert lease.options["routers"] == server.gateway
    assert lease.options["domain-name-servers"].startswith(server.address)


def test_a_pc_gets_names_of_the_school_and_of_others(school: School, applied: str, server: Role) -> None:
    """The school's switches by the inventory, and the world by the trust's name servers; others are not answered."""
    pc = school.lab.client(f"student-{server.system}", "10.13.40.0/24", "10.13.40.1", "10.13.40.60")
    zone = "ash.kestrelvale.example"
    assert dns_answer(pc, server.address, f"ash-sw-core-01.{zone}") == ["192.168.99.1"]
    assert dns_answer(pc, server.address, "1.99.168.192.in-addr.arpa", "PTR") == [f"ash-sw-core-01.{zone}."]
    assert dns_answer(pc, server.address, "www.example.net") == ["198.51.100.7"]


def test_a_switch_of_the_inventory_is_a_radius_client_and_nothing_else_is(
    school: School, applied: str, server: Role
) -> None:
    """The right key gets an answer from the switch's address; a stranger gets none, however right its key."""
    secret = re.search(r"radius/shared-key: (\S+)", school.engineer.secrets.read_text())
    assert secret
    given = 'pupil Cleartext-Password := "right"\n'
    school.lab.run(server.name, ["sh", "-c", "cat >>/etc/freeradius/3.0/mods-config/files/authorize"], given=given)
    school.on(server.name, "systemctl restart freeradius")
    switch = school.lab.client(f"switch-{server.system}", "192.168.99.0/24", "192.168.99.1", SWITCH)
    assert radius_answer(switch, server.address, secret[1], "pupil", "right") == "Access-Accept"
    assert radius_answer(switch, server.address, secret[1], "pupil", "wrong") == "Access-Reject"
    stranger = school.lab.client(f"stranger-{server.system}", "192.168.2.0/24", "192.168.2.1", "192.168.2.9")
    assert radius_answer(stranger, server.address, secret[1], "pupil", "right") == "none"
    school.on(server.name, "nft flush chain inet trust input; nft 'add rule inet trust input accept'")
    assert radius_answer(stranger, server.address, secret[1], "pupil", "right") == "none", (
        "the firewall alone kept it out"
    )
    school.on(server.name, "nft -f /etc/nftables.conf")


def test_the_log_goes_to_the_collector_over_tls(school: School, applied: str, authority: Authority) -> None:
    """Each server's. What was written while nobody listened waits on disk and arrives."""
    for name in NAMES:
        school.on(name, f"logger -t {name} while nobody listened")
    collector = Collector(school.lab, COLLECTOR, authority.issue("collector"))
    for name in NAMES:
        school.on(name, f"logger -t {name} now somebody listens")
        collector.wait_for(f"{name}: now somebody listens", 60)
        collector.wait_for(f"{name}: while nobody listened", 60)
    assert not collector.refused
    collector.close()


def test_what_a_switch_reports_is_kept_in_a_file_of_its_own(school: School, applied: str, server: Role) -> None:
    """Over UDP, as switches do."""
    switch = school.lab.client(f"reporter-{server.system}", "192.168.99.0/24", "192.168.99.1", "192.168.99.12")
    switch("sh", "-c", f"logger --server {server.address} --udp --port 514 --tag lab port 7 is down")
    deadline = time.monotonic() + 10
    while "port 7 is down" not in (kept := school.on(server.name, "cat /var/log/devices/192.168.99.12.log")):
        assert time.monotonic() < deadline, kept
        time.sleep(0.2)


def test_the_clock_is_asked_of_the_trusts_servers(school: School, applied: str, server: Role) -> None:
    """Its daemon takes its time from a server of the inventory that answers."""
    clock = Clock(school.lab, CLOCK)
    said = school.on(
        server.name, "chronyc burst 4/4 >/dev/null; chronyc waitsync 30 0 0 1 >/dev/null; chronyc -n sources"
    )
    assert f"^* {CLOCK}" in said, said
    clock.close()


def test_the_monitor_alone_reads_the_servers_figures(school: School, applied: str, server: Role) -> None:
    """Everybody else's packets are dropped, as are those to ports that no role opens."""
    school.lab.answer_at(MONITOR)
    ask = ("curl", "-sS", "-m", "3", f"http://{server.address}:9100/metrics")
    assert "node_uname_info" in school.lab.at_station(*ask, "--interface", MONITOR)
    school.on(server.name, "python3 -m http.server 8080 >/dev/null 2>&1 & sleep 1")
    for port, source in ((9100, ""), (8080, MONITOR), (8080, "")):
        line = school.lab.socket("tcp", source=source)
        line.settimeout(2)
        with pytest.raises(TimeoutError):
            line.connect((server.address, port))
        line.close()


def test_ssh_is_answered_to_the_management_network_alone(school: School, applied: str, server: Role) -> None:
    """A pupil's PC cannot even say hello."""
    pupil = school.lab.client(f"pupil-{server.system}", "10.13.40.0/24", "10.13.40.1", "10.13.40.61")
    assert pupil("sh", "-c", f"timeout 3 bash -c '</dev/tcp/{server.address}/22'; echo $?") == "124\n"
    with socket.create_connection(
        (school.lab.contacts[server.name].host, school.lab.contacts[server.name].port), 5
    ) as line:
        assert line.recv(4) == b"SSH-"


def test_a_line_by_hand_is_found_and_shown(school: School, applied: str, server: Role) -> None:
    """Drift says which line, of which file; nothing else is different."""
    school.on(server.name, "sed -i 's/^makestep 1 3$/makestep 100 3/' /etc/chrony/chrony.conf")
    try:
        drift = school.run("drift", "ash", "--limit", server.name, "--detailed-exitcode")
    finally:
        school.on(server.name, "sed -i 's/^makestep 100 3$/makestep 1 3/' /etc/chrony/chrony.conf")
    assert drift.code == 2, str(drift)
    said = [line.split(maxsplit=1) for line in drift.out.splitlines()]
    assert [words for words in said if words[:1] in (["is"], ["should"])] == [
        ["is", "makestep 100 3"],
        ["should", "makestep 1 3"],
    ], drift.out


def test_a_backup_is_made_and_read_back(school: School, applied: str, server: Role) -> None:
    """By the units that its timers start."""
    for unit in ("trust-backup", "trust-restore-check"):
        done = school.lab.run(server.name, ["systemctl", "start", f"{unit}.service"], seconds=120)
        assert done.returncode == 0, school.on(server.name, f"journalctl -u {unit} -n 30 --no-pager")


@pytest.mark.ends_module
def test_rollback_gives_back_files_packages_and_services(school: School, bare: dict[str, str], applied: str) -> None:
    """As if nothing had been: told by the servers themselves, not by what we read of them."""
    for name in NAMES:
        school.on(name, "sed -i '/^pupil /d' /etc/freeradius/3.0/mods-config/files/authorize")
    done = school.run("rollback", applied, "--yes", "--json")
    assert done.code == 0, str(done)
    for name in NAMES:
        before, now = set(bare[name].splitlines()), set(school.on(name, STATE).splitlines())
        assert (name, sorted(before - now), sorted(now - before)) == (name, [], [])
