"""A simulated device that obeys lines one by one: the witness that knows nothing of the engine it judges."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from golden_cases import rulebook

from trustctl.config.lines import NO_PERMIT, Permit
from trustctl.model.secret import OBSERVED_TOKEN, SECRET_TOKEN
from trustctl.secrets.source import SecretSource


class Stores:
    """The trust's secrets for a test: each has a value that is made from its name."""

    def get(self, name: str) -> str:
        """The value of a secret."""
        return "Value." + name.replace("/", ".")


class Witness(ABC):
    """One device with a running configuration, and the trust's secrets."""

    def __init__(self, platform: str, secrets: SecretSource | None) -> None:
        self.secrets = secrets or Stores()
        self.gate = rulebook(platform).gate

    @property
    @abstractmethod
    def text(self) -> str:
        """The running configuration as the device prints it."""

    def filled(self, line: str, observed: Mapping[str, str]) -> str:
        """A line with its tokens replaced, as the session does at the last moment."""
        line = SECRET_TOKEN.sub(lambda found: self.secrets.get(found[1]), line)
        return OBSERVED_TOKEN.sub(lambda found: observed[found[1]], line)


class Bench(Witness):
    """One that obeys each line at once. A make says how a line is given to it."""

    start: ClassVar[Any]
    """Where the first line of a change goes: the make's own configuration mode."""

    @abstractmethod
    def obey(self, context: Any, batch: tuple[str, ...]) -> tuple[Any, str | None]:
        """Give the device one line, or a banner with its body, and answer yes; the next context, and a refusal."""

    def type(self, lines: Iterable[str]) -> None:
        """What a person types, whatever the deny-list says; a refused line is an AssertionError."""
        context = self.start
        for batch in self.gate.batches(tuple(lines)):
            context, refused = self.obey(context, batch)
            assert refused is None, f"{batch[0]}: {refused}"

    def send(self, lines: Iterable[str], observed: Mapping[str, str], permit: Permit = NO_PERMIT) -> list[str]:
        """Type the lines with their secrets in place; return each line that was refused with what the device said."""
        wrong: list[str] = []
        context = self.start
        for batch in self.gate.batches(self.gate.check_lines(lines, permit)):
            filled = tuple(self.filled(line, observed) for line in batch)
            context, refused = self.obey(context, filled)
            if refused is not None:
                wrong.append(f"{filled[0]}: {refused}")
        return wrong
