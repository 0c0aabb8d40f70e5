"""What the lab decides about Linux hosts before it needs root: descriptions, recipes, and why a machine cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from trustctl.errors import UsageError
from trustctl.lab.faults import OF_HOSTS, ONLY_HOSTS, Fault, FaultKind
from trustctl.lab.hosts import machine
from trustctl.lab.hosts.cache import Cache
from trustctl.lab.hosts.ground import HostLabError, finish
from trustctl.lab.hosts.recipe import known, recipe
from trustctl.lab.hosts.repository import sources_file
from trustctl.lab.hosts.spec import DirectorySpec, HostSpec, check
from trustctl.lab.labfile import read_estate

GOOD = HostSpec("oak-srv-01", "10.11.20.21", 24, "10.11.20.1", "trustctl", "made-up")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": "oak srv"}, "no host name"),
        ({"name": "-oak"}, "no host name"),
        ({"user": "root"}, "cannot be the account"),
        ({"user": "a:b"}, "cannot be the account"),
        ({"password": ""}, "a password of one line"),
        ({"password": "two\nlines"}, "a password of one line"),
        ({"authorized_key": "ssh-ed25519 AAAA\nssh-ed25519 BBBB"}, "one line"),
        ({"address": "10.11.20.300"}, "10.11.20.300"),
        ({"prefix": 33}, "33"),
        ({"gateway": "10.11.21.1"}, "not another address of 10.11.20.0/24"),
        ({"gateway": "10.11.20.21"}, "not another address of 10.11.20.0/24"),
    ],
)
def test_a_host_that_cannot_be_is_refused(change: dict[str, object], problem: str) -> None:
    """Before anything is built, by name."""
    with pytest.raises(UsageError, match=problem):
        check([replace(GOOD, **change)])  # type: ignore[arg-type] - words of each field, as the caller has them


def test_two_hosts_share_neither_name_nor_address() -> None:
    """Whichever it is, the error says so."""
    check([GOOD, replace(GOOD, name="oak-srv-02", address="10.11.20.22")])
    with pytest.raises(UsageError, match=r"the address 10\.11\.20\.21"):
        check([GOOD, replace(GOOD, name="oak-srv-02")])
    with pytest.raises(UsageError, match="the name oak-srv-01"):
        check([GOOD, replace(GOOD, address="10.11.20.22")])


def test_a_hosts_full_name_ends_in_its_domain_or_that_of_its_directory() -> None:
    """The short name is always among them."""
    assert GOOD.names == ("oak-srv-01",)
    assert replace(GOOD, domain="oak.example").names == ("oak-srv-01.oak.example", "oak-srv-01")
    directory = DirectorySpec("AD.OAK.EXAMPLE", "OAK", "made-up")
    assert replace(GOOD, directory=directory).names[0] == "oak-srv-01.ad.oak.example"


def test_each_system_has_its_own_base_and_the_repository_follows_the_base() -> None:
    """A cache is never used for what it was not made from."""
    made = [recipe(name) for name in known()]
    assert len({one.base_digest for one in made}) == len({one.repository_digest for one in made}) == len(made) == 2
    with pytest.raises(HostLabError, match="cannot make a host with plan9-4"):
        recipe("plan9-4")


def test_apt_believes_the_labs_key_alone() -> None:
    """Two archives as the distribution has them; nothing is trusted unsigned."""
    text = sources_file(recipe("debian-12"), "http://192.0.2.80")
    assert text.count("Signed-By: /usr/share/keyrings/trustctl-lab.gpg") == 2
    assert "URIs: http://192.0.2.80/debian-security\nSuites: bookworm-security\n" in text
    assert "rusted: yes" not in text


def test_a_part_of_the_cache_counts_only_when_it_is_whole(tmp_path: Path) -> None:
    """A build that fails leaves nothing that the next one would take for done."""
    cache = Cache(tmp_path / "cache")

    def fails(folder: Path) -> None:
        (folder / "half").write_text("")
        raise HostLabError("the archive is gone")

    with pytest.raises(HostLabError):
        cache.made("part", fails)
    assert not cache.has(recipe("debian-12"))
    built = cache.made("part", lambda folder: (folder / "whole").touch())
    assert [path.name for path in built.iterdir()] == ["whole"]
    assert cache.made("part", fails) == built


def test_a_machine_says_all_that_is_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """No user namespace and two programs missing are two reasons, with the packages to install."""
    monkeypatch.setattr(machine.rootless, "hindrance", lambda: "not root, and no user namespace")
    monkeypatch.setattr(machine, "PROGRAMS", {"no-such-program": "some-package", "none-either": "another"})
    monkeypatch.setattr(machine, "OF_ROOT", {})
    monkeypatch.setattr(machine, "OF_OTHERS", {})
    assert machine.hindrances()[:2] == ("not root, and no user namespace", "not installed: another some-package")


def test_a_command_that_fails_tells_what_it_printed_and_never_what_it_was_given() -> None:
    """Secrets travel on standard input."""
    with pytest.raises(HostLabError) as caught:
        finish(["sh", "-c", "cat > /dev/null; echo broken >&2; exit 3"], given="secret")
    assert "ended with 3: broken" in str(caught.value)
    assert "secret" not in str(caught.value)
    with pytest.raises(HostLabError, match="not installed"):
        finish(["no-such-program"])


def test_faults_of_hosts_are_read_as_those_of_switches() -> None:
    """`mirror` takes a word; what switches can suffer too is not hosts' alone."""
    assert Fault.parse("mirror=empty") == Fault(FaultKind.MIRROR, text="empty")
    assert Fault.parse("disk-full").kind in ONLY_HOSTS
    assert {FaultKind.REFUSE, FaultKind.DEAD, FaultKind.HOST_KEY, FaultKind.WRONG_PASSWORD} == OF_HOSTS - ONLY_HOSTS


def test_a_definition_file_may_list_hosts(tmp_path: Path) -> None:
    """The cache is looked up beside the file; a wrong key has a place."""
    path = tmp_path / "lab.yml"
    host = (
        "{name: oak-srv-01, address: 10.11.20.21, prefix: 24, gateway: 10.11.20.1, user: trustctl, password: made-up}"
    )
    path.write_text(f"devices: []\nhosts:\n  - {host}\ncache: made\ndns: [10.250.20.21]\n")
    estate = read_estate(path)
    assert estate.hosts == (GOOD,)
    assert (estate.cache, estate.dns) == (tmp_path / "made", ("10.250.20.21",))
    path.write_text(f"devices: []\nhosts:\n  - {host.replace('prefix', 'prefixes')}\n")
    with pytest.raises(UsageError, match="unknown key 'prefixes'") as caught:
        read_estate(path)
    assert "hosts[0]" in caught.value.where
