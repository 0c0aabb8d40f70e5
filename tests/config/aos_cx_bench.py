"""A simulated AOS-CX switch to judge lines by."""

from __future__ import annotations

from lab_bench import Bench

from trustctl.lab.makes.aruba_aos_cx.model.rules import CONFIG, Context
from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch
from trustctl.lab.spec import DeviceSpec
from trustctl.secrets.source import SecretSource

PLATFORM = "aruba_aos_cx"


class CxBench(Bench):
    """One switch with a running configuration; a 6200, or the model that is given."""

    start = CONFIG

    def __init__(self, running: str, *, model: str = "JL725A", secrets: SecretSource | None = None) -> None:
        super().__init__(PLATFORM, secrets)
        self.switch = CxSwitch(DeviceSpec("bench", PLATFORM, model=model, boot=running))

    @property
    def text(self) -> str:
        """The running configuration as the switch prints it."""
        return self.switch.running_text()

    def obey(self, context: Context, batch: tuple[str, ...]) -> tuple[Context, str | None]:
        """One line, or a banner with its body."""
        reply = self.switch.configure(context, batch[0].strip())
        if reply.block is not None:
            reply = self.switch.finish_block(context, reply.block, batch[1:-1])
        elif reply.question is not None:
            reply = self.switch.answer(context, reply.question, accepted=True)
        return reply.context, " ".join(reply.output).strip() if reply.refused else None
