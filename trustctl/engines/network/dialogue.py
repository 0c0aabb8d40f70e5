"""One conversation with a device: write, wait for the prompt or a question, within bounds of time and size."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from trustctl.engines.network.limits import Limits
from trustctl.engines.network.link import Link
from trustctl.engines.network.replies import PromptSeen, Replies, shorten
from trustctl.engines.network.screen import Screen
from trustctl.errors import DeviceError, HostileOutputError, SessionLostError
from trustctl.platforms.spec import Answer, PlatformSpec
from trustctl.secrets import Redactor
from trustctl.secrets.redact import redact_device

_QUESTION_SILENCE = 1.0
"""Seconds of silence after which a line that looks like a question is one."""
_RESYNC_SILENCE = 2.0
"""Seconds of silence after which an unasked message may have torn the prompt: an empty line brings a new one."""
_INTERRUPT = "\x03"
_RANDOM = "{random}"
_UNKNOWN_BYTES = 18


class Dialogue:
    """Knows the current prompt. Every error text that it raises is masked."""

    def __init__(self, link: Link, spec: PlatformSpec, device: str, limits: Limits, redactor: Redactor) -> None:
        self._link = link
        self._device = device
        self._limits = limits
        self._redactor = redactor
        self.replies = Replies(spec, self.mask)
        self._prompt: PromptSeen | None = None
        self._ends = time.monotonic() + limits.session_seconds

    @property
    def prompt(self) -> PromptSeen:
        """The last prompt that the device showed. Raises SessionLostError before there was one."""
        if self._prompt is None:
            raise self._silent(0)
        return self._prompt

    def fail(self, problem: str, remedy: str, *, kind: type[DeviceError] = DeviceError, sent: str = "") -> DeviceError:
        """Make an error about this device, masked."""
        where = f"{self._device}: {sent}" if sent else self._device
        return kind(self.mask(problem), where=self.mask(where), remedy=remedy)

    def mask(self, text: str) -> str:
        """Hide every secret in `text`: known values, and what a line of the device quotes."""
        return redact_device(self._redactor.mask(text))

    def _shown(self, text: str) -> str:
        """The end of what the device printed, for an error: masked before it is cut, as half a value is not known."""
        return shorten(self.mask(text)[-200:])

    def greet(self) -> None:
        """Wait for the first prompt after sign-in, whatever comes before it; press the key that a banner waits for."""
        screen = Screen(self._device, self._limits)
        pressed = False

        def ready() -> bool:
            nonlocal pressed
            if not pressed and self.replies.wants_a_key(screen.tail):
                pressed = True
                self._link.write("\n")
            return self._sees_prompt(screen, any_host=True)

        try:
            self._wait(screen, ready, self._limits.prompt_seconds, nudge=True)
        except SessionLostError as error:
            if screen.empty:
                raise
            raise self.fail(
                f"no prompt of this platform after sign-in; the device shows: {self._shown(screen.tail)!r}",
                "Ask `trustctl platform identify DEVICE` what it is.",
                kind=HostileOutputError,
            ) from error

    def ask(
        self,
        command: str,
        *,
        seconds: float | None = None,
        answers: tuple[Answer, ...] = (),
        any_host: bool = False,
        nudge: bool = True,
    ) -> str:
        """Send one command or line and return the reply between its echo and the next prompt.

        `answers` are typed when their question comes; any other question is cut off with ^C and raises DeviceError.
        `any_host`: the line may change the host name, so the new prompt is learned. `nudge`: an empty line may be sent
        to get a torn prompt again; never where a question could take it for a yes.
        """
        screen = Screen(self._device, self._limits)
        self._link.write(f"{command}\n")
        pending = list(answers)

        def done() -> bool:
            if not self._echoed(screen, command):
                # what comes before the echo was left over, such as the prompt after a ^C
                return False
            tail = screen.tail
            for answer in pending:
                if answer.expect.search(tail[tail.rfind("\n") + 1 :]):
                    pending.remove(answer)
                    self._link.write(f"{answer.send.replace(_RANDOM, secrets.token_urlsafe(_UNKNOWN_BYTES))}\n")
                    return False
            return self._sees_prompt(screen, any_host=any_host)

        self._wait(screen, done, seconds or self._limits.command_seconds, sent=command, nudge=nudge and not answers)
        body = self.replies.body(screen.text, command, self.prompt.host)
        if body is None:
            raise self._no_echo(screen, command)
        return body

    def more(self, seconds: float) -> str | None:
        """Wait up to `seconds` for text after what looked like a prompt; return it up to the next prompt, or None."""
        screen = Screen(self._device, self._limits)
        ends = time.monotonic() + seconds
        while screen.empty:
            if time.monotonic() > ends:
                return None
            self._read(screen, ends)
        self._wait(screen, lambda: self._sees_prompt(screen), self._limits.command_seconds)
        return screen.text

    def type(self, text: str, until: Callable[[str], bool], *, sent: str, seconds: float | None = None) -> str:
        """Send text that brings no prompt and wait until `until` holds for the tail; return what was printed."""
        screen = Screen(self._device, self._limits)
        screen.echoed = True
        self._link.write(f"{text}\n")
        limit = seconds or self._limits.line_seconds
        self._wait(screen, lambda: until(screen.tail), limit, sent=sent, questions=False)
        return screen.text

    def _echoed(self, screen: Screen, sent: str) -> bool:
        """Whether the device has echoed `sent`; once it has, the answer is kept."""
        if not screen.echoed:
            screen.echoed = sent in self.replies.without_noise(screen.head)
        return screen.echoed

    def _no_echo(self, screen: Screen, sent: str) -> DeviceError:
        return self.fail(
            f"the device did not echo what was sent; it shows: {self._shown(screen.tail)!r}",
            "The state of the dialogue is not known; the session is not used further.",
            kind=HostileOutputError,
            sent=sent,
        )

    def _sees_prompt(self, screen: Screen, *, any_host: bool = False) -> bool:
        host = "" if any_host or self._prompt is None else self._prompt.host
        seen = self.replies.prompt(screen.tail, host)
        if seen is None:
            return False
        self._prompt = seen
        return True

    def _wait(
        self,
        screen: Screen,
        done: Callable[[], bool],
        seconds: float,
        *,
        sent: str = "",
        nudge: bool = False,
        questions: bool = True,
    ) -> None:
        """Read until `done`. Raises SessionLostError on silence or at the wall limit, HostileOutputError over a cap."""
        started = heard = time.monotonic()
        if started >= self._ends:
            raise self.fail(
                f"the session is older than {self._limits.session_seconds:g} s",
                "It was given up so that nothing hangs for ever; the device must be read again.",
                kind=SessionLostError,
                sent=sent,
            )
        ends = min(started + seconds, self._ends)
        if not screen.empty and done():
            return
        while True:
            if self._read(screen, ends):
                heard = time.monotonic()
                if done():
                    return
                self._refuse_pages(screen, sent)
            now = time.monotonic()
            quiet = now - heard
            if quiet >= _QUESTION_SILENCE and questions:
                self._refuse_questions(screen, sent)
            if nudge and quiet >= _RESYNC_SILENCE:
                nudge = False
                self._link.write("\n")
            mute = quiet >= self._limits.silence_seconds and not screen.echoed
            if mute and not screen.empty and sent:
                raise self._no_echo(screen, sent)
            if now >= ends or (mute and screen.empty):
                raise self._silent(now - started, sent)

    def _read(self, screen: Screen, ends: float) -> bool:
        """Read for at most a tick; whether something came."""
        self._link.patience(ends - time.monotonic())
        chunk = self._link.read()
        if chunk:
            screen.add(chunk)
        return bool(chunk)

    def _refuse_pages(self, screen: Screen, sent: str) -> None:
        if self.replies.pages(screen.tail):
            self._link.write("q")
            raise self.fail(
                "the device pages its output although paging was turned off",
                "Check `prepare` in the platform's platform.yml for this model.",
                kind=HostileOutputError,
                sent=sent,
            )

    def _refuse_questions(self, screen: Screen, sent: str) -> None:
        question = self.replies.asks(screen.tail)
        if question:
            self._link.write(_INTERRUPT)
            raise self.fail(
                f"the device asks something that trustctl has no answer for: {self._shown(question)!r}",
                "It was cut off with ^C. If the answer is safe, add it to the platform's platform.yml.",
                sent=sent,
            )

    def _silent(self, seconds: float, sent: str = "") -> DeviceError:
        return self.fail(
            f"the device fell silent: no prompt within {seconds:.0f} s",
            "The device's state is not known from this; it must be read again on a new session.",
            kind=SessionLostError,
            sent=sent,
        )
