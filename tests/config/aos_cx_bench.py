"""A simulated AOS-CX switch that obeys lines one by one: the witness that knows nothing of the engine it judges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from golden_cases import rulebook
from lab_bench import Stores

from trustctl.config.lines import NO_PERMIT, Permit
from trustctl.lab.makes.aruba_aos_cx.model.rules import CONFIG, Context, Reply
from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch
from trustctl.lab.spec import DeviceSpec
from trustctl.model.secret import OBSERVED_TOKEN, SECRET_TOKEN
from trustctl.secrets.source import SecretSource

PLATFORM = "aruba_aos_cx"


class CxBench:
    """One switch with a running configuration; a 6200, or the model that is given."""

    def __init__(self, running: str, *, model: str = "JL725A", secrets: SecretSource | None = None) -> None:
        self.secrets = secrets or Stores()
        self.switch = CxSwitch(DeviceSpec("bench", PLATFORM, model=model, boot=running))

    @property
    def text(self) -> str:
        """The running configuration as the switch prints it."""
        return self.switch.running_text()

    def type(self, lines: Iterable[str]) -> None:
        """What a person types, whatever the deny-list says; a refused line is an AssertionError."""
        context = CONFIG
        for line in lines:
            reply = self._obey(context, (line,))
            assert not reply.refused, f"{line}: {reply.output}"
            context = reply.context

    def send(self, lines: Iterable[str], observed: Mapping[str, str], permit: Permit = NO_PERMIT) -> list[str]:
        """Type the lines with their secrets in place; return each line that was refused with what the switch said."""
        refused: list[str] = []
        context = CONFIG
        gate = rulebook(PLATFORM).gate
        for batch in gate.batches(gate.check_lines(lines, permit)):
            reply = self._obey(context, tuple(self._fill(line, observed) for line in batch))
            if reply.refused:
                refused.append(f"{batch[0]}: {' '.join(reply.output).strip()}")
            context = reply.context
        return refused

    def _obey(self, context: Context, batch: tuple[str, ...]) -> Reply:
        """One line, or a banner with its body; a question is answered with yes."""
        reply = self.switch.configure(context, batch[0].strip())
        if reply.block is not None:
            return self.switch.finish_block(context, reply.block, batch[1:-1])
        if reply.question is not None:
            return self.switch.answer(context, reply.question, accepted=True)
        return reply

    def _fill(self, line: str, observed: Mapping[str, str]) -> str:
        line = SECRET_TOKEN.sub(lambda found: self.secrets.get(found[1]), line)
        return OBSERVED_TOKEN.sub(lambda found: observed[found[1]], line)
