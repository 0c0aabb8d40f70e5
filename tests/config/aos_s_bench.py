"""A simulated AOS-S switch to judge lines by."""

from __future__ import annotations

from lab_bench import Bench

from trustctl.lab.makes.aruba_aos_s.model.rules import CONFIG, Context
from trustctl.lab.makes.aruba_aos_s.model.switch import AosSwitch
from trustctl.lab.spec import DeviceSpec
from trustctl.secrets.source import SecretSource

PLATFORM = "aruba_aos_s"


class AosBench(Bench):
    """One switch with a running configuration."""

    start = CONFIG

    def __init__(self, running: str, *, model: str = "", secrets: SecretSource | None = None) -> None:
        super().__init__(PLATFORM, secrets)
        self.switch = AosSwitch(DeviceSpec("bench", PLATFORM, model=model, boot=running))

    @property
    def text(self) -> str:
        """The running configuration as the switch prints it."""
        return self.switch.running_text()

    def obey(self, context: Context, batch: tuple[str, ...]) -> tuple[Context, str | None]:
        """One line, or what a terminal makes of a banner that is typed over several lines."""
        line = batch[0].strip()
        if len(batch) > 1:
            text = "\\n".join(batch[1:-1])
            line = f'{line.rsplit(" ", 1)[0]} "{text}"'
        reply = self.switch.configure(context, line)
        if reply.question is not None:
            reply = self.switch.configure(context, line, confirmed=True)
        return reply.context, reply.output.strip() if reply.refused else None
