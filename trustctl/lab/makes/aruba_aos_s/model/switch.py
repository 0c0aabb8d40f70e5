"""A simulated AOS-S switch: its running and startup configuration, and what a line typed in configuration mode does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trustctl.lab.configuration import ConfigurationModel
from trustctl.lab.fabric import Fabric
from trustctl.lab.forwarding import assumptions
from trustctl.lab.makes.aruba_aos_s.model import access, booting, catalogue, network, printing, tables
from trustctl.lab.makes.aruba_aos_s.model.grammar import Match, Misread, Token, tokens
from trustctl.lab.makes.aruba_aos_s.model.ports import canonical
from trustctl.lab.makes.aruba_aos_s.model.rules import CONFIG, EXEC, Command, Context, Question, RefusedError, drop

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from trustctl.lab.makes.aruba_aos_s.model.rules import Rule
    from trustctl.lab.makes.aruba_aos_s.model.state import Config, Vlan
    from trustctl.lab.spec import DeviceSpec


@dataclass(frozen=True, slots=True)
class Reply:
    """What one line did: what the switch printed, where it stands now, what it asks, whether anything moved.

    `depth` is how many words were understood before the line stopped making sense; None for a line that did.
    """

    output: str = ""
    context: Context = CONFIG
    question: Question | None = None
    changed: bool = False
    depth: int | None = None
    refused: bool = False


class AosSwitch(ConfigurationModel):
    """One switch or stack. `configure` obeys one line at a time, with the consequences a real one has."""

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        self.model = catalogue.model(spec.model or (spec.members or (booting.product(spec.boot),))[0])
        self.config: Config = booting.empty(self, "")
        self.vlan_limit = booting.VLAN_LIMIT
        """How many VLANs there may be; `max-vlans` takes effect at the next boot."""
        self.lease: tuple[int, str] | None = None
        """VLAN and address that a DHCP server gives, if the station dials an address that is not set here."""
        self._become(spec.boot)
        self._saved = printing.text(self, hide=False)
        self._shown = printing.text(self)
        self.lease = network.lease(self)
        self.assumed = assumptions(self)
        Fabric([self])

    # -- what it is ------------------------------------------------------------------------------------------------

    @property
    def version(self) -> str:
        """The software, `YA.16.11.0026`."""
        return self.spec.version or self.config.release or self.model.version

    @property
    def port_names(self) -> Collection[str]:
        """Every port and trunk group there is."""
        return self.config.ports.keys()

    @property
    def vlans(self) -> Mapping[int, Vlan]:
        """Every VLAN there is."""
        return self.config.vlans

    # -- whole configurations --------------------------------------------------------------------------------------

    def boot(self, text: str) -> list[str]:
        """Become what a boot with this text makes; the lines that were not understood, and are kept as they are."""
        unknown = self._become(text)
        self.changed()
        return unknown

    def _become(self, text: str) -> list[str]:
        self.config = booting.empty(self, text)
        unknown = booting.load(self, text)
        limit = self.config.text("max-vlans")
        self.vlan_limit = int(limit.split()[1]) if limit else booting.VLAN_LIMIT
        return unknown

    def running_text(self) -> str:
        """The running configuration as `show running-config` prints it, from its header line on."""
        return printing.text(self)

    @property
    def startup(self) -> str:
        """The startup configuration as the switch shows it."""
        return self._shown

    def save(self) -> None:
        """Write the running configuration to startup; credentials that do not print are stored with it."""
        self._saved = printing.text(self, hide=False)
        self._shown = printing.text(self)

    def full_text(self) -> str:
        """The running configuration with the credentials that it hides, as configuration files store it."""
        return printing.text(self, hide=False)

    def reload(self) -> None:
        """Restart from startup."""
        self.boot(self._saved)

    def erase(self) -> None:
        """Forget the startup configuration."""
        self._saved = self._shown = ""

    # -- configuration mode ----------------------------------------------------------------------------------------

    def configure(self, context: Context, line: str, *, confirmed: bool = False, booting: bool = False) -> Reply:
        """Obey one line typed in a context (start with `CONFIG`)."""
        words = tokens(line)
        if not words or words[0].text.startswith(";"):
            return Reply(context=context)
        if len(words) == 1 and words[0].text.lower() == "exit":
            return Reply(context=CONFIG if context.kind != "config" else EXEC)
        if len(words) == 1 and words[0].text.lower() == "end":
            return Reply(context=EXEC)
        undo = words[0].text.lower() == "no" and len(words) > 1
        reply = self._obey(context, words[1:] if undo else words, line, undo=undo, confirmed=confirmed, booting=booting)
        if reply.changed and not booting:
            self.changed()
        return reply if self._stands(reply.context) else replace(reply, context=CONFIG)

    def _stands(self, context: Context) -> bool:
        """Whether what a context configures is still there."""
        if context.kind == "vlan":
            return all(int(key) in self.config.vlans for key in context.keys)
        if context.kind == "acl":
            return context.keys[0] in self.config.sections
        return context.kind != "eth" or all(key in self.config.ports for key in context.keys)

    def _obey(
        self, context: Context, words: list[Token], line: str, *, undo: bool, confirmed: bool, booting: bool
    ) -> Reply:
        found, owner = self._understand(context, words, undo=undo)
        if isinstance(found, Misread):
            return Reply(f"{found.text}\n", context, depth=found.depth, refused=True)
        if found.rule is None:
            prefix = " ".join(word.text for word in found.words)
            return Reply(context=context, changed=drop(self.config.lines, prefix))
        command = Command(self, owner, line, found.words, undo and not found.left, confirmed, booting)
        try:
            found.rule.act(command)
            if found.left and command.next is not None:
                inner = self._obey(
                    command.next, list(found.left), line, undo=undo, confirmed=confirmed, booting=booting
                )
                return Reply(inner.output, context, inner.question, inner.changed or command.changed, inner.depth,
                             inner.refused)  # fmt: skip
        except RefusedError as refusal:
            return Reply(f"{refusal.text}\n", context, changed=command.changed, refused=True)
        output = "".join(f"{each}\n" for each in command.out)
        return Reply(output, command.next or context, command.question, command.changed)

    def _understand(self, context: Context, words: list[Token], *, undo: bool) -> tuple[Match[Rule] | Misread, Context]:
        """Read a line in a context, then in the global one; the error that got further counts."""
        found: Match[Rule] | Misread = tables.grammar(context.kind, undo=undo).read(words, self)
        if isinstance(found, Match) or context.kind == "config":
            return found, context
        outside = tables.grammar("config", undo=undo).read(words, self)
        if isinstance(outside, Misread) and outside.depth <= found.depth:
            return found, context
        return outside, CONFIG

    # -- as the network sees it (lab.forwarding.Forwarder) ---------------------------------------------------------

    def port_name(self, written: str) -> str:
        """A port as the switch prints it."""
        return canonical(written) or written

    enabled = network.enabled
    port_up = network.port_up
    carries = network.carries
    untagged_vlan = network.untagged_vlan
    forwards = network.forwards
    interface_of = network.interface_of
    interface_towards = network.interface_towards
    why_down = network.why_down
    next_hop = network.next_hop
    default_address = network.default_address
    filtered = network.filtered
    turned_away = access.turned_away
