"""Readers of what a device says over SSH: its screen, and whole dialogues of a session."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import cast

from configurations import MAKES, TEMPLATES, known
from target import Target, chosen, hold, said, text_of

from trustctl.engines.network.identity import parse_identity
from trustctl.engines.network.limits import Limits
from trustctl.engines.network.link import Link
from trustctl.engines.network.replies import Replies
from trustctl.engines.network.screen import Screen
from trustctl.engines.network.session import DeviceSession
from trustctl.engines.protocol import Endpoint
from trustctl.engines.protocol import Target as Switch
from trustctl.errors import SessionLostError, TrustctlError
from trustctl.platforms.identify import Evidence, next_probe, verdict
from trustctl.platforms.load import identities
from trustctl.report.safe import safe_text
from trustctl.secrets.redact import redact

_ACTS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that act on a terminal, hide text or reorder it."""
_CHUNK = 512


def _make(data: bytes) -> tuple[str, bytes]:
    return MAKES[(data[:1] or b"\0")[0] % len(MAKES)], data[1:]


def _screen(data: bytes) -> None:
    """A prompt, a question, an echo, a refusal, an identity; and what of it is shown to a person."""
    make, data = _make(data)
    spec = known(make).spec
    screen, replies = Screen("device", Limits()), Replies(spec)
    for start in range(0, len(data), _CHUNK):
        screen.add(data[start : start + _CHUNK])
    for text in (screen.head, screen.tail, screen.text):
        replies.prompt(text, "switch-01")
        replies.pages(text)
        replies.wants_a_key(text)
        replies.asks(text)
        reply = replies.body(text, "show version", "switch-01")
        replies.refusal(reply or text)
        parse_identity(text, spec.identity)
        shown = safe_text(redact(text))
        hold(not _ACTS & {unicodedata.category(char) for char in shown}, "it is not safe to show")


def _recognised(data: bytes) -> None:
    """What a device is, by its software, banner, greeting and answers; the parts stand between empty bytes."""
    parts = [text_of(part) for part in data.split(b"\0")]
    ssh, banner, greeting, *replies = [*parts, "", "", ""][: len(parts) + 3]
    platforms = identities([TEMPLATES])
    evidence = Evidence(ssh, banner, greeting)
    for reply in replies:
        command = next_probe(platforms, evidence)
        if command is None:
            break
        evidence = Evidence(ssh, banner, greeting, {**evidence.replies, command: reply})
    verdict(platforms, evidence)


class _Device:
    """In the place of a `Link`: echoes what is sent, says the next part of the input, then a prompt; then it goes.

    A part that ends with `#` or `>` is taken as having a prompt of its own, so that a mode can change.
    """

    def __init__(self, data: bytes) -> None:
        self._parts = iter(data.split(b"\0"))
        self._waiting = [b"switch-01# "]

    def write(self, data: str) -> None:
        part = next(self._parts, None)
        if part is not None:
            prompt = b"" if part.rstrip()[-1:] in {b"#", b">"} else b"\r\nswitch-01# "
            self._waiting.append(data.encode().rstrip(b"\n") + b"\r\n" + part + prompt)

    def read(self) -> bytes:
        if not self._waiting:
            raise SessionLostError("the input is at its end", where="device")
        return self._waiting.pop(0)

    def patience(self, seconds: float) -> None:
        """It never makes anybody wait."""

    def close(self) -> None:
        """Nothing is open."""

    abandon = close


def _session(data: bytes) -> None:
    """Sign in, then ask all that a session can ask, of a device that says what it likes."""
    make, data = _make(data)
    switch = Switch("switch-01", make, Endpoint("192.0.2.1", 22), "ops", "login-password", "enable-password")
    session = DeviceSession(cast("Link", _Device(data)), known(make), switch, Limits())
    asked: tuple[Callable[[], object], ...] = (
        *(session.start, session.identity, session.timer, session.rollback_ready, session.preflight, session.running),
        *(session.startup, lambda: session.ping("192.0.2.2"), lambda: session.arm(5), session.confirm, session.revert),
        *(session.end, session.save, session.close),
    )
    for ask in asked:
        with suppress(TrustctlError):
            ask()


_SEEN = (
    (b"show version\r\nCisco IOS Software, Version 15.2(7)E\r\nswitch-01 uptime is 1 day\r\nswitch-01#"),
    b"switch-01(config-if)#",
    b"\x1b[24;1HswITCH# \x1b[24;9H",
    b"Continue? [y/n]",
    b"% Invalid input detected at '^'",
    b"\r\n*Mar  1 00:00:05.1: %SYS-5-CONFIG_I: Configured\r\nswitch-01>",
    b"--More-- ",
)
_IOS = b"\0".join(
    (
        b"",
        b"",
        (
            b"Cisco IOS Software, C2960X Software, Version 15.2(7)E2, RELEASE SOFTWARE\r\n"
            b"Model number : WS-C2960X-24TS-L\r\nSystem serial number            : FOC1111X11X\r\n"
            b"Motherboard serial number : FOC1\r\n\r\nSwitch Ports Model SW Version\r\n"
            b"*    1 28    WS-C2960X-24TS-L   15.2(7)E2\r\n"
            b"     2 28    WS-C2960X-24TS-L   15.2(7)E2\r\n"
        ),
        (
            b"Switch#   Role    Mac Address     Priority Version  State\r\n"
            b"*1       Master 0011.2233.4455     15     1       Ready\r\n"
        ),
        b"Archive feature: not enabled",
        b"%No Rollback Confirmed Change pending",
        b"0123456 bytes total (99999999 bytes free)",
        b"version 15.2\r\nhostname switch-01\r\n!\r\nend\r\n",
        b"Success rate is 100 percent (5/5), round-trip min/avg/max = 1/2/3 ms",
        b"Building configuration...\r\n[OK]",
    )
)
_AOS_S = b"\0".join(
    (
        b"",
        b"",
        (
            b"  Software revision  : YA.16.10.0016\r\n  ROM Version        : YA.15.20\r\n"
            b"  Serial Number      : SG11AAAAAA\r\n  Base MAC Addr      : 001122-334455\r\n"
        ),
        b"; J9772A Configuration Editor; Created on release #YA.16.10.0016\r\n",
        b"reload at 10:00",
        b"192.0.2.2 is alive, time = 1 ms",
        b"running configuration has not changed",
        b"switch-01(config)# ",
    )
)
_CX = b"\0".join(
    (
        b"",
        (
            b"Product Name         : JL678A 6100\r\nChassis Serial Nbr  : SG11AAAAAA\r\n"
            b"ArubaOS-CX Version : PL.10.10.1000\r\n"
        ),
        b"Checkpoint configuration: auto-confirm in 4 minutes",
        b"!\r\n!Version ArubaOS-CX PL.10.10.1000\r\n!export-password: default\r\n",
        b"5 packets transmitted, 5 received, 0% packet loss",
        b"switch-01(config)# ",
    )
)


def _dialogues() -> Iterator[bytes]:
    for number in range(len(MAKES)):
        yield from chosen(number, said(_IOS, _AOS_S, _CX))


def _screens() -> Iterator[bytes]:
    for number in range(len(MAKES)):
        yield from chosen(number, said(*_SEEN))


TARGETS = (
    Target("device-screen", _screen, _screens),
    Target("device-session", _session, _dialogues),
    Target(
        "device-recognised",
        _recognised,
        said(b"Cisco-1.25\0banner\0switch-01#\0Cisco IOS Software, Version 15\0x", _AOS_S, _CX),
    ),
)
"""Every target of this file."""
