"""What a device of each make really gets: planned lines typed over real SSH, and what the lab noted down of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from field import Field
from planting import Soil, Sown

from trustctl.cli.dialling import dial
from trustctl.cli.planning import plan_for, rendered
from trustctl.cli.select import device_of
from trustctl.config import read
from trustctl.config.masking import secret_values
from trustctl.engines.network.session import DeviceSession
from trustctl.engines.network.writer import ResolvedLine, resolve_block
from trustctl.errors import LineRejectedError, TrustctlError
from trustctl.model.plan import DevicePlan, Observed
from trustctl.platforms.spec import PlatformSpec

NETWORK = {
    "cisco_ios": "oak-sw-b1-01",
    "cisco_9800": "oak-wlc-01",
    "aruba_aos_s": "eld-sw-core-01",
    "aruba_aos_cx": "eld-sw-art-01",
    "aruba_instant": "eld-wlc-01",
}
"""A device of each make in the example trust."""
SERVER = "oak-srv-01"
_LEAVES = ("exit", "quit")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent to one device in one turn, what it noted down, and what it would not take."""

    sent: tuple[str, ...]
    noted: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass
class Devices:
    """The lab's devices of all makes, each with a session that stays open, and its configuration as it was."""

    soil: Soil
    site: Field = field(init=False)
    _open: dict[str, DeviceSession] = field(default_factory=dict[str, DeviceSession])
    _specs: dict[str, PlatformSpec] = field(default_factory=dict[str, PlatformSpec])
    _usual: dict[str, DevicePlan] = field(default_factory=dict[str, DevicePlan])
    _seen: dict[str, Observed | TrustctlError] = field(default_factory=dict[str, "Observed | TrustctlError"])

    def __enter__(self) -> Self:
        plain = self.soil.sow({})
        self.site = Field(self.soil.engineer, tuple(NETWORK.values()))
        self.site.__enter__()
        way = dial(plain.workspace, lab=False, endpoints=self.site.write_endpoints())
        for name in NETWORK.values():
            _, device = device_of(plain.workspace.trust, name)
            target = way.target(plain.workspace, device)
            self._open[name] = plain.workspace.connector.network.open(target)
            self._specs[name] = plain.workspace.platform(device.platform).spec
            running = self._open[name].running()
            self._seen[name] = Observed(device=name, running=running, source=name, taken=plain.workspace.clock.now())
        self._usual = {plan.name: plan for plan in self.plans(plain)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._open.values():
            session.close()
        self.site.__exit__(kind, error, trace)

    def plans(self, sown: Sown) -> tuple[DevicePlan, ...]:
        """The plan of each network device from what it had at first."""
        chosen = tuple(device_of(sown.workspace.trust, name) for name in NETWORK.values())
        return plan_for(sown.workspace, chosen, self._seen, rendered(sown.workspace, chosen)).devices

    def type(self, sown: Sown, plan: DevicePlan) -> Typed:
        """Type what the plan has and the plain one has not, and take it back; what the device noted down of it all."""
        platform = sown.workspace.platform(plan.platform)
        seen, usual = self._seen[plan.name], self._usual[plan.name]
        assert isinstance(seen, Observed)
        secrets = secret_values(read(seen.running, platform.rulebook))
        whole = platform.spec.configure.commit is not None  # its lines wait for a commit, and need each other
        halves = ((plan.commands, usual.commands), (plan.undo, usual.undo))
        units = [
            unit
            for lines, known in halves
            for block in _blocks(platform.rulebook.gate.batches(lines))
            if whole or any(line not in known for one in block for line in one)
            for unit in block
        ]
        resolve, gate = sown.workspace.secrets.get, platform.rulebook.gate
        return self.type_lines(plan.name, [resolve_block(unit, gate, resolve, secrets) for unit in units])

    def type_lines(self, name: str, units: Iterable[tuple[ResolvedLine, ...]]) -> Typed:
        """Type these lines, go on after one that is refused, and leave; what the device noted down of it all."""
        session = self._open[name]
        sent: list[str] = []
        refused: list[str] = []
        begun = len(self.site.lab.log(name))
        for unit in units:
            session.begin()
            sent += unit
            try:
                session.push(unit)
            except LineRejectedError as error:
                refused.append(f"{error.line}: {error.reply}")
        session.discard()
        noted = tuple(entry.line for entry in self.site.lab.log(name)[begun:])
        return Typed(tuple(sent), _without(noted, tuple(sent), _ours(self._specs[name])), tuple(refused))

    def type_unguarded(self, name: str, text: str) -> tuple[str, ...]:
        """Write straight to the channel, past the gate and the session's own checks; what the device noted down."""
        session = self._open[name]
        begun = len(self.site.lab.log(name))
        session.begin()
        session._link.write(f"{text}\n")
        session.end()
        ours = _ours(self._specs[name])
        return tuple(entry.line for entry in self.site.lab.log(name)[begun:] if entry.line not in ours)


def _ours(spec: PlatformSpec) -> set[str]:
    """What the session itself types around planned lines: in and out of the mode, commits, answers to questions."""
    configure = spec.configure
    commit = configure.commit
    commits = {commit.apply.send, commit.drop.send} if commit else set[str]()
    return {configure.enter, configure.end, *commits, *(answer.send for answer in configure.answers)}


def _without(noted: tuple[str, ...], sent: tuple[str, ...], ours: set[str]) -> tuple[str, ...]:
    """What was noted without the session's own words between the planned lines, so far as they are not planned."""
    kept: list[str] = []
    for line in noted:
        if line in ours and (len(kept) == len(sent) or line != sent[len(kept)]):
            continue
        kept.append(line)
    return tuple(kept)


def _blocks(units: Iterable[tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
    """A header with what is indented below it and the line that leaves it; every other unit by itself."""
    block: list[tuple[str, ...]] = []
    for unit in units:
        if block and not unit[0].startswith(" ") and unit[0] not in _LEAVES:
            yield block
            block = []
        block.append(unit)
    if block:
        yield block
