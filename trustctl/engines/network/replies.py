"""What a reply means: prompt, refusal, noise, question. Pure functions of text, driven by the platform's data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from trustctl.platforms.spec import Errors, PlatformSpec
from trustctl.secrets.redact import redact_device

_SHOWN = 400
"""Characters of a device's text that an error quotes."""
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class PromptSeen:
    """A prompt: host name as printed (perhaps cut), mode (empty in EXEC mode), level sign, and the whole line."""

    host: str
    mode: str
    level: str
    text: str


class Replies:
    """Reads the text of one platform."""

    def __init__(self, spec: PlatformSpec, mask: Callable[[str], str] = redact_device) -> None:
        self._spec = spec
        self._mask = mask
        self._prompt = spec.session.prompt
        self._noise = tuple(rule.pattern for rule in spec.session.noise)

    def without_noise(self, text: str) -> str:
        r"""Take out what the device says without being asked (the platform's named noise rules).

        Before: `sw#\n*Mar  1 00:00:05.1: %SYS-5-CONFIG_I: Configured\n`. After: `sw#\n`.
        """
        if "%" not in text and "***" not in text:
            return text
        for pattern in self._noise:
            text = pattern.sub(_one_line_end, text)
        return text

    def prompt(self, tail: str, host: str = "") -> PromptSeen | None:
        """Return the prompt that ends `tail`, of the device `host` if given; None if there is none yet."""
        seen = self._prompt_line(_last_line(tail), host)
        if seen is None and ("%" in tail or "***" in tail):
            quiet = self.without_noise(tail).rstrip("\n")
            seen = self._prompt_line(_last_line(quiet), host) or self._prompt_line(_last_line(self._mended(tail)), host)
        return seen

    def _mended(self, tail: str) -> str:
        r"""Take out the last unasked message, and the line end that tore a prompt in two for it.

        Before: `end\nsw-\n*Mar  1 00:00:05.1: %LINK-3-UPDOWN: down\n01#`. After: `end\nsw-01#`.
        """
        last = max(
            (found for pattern in self._noise for found in pattern.finditer(tail)),
            key=lambda found: found.end(),
            default=None,
        )
        return tail if last is None else tail[: last.start()].rstrip("\n") + tail[last.end() :]

    def _prompt_line(self, line: str, host: str) -> PromptSeen | None:
        found = self._prompt.pattern.fullmatch(line)
        if found is None:
            return None
        cut = self._prompt.host_cut
        if host and found["host"][:cut] != host[:cut]:
            return None
        return PromptSeen(found["host"], found["mode"] or "", found["level"], line)

    def configuring(self, prompt: PromptSeen) -> bool:
        """Whether the prompt is of a configuration mode."""
        return self._prompt.config_mode.fullmatch(prompt.mode) is not None

    def privileged(self, prompt: PromptSeen) -> bool:
        """Whether the prompt is of the privileged level."""
        return prompt.level == self._prompt.privileged

    def pages(self, tail: str) -> bool:
        """Whether the device waits for a key to print the next page."""
        return self._spec.session.pager.search(_last_line(tail)) is not None

    def wants_a_key(self, tail: str) -> bool:
        """Whether a greeting says that it waits for a key, whatever the cursor did after that."""
        wanted = self._spec.session.any_key
        return wanted is not None and wanted.search(tail) is not None

    def asks(self, tail: str) -> str | None:
        """The question that ends `tail`, or None."""
        last = _last_line(self.without_noise(tail))
        return last.strip() if self._spec.session.question.search(last) else None

    def body(self, text: str, sent: str, host: str = "") -> str | None:
        r"""The reply proper, between the echo of `sent` and the last prompt; None if the echo is not there.

        Before: `show clock\n12:00\nsw#` for `show clock`. After: `12:00\n`.
        """
        quiet = self.without_noise(text)
        if quiet != text and self._prompt_line(_last_line(quiet.rstrip("\n")), host) is None:
            quiet = self.without_noise(self._mended(text))
        text = quiet
        at = text.find(sent)
        if at < 0:
            return None
        start = text.find("\n", at + len(sent))
        end = text.rstrip("\n").rfind("\n")
        return text[start + 1 : end + 1] if 0 <= start <= end else ""

    def refusal(self, reply: str) -> str | None:
        """The reply, masked, then shortened, if a line of it says that the device refused; None if it took the line."""
        if not reply or reply.isspace():
            return None
        refused = any(_refuses(self._spec.errors, line) for line in reply.split("\n"))
        return shorten(self._mask(reply)) if refused else None


def shorten(reply: str) -> str:
    """The reply for an error: outer blank lines gone, at most 400 characters, no control characters."""
    text = re.sub(r"[^\x20-\x7e\n]", "\N{REPLACEMENT CHARACTER}", reply.strip("\n"))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def number(digits: str) -> int:
    """A number that a device says. One of more than 18 digits counts as 10^18: Python reads none of thousands."""
    return int(digits) if len(digits) <= _DIGITS else 10**_DIGITS


def _one_line_end(found: re.Match[str]) -> str:
    """What stays of a noise block: the line end it took away from the text before it, if any."""
    return "\n" if found[0].startswith("\n") else ""


def _last_line(text: str) -> str:
    return text[text.rfind("\n") + 1 :]


def _refuses(errors: Errors, line: str) -> bool:
    if not line or any(rule.pattern.search(line) for rule in errors.harmless):
        return False
    return any(rule.pattern.search(line) for rule in errors.patterns)
