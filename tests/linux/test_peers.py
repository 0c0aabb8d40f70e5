"""The witnesses tell what is there and what is not, on services that the distribution's packages set up."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from linux_hosts import StartHosts, server
from peers import Authority, Clock, Collector, dhcp_lease, dns_answer, radius_answer

from trustctl.lab.hosts.ground import HostLabError
from trustctl.lab.hosts.lab import HostLab

HOST, ADDRESS = "oak-srv-01", "10.11.20.21"
SWITCH, SECRET = "10.11.99.12", "Made-up-secret-1"
COLLECTOR, TIME = "10.250.20.31", "10.250.20.21"
PACKAGES = ("chrony", "dns-root-data", "freeradius", "kea-dhcp4-server", "rsyslog", "rsyslog-openssl", "unbound")


@pytest.fixture(scope="module")
def lab(start_hosts: StartHosts) -> HostLab:
    """One server with every service's package, as the package sets it up."""
    return start_hosts(server(1, packages=PACKAGES))


def put(lab: HostLab, path: str, text: str, service: str) -> None:
    """Write a file and restart its service."""
    assert lab.run(HOST, ["sh", "-c", 'cat > "$0"', path], given=text).returncode == 0
    done = lab.run(HOST, ["systemctl", "restart", service])
    assert done.returncode == 0, lab.run(HOST, ["journalctl", "-n20", "-u", service]).stdout


def test_a_name_is_answered_and_one_that_is_not_there_is_not(lab: HostLab) -> None:
    """Asked from another machine; a server that does not run gives no answer at all."""
    zone = 'server:\n interface: 0.0.0.0\n access-control: 10.0.0.0/8 allow\n local-zone: "oak.test." static\n'
    put(
        lab, "/etc/unbound/unbound.conf.d/lab.conf", f'{zone} local-data: "printer.oak.test. A 10.11.30.9"\n', "unbound"
    )
    assert dns_answer(lab.at_station, ADDRESS, "printer.oak.test") == ["10.11.30.9"]
    assert dns_answer(lab.at_station, ADDRESS, "nothing.oak.test") == []
    lab.run(HOST, ["systemctl", "stop", "unbound"])
    with pytest.raises(HostLabError):
        dns_answer(lab.at_station, ADDRESS, "printer.oak.test")


def test_a_switch_gets_an_accept_a_reject_or_nothing(lab: HostLab) -> None:
    """The server knows the switch by its address: the same request from elsewhere has no answer."""
    switch = lab.client("switch", "10.11.99.0/24", "10.11.99.1", SWITCH)
    lab.run(
        HOST,
        ["sh", "-c", "cat >> /etc/freeradius/3.0/mods-config/files/authorize"],
        given='\npc Cleartext-Password := "right"\n',
    )
    clients = f"client switch {{\n ipaddr = {SWITCH}\n secret = {SECRET}\n}}\n"
    put(lab, "/etc/freeradius/3.0/clients.conf", clients, "freeradius")
    assert radius_answer(switch, ADDRESS, SECRET, "pc", "right") == "Access-Accept"
    assert radius_answer(switch, ADDRESS, SECRET, "pc", "wrong") == "Access-Reject"
    assert radius_answer(switch, ADDRESS, "Another-secret", "pc", "right") == "none"
    assert radius_answer(lab.at_station, ADDRESS, SECRET, "pc", "right") == "none"


def test_a_pc_in_another_subnet_gets_a_lease_through_the_relay(lab: HostLab, tmp_path: Path) -> None:
    """And none before the server has a range for its subnet."""
    pc = lab.client("pc", "10.11.30.0/24", "10.11.30.1")
    lab.relay_dhcp("10.11.30.1", ADDRESS)
    with pytest.raises(AssertionError, match="no lease"):
        dhcp_lease(pc, tmp_path, 3)
    subnet = {
        "id": 30,
        "subnet": "10.11.30.0/24",
        "pools": [{"pool": "10.11.30.100 - 10.11.30.150"}],
        "option-data": [{"name": "routers", "data": "10.11.30.1"}],
    }
    config = {"Dhcp4": {"interfaces-config": {"interfaces": ["eth0"]}, "subnet4": [subnet]}}
    put(lab, "/etc/kea/kea-dhcp4.conf", json.dumps(config), "kea-dhcp4-server")
    lease = dhcp_lease(pc, tmp_path, 10)
    assert lease.address == "10.11.30.100"
    assert (lease.options["routers"], lease.options["dhcp-server-identifier"]) == ("10.11.30.1", ADDRESS)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority of this test alone."""
    return Authority.make(tmp_path)


@pytest.fixture
def collector(lab: HostLab, authority: Authority) -> Iterator[Collector]:
    """A collector that the authority vouches for."""
    one = Collector(lab, COLLECTOR, authority.issue("syslog.oak.test"))
    yield one
    one.close()


def test_a_syslog_line_arrives_over_tls_from_a_server_that_trusts_the_collector(
    lab: HostLab, authority: Authority, collector: Collector, tmp_path: Path
) -> None:
    """A server that trusts another authority breaks off, and sends nothing."""
    other = tmp_path / "other"
    other.mkdir()
    _forward(lab, Authority.make(other).pem)
    lab.run(HOST, ["logger", "the first line"])
    with pytest.raises(AssertionError, match="there are 0"):
        collector.wait_for("the first line", 4)
    assert collector.refused
    _forward(lab, authority.pem)
    lab.run(HOST, ["logger", "the second line"])
    assert HOST in collector.wait_for("the second line")


def _forward(lab: HostLab, ca: str) -> None:
    lab.run(HOST, ["sh", "-c", "cat > /etc/ssl/certs/lab-ca.pem"], given=ca)
    action = (
        f'*.* action(type="omfwd" target="{COLLECTOR}" port="6514" protocol="tcp" StreamDriver="ossl" '
        'StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="syslog.oak.test" '
        'StreamDriver.CAFile="/etc/ssl/certs/lab-ca.pem" action.resumeInterval="1")\n'
    )
    text = f'global(DefaultNetstreamDriverCAFile="/etc/ssl/certs/lab-ca.pem")\n{action}'
    put(lab, "/etc/rsyslog.d/lab.conf", text, "rsyslog")


def test_chrony_follows_a_time_server_and_leaves_the_machines_clock_alone(lab: HostLab) -> None:
    """It chooses a source that is wrong by an hour, and no clock moves: there is only one."""
    before = time.time() - time.monotonic()
    clock = Clock(lab, TIME, offset=3600)
    put(lab, "/etc/chrony/chrony.conf", f"server {TIME} iburst minpoll 0 maxpoll 1\nmakestep 1 3\n", "chrony")
    assert lab.run(HOST, ["chronyc", "waitsync", "20", "0", "0", "0.5"]).returncode == 0
    told = lab.run(HOST, ["chronyc", "-c", "sources"]).stdout.split(",")
    clock.close()
    assert told[1:3] == ["*", TIME]
    assert abs(time.time() - time.monotonic() - before) < 1
