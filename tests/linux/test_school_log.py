"""A school's own log collector: servers come over TLS and check its name, switches come in clear from their network."""

from __future__ import annotations

import json
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from engineer import Engineer, one_clear_error
from linux_hosts import StartHosts
from peers import Authority
from school_servers import School, open_school, outcomes
from secure_hosts import add, taken_back

pytestmark = pytest.mark.timeout(600)

COLLECTOR, ADDRESS, SENDER, SENDS_FROM = "oak-srv-01", "10.11.20.21", "oak-srv-02", "10.11.20.22"
NAME = "oak-srv-01.kestrelvale.example"
TOPICS = ("Log", "Log collector", "Firewall")
PACKAGES = ("rsyslog", "rsyslog-gnutls", "logrotate", "nftables", "openssl")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who signs the trust's certificates."""
    return Authority.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Somebody else who signs certificates."""
    return Authority.make(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="module")
def school(start_hosts: StartHosts, tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[School]:
    """A collector with a certificate that ends in 20 days, and a server that sends to it; both as they were at last."""
    chain, key = authority.issue(NAME, days=20)

    def edit(engineer: Engineer) -> None:
        add(engineer, block("syslog_ca", authority.pem, 2), block("tls/oak-srv-01", key.read_text(), 0))
        certificate = block("chain", chain.read_text(), 6) + "      key: secret://tls/oak-srv-01\n"
        sender = f"  {SENDER}:\n    kind: linux\n    os: debian-12\n    position: 22\n"
        with (engineer.inventory / "schools/oak/servers.yml").open("a", encoding="utf-8") as file:
            file.write(f"    certificate:\n{certificate}{sender}")

    found = open_school("oak", start_hosts, tmp_path_factory.mktemp("log"), edit, PACKAGES)
    before = {name: found.on(name, _FILES) for name in (COLLECTOR, SENDER)}
    run = apply(found)
    yield found
    taken_back(found, run)
    assert {name: found.on(name, _FILES) for name in before} == before
    private = "".join(key.read_text().splitlines()[1:2])
    assert not any(private in said.out + said.err for said in found.engineer.said)


_FILES = "find /etc/rsyslog.d /etc/ssl/trust /etc/nftables.conf -type f -exec sha256sum {} + 2>/dev/null | sort"


def block(name: str, text: str, indent: int) -> str:
    """A YAML block of several lines."""
    return textwrap.indent(f"{name}: |\n{textwrap.indent(text, '  ')}", " " * indent)


def apply(school: School) -> str:
    """Plan and apply the topics on every server; the run's name."""
    planned = school.plan(*(word for topic in TOPICS for word in ("--only", topic)))
    assert planned.code == 0, str(planned)
    done = school.apply()
    assert set(outcomes(done).values()) <= {"applied", "unchanged"}, str(done)
    found = done.json
    assert isinstance(found, dict)
    return str(found["run"])


def kept(school: School, sender: str = SENDS_FROM) -> str:
    """What the collector has kept of a sender."""
    return school.on(COLLECTOR, f"cat /var/log/devices/{sender}.log 2>/dev/null")


def arrives(school: School, text: str, sender: str = SENDS_FROM, seconds: float = 40.0) -> bool:
    """Whether a line is kept within the time."""
    deadline = time.monotonic() + seconds
    while text not in kept(school, sender):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def refuses(school: School, since: str) -> bool:
    """Whether the sender says within the time that it will not talk to who answers there."""
    deadline = time.monotonic() + 40
    while "not permitted to talk to" not in school.on(SENDER, f"journalctl -u rsyslog --since '{since}' --no-pager"):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


def test_a_server_sends_its_log_to_the_schools_collector(school: School) -> None:
    """Over TLS, as it has no other way there: plain syslog from the servers' network is dropped."""
    school.on(SENDER, "logger -t test the first line")
    assert arrives(school, "the first line"), school.on(SENDER, "journalctl -u rsyslog -n 20 --no-pager")
    assert "plain" not in school.on(SENDER, "logger --server 10.11.20.21 --udp --port 514 plain; sleep 0.5")
    assert not arrives(school, "plain", seconds=1)
    assert "nothing to change" in school.plan(*(w for topic in TOPICS for w in ("--only", topic))).out


def test_the_key_stands_on_the_collector_for_root_alone(school: School) -> None:
    """And whoever looks at the plan or at drift sees its reference."""
    assert school.on(COLLECTOR, "stat -c %a:%U /etc/ssl/trust/syslog-key.pem") == "600:root\n"
    shown = school.run("drift", "oak", "--limit", COLLECTOR, "--json")
    assert "PRIVATE KEY" not in shown.out


def test_a_sender_that_trusts_another_authority_sends_nothing(school: School, stranger: Authority) -> None:
    """It refuses the collector, and sends what waited once it trusts the right one again."""
    place = "/etc/ssl/trust/syslog-ca.pem"
    school.on(SENDER, f"cp {place} /root/right.pem")
    school.lab.run(SENDER, ["sh", "-c", f"cat >{place}"], given=stranger.pem)
    since = school.on(SENDER, "date '+%F %T'").strip()
    school.on(SENDER, "systemctl restart rsyslog; logger -t test while it trusts a stranger")
    assert refuses(school, since)
    assert "while it trusts a stranger" not in kept(school)
    school.on(SENDER, f"cat /root/right.pem >{place}; systemctl restart rsyslog")
    assert arrives(school, "while it trusts a stranger", seconds=40)


def test_another_server_with_a_certificate_of_the_trust_is_not_the_collector(
    school: School, authority: Authority
) -> None:
    """The name counts, not the authority alone."""
    for own, wrong in zip(("syslog.pem", "syslog-key.pem"), authority.issue("oak-srv-07.other.example"), strict=True):
        school.on(COLLECTOR, f"cp -p /etc/ssl/trust/{own} /root/")
        school.lab.run(COLLECTOR, ["sh", "-c", f"cat >/etc/ssl/trust/{own}"], given=wrong.read_text())
    since = school.on(SENDER, "date '+%F %T'").strip()
    school.on(COLLECTOR, "systemctl restart rsyslog")
    school.on(SENDER, "systemctl restart rsyslog; logger -t test for the right name only")
    assert refuses(school, since)
    assert "for the right name only" not in kept(school)
    school.on(COLLECTOR, "cp -p /root/syslog.pem /root/syslog-key.pem /etc/ssl/trust/; systemctl restart rsyslog")
    assert arrives(school, "for the right name only", seconds=40)


def test_a_switch_reports_in_clear_from_the_management_network_alone(school: School) -> None:
    """Over UDP, as switches do; a pupil's PC is not heard."""
    switch = school.lab.client("switch", "10.11.10.0/24", "10.11.10.1", "10.11.10.12")
    pupil = school.lab.client("pupil", "10.11.40.0/24", "10.11.40.1", "10.11.40.60")
    for who, text in ((pupil, "a pupil says"), (switch, "port 7 is down")):
        who("logger", "--server", ADDRESS, "--udp", "--port", "514", text)
    assert arrives(school, "port 7 is down", "10.11.10.12")
    assert not kept(school, "10.11.40.60")


def test_the_audit_tells_a_certificate_that_is_about_to_end(school: School) -> None:
    """The collector's ends in 20 days."""
    done = school.run("audit", "oak", "--json")
    assert done.code == 0, str(done)
    found = {
        one["name"]: {point["name"]: point for point in one["findings"]} for one in json.loads(done.out)["servers"]
    }
    assert found[COLLECTOR]["certificates"]["wrong"] == ["a certificate ends within 30 days"]
    assert found[COLLECTOR]["certificates"]["rag"] == "amber"
    assert found[SENDER]["certificates"]["rag"] == "green", found[SENDER]["certificates"]


@pytest.mark.ends_module
def test_only_certified_senders_are_heard_if_the_trust_says_so(
    school: School, authority: Authority, stranger: Authority, tmp_path: Path
) -> None:
    """A sender with a certificate of the trust is heard; one of another authority is refused, and one without."""
    school.engineer.edit("baseline/linux.yml", "  syslog_ca: |", "  syslog_clients: certified\n  syslog_ca: |")
    apply(school)
    pc = school.lab.client("sender", "10.11.30.0/24", "10.11.30.1", "10.11.30.60")
    dial = f"openssl s_client -quiet -connect {ADDRESS}:6514 -CAfile {authority.folder}/ca.pem"
    said = 'printf "<13>Nov 22 12:00:00 pc test: %s\\n" "$0"; sleep 1'
    for text, signer in (("of a stranger", stranger), ("of nobody", None), ("of the trust", authority)):
        files = signer.issue("pc.kestrelvale.example") if signer else None
        own = f"-cert {files[0]} -key {files[1]}" if files else ""
        pc("sh", "-c", f"{{ {said}; }} | timeout 5 {dial} {own} >{tmp_path}/said 2>&1; true", text)
    assert arrives(school, "of the trust", "10.11.30.60"), (tmp_path / "said").read_text()
    assert "of a stranger" not in kept(school, "10.11.30.60")
    assert "of nobody" not in kept(school, "10.11.30.60")
    school.engineer.edit("baseline/linux.yml", "  syslog_clients: certified\n", "")
    apply(school)


@pytest.mark.ends_module
def test_a_key_of_another_certificate_is_refused(school: School, authority: Authority) -> None:
    """By openssl, before anything is in its place; and the server is as it was."""
    own = school.engineer.secrets.read_text(encoding="utf-8")
    _, key = authority.issue("another")
    here = own.index("tls/oak-srv-01: |")
    school.engineer.secrets.write_text(own[:here] + block("tls/oak-srv-01", key.read_text(), 0), encoding="utf-8")
    try:
        planned = school.plan("--only", "Log")
        assert planned.code == 0, str(planned)
        done = school.apply()
    finally:
        school.engineer.secrets.write_text(own, encoding="utf-8")
    assert outcomes(done) == {COLLECTOR: "rolled-back"}, str(done)
    one_clear_error(done, 4, "the key does not belong to the certificate")
