"""Whatever is asked of a Hyper-V host in whatever order, taken or refused: what must always hold, holds."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.lab.windows_model.asking import GB, ask, hypervisor, put
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.disks import Disks
from trustctl.lab.windows.model.hypervisor import PARENT_MEMORY
from trustctl.lab.windows.model.machines import RUNNING, Machines
from trustctl.lab.windows.model.network import Network
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.model.switches import Fabric, Switches

CARDS = ("NIC1", "NIC2", "NIC3")
SWITCHES = st.sampled_from(("Trust", "Guests"))
NAMES = st.sampled_from(("OAK-DC-01", "OAK-FS-01"))
FILES = st.sampled_from((r"D:\a.vhdx", r"D:\b.vhdx"))
VLAN = st.sampled_from((0, 10, 4094, 4095))
NICS = st.fixed_dictionaries(
    {"name": st.sampled_from(("Servers", "Backup")), "switch": st.sampled_from(("", "Trust", "Guests"))},
    optional={"vlan": VLAN, "bandwidth_weight": st.sampled_from((0, 100, 101))},
)
DISKS = st.fixed_dictionaries({"path": FILES, "size_bytes": st.sampled_from((GB, 2 * GB, None))})
VNICS = st.fixed_dictionaries(
    {"name": st.sampled_from(("Management", "Backup"))},
    optional={"vlan": VLAN, "host_address": st.booleans(), "bandwidth_weight": st.sampled_from((0, 100, 101))},
)


def by(key: str) -> Any:
    """No two records of one name."""
    return lambda one: one[key]


class AnyOrder(RuleBasedStateMachine):
    """Sets of switches, machines and the host's restart."""

    host: Machine
    sizes: dict[str, int]

    @initialize()
    def deliver(self) -> None:
        """A host as delivered."""
        self.host = hypervisor()
        self.sizes = {}
        put(self.host, "trust_vswitch", name="Guests", type="External", adapters=["NIC3"])

    @rule(
        name=SWITCHES,
        cards=st.lists(st.sampled_from(CARDS), max_size=3, unique=True),
        vnics=st.lists(VNICS, max_size=2, unique_by=by("name")),
        mode=st.sampled_from(("Weight", "Absolute", "None")),
    )
    def switch(self, name: str, cards: list[str], vnics: list[dict[str, Any]], mode: str) -> None:
        """Make or change a switch."""
        args = {"adapters": cards, "embedded_teaming": True, "management_adapters": vnics, "bandwidth_mode": mode}
        with suppress(RefusedError):
            put(self.host, "trust_vswitch", name=name, type="External", **args)

    @rule(name=SWITCHES)
    def no_switch(self, name: str) -> None:
        """Take a switch away."""
        with suppress(RefusedError):
            put(self.host, "trust_vswitch", name=name, state="absent")

    @rule(
        name=NAMES,
        nics=st.just([]) | st.lists(NICS, max_size=2, unique_by=by("name")),
        disks=st.lists(DISKS, max_size=1),
        memory=st.sampled_from((GB, 40 * GB)),
        power=st.sampled_from(("Running", None, "Off")),
    )
    def machine(
        self, name: str, nics: list[dict[str, Any]], disks: list[dict[str, Any]], memory: int, power: str | None
    ) -> None:
        """Make or change a machine."""
        args = {"network_adapters": nics, "disks": disks, "memory": {"startup_bytes": memory}, "power": power}
        with suppress(RefusedError):
            put(self.host, "trust_vm", name=name, generation=2, **args)

    @rule(name=NAMES)
    def large(self, name: str) -> None:
        """A machine of more than half the host's memory runs: two of them cannot."""
        with suppress(RefusedError):
            put(self.host, "trust_vm", name=name, generation=2, memory={"startup_bytes": 40 * GB}, power="Running")

    @rule(name=NAMES)
    def connected(self, name: str) -> None:
        """A machine that is off is on a switch, with a disk that the other may have."""
        nics, disks = [{"name": "Servers", "switch": "Guests"}], [{"path": r"D:\a.vhdx", "size_bytes": GB}]
        with suppress(RefusedError):
            put(self.host, "trust_vm", name=name, generation=2, network_adapters=nics, disks=disks, power="Off")

    @rule(name=NAMES)
    def no_machine(self, name: str) -> None:
        """Take a machine away."""
        with suppress(RefusedError):
            put(self.host, "trust_vm", name=name, state="absent")

    @rule()
    def restart(self) -> None:
        """Restart Windows."""
        self.host.restart()

    @rule()
    def console(self) -> None:
        """Somebody at the console lets us in again, if the network can."""
        if Fabric(self.host).reached():
            self.host.restore()

    @invariant()
    def a_card_is_on_one_switch(self) -> None:
        """And the card knows which."""
        switches = self.host.part(Switches).switches.values()
        used = [card for one in switches for card in one.adapters]
        assert len(used) == len(set(used))
        on = {card: one.name for one in switches for card in one.adapters}
        assert {one.name: one.switch for one in self.host.part(Network).adapters.values() if one.switch} == on

    @invariant()
    def a_card_speaks_ip_unless_a_switch_has_it(self) -> None:
        """Each connection of Windows is a free card or a management adapter."""
        network, switches = self.host.part(Network), self.host.part(Switches).switches.values()
        free = {one.name for one in network.adapters.values() if not one.switch}
        virtual = {one.alias for each in switches for one in each.vnics.values()}
        assert {one.alias for one in network.interfaces.values()} == free | virtual

    @invariant()
    def disks_never_go_and_never_shrink(self) -> None:
        """Whatever became of their machines."""
        now = {key: one.size for key, one in self.host.part(Disks).files.items()}
        assert all(now.get(key, 0) >= size for key, size in self.sizes.items())
        self.sizes = now
        assert all(free >= 0 for free in self.host.part(Disks).free.values())

    @invariant()
    def running_machines_fit(self) -> None:
        """In memory, on their disks, on the network."""
        machines = self.host.part(Machines).machines.values()
        running = [one for one in machines if one.state == RUNNING]
        assert sum(one.memory.startup for one in running) <= self.host.spec.memory_bytes - PARENT_MEMORY
        files = [drive.path.casefold() for one in running for drive in one.drives]
        assert len(files) == len(set(files))
        macs = [nic.mac for one in machines for nic in one.nics if nic.mac]
        assert len(macs) == len(set(macs))

    @invariant()
    def adapters_hold_what_windows_holds(self) -> None:
        """VLANs, weights, switches that there are."""
        switches = self.host.part(Switches)
        for machine in self.host.part(Machines).machines.values():
            for nic in machine.nics:
                assert not nic.switch or switches.switch(nic.switch)
                assert 0 <= nic.vlan.own < 4095
                assert 0 <= nic.weight <= 100

    @invariant()
    def a_host_that_is_not_reached_says_so(self) -> None:
        """It never answers over a connection that it no longer has."""
        assert Fabric(self.host).reached() or self.host.cut_off

    @invariant()
    def everything_can_be_read(self) -> None:
        """And reading moves nothing."""
        before = self.host.snapshot()
        for name in ("OAK-DC-01", "OAK-FS-01"):
            ask(self.host, "trust_vm", operation="read", name=name)
        for name in ("Trust", "Guests"):
            ask(self.host, "trust_vswitch", operation="read", name=name)
        assert self.host.snapshot() == before


AnyOrder.TestCase.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
TestAnyOrder = AnyOrder.TestCase
