"""A simulated IOS switch, or a controller of that family, to judge lines by."""

from __future__ import annotations

from lab_bench import Bench

from trustctl.lab.makes.cisco_9800.model import WlcSwitch
from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
from trustctl.lab.makes.cisco_ios.model.spec import CONFIG, Mode
from trustctl.lab.spec import DeviceSpec
from trustctl.secrets.source import SecretSource

ACCESS_SWITCH = "WS-C2960X-48FPS-L"
MODELS: dict[str, type[IosSwitch]] = {"cisco_ios": IosSwitch, "cisco_9800": WlcSwitch}


class IosBench(Bench):
    """One switch with a running configuration."""

    start = CONFIG

    def __init__(
        self,
        running: str,
        *,
        model: str = ACCESS_SWITCH,
        secrets: SecretSource | None = None,
        address: str | None = None,
        station: str = "192.0.2.10",
        platform: str = "cisco_ios",
    ) -> None:
        super().__init__(platform, secrets)
        spec = DeviceSpec("bench", platform, model=model, boot=running, management_address=address, station=station)
        self.switch = MODELS[platform](spec)
        self.address = address
        self.lost: list[str] = []
        """Lines after which nobody could have logged in any more; watched if there is an address."""

    @property
    def text(self) -> str:
        """The running configuration as the switch prints it."""
        return self.switch.running_text()

    def obey(self, context: Mode, batch: tuple[str, ...]) -> tuple[Mode, str | None]:
        """A line that ends a terminal session counts as refused."""
        reply = self.switch.configure(context, batch[0])
        if reply.wants_block is not None:
            reply = self.switch.finish_block(context, reply.wants_block, batch[1:])
        if reply.confirm is not None:
            reply = self.switch.answer(context, reply.confirm, accepted=True)
        refused = " / ".join(reply.output) or "cut a terminal session"
        if self.address is not None:
            here = self.switch.reachable()
            if not (here.ok and here.login):
                self.lost.append(f"{batch[0]}: {here.why}")
        return reply.mode, refused if reply.refused or reply.cleared_vtys else None
