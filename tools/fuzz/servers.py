"""Readers of what a Linux server says, of the child process that asks it, and of the description that both speak."""

from __future__ import annotations

import base64
import gzip
import io
import json
import subprocess
import tarfile
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from typing import cast

from target import Target, files, hold, said, text_of

from trustctl.engines.linux.child import identity
from trustctl.engines.linux.child.pending import pending
from trustctl.engines.linux.child.spec import HostSpec
from trustctl.engines.linux.facts.probe import SECTIONS, understood
from trustctl.engines.linux.process import Child, answer
from trustctl.engines.linux.session import LinuxSession
from trustctl.engines.linux.wire import Message, dump
from trustctl.engines.protocol import Endpoint
from trustctl.engines.protocol import Target as Host
from trustctl.errors import TrustctlError
from trustctl.hosts import Resource, description, kinds

_HOST = Host("server-01", "linux", Endpoint("192.0.2.1", 22), "ops", "login-password")


def _description(data: bytes) -> None:
    found = description.parse(description.text_lines(text_of(data)))
    again = description.parse(description.text_lines(description.write(found.values())))
    hold([one.lines for one in again.values()] == [one.lines for one in found.values()], "it does not come back")


@cache
def _wanted() -> list[Resource]:
    words = {"owner": "root", "group": "root", "mode": "0644", "target": "/x", "value": "1", "file": "/etc/a"}
    attrs = tuple({**words, "unless": "true", "options": "nodev,size=64m"}.items())
    return [Resource(kind, "/etc/a", attrs) for kind in kinds.KINDS if kind != "topic"]


def _reading(data: bytes) -> None:
    """What a server says when it is read, kind by kind; what it could not say is said to a person."""
    lines = text_of(data).split("\n")
    for section in SECTIONS:
        with suppress(TrustctlError):
            understood(section, lines, [one for one in _wanted() if one.kind in section.kinds], "server")


def _archive(data: bytes) -> None:
    """The archive in which a server's files come; packed here, as hardly a mutated one could be unpacked."""
    wanted = [one for one in _wanted() if one.kind == "file"]
    for packed in (gzip.compress(data, 1), data):
        with suppress(TrustctlError):
            understood(SECTIONS[0], [f"TAR {base64.b64encode(packed).decode()}"], wanted, "server")


def _archives() -> Iterator[bytes]:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as tar:
        for name in ("/etc/a", "/etc/b"):
            member = tarfile.TarInfo(name)
            member.size = 3
            tar.addfile(member, io.BytesIO(b"abc"))
    yield kept.getvalue()


class _Told:
    """In the place of a `Child`: what the child would hand on of a host's words, through the wire and back."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    def ask(self, what: str, **words: object) -> Message:
        return cast("Message", json.loads(dump({"ok": self._answer}))["ok"])


def _hello(data: bytes) -> None:
    """Who the server says it is, and whose rollback is pending there."""
    with suppress(TrustctlError):
        spec = HostSpec("server-01", "192.0.2.1", 22, "ops", "ssh-ed25519 AAAA")
        told = identity.identity(identity.read(spec, data, data), 0.1)
        session = LinuxSession(cast("Child", _Told({})), {"session": 1, "identity": told}, _HOST, (), 60.0)
        session.identity()
        session.rollback_ready()
    timer = pending(text_of(data).splitlines(), "server-01")
    session = LinuxSession(cast("Child", _Told(timer)), {"session": 1, "identity": {}}, _HOST, (), 60.0)
    session.timer()


class _Process:
    """A child process that has ended, and said this before."""

    def __init__(self, data: bytes) -> None:
        self.stdout = io.BytesIO(data)

    def wait(self) -> int:
        return 1


class _Asked(Child):
    """A `Child` whose process is not started: what it said is read, and an `ask` returns."""

    def heard(self, data: bytes) -> list[Message]:
        futures = [Future[Message]() for _ in range(3)]
        self._waiting.update(enumerate(futures))
        self._read_replies(cast("subprocess.Popen[bytes]", _Process(data)))
        return [future.result(0) for future in futures]


def _wire(data: bytes) -> None:
    """What the child writes: whatever it is, everybody who waits is told something, and an error is one of ours."""
    for reply in _Asked().heard(data):
        with suppress(TrustctlError):
            answer(reply)


_READINGS = said(
    b"P chrony 4.3-2 ii \nREAD\n",
    b"U:root:x:0:0:root:/root:/bin/bash\nG:root:x:0:\nS:root:*:1:0:9:7:::\nREAD",
    b"Id=ssh.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n\nREAD\n",
    b"kernel.x = 1\nREAD",
    b"FILE cGxhaW4=\nLIVE cGxhaW4=\nTEXT cGxhaW4=\n",
    b"BIG /etc/a\n",
    b"tar: /etc/a: Cannot stat: No such file or directory\n",
    (
        b"K kernel.x 1\nHOST a\nZONE /usr/share/zoneinfo/Europe/London\n"
        b"M /dev/sda1 /etc/a ext4 rw,nodev,size=64m 0 0\nC 0 0\nREAD\n"
    ),
)
_HELLOS = said(
    (
        b"uid=0\nsudo=0\nsudo_ns=100\nrefused=\nmachine_id=00112233445566778899aabbccddeeff\n"
        b"hostname=a\nkernel=6.1\nuptime=1.0\nboot_id=x\nvirtualization=\nsystemd=yes\nat=no\n"
        b"python=/usr/bin/python3\napt=/usr/bin/apt-get\nos_id=debian\nos_like=\nos_version=12\n"
        b"pretty=Debian GNU/Linux 12\n"
    ),
    b"owner ops 1700000000 1700000100\nby restore\nstate active\n",
    b"none\n",
)
_WORDS = said(
    (
        b'{"id":0,"ok":{"session":1}}\n'
        b'{"id":1,"error":{"type":"LineRejectedError","problem":"x","where":"y","line":"a","rep'
        b'ly":"b"}}\n'
    ),
    (b'{"id":2,"error":{"type":"DeviceError","problem":"x"}}\nTraceback (most recent call last):\n'),
)

TARGETS = (
    Target("server-description", _description, files("tests/hosts/cases/*/*.txt")),
    Target("server-reading", _reading, _READINGS),
    Target("server-archive", _archive, _archives, text=False),
    Target("server-hello", _hello, _HELLOS),
    Target("server-wire", _wire, _WORDS),
)
"""Every target of this file."""
