"""Telling what a device is without trying each platform's dialogue in turn: sign in once, read, ask a question or two.

The questions are commands that only read (`show version`), the same ones on every make; which makes they belong to is
data (`templates/<platform>/identify.yml`). Nothing of a platform's own dialogue is used: that is what is to be found.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace

from trustctl.engines.network.limits import Limits
from trustctl.engines.network.link import Link, open_link
from trustctl.engines.network.screen import Screen
from trustctl.engines.protocol import Target
from trustctl.platforms.identify import Evidence, Verdict, next_probe, verdict
from trustctl.platforms.signs import Identify

ANY = "generic"
"""netmiko's driver that knows nothing of the device."""
QUIET = 0.3
"""Seconds of silence behind a prompt after which an answer is whole."""
ANSWER = 1.0
"""Seconds for one answer."""
_PROMPT = re.compile(r"(?:^|\n)[^\n]{0,80}[>#\]] ?$")
_WAITS = re.compile(r"(?i)press any key|-+ ?more ?-+|<-+ more")
"""Waits for a key: a pager, or a greeting that wants to be seen. `q` ends the one and satisfies the other."""
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>78EDM]|[\x00\x07\x08]")


def recognise(target: Target, known: Mapping[str, Identify], limits: Limits | None = None) -> Verdict:
    """What the device at the target is, by `known`; `target.platform` is not looked at, `target.host_key` is checked.

    Takes under three seconds on a device that answers. Raises what `Connector.open` raises where the sign-in fails.
    """
    bounds = limits or Limits()
    link = open_link(target, ANY, bounds)
    try:
        ssh, banner = link.software()
        screen = _Reader(link, target.device, bounds)
        evidence = Evidence(ssh, banner, screen.until_quiet())
        while (command := next_probe(known, evidence)) is not None:
            link.write(f"{command}\n")
            evidence = replace(evidence, replies={**evidence.replies, command: screen.until_quiet()})
        return verdict(known, evidence)
    finally:
        link.close()


class _Reader:
    """Reads answers of a device whose prompt is not known."""

    def __init__(self, link: Link, device: str, limits: Limits) -> None:
        self._link, self._device, self._limits = link, device, limits

    def until_quiet(self) -> str:
        """What arrives until a prompt stands and nothing follows, or until the time for an answer is over."""
        screen = Screen(self._device, self._limits)
        ends = time.monotonic() + ANSWER
        quiet = ""
        while time.monotonic() < ends:
            self._link.patience(QUIET)
            chunk = self._link.read()
            if chunk:
                screen.add(chunk)
                quiet = ""
                continue
            text = _plain(screen.text).rstrip("\n")
            if _WAITS.search(text.rpartition("\n")[2]) and text != quiet:
                self._link.write("q")
                quiet = text
            elif _PROMPT.search(text):
                return text
        return _plain(screen.text)


def _plain(text: str) -> str:
    """Text without a terminal's control sequences, with line feeds for line ends."""
    return _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "")
