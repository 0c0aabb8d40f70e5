"""What hosts print, read as what it means; and what cannot be read is `untold`."""

from __future__ import annotations

import base64
import subprocess

import hypothesis.strategies as st
import pytest
from hypothesis import given

from trustctl.engines.linux.child.faults import failed
from trustctl.engines.linux.child.script import restore_script, saving
from trustctl.engines.linux.facts import accounts, kernel, packages, ruleset, services
from trustctl.engines.linux.facts.paths import bytes_of, text_of
from trustctl.engines.linux.operations.paths import REFUSED
from trustctl.hosts import Resource, parse, text_lines


def wanted(*headers: str) -> list[Resource]:
    """Resources from their first lines."""
    return list(parse(headers).values())


def shown(found: object) -> list[str]:
    """Resources as their first lines."""
    return [one.header for one in found]  # type: ignore[attr-defined] - what a fact gives is pyinfra's to say


@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
def test_a_file_is_its_lines_and_back(data: bytes) -> None:
    """Any content at all, and as it stands in a description."""
    words, content = text_of(data)
    one = Resource("file", "/x", words, content)
    assert bytes_of(one) == data
    assert bytes_of(parse(text_lines("".join(f"{line}\n" for line in one.lines)))["file", "/x"]) == data


PACKAGES = wanted("package a", "package b", "package c", "package d")


def test_packages() -> None:
    """Installed, removed with its settings left, half configured, and never heard of."""
    lines = ["P a 1:2.3-4+deb12u1 ii ", "P b 1.0 rc ", "P c 2.0 iF ", "READ"]
    found = shown(packages.read(lines, PACKAGES))
    assert found[0] == "package a version=1:2.3-4+deb12u1"
    assert found[1] == "package b state=absent config=kept"
    assert found[2].startswith("package c state=untold why='dpkg left it half configured")
    assert found[3] == "package d state=absent"
    assert "neither" in shown(packages.read(["neither dpkg-query nor rpm"], PACKAGES))[0]


SERVICES = [
    (["LoadState=loaded", "ActiveState=active", "UnitFileState=enabled"], "enabled=yes running=yes masked=no"),
    (["LoadState=loaded", "ActiveState=failed", "UnitFileState=disabled"], "enabled=no running=no masked=no"),
    (["LoadState=loaded", "ActiveState=activating", "UnitFileState=static"], "enabled=static running=no masked=no"),
    (["LoadState=masked", "ActiveState=inactive", "UnitFileState=masked"], "enabled=no running=no masked=yes"),
    (["LoadState=not-found", "ActiveState=active"], "enabled=no running=no masked=no state=absent"),
    (
        ["LoadState=loaded", "ActiveState=active", "UnitFileState=generated", "ON x"],
        "enabled=yes running=yes masked=no",
    ),
    (["LoadState=bad-setting", "ActiveState=inactive"], "state=untold why='systemd says of its unit: bad-setting'"),
]


@pytest.mark.parametrize(("lines", "words"), SERVICES)
def test_services(lines: list[str], words: str) -> None:
    """Systemd's words for a unit."""
    assert shown(services.read([*lines, "", "READ"], wanted("service x"))) == [f"service x {words}"]


def test_services_that_were_not_all_answered_are_untold() -> None:
    """A block is missing: none of them is believed."""
    found = list(services.read(["LoadState=loaded", "", "READ"], wanted("service x", "service y")))
    assert all(one.untold for one in found)


def test_accounts() -> None:
    """Groups of a user from /etc/group; a password only if it was asked for; a damaged file is not believed."""
    lines = [
        "U:kv:x:901:901:Break glass,,:/home/kv:/bin/bash",
        "G:sudo:x:27:kv,other",
        "G:kv:x:901:",
        "G:adm:x:4:kv",
        "S:kv:$6$salt$hash:1:0:99999:7:::",
        "READ",
    ]
    found = shown(accounts.read(lines, wanted("user kv", "user no", "group sudo", "group no")))
    assert found == [
        "user kv uid=901 groups=adm,sudo shell=/bin/bash home=/home/kv comment='Break glass,,' hash='$6$salt$hash'",
        "user no state=absent",
        "group sudo gid=27",
        "group no state=absent",
    ]
    told = list(accounts.read([*lines, "sed: can't read /etc/shadow"], wanted("user kv")))
    assert told[0].untold
    assert "grep -E '^(a\\.b):'" in accounts.script(wanted("user a.b"))


@pytest.mark.parametrize(
    ("header", "lines", "shows"),
    [
        ("sysctl net.ipv4.ip_forward value=0", ["K net.ipv4.ip_forward 1 "], "sysctl net.ipv4.ip_forward value=1"),
        ("sysctl a.b value='1 2'", ["K a.b 1 2 "], "sysctl a.b value='1 2'"),
        ("sysctl a.b value=1", ["A a.b"], "sysctl a.b state=absent"),
        ("sysctl a.b value=1", ["N a.b"], "sysctl a.b state=untold why='it cannot be read'"),
        ("hostname static value=a", ["H a a"], "hostname static value=a"),
        ("hostname static value=a", ["H b a"], "hostname static value=b+a"),
        (
            "timezone system value=UTC",
            ["Z /usr/share/zoneinfo/Europe/London UTC"],
            "timezone system value=Europe/London",
        ),
        ("mount /tmp type=tmpfs", ["M tmpfs /run tmpfs rw 0 0"], "mount /tmp state=absent"),
        (
            "mount '/a b' options=nodev,size=1G",
            ["M tmpfs /a\\040b tmpfs rw,nodev,noexec,relatime,size=1048576k,inode64 0 0"],
            "mount '/a b' device=tmpfs type=tmpfs options=nodev,size=1G,noexec",
        ),
    ],
)
def test_the_kernels_own(header: str, lines: list[str], shows: str) -> None:
    """Settings, names, time zone and mounts."""
    assert shown(kernel.read(lines, wanted(header))) == [shows]


LIVE = "table inet f {\n\tchain in {\n\t\ttype filter hook input priority filter; policy drop;\n\t}\n}\n"
LEARNED = (
    "table inet f {\n\tset s {\n\t\ttype ipv4_addr\n\t\tflags dynamic,timeout\n"
    "\t\telements = { 10.0.0.1 expires 3s }\n\t}\n}\n"
)


@pytest.mark.parametrize(
    ("live", "intended", "whole", "is_same"),
    [
        (LIVE, LIVE, True, True),
        (f"{LIVE}table ip other {{\n}}\n", LIVE, True, False),
        (f"{LIVE}table ip other {{\n}}\n", LIVE, False, True),
        (LIVE.replace("drop", "accept"), LIVE, False, False),
        ("", LIVE, False, False),
        (LEARNED, LEARNED.replace("\t\telements = { 10.0.0.1 expires 3s }\n", ""), True, True),
        (LEARNED.replace("dynamic,timeout", "interval"), LEARNED.replace("dynamic,timeout", "constant"), True, False),
    ],
)
def test_live_rules(live: str, intended: str, is_same: bool, *, whole: bool) -> None:
    """The same tables; what a set learns by itself is no rule; other tables matter where the file flushes them."""
    assert ruleset.same(live, intended, whole=whole) is is_same
    text = "flush ruleset\n" if whole else ""
    lines = [
        f"{word} {base64.b64encode(data.encode()).decode()}"
        for word, data in {"LIVE": live, "FILE": intended, "TEXT": text}.items()
    ]
    found = next(iter(ruleset.read(lines, wanted("ruleset nftables file=/etc/nftables.conf"))))
    assert found.get("loaded") == ("yes" if is_same else "no")
    assert "\n".join(found.content or ()) == live.removesuffix("\n")


FAULTS = [
    (
        ["E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1234 (unattended-upgr)"],
        "apt is locked by unattended-upgr (process 1234)",
    ),
    (["E: Unable to locate package no-such"], "no source of the host has a package no-such"),
    (["Error: Unable to find a match: x", "No match for argument: x"], "no source of the host has a package x"),
    (["E: Version '9' for 'chrony' was not found"], "no source of the host has version 9 of chrony"),
    (
        ["Err:1 http://m/debian x InRelease", "  Temporary failure resolving 'deb.example'"],
        "the host cannot resolve deb.example",
    ),
    (
        ["E: Failed to fetch http://m/x.deb  404  Not Found"],
        "a package source of the host does not answer as it shall: http://m/x.deb",
    ),
    (["dpkg: error: unable to write: No space left on device"], "the disk is full"),
    (["mv: cannot move: Read-only file system"], "the file system is mounted read-only"),
    (["Failed to start x.service: Unit x.service not found."], "there is no unit x.service"),
    (["bad", REFUSED], "its check refuses the file; the old one is still in place"),
    (["something else"], "the host did not carry out the step: something else"),
]


@pytest.mark.parametrize(("err", "told"), FAULTS)
def test_a_failed_step_in_the_hosts_words(err: list[str], told: str) -> None:
    """What it means, and a remedy."""
    step = wanted("file /etc/x owner=root group=root mode=0644 check='sshd -t -f {}'")[0]
    error = failed("oak-srv-01", step, [], err)
    assert error.problem == told
    assert error.remedy
    assert error.where == "oak-srv-01: file /etc/x"


ARMED = """\
topic Way role=access armed=yes
directory /etc/x owner=root group=root mode=0755
file "/etc/x/it's here" owner=root group=root mode=0644
file /etc/x/new owner=root group=root mode=0644
link /etc/x/l target=there
user kv groups=sudo shell=/bin/bash password=<secret:a>
user kv2 groups=sudo
group kv gid=901
sysctl a.b value=1
hostname static value=a
service ssh enabled=yes running=yes reload="/etc/x/it's here"
service nftables enabled=yes running=yes
ruleset nftables file=/etc/nftables.conf
"""
HAVE = """\
directory /etc/x state=absent
file "/etc/x/it's here" owner=root group=root mode=0644
    x
file /etc/x/new state=absent
link /etc/x/l target=other
user kv uid=901 groups=adm shell=/bin/sh home=/ comment="" hash=!
user kv2 state=absent
group kv state=absent
sysctl a.b value='1 2'
hostname static value=b
service ssh enabled=yes running=yes masked=no
service nftables enabled=no running=no masked=yes
ruleset nftables loaded=no
"""


def test_the_restoring_script_is_one_that_a_shell_takes() -> None:
    """Names with quotes and blanks are words of it; each thing is put back, and a running service reads again."""
    want, have = parse(text_lines(ARMED.replace("<secret:a>", "'<secret:a>'"))), parse(text_lines(HAVE))
    text = restore_script(list(want.values()), have)
    for script in (text, saving(list(want.values()), have)):
        done = subprocess.run(["sh", "-n"], input=script, text=True, capture_output=True, check=False)  # noqa: S607 - the machine's own shell
        assert (done.returncode, done.stderr) == (0, "")
    assert "gone 2 /etc/x/new" in text
    assert """back 1 '/etc/x/it'"'"'s here'""" in text
    assert "rmdir /etc/x" in text
    assert "userdel -f kv2" in text
    assert 'if [ -e "$D/changed/1" ]; then control reload-or-restart ssh; else control start ssh; fi' in text
    assert "control stop nftables" in text
    assert text.index('nft -f "$D/ruleset"') < text.index("systemctl is-enabled ssh")
