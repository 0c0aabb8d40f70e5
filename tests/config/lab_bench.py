"""A simulated switch that obeys lines one by one: the witness that knows nothing of the engine it judges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from golden_cases import rulebook

from trustctl.config.lines import NO_PERMIT, Permit
from trustctl.lab.makes.cisco_9800.model import WlcSwitch
from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
from trustctl.lab.makes.cisco_ios.model.spec import CONFIG
from trustctl.lab.spec import DeviceSpec
from trustctl.model.secret import OBSERVED_TOKEN, SECRET_TOKEN
from trustctl.secrets.source import SecretSource

ACCESS_SWITCH = "WS-C2960X-48FPS-L"
MODELS: dict[str, type[IosSwitch]] = {"cisco_ios": IosSwitch, "cisco_9800": WlcSwitch}


class Stores:
    """The trust's secrets for a test: each has a value that is made from its name."""

    def get(self, name: str) -> str:
        """The value of a secret."""
        return "Value." + name.replace("/", ".")


class Bench:
    """One switch with a running configuration."""

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
        self.secrets = secrets or Stores()
        self.gate = rulebook(platform).gate
        spec = DeviceSpec("bench", platform, model=model, boot=running, management_address=address, station=station)
        self.switch = MODELS[platform](spec)
        self.address = address
        self.lost: list[str] = []
        """Lines after which nobody could have logged in any more; watched if there is an address."""

    @property
    def text(self) -> str:
        """The running configuration as the switch prints it."""
        return self.switch.running_text()

    def send(self, lines: Iterable[str], observed: Mapping[str, str], permit: Permit = NO_PERMIT) -> list[str]:
        """Type the lines with their secrets in place; return each line that was refused with what the switch said."""
        refused: list[str] = []
        mode = CONFIG
        pending = list(self.gate.check_lines(lines, permit))
        while pending:
            line = self._fill(pending.pop(0), observed)
            reply = self.switch.configure(mode, line)
            if reply.wants_block is not None:
                body: list[str] = []
                while pending:
                    body.append(pending.pop(0))
                    if reply.wants_block.delimiter and reply.wants_block.delimiter in body[-1]:
                        break
                reply = self.switch.finish_block(mode, reply.wants_block, body)
            if reply.confirm is not None:
                reply = self.switch.answer(mode, reply.confirm, accepted=True)
            if reply.refused or reply.cleared_vtys:
                refused.append(f"{line}: {' / '.join(reply.output) or 'cut a terminal session'}")
            mode = reply.mode
            if self.address is not None:
                here = self.switch.reachable()
                if not (here.ok and here.login):
                    self.lost.append(f"{line}: {here.why}")
        return refused

    def _fill(self, line: str, observed: Mapping[str, str]) -> str:
        """A line with its tokens replaced, as the session does at the last moment."""
        line = SECRET_TOKEN.sub(lambda found: self.secrets.get(found[1]), line)
        return OBSERVED_TOKEN.sub(lambda found: observed[found[1]], line)
