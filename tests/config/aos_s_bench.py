"""A simulated AOS-S switch that obeys lines one by one: the witness that knows nothing of the engine it judges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from golden_cases import rulebook
from lab_bench import Stores

from trustctl.config.lines import NO_PERMIT, Permit
from trustctl.lab.makes.aruba_aos_s.model.rules import CONFIG
from trustctl.lab.makes.aruba_aos_s.model.switch import AosSwitch
from trustctl.lab.spec import DeviceSpec
from trustctl.model.secret import OBSERVED_TOKEN, SECRET_TOKEN
from trustctl.secrets.source import SecretSource

PLATFORM = "aruba_aos_s"


class AosBench:
    """One switch with a running configuration."""

    def __init__(self, running: str, *, model: str = "", secrets: SecretSource | None = None) -> None:
        self.secrets = secrets or Stores()
        self.switch = AosSwitch(DeviceSpec("bench", PLATFORM, model=model, boot=running))

    @property
    def text(self) -> str:
        """The running configuration as the switch prints it."""
        return self.switch.running_text()

    def type(self, lines: Iterable[str]) -> None:
        """What a person types, whatever the deny-list says; a refused line is an AssertionError."""
        context = CONFIG
        for line in lines:
            reply = self.switch.configure(context, line)
            assert not reply.refused, f"{line}: {reply.output}"
            context = reply.context

    def send(self, lines: Iterable[str], observed: Mapping[str, str], permit: Permit = NO_PERMIT) -> list[str]:
        """Type the lines with their secrets in place; return each line that was refused with what the switch said."""
        refused: list[str] = []
        context = CONFIG
        gate = rulebook(PLATFORM).gate
        for batch in gate.batches(gate.check_lines(lines, permit)):
            line = self._fill(batch[0], observed) if len(batch) == 1 else _banner(batch)
            reply = self.switch.configure(context, line.strip())
            if reply.question is not None:
                reply = self.switch.configure(context, line.strip(), confirmed=True)
            if reply.refused:
                refused.append(f"{line}: {reply.output.strip()}")
            context = reply.context
        return refused

    def _fill(self, line: str, observed: Mapping[str, str]) -> str:
        line = SECRET_TOKEN.sub(lambda found: self.secrets.get(found[1]), line)
        return OBSERVED_TOKEN.sub(lambda found: observed[found[1]], line)


def _banner(batch: tuple[str, ...]) -> str:
    """What a terminal makes of a banner that is typed over several lines."""
    text = "\\n".join(batch[1:-1])
    return f'{batch[0].rsplit(" ", 1)[0]} "{text}"'
