"""The engine over real SSH without systemd: sign in, read, files, errors, many hosts."""

from __future__ import annotations

import getpass
import grp
import pwd
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loopback import Server

from trustctl.engines.linux import LinuxEngine
from trustctl.engines.linux.process import Child
from trustctl.engines.linux.session import LinuxSession
from trustctl.engines.linux.wire import resources_out
from trustctl.engines.protocol import Endpoint
from trustctl.errors import (
    DeviceError,
    HostKeyError,
    LineRejectedError,
    LoginRefusedError,
    UnreachableError,
    WrongDeviceError,
)
from trustctl.hosts import Resource, compare, parse, text_lines, way_back

USER = getpass.getuser()
GROUP = grp.getgrgid(pwd.getpwnam(USER).pw_gid).gr_name
OWNED = f"owner={USER} group={GROUP}"


@pytest.fixture
def text(tmp_path: Path) -> str:
    """A description of things in a folder of the test's own."""
    return f"""\
directory {tmp_path}/etc {OWNED} mode=0750
file {tmp_path}/etc/plain.conf {OWNED} mode=0640 check="grep -q ^hello {{}}"
    hello 'world' $HOME `id` \\ "
    
        indented
file "{tmp_path}/etc/with blank" {OWNED} mode=0600 newline=no
    one
file {tmp_path}/etc/blob {OWNED} mode=0600 encoding=base64
    AAECAwQF/w==
file {tmp_path}/etc/empty {OWNED} mode=0644
link {tmp_path}/etc/current target=plain.conf
command note run="cat >{tmp_path}/note" unless="test -e {tmp_path}/note" undo="rm {tmp_path}/note" stdin=Sent-1
"""  # noqa: W293 - a blank line of a file


@pytest.fixture
def linux(text: str, child: Child) -> LinuxEngine:
    """An engine that reads these."""
    return LinuxEngine(lambda _device: tuple(parse(text_lines(text)).values()), child=child)


def one_by_one(session: LinuxSession, units: list[tuple[str, ...]]) -> list[int]:
    """Carry out each unit by itself."""
    for unit in units:
        session.push(unit)
    return list(range(len(units)))


def at_once(session: LinuxSession, units: list[tuple[str, ...]]) -> list[int]:
    """Hand all units over at once; those that were carried out are told."""
    done: list[int] = []
    session.push_many(units, done.append)
    return done


@pytest.mark.parametrize("carry_out", [one_by_one, at_once])
def test_files_go_there_and_back(
    sshd: Server,
    linux: LinuxEngine,
    text: str,
    tmp_path: Path,
    carry_out: Callable[[LinuxSession, list[tuple[str, ...]]], list[int]],
) -> None:
    """What was carried out reads back as it was meant, byte for byte; and the way back leaves nothing."""
    want = parse(text_lines(text))
    session = linux.open(sshd.target())
    before = parse(text_lines(session.running()))
    assert {one.state for one in before.values() if one.kind != "command"} == {"absent"}
    there = [one.step.lines for one in compare(want, before).differences]
    assert carry_out(session, there) == list(range(len(there)))
    after = parse(text_lines(session.running()))
    assert compare(want, after).differences == ()
    assert (tmp_path / "etc/plain.conf").read_text() == "hello 'world' $HOME `id` \\ \"\n\n    indented\n"
    assert (tmp_path / "etc/with blank").read_bytes() == b"one"
    assert (tmp_path / "etc/blob").read_bytes() == b"\0\1\2\3\4\5\xff"
    assert (tmp_path / "etc/empty").read_bytes() == b""
    assert (tmp_path / "note").read_text() == "Sent-1"
    assert (tmp_path / "etc/plain.conf").stat().st_mode & 0o7777 == 0o640
    assert (tmp_path / "etc/current").readlink() == Path("plain.conf")
    back = [step.lines for step in way_back(before, want, want)]
    assert carry_out(session, back) == list(range(len(back)))
    assert list(tmp_path.iterdir()) == []


def test_of_several_steps_none_behind_the_one_that_fails_is_begun(
    sshd: Server, linux: LinuxEngine, tmp_path: Path
) -> None:
    """What was done is told, and what did not work in its own words; a file that goes counts as any other step."""
    session = linux.open(sshd.target())
    (tmp_path / "old").touch()
    done: list[int] = []
    units = [
        (f"file {tmp_path}/old {OWNED} mode=0644 state=absent",),
        (f"directory {tmp_path}/full {OWNED} mode=0755",),
        (f"file {tmp_path}/full/a {OWNED} mode=0644",),
        (f"file {tmp_path}/bad {OWNED} mode=0644 check='echo not like this; false {{}}'",),
        (f"file {tmp_path}/never {OWNED} mode=0644",),
    ]
    with pytest.raises(LineRejectedError, match="refuses the file") as failed:
        session.push_many(units, done.append)
    assert (done, failed.value.line) == ([0, 1, 2], f"file {tmp_path}/bad")
    assert "not like this" in failed.value.reply
    assert sorted(one.name for one in tmp_path.iterdir()) == ["full"]
    with pytest.raises(LineRejectedError, match="not empty"):
        session.push_many([(f"directory {tmp_path}/full {OWNED} mode=0755 state=absent",), units[4]], done.append)
    assert not (tmp_path / "never").exists()


def test_a_refused_file_leaves_the_old_one(sshd: Server, linux: LinuxEngine, text: str, tmp_path: Path) -> None:
    """The checker's own words are in the error; a check of the whole has the old file back in its place."""
    session = linux.open(sshd.target())
    path = tmp_path / "x.conf"
    path.write_text("old\n")
    head = f"file {path} {OWNED} mode=0644"
    for check in ("echo bad line 3; grep -q new {}", f"echo bad line 3; grep -q new {path}"):
        with pytest.raises(LineRejectedError, match="refuses the file") as failed:
            session.push((f"{head} check='{check}'", "    wrong"))
        assert failed.value.reply == "bad line 3"
        assert path.read_text() == "old\n"
        assert [one.name for one in tmp_path.iterdir()] == ["x.conf"]
    session.push((f"{head} check='grep -q new {path}'", "    new"))
    assert path.read_text() == "new\n"


def test_what_cannot_be_told_is_said(sshd: Server, child: Child, tmp_path: Path) -> None:
    """A file where something else stands is neither there nor absent."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    (tmp_path / "big").write_bytes(b"x" * 1_100_000)
    wanted = tuple(Resource("file", f"{tmp_path}/{name}") for name in ("folder", "link", "big"))
    engine = LinuxEngine(lambda _device: wanted, child=child)
    found = parse(text_lines(engine.open(sshd.target()).running()))
    why = [found["file", f"{tmp_path}/{name}"].get("why") for name in ("folder", "link", "big")]
    assert why[0].startswith("it is a directory")
    assert why[1].startswith("it is a symbolic link to folder")
    assert why[2] == "larger than 1,048,576 bytes"


def test_preparing_changes_nothing_and_shows_no_secret(sshd: Server, linux: LinuxEngine, text: str) -> None:
    """Commands come for what would change; what goes over stdin is not among them."""
    want = parse(text_lines(text))
    session = linux.open(sshd.target())
    reply = session._ask("prepare", want=resources_out(want.values()))
    assert all(row["will_change"] for row in reply["resources"])
    assert "Sent-1" not in str(reply)
    assert {one.state for one in parse(text_lines(session.running())).values() if one.kind != "command"} == {"absent"}


@pytest.mark.parametrize(
    ("more", "error", "told"),
    [
        ({"host_key": f"ssh-ed25519 {'A' * 67}B"}, HostKeyError, "cannot be read"),
        (
            {"host_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFn6Szzq5SRLqhMwaoJ2CN1WmXlsmZOPGr1iaYyTdSi"},
            HostKeyError,
            "the host key has changed: pinned SHA256:",
        ),
        ({"host_key": None}, HostKeyError, "not pinned"),
        ({"password": "no-such"}, LoginRefusedError, "refuses the login of"),
        ({"password": "-----BEGIN NONSENSE-----"}, LoginRefusedError, "private key cannot be read"),
        ({"endpoint": Endpoint("127.0.0.1", 9)}, UnreachableError, "refuses the connection"),
        ({"endpoint": Endpoint("no-such.invalid")}, UnreachableError, "cannot be resolved|no way to the host"),
        ({"serial": "0" * 32}, WrongDeviceError, "another host answers"),
    ],
)
def test_nobody_is_let_in_by_mistake(
    sshd: Server, linux: LinuxEngine, more: dict[str, object], error: type[DeviceError], told: str
) -> None:
    """Each way to fail has its own class, and says where and what to do."""
    with pytest.raises(error, match=told) as failed:
        linux.open(sshd.target(**more))
    assert failed.value.where.startswith("loop-01")
    assert failed.value.remedy
    assert "BEGIN" not in str(failed.value)


def test_a_connection_that_is_cut_before_the_greeting_is_refused(sshd: Server, linux: LinuxEngine) -> None:
    """As sshd does beyond MaxStartups, or whatever stands before it: said so, not by the name of an exception."""
    at_once = struct.pack("ii", 1, 0)
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:

        def cut() -> None:
            connection, _ = listening.accept()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            connection.close()

        cutting = pool.submit(cut)
        with pytest.raises(UnreachableError, match="refuses the connection"):
            linux.open(sshd.target(endpoint=Endpoint("127.0.0.1", listening.getsockname()[1])))
        cutting.result()


def test_many_hosts_and_threads_share_one_child(sshd: Server, linux: LinuxEngine) -> None:
    """Five readings at once, one of them without a host, each with its own answer in its own place."""
    targets = [sshd.target(device=f"loop-{number:02d}") for number in range(5)]
    targets[3] = sshd.target(device="loop-03", endpoint=Endpoint("127.0.0.1", 9))
    readings = linux.observe_many(targets, taken=datetime.now(UTC))
    assert [one.device for one in readings] == [one.device for one in targets]
    assert [one.error is None for one in readings] == [number != 3 for number in range(5)]
    session = linux.open(sshd.target())
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: session.running(), range(6)))) == 1


def test_the_host_key_is_read_without_signing_in(sshd: Server, linux: LinuxEngine) -> None:
    """For adoption."""
    assert linux.host_key(Endpoint("127.0.0.1", sshd.port)) == sshd.host_key


@pytest.mark.parametrize("free", [False, True])
def test_a_password_for_sudo_is_read_by_sudo_alone(
    sshd: Server, linux: LinuxEngine, tmp_path: Path, *, free: bool
) -> None:
    """A step's own stdin arrives whole, whether sudo asks, or no longer asks because a change made it so."""
    session = linux.open(sshd.target())
    if free:
        (sshd.folder / "free").touch()
    try:
        session.push((f"command x run='cat >{tmp_path}/given' unless=false stdin='one two'",))
    finally:
        (sshd.folder / "free").unlink(missing_ok=True)
    assert (tmp_path / "given").read_text() == "one two"
    with pytest.raises(LoginRefusedError, match="sudo password"):
        linux.open(sshd.target(enable="wrong"))


def test_the_parent_never_imports_pyinfra() -> None:
    """Neither the command line nor the engine's parent side: gevent must not meet our threads."""
    code = (
        "import sys, trustctl.cli.main, trustctl.engines.linux.engine\n"
        "trustctl.engines.linux.LinuxEngine(lambda d: ()).close()\n"
        "print([name for name in sys.modules if name.split('.')[0] in {'pyinfra', 'gevent', 'greenlet'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
