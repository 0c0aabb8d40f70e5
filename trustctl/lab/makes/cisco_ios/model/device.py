"""A simulated IOS switch: its running and startup configuration and what a line typed in configuration mode does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trustctl.lab.configuration import ConfigurationModel
from trustctl.lab.fabric import Fabric
from trustctl.lab.forwarding import assumptions
from trustctl.lab.makes.cisco_ios.model import (
    catalogue,
    factory,
    forwarding,
    loading,
    printing,
    status,
    switching,
    tables,
)
from trustctl.lab.makes.cisco_ios.model import login as logins
from trustctl.lab.makes.cisco_ios.model.catalogue import Family
from trustctl.lab.makes.cisco_ios.model.commands.banner import finish_banner
from trustctl.lab.makes.cisco_ios.model.commands.database import exists
from trustctl.lab.makes.cisco_ios.model.grammar import Fault, Misread
from trustctl.lab.makes.cisco_ios.model.interfaces import full_name
from trustctl.lab.makes.cisco_ios.model.obedience import applies, obey
from trustctl.lab.makes.cisco_ios.model.rules import Command
from trustctl.lab.makes.cisco_ios.model.spec import CONFIG, EXEC, BlockRequest, Confirm, Mode, Reply
from trustctl.lab.makes.cisco_ios.model.tree import Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trustctl.lab.makes.cisco_ios.model.grammar import Grammar, Match
    from trustctl.lab.makes.cisco_ios.model.rules import Rule
    from trustctl.lab.makes.cisco_ios.model.status import InterfaceRow, VlanRow
    from trustctl.lab.spec import DeviceSpec

_FORM = re.compile(r"\s*(?:(no|default|defaul|defau|defa)\s+)?(?=\S)")
_EXIT = frozenset({"exit", "exi", "quit"})
_INVALID = ("% Invalid input detected at '^' marker.", "")


class IosSwitch(ConfigurationModel):
    """One switch. `configure` obeys one line at a time, with all the consequences a real one has."""

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        self.models: tuple[str, ...] = spec.members or (spec.model or catalogue.USUAL,)
        """Product numbers of the stack members, member 1 first."""
        self.catalogue = self.product(spec.model or self.models[0])
        self.family: Family = self.catalogue.family
        self.version = spec.version or self.catalogue.version
        self.booting = False
        self.startup: str | None = spec.boot or None
        self.vlan_dat: dict[int, Node] = {}
        self.hidden_snmp_users: dict[str, str] = {}
        self.numbers_in_lists: bool | None = None
        """Whether access lists print with entry numbers; None until a boot configuration shows it."""
        self.spelled_defaults: set[str] = set()
        """Settings whose default the boot configuration spelled out: this image prints them."""
        self.edge_spelled: bool | None = None
        """Whether PortFast prints its port type `edge`; None until a boot configuration shows it."""
        self._age = 0
        self.root = Node("", section=True)
        self._boot(spec.boot)
        if spec.vlans is not None:
            factory.vlan_database(self, spec.vlans)
        elif not self.vlans_in_configuration:
            factory.vlans_in_use(self)
        self.routes_unseen = forwarding.routes_unseen(self)
        """Whether the switch routes although no `ip routing` line says so."""
        self.assumed = assumptions(self)
        Fabric([self])

    def next_age(self) -> int:
        """A number that grows with each setting made: equals print in the order in which they were entered."""
        self._age += 1
        return self._age

    def product(self, name: str) -> catalogue.Model:
        """The catalogue entry of a product number."""
        return catalogue.model(name)

    def grammar(self, mode: str) -> Grammar[Rule]:
        """The commands of a mode."""
        return tables.grammar(mode, self.family)

    def _boot(self, text: str) -> list[str]:
        before, self.vlan_dat = self.vlan_dat, {}
        self.booting = True
        self.root = factory.root(self)
        try:
            refused = loading.load(self, text, keep_unknown=True)
        finally:
            self.booting = False
        factory.complete(self)
        if not self.vlans_in_configuration and self.generation:
            self.vlan_dat = before
        self.generation += 1
        return refused

    # -- what it is ------------------------------------------------------------------------------------------------

    @property
    def hostname(self) -> str:
        """The host name now in force; `Switch` if none is set."""
        return self.root.value("hostname", "Switch")

    @property
    def image_file(self) -> str:
        """The name of the image in flash."""
        return catalogue.image_file(self.family, self.catalogue.image, self.version)

    @property
    def vtp_mode(self) -> str:
        """`server` (the default), `client`, `transparent` or `off`."""
        return self.root.value("vtp mode", "server")

    @property
    def prints_edge(self) -> bool:
        """Whether PortFast prints its port type: as the boot configuration did, else on 15.2 images."""
        if self.edge_spelled is not None:
            return self.edge_spelled
        return self.family is Family.IOS15 and self.version.startswith("15.2")

    @property
    def vlans_in_configuration(self) -> bool:
        """Whether VLANs are part of the running configuration; else they live in `vlan.dat` alone."""
        return self.vtp_mode in {"transparent", "off"}

    @property
    def supports_archive(self) -> bool:
        """Whether the image knows `archive` and so the rollback on a timer."""
        return self.spec.features.get("archive", self.catalogue.archive)

    @property
    def archive_enabled(self) -> bool:
        """Whether `archive` has a path, so that the switch can arm a rollback."""
        section = self.root.get("archive")
        return self.supports_archive and section is not None and section.get("path") is not None

    def vlans(self) -> list[VlanRow]:
        """The VLANs as `show vlan` lists them, from the VLAN database."""
        return status.vlans(self)

    def interfaces(self) -> list[InterfaceRow]:
        """The interfaces with their state, in printed order."""
        return status.interfaces(self)

    # -- configuration mode ----------------------------------------------------------------------------------------

    def configure(self, mode: Mode, line: str) -> Reply:
        """Obey one line typed in `mode` (start with `CONFIG`)."""
        stripped = line.strip()
        if not stripped or stripped.startswith("!"):
            return Reply(mode=mode)
        first, _, rest = stripped.partition(" ")
        if first == "do" and rest:
            return Reply(mode=mode, do=rest.strip())
        if not rest and first == "end":
            return Reply(mode=EXEC)
        if not rest and first in _EXIT:
            return Reply(mode=EXEC if mode.name == CONFIG.name else mode.parent or CONFIG)
        return self._run(mode, line, confirmed=False)

    def answer(self, mode: Mode, confirm: Confirm, *, accepted: bool) -> Reply:
        """Go on after a `[confirm]` question."""
        return self._run(mode, confirm.line, confirmed=True) if accepted else Reply(mode=mode)

    def finish_block(self, mode: Mode, request: BlockRequest, lines: Sequence[str]) -> Reply:
        """Take the raw lines of a banner or a certificate."""
        return self._settled(finish_banner(self, mode, request, lines))

    def understand(self, mode: Mode, line: str) -> tuple[Match[Rule] | Misread, Mode, str, int]:
        """Read a line: the match (or why not), the mode whose command it is, its form, and the column it starts at."""
        opening = _FORM.match(line)
        form = "" if opening is None or opening[1] is None else ("no" if opening[1] == "no" else "default")
        start = 0 if opening is None else opening.end()
        found = self.grammar(mode.name).read(line, start, undo=bool(form))
        place = mode
        best = found
        while isinstance(found, Misread) and place.name != CONFIG.name:
            if found.fault is Fault.AMBIGUOUS:
                break
            place = place.parent or CONFIG
            found = self.grammar(place.name).read(line, start, undo=bool(form))
            if isinstance(found, Misread) and isinstance(best, Misread) and found.depth > best.depth:
                best = found
        if isinstance(found, Misread):
            return best, mode, form, start
        return found, place, form, start

    def _run(self, mode: Mode, line: str, *, confirmed: bool) -> Reply:
        found, owner, form, start = self.understand(mode, line)
        if isinstance(found, Misread):
            return _misread(mode, line, found)
        if found.rule.boot_only or not applies(self, owner, found.rule):
            return Reply(_INVALID, mode, caret=start, refused=True)
        command = Command(self, owner, line, form, found.rule, found.words, found.identity)
        command.confirmed = confirmed
        wrong = obey(command)
        refused = wrong is not None
        caret = None
        if isinstance(wrong, int):
            caret = _column(line, start, wrong)
            command.out.extend(_INVALID)
        reply = Reply(
            tuple(command.out),
            mode if refused else command.next_mode,
            command.block,
            command.confirm,
            command.changed,
            caret,
            None,
            command.cleared_vtys,
            refused,
        )
        return self._settled(reply)

    def _settled(self, reply: Reply) -> Reply:
        if reply.mutated:
            self.changed()
        return reply

    # -- whole configurations --------------------------------------------------------------------------------------

    def running_text(self, section: str = "") -> str:
        """The body of `show running-config`, from its `version` line to `end` and a line break.

        `section` limits it to one interface, as in `show running-config interface Gi1/0/1` (then without `version`).
        """
        return printing.running_text(self, section)

    def save(self) -> None:
        """Write the running configuration to startup."""
        self.startup = self.running_text()

    def load(self, text: str) -> list[str]:
        """Merge a text as `copy FILE running-config` does; the lines that were refused."""
        refused = loading.load(self, text, keep_unknown=False)
        self.changed()
        return refused

    def load_running(self, text: str) -> list[str]:
        """Become what a boot with this text would make; VLANs of `vlan.dat` stay. Returns the lines not understood."""
        refused = self._boot(text)
        self.changed()
        return refused

    def replace_running(self, text: str) -> list[str]:
        """Become exactly the text, as `configure replace` and the rollback timer do; the lines that failed.

        VLANs that live in `vlan.dat` are not touched: they do not come back with a rollback. A line that the image does
        not know fails, unless the running configuration has it already.
        """
        known = set(loading.unknown(self.root))
        self._boot(text)
        failed = [line for line in loading.unknown(self.root) if line not in known]
        loading.forget(self.root, set(failed))
        self.changed()
        return failed

    def reload(self) -> None:
        """Restart: the startup configuration runs, what was not saved is gone, `vlan.dat` stays."""
        self.load_running(self.startup or "")

    # -- as the network sees it (lab.forwarding.Forwarder) ------------------------------------------------------------

    def port_name(self, written: str) -> str:
        """A port in full."""
        return full_name(written) or written

    enabled = switching.enabled
    port_up = switching.is_up
    carries = switching.carries
    untagged_vlan = forwarding.untagged_vlan
    forwards = exists
    interface_of = forwarding.interface_of
    interface_towards = forwarding.interface_towards
    why_down = forwarding.why_down
    next_hop = forwarding.next_hop
    default_address = forwarding.default_address
    filtered = forwarding.filtered
    turned_away = forwarding.turned_away

    # -- the way in ------------------------------------------------------------------------------------------------

    def login(self, user: str, password: str) -> int | None:
        """The privilege level of a new SSH login, or None if the switch refuses it."""
        return logins.login(self, user, password)

    def enable(self, password: str) -> bool:
        """Whether `enable` accepts this password."""
        return logins.enable(self, password)


def _misread(mode: Mode, line: str, found: Misread) -> Reply:
    if found.fault is Fault.INVALID:
        return Reply(_INVALID, mode, caret=found.column, refused=True)
    if found.fault is Fault.AMBIGUOUS:
        return Reply((f'% Ambiguous command:  "{line.strip()}"',), mode, refused=True)
    return Reply(("% Incomplete command.", ""), mode, refused=True)


def _column(line: str, start: int, word: int) -> int:
    """The column of word number `word` after `start`, or the end of the line."""
    tokens = [match.start() for match in re.finditer(r"\S+", line[start:])]
    return start + tokens[word] if word < len(tokens) else len(line)
