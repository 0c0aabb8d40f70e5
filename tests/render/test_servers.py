"""What servers of the example trust are given for what their inventory says: logs, RADIUS, sign-ins, backups."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from trustctl.hosts import Resource, parse
from trustctl.inventory import load
from trustctl.inventory.loading import shipped_templates
from trustctl.render import Renderer

EXAMPLE = Path(__file__).parents[2] / "inventory"
PEM = "-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n"
ELDER = "servers:\n  eld-srv-01: {{kind: linux, os: {system}, position: 21, roles: [radius]}}\n"
Files = dict[str, Resource]


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., Files]:
    """Render a server: `files(school, server, {"path": (what, instead)})`, no `what` appends; its files and users."""

    def rendered(school: str, server: str, edits: dict[str, tuple[str, str]]) -> Files:
        folder = tmp_path / "inventory"
        if not folder.exists():
            shutil.copytree(EXAMPLE, folder)
        for name, (what, instead) in edits.items():
            path = folder / name
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            assert what in text
            path.write_text(text.replace(what, instead, 1) if what else text + instead, encoding="utf-8")
        trust = load(folder, today=date(2026, 11, 22))
        host = trust.schools[school].hosts[server]
        intended = Renderer((shipped_templates(),)).render(trust, trust.schools[school], host)
        found = parse([line.text for line in intended.lines]).values()
        return {one.name: one for one in found if one.kind in {"file", "user"}}

    return rendered


def lines(one: Resource) -> list[str]:
    """What stands in a file, without blanks around."""
    return [line.strip() for line in one.content or ()]


def demanded(clients: Resource) -> dict[str, str]:
    """Client -> what of its requests is demanded."""
    found: dict[str, str] = {}
    name = ""
    for line in lines(clients):
        words = line.split()
        name = words[1] if line.startswith("client ") else name
        if line.startswith("require_message_authenticator"):
            found[name] = words[-1]
    return found


@pytest.mark.parametrize(
    ("system", "more", "of_switches"),
    [("debian-12", "", "no"), ("debian-13", "", "auto"), ("debian-12", "always", "yes")],
)
def test_each_radius_client_is_asked_for_what_its_make_sends(
    files: Callable[..., Files], system: str, more: str, of_switches: str
) -> None:
    """Instant asks for 802.1X alone, which always carries it; the others sign people in as well."""
    edits = {"schools/elder/servers.yml": ("", ELDER.format(system=system))}
    if more:
        edits["baseline/linux.yml"] = ("", f"  radius_signed: {more}\n")
    clients = files("elder", "eld-srv-01", edits)["/etc/freeradius/3.0/clients.conf"]
    told = demanded(clients)
    assert told["eld-wlc-01"] == told["eld-wlc-01-members-1"] == told["localhost"] == "yes"
    assert told["eld-sw-art-01"] == told["eld-sw-a1-01"] == of_switches


def test_the_members_of_an_instant_cluster_are_clients_by_their_networks(files: Callable[..., Files]) -> None:
    """The one where the cluster stands and the school's own for access points; the comment says who is heard."""
    edits = {"schools/elder/servers.yml": ("", ELDER.format(system="debian-12"))}
    found = files("elder", "eld-srv-01", edits)
    told = lines(found["/etc/freeradius/3.0/clients.conf"])
    networks = [told[at + 1].split()[-1] for at, line in enumerate(told) if "-members-" in line and "client" in line]
    assert networks == ["172.30.99.0/24", "10.15.150.0/24"]
    assert sum(line.startswith("# Access points of eld-wlc-01") for line in told) == 2
    assert {"10.15.150.0/24,", "172.30.99.0/24,"} <= set(lines(found["/etc/nftables.conf"]))


def test_a_collector_takes_tls_only_with_a_certificate(files: Callable[..., Files]) -> None:
    """Its port is open to the school then, and the school's other servers send to it under its name."""
    plain = files("oak", "oak-srv-01", {})
    for name in ("/etc/rsyslog.d/40-collector.conf", "/etc/nftables.conf"):
        assert "6514" not in str(plain[name].content)
    ca = "".join(f"    {line}\n" for line in PEM.splitlines())
    chain = "".join(f"        {line}\n" for line in PEM.splitlines())
    certificate = f"    certificate:\n      key: secret://tls/oak\n      chain: |\n{chain}"
    second = "  oak-srv-02: {kind: linux, os: debian-12, position: 22}\n"
    edits = {
        "baseline/linux.yml": ("", f"  syslog_ca: |\n{ca}"),
        "schools/oak/servers.yml": ("", certificate + second),
    }
    own = files("oak", "oak-srv-01", edits)
    assert any('port="6514"' in line for line in lines(own["/etc/rsyslog.d/40-collector.conf"]))
    assert "ip saddr $school_networks tcp dport 6514 accept" in lines(own["/etc/nftables.conf"])
    assert own["/etc/ssl/trust/syslog-key.pem"].content == ("<secret:tls/oak>",)
    assert "/etc/rsyslog.d/51-school.conf" not in own
    sender = files("oak", "oak-srv-02", {})
    said = " ".join(lines(sender["/etc/rsyslog.d/51-school.conf"]))
    assert 'target="10.11.20.21" port="6514"' in said
    assert 'StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="oak-srv-01.kestrelvale.example"' in said
    assert "/etc/ssl/trust/syslog-key.pem" not in sender


def test_a_switch_alone_may_speak_plain_syslog(files: Callable[..., Files]) -> None:
    """From the management network and where devices are now; pupils and staff are not heard."""
    rules = lines(files("ash", "ash-srv-01", {})["/etc/nftables.conf"])
    assert "ip saddr $school_devices meta l4proto { tcp, udp } th dport 514 accept" in rules
    begin = rules.index("define school_devices = {")
    devices = rules[begin + 1 : rules.index("}", begin)]
    assert {"10.13.10.0/24,", "192.168.99.11/32,"} <= set(devices)
    assert not {"10.13.40.0/24,", "10.13.30.0/24,"} & set(devices)


def test_an_administrator_has_the_stores_password_or_none(files: Callable[..., Files]) -> None:
    """And SSH never takes it, whichever it is."""
    before = files("oak", "oak-srv-01", {})
    assert before["kv-oncall"].get("password") == "<secret:local/kv-oncall>"
    line = "      password: secret://local/kv-oncall\n"
    after = files("oak", "oak-srv-01", {"baseline/linux.yml": (line, "")})
    assert after["kv-oncall"].get("password") == ""
    for found in (before, after):
        daemon = lines(found["/etc/ssh/sshd_config.d/10-trust.conf"])
        mine, networks = (
            daemon.index("Match User kv-oncall"),
            daemon.index(next(x for x in daemon if "Match Addr" in x)),
        )
        # the first value of a keyword holds
        assert daemon[mine + 1] == "PasswordAuthentication no"
        assert mine < networks


def test_who_comes_when_all_else_fails_is_never_locked(files: Callable[..., Files]) -> None:
    """Before each of the two lines that lock, in the profiles from which PAM's files are made."""
    found = files("ash", "ash-srv-01", {})
    for name in ("trust-faillock", "trust-faillock-notify"):
        said = lines(found[f"/usr/share/pam-configs/{name}"])
        locks = next(at for at, line in enumerate(said) if "pam_faillock.so " in line)
        assert said[locks - 1] == "[success=1 default=ignore] pam_succeed_if.so quiet user in kv-breakglass:trustctl"


@pytest.mark.parametrize(
    ("repository", "known_as", "port"),
    [
        ("sftp:backup@nas.example:/srv/{name}", "nas.example", "22"),
        ("sftp://backup@nas.example:2222//srv/{name}", "[nas.example]:2222", "2222"),
        ("sftp:10.250.20.40:/srv", "10.250.20.40", "22"),
    ],
)
def test_root_dials_the_keeper_of_the_backups_alone(
    files: Callable[..., Files], repository: str, known_as: str, port: str
) -> None:
    """By the key of the store, and believing the inventory's host key."""
    host_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA0bP0Wn1Q2Xv4uQ9yYdK7sT3mC5eF8gH1jL6nR4zB2x"
    backup = (
        f'  backup: {{repository: "{repository}", password: secret://backup/restic, '
        f"sftp: {{key: secret://backup/sftp, host_keys: [{host_key}]}}}}\n"
    )
    edits = {"baseline/linux.yml": ("", backup), "schools/oak/servers.yml": ("[dns, syslog]", "[backup]")}
    found = files("oak", "oak-srv-01", edits)
    assert found["/etc/restic/key"].content == ("<secret:backup/sftp>",)
    assert found["/etc/restic/known_hosts"].content == (f"{known_as} {host_key}",)
    own = lines(found["/etc/ssh/ssh_config.d/20-trust-backup.conf"])
    server = known_as.strip("[]").split("]")[0]
    assert f"Match originalhost {server} localuser root" in own
    assert {f"Port {port}", "StrictHostKeyChecking yes", "IdentityFile /etc/restic/key"} <= set(own)
