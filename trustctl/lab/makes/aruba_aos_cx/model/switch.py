"""A simulated AOS-CX switch: its running and startup configuration, and what a line of configuration does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trustctl.lab.configuration import ConfigurationModel
from trustctl.lab.fabric import Fabric
from trustctl.lab.forwarding import assumptions
from trustctl.lab.makes.aruba_aos_cx.model import catalogue, loading, obedience, printing, switching
from trustctl.lab.makes.aruba_aos_cx.model.commands import vlans
from trustctl.lab.makes.aruba_aos_cx.model.commands.interfaces import rank_of
from trustctl.lab.makes.aruba_aos_cx.model.names import canonical, is_port
from trustctl.lab.makes.aruba_aos_cx.model.tree import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trustctl.lab.makes.aruba_aos_cx.model.catalogue import Model
    from trustctl.lab.makes.aruba_aos_cx.model.rules import Block, Context, Question, Reply
    from trustctl.lab.spec import DeviceSpec

_VLANS = {"PL": 512, "ML": 2048, "FL": 4094}
"""How many VLANs a switch has room for, by image (HPE data sheets as generally known) [unverified]."""
_VERSION = re.compile(r"^!Version (ArubaOS-CX|AOS-CX) (\S+)", re.MULTILINE)
_ROUTING = re.compile(r"^interface (?:lag )?\d[^\n]*\n(?:    [^\n]*\n)*?    no routing$", re.MULTILINE)
_RENAMED = (10, 14)
"""From this release on the software calls itself AOS-CX instead of ArubaOS-CX (recorded: 10.13 old, 10.15 new)."""


class CxSwitch(ConfigurationModel):
    """One switch, or VSF stack. `configure` obeys one line at a time, with all that follows from it."""

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        found = _VERSION.search(spec.boot)
        parts = spec.members or (spec.model or catalogue.USUAL,)
        image = (spec.version or (found[2] if found else "")).partition(".")[0]
        known = (catalogue.find(part) or catalogue.unknown(part, image) for part in parts)
        self.models: tuple[Model, ...] = tuple(known)
        self.version = spec.version or (found[2] if found else self.models[0].version)
        self.product = found[1] if found else ("AOS-CX" if self.release >= _RENAMED else "ArubaOS-CX")
        self.routed = self.models[0].routed and (not spec.boot or _ROUTING.search(spec.boot) is not None)
        """Whether ports route unless told not to: as the boot configuration shows, else as the model."""
        self.booting = False
        self._secrets = 0
        self.startup: str | None = None
        self.root = Node("", "")
        self._boot(spec.boot)
        self.ssh_unseen = not any("ssh server vrf" in key for key in self.root.children)
        """Whether SSH is served although no line says so: the boot configuration is cut short or a factory's."""
        self.assumed = assumptions(self)
        if spec.boot:
            self.save()
        Fabric([self])

    def _boot(self, text: str) -> list[str]:
        self.booting = True
        self.root = Node("", "")
        try:
            unknown = loading.load(self, text)
        finally:
            self.booting = False
        self._complete()
        self.generation += 1
        return unknown

    def _complete(self) -> None:
        """Add what every switch has: VLAN 1, and the ports of its models."""
        if not self.root.has("vlan 1"):
            self.root.put(Node("vlan 1", "vlan 1", 30))
        for member, model in enumerate(self.models, start=1):
            for name in model.ports(member):
                if not self.root.has(f"interface {name}"):
                    self.add_port(name)

    # -- what it is ------------------------------------------------------------------------------------------------

    @property
    def hostname(self) -> str:
        """The host name now in force; without one the series [unverified]."""
        return self.root.value("hostname") or (self.models[0].series if self.models[0].copper else "switch")

    @property
    def vendor(self) -> str:
        """The vendor as the software prints it (recorded: 10.13 Aruba, 10.15 HPE ANW)."""
        return "HPE ANW" if self.product == "AOS-CX" else "Aruba"

    @property
    def release(self) -> tuple[int, int]:
        """The release as numbers: (10, 13)."""
        numbers = re.findall(r"\d+", self.version)
        return (int(numbers[0]), int(numbers[1])) if len(numbers) > 1 else (10, 13)

    @property
    def vlan_limit(self) -> int:
        """How many VLANs there may be."""
        return _VLANS.get(self.models[0].image, 4094)

    def vlan_ids(self) -> frozenset[int]:
        """The VLANs that exist."""
        return frozenset(int(key[5:]) for key in self.root.children if key.startswith("vlan ") and key[5:].isdigit())

    def ports(self) -> Iterator[tuple[str, Node]]:
        """The physical ports with their sections."""
        for key, node in self.root.children.items():
            name = key.removeprefix("interface ")
            if name != key and is_port(name):
                yield name, node

    def feeds(self, port: str) -> bool:
        """Whether a port can power what is plugged in."""
        member = int(port.partition("/")[0]) if is_port(port) else 0
        model = self.models[member - 1] if 0 < member <= len(self.models) else None
        return model is not None and (model.feeds(port) or not model.copper)

    def model_of(self, port: str) -> Model:
        """The model of the stack member that has a port."""
        member = int(port.partition("/")[0])
        return self.models[member - 1] if member <= len(self.models) else self.models[0]

    def fresh(self) -> str:
        """A seed that was not used before, for the salt of a ciphertext."""
        self._secrets += 1
        return f"{self.spec.serial}/{self.spec.name}/{self._secrets}"

    def listens_unseen(self, table: str) -> bool:
        """Whether SSH is served in a VRF without a line: the management port's, or all of them (`ssh_unseen`)."""
        return table == "mgmt" or self.ssh_unseen

    # -- ports -----------------------------------------------------------------------------------------------------

    def add_port(self, name: str) -> None:
        """A port as it leaves the factory."""
        key = f"interface {name}"
        node = self.root.put(Node(key, key, rank_of(key)))
        node.put(Node("no shutdown", "shutdown", 10))
        self.default_layer(node)

    def default_layer(self, node: Node) -> None:
        """Make a switch port of VLAN 1 of a port or LAG."""
        if self.routed:
            node.put(Node("no routing", "routing", 18))
        node.put(Node(f"{vlans.ACCESS} {vlans.DEFAULT}", vlans.ACCESS, vlans.RANK))

    def default_port(self, name: str, node: Node) -> None:
        """What a port is that has just left its LAG."""
        self.root.put(node).key = f"interface {name}"
        self.default_layer(node)

    def routes(self, node: Node) -> bool:
        """Whether a port or LAG is a routed one."""
        setting = node.text("routing")
        return setting == "routing" if setting else self.routed and not node.has("lag")

    def set_routing(self, node: Node, *, on: bool) -> None:
        """Make a routed port, or a switch port of VLAN 1."""
        if not on:
            self.default_layer(node)
        elif not self.routed:
            node.put(Node("routing", "routing", 18))

    # -- configuration mode ----------------------------------------------------------------------------------------

    def configure(self, context: Context, line: str) -> Reply:
        """Obey one line typed in a context (start with `CONFIG`)."""
        return obedience.configure(self, context, line)

    def answer(self, context: Context, question: Question, *, accepted: bool) -> Reply:
        """Go on after a question."""
        return obedience.answer(self, context, question, accepted=accepted)

    def finish_block(self, context: Context, block: Block, body: tuple[str, ...]) -> Reply:
        """Take the lines of a banner."""
        return obedience.finish(self, context, block, body)

    # -- whole configurations --------------------------------------------------------------------------------------

    def running_text(self) -> str:
        """The running configuration, from its `!Version` line on."""
        return printing.running_text(self)

    def save(self) -> None:
        """Write the running configuration to startup."""
        self.startup = self.running_text()

    def load_running(self, text: str) -> list[str]:
        """Become what a boot with this text would make; the lines that were not understood."""
        unknown = self._boot(text)
        self.changed()
        return unknown

    # -- as the network sees it (lab.forwarding.Forwarder) ------------------------------------------------------------

    def port_name(self, written: str) -> str:
        """A port as the switch prints it."""
        return canonical(written) or written

    enabled = switching.enabled
    port_up = switching.port_up
    carries = switching.carries
    untagged_vlan = switching.untagged_vlan
    forwards = switching.forwards
    interface_of = switching.interface_of
    interface_towards = switching.interface_towards
    why_down = switching.why_down
    next_hop = switching.next_hop
    default_address = switching.default_address
    filtered = switching.filtered
    turned_away = switching.turned_away
