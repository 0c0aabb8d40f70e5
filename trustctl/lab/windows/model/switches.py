"""Virtual switches and the management adapters on them.

Pages: New-VMSwitch, Set-VMSwitch, Set-VMSwitchTeam, Remove-VMSwitch, Add-VMNetworkAdapter, Set-VMNetworkAdapter,
Set-VMNetworkAdapterVlan (windows-powershell-docs, hyper-v); of teams also "Remote Direct Memory Access (RDMA) and
Switch Embedded Teaming (SET)" (windows-server/virtualization/hyper-v-virtual-switch).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from trustctl.lab.windows.machine import Machine, part
from trustctl.lab.windows.model import words
from trustctl.lab.windows.model.network import Interface, Network
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.spec import WindowsSpec

TEAM_MEMBERS = 8
"""A team of a switch has one to eight cards."""
VLANS = range(1, 4095)
WEIGHTS = range(101)


@dataclass(slots=True)
class Vlan:
    """Of a virtual adapter's port.

    `mode` is Untagged, Access or Trunk; the numbers are 0 and empty where they mean nothing.
    """

    mode: str = "Untagged"
    vlan: int = 0
    native: int = 0
    allowed: list[int] = field(default_factory=list[int])

    def check(self) -> None:
        """Raises RefusedError for a VLAN that is none. A native VLAN of 0 is allowed."""
        spoken = {"Access": [self.vlan], "Trunk": [*self.allowed, *([self.native] if self.native else [])]}
        for one in spoken.get(self.mode, []):
            if one not in VLANS:
                raise RefusedError(words.VLAN_RANGE.format(vlan=one))

    @property
    def own(self) -> int:
        """How the wire carries what the adapter's owner sends without a tag: 0 untagged."""
        return {"Access": self.vlan, "Trunk": self.native}.get(self.mode, 0)


@dataclass(slots=True)
class ManagementAdapter:
    """A virtual adapter of the host itself; Windows calls its connection `vEthernet (NAME)`.

    Bandwidths are bits a second.
    """

    name: str
    mac: str = ""
    vlan: Vlan = field(default_factory=Vlan)
    weight: int = 0
    minimum: int = 0
    maximum: int = 0

    @property
    def alias(self) -> str:
        """The name of its connection."""
        return f"vEthernet ({self.name})"


@dataclass(slots=True)
class Switch:
    """A virtual switch. `kind` is External, Internal or Private; `mode` Absolute, Weight or None, for good."""

    name: str
    kind: str
    adapters: list[str] = field(default_factory=list[str])
    teaming: bool = False
    balancing: str = ""
    mode: str = "Weight"
    iov: bool = False
    notes: str = ""
    default_weight: int = 1
    default_absolute: int = 0
    vnics: dict[str, ManagementAdapter] = field(default_factory=dict[str, ManagementAdapter])

    @property
    def management(self) -> bool:
        """AllowManagementOS: whether the host itself is on the switch."""
        return bool(self.vnics)


@part
@dataclass
class Switches:
    """The host's virtual switches, by name in lower case."""

    switches: dict[str, Switch] = field(default_factory=dict[str, Switch])

    @classmethod
    def of(cls, spec: WindowsSpec) -> Switches:
        """A delivered host has none."""
        return cls()

    def started(self) -> None:
        """They outlive restarts."""

    def switch(self, name: str) -> Switch | None:
        """A switch by its name, whatever its case."""
        return self.switches.get(name.casefold())

    def needed(self, name: str) -> Switch:
        """A switch by its name. Raises RefusedError if there is none."""
        found = self.switch(name)
        if found is None:
            raise RefusedError(words.SWITCH_MISSING.format(name=name))
        return found

    def vnic(self, name: str) -> tuple[Switch, ManagementAdapter] | None:
        """A management adapter, on whichever switch."""
        for one in self.switches.values():
            if name.casefold() in one.vnics:
                return one, one.vnics[name.casefold()]
        return None


@dataclass(frozen=True, slots=True)
class Wish:
    """What New-VMSwitch is given. `mode` is Default, Absolute, Weight or None; `teaming` None: as many cards say."""

    name: str
    kind: str
    adapters: Sequence[str] = ()
    teaming: bool | None = None
    mode: str = "Default"
    iov: bool = False
    management: bool = True
    notes: str = ""


class Fabric:
    """The cmdlets that work on switches: all of them on one host."""

    def __init__(self, host: Machine) -> None:
        self._host = host
        self._net = host.part(Network)
        self._all = host.part(Switches)

    def create(self, wish: Wish) -> Switch:
        """New-VMSwitch. The first card's TCP/IP settings go to the management adapter that the switch gets with it.

        Raises RefusedError for a name that there is, a card that there is not, and one that a switch has.
        """
        if self._all.switch(wish.name):
            raise RefusedError(words.SWITCH_EXISTS.format(name=wish.name))
        if wish.kind != "External":
            return self._add(Switch(wish.name, wish.kind, notes=wish.notes), None, management=wish.kind == "Internal")
        self._check_cards(wish.adapters, "")
        teaming = len(wish.adapters) > 1 if wish.teaming is None else wish.teaming
        self._check_team(wish.adapters, teaming=teaming)
        mode = {"Default": "None" if wish.iov else "Weight"}.get(wish.mode, wish.mode)
        names = [self._net.adapters[one.casefold()].name for one in wish.adapters]
        balancing = "Dynamic" if teaming else ""
        made = Switch(wish.name, "External", names, teaming, balancing, mode, wish.iov, wish.notes)
        had = [self._net.take(one, wish.name) for one in names]
        configured = next((one for one in had if one is not None and one.addresses), had[0])
        return self._add(made, configured, management=wish.management)

    def _add(self, made: Switch, settings: Interface | None, *, management: bool) -> Switch:
        self._all.switches[made.name.casefold()] = made
        if management:
            self.add_vnic(made, made.name, settings)
        return made

    def _check_cards(self, names: Iterable[str], mine: str) -> None:
        for name in names:
            card = self._net.adapter(name)
            if card is None:
                raise RefusedError(words.SWITCH_ADAPTER_MISSING.format(name=name))
            if card.switch and card.switch.casefold() != mine.casefold():
                raise RefusedError(words.ADAPTER_BOUND.format(description=card.description))

    def _check_team(self, names: Sequence[str], *, teaming: bool) -> None:
        if teaming and "Server" not in self._host.spec.caption:
            raise RefusedError(words.TEAM_NOT_SERVER)
        if not names or len({one.casefold() for one in names}) > (TEAM_MEMBERS if teaming else 1):
            raise RefusedError(words.TEAM_SIZE.format(most=TEAM_MEMBERS if teaming else 1, given=len(names)))

    def remove(self, name: str) -> None:
        """Remove-VMSwitch. Its management adapters go, and the cards get TCP/IP again, without their old settings."""
        gone = self._all.needed(name)
        for one in list(gone.vnics.values()):
            self._net.drop(one.alias)
        for card in gone.adapters:
            self._net.give_back(card)
        del self._all.switches[name.casefold()]

    def set_cards(self, switch: Switch, names: Sequence[str]) -> None:
        """Set-VMSwitchTeam -NetAdapterName replaces the members of a team, Set-VMSwitch the one card of another switch.

        Raises RefusedError as `create` does.
        """
        self._check_cards(names, switch.name)
        self._check_team(names, teaming=switch.teaming)
        wanted = [self._net.adapters[one.casefold()].name for one in names]
        for one in switch.adapters:
            if one not in wanted:
                self._net.give_back(one)
        for one in wanted:
            self._net.take(one, switch.name)
        switch.adapters = wanted

    def set_balancing(self, switch: Switch, algorithm: str) -> None:
        """Set-VMSwitchTeam -LoadBalancingAlgorithm. Raises RefusedError for a switch that is no team."""
        if not switch.teaming:
            raise RefusedError(words.SWITCH_NOT_TEAMED.format(name=switch.name))
        switch.balancing = algorithm

    def set_management(self, switch: Switch, *, allowed: bool) -> None:
        """Set-VMSwitch -AllowManagementOS: $true adds a management adapter, $false takes all of them away."""
        if allowed and not switch.vnics:
            self.add_vnic(switch, switch.name, None)
        elif not allowed:
            for one in list(switch.vnics.values()):
                self.remove_vnic(switch, one.name)

    def set_default_flow(self, switch: Switch, *, weight: int | None = None, absolute: int | None = None) -> None:
        """Set-VMSwitch -DefaultFlowMinimumBandwidth…, only in the switch's own mode.

        Bits are rounded down to eights.
        """
        self._check_mode(switch, "Weight" if weight is not None else "Absolute")
        if weight is not None:
            _check_weight(weight)
            switch.default_weight = weight
        if absolute is not None:
            switch.default_absolute = absolute // 8 * 8

    def add_vnic(self, switch: Switch, name: str, settings: Interface | None) -> ManagementAdapter:
        """Add-VMNetworkAdapter -ManagementOS. Its connection asks by DHCP unless a card's settings move to it."""
        if self._all.vnic(name):
            raise RefusedError(words.SWITCH_EXISTS.format(name=name))
        made = ManagementAdapter(name)
        switch.vnics[name.casefold()] = made
        self._net.move(settings, made.alias)
        return made

    def remove_vnic(self, switch: Switch, name: str) -> None:
        """Remove-VMNetworkAdapter -ManagementOS: its addresses are gone with it."""
        gone = switch.vnics.pop(name.casefold())
        self._net.drop(gone.alias)

    def rename_vnic(self, switch: Switch, old: str, new: str) -> None:
        """Rename-VMNetworkAdapter -ManagementOS: the connection is renamed with it and keeps its settings."""
        if old.casefold() != new.casefold() and self._all.vnic(new):
            raise RefusedError(words.SWITCH_EXISTS.format(name=new))
        mine = switch.vnics.pop(old.casefold())
        settings = self._net.interface(mine.alias)
        self._net.drop(mine.alias)
        mine.name = new
        switch.vnics[new.casefold()] = mine
        self._net.move(settings, mine.alias)

    def set_vlan(self, adapter: ManagementAdapter, vlan: Vlan) -> None:
        """Set-VMNetworkAdapterVlan -ManagementOS. Raises RefusedError for a VLAN that is none."""
        vlan.check()
        adapter.vlan = vlan

    def set_bandwidth(
        self,
        switch: Switch,
        adapter: ManagementAdapter,
        *,
        weight: int | None = None,
        minimum: int | None = None,
        maximum: int | None = None,
    ) -> None:
        """Set-VMNetworkAdapter -MinimumBandwidthWeight, -MinimumBandwidthAbsolute, -MaximumBandwidth.

        A minimum is possible only in the mode that the switch was made with; bits are rounded to the nearest eight.
        """
        if weight:
            self._check_mode(switch, "Weight")
        if minimum:
            self._check_mode(switch, "Absolute")
        if weight is not None:
            _check_weight(weight)
            adapter.weight = weight
        if minimum is not None:
            adapter.minimum = rounded(minimum)
        if maximum is not None:
            adapter.maximum = rounded(maximum)

    @staticmethod
    def _check_mode(switch: Switch, mode: str) -> None:
        if switch.mode != mode:
            raise RefusedError(words.FLOW_MODE.format(mode=switch.mode))

    def reached(self) -> bool:
        """Whether the management address is still where the wire carries its network."""
        if not self._net.management:
            return True
        alias = self._net.carrier()
        if not alias or not self._net.leads_out():
            return False
        if self._net.adapter(alias):
            return True
        for switch in self._all.switches.values():
            for one in switch.vnics.values():
                if one.alias == alias:
                    return bool(switch.adapters) and one.vlan.own == self._net.management_vlan
        return False

    def look(self) -> None:
        """Cut the host off if what was just done took its way in."""
        if not self.reached() and not self._host.cut_off:
            self._host.cut(
                f"the management address {self._net.management} is on no connection that reaches its network"
            )


def rounded(bits: int) -> int:
    """Bandwidth as Windows stores it: the nearest multiple of eight (Set-VMNetworkAdapter)."""
    return (bits + 4) // 8 * 8


def _check_weight(weight: int) -> None:
    if weight not in WEIGHTS:
        raise RefusedError(words.WEIGHT_RANGE.format(weight=weight))
