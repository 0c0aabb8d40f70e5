"""`ip access-list`, and settings of features that the lab keeps but does not act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model import acl
from trustctl.lab.makes.aruba_aos_s.model.rules import Context, RefusedError, Rule, setting, switched
from trustctl.lab.makes.aruba_aos_s.model.state import Section

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.rules import Command

_PROMPTS = {"extended": "config-ext-nacl", "standard": "config-std-nacl"}


def open_list(command: Command) -> None:
    """`ip access-list extended|standard "X"`: make it if it is not there, and go to it; `no` deletes it."""
    kind = "extended" if command.has("extended") else "standard"
    title = acl.header(kind, command.values[0])
    sections = command.switch.config.sections
    if command.undo:
        if sections.pop(title, None) is None:
            raise RefusedError(f"Access list {command.values[0]} does not exist.")  # [unverified]
        command.changed = True
        return
    command.changed = title not in sections
    sections.setdefault(title, Section(title, 300))
    command.next = Context(_PROMPTS[kind], "acl", (title,))


def entry(command: Command) -> None:
    """`[N] permit|deny|remark ...`: at its number, or behind the last."""
    section = command.switch.config.sections[command.context.keys[0]]
    numbered = command.words[0].value and command.words[0].text.isdigit()
    number = int(command.values[0]) if numbered else acl.next_number(section)
    words = [word.text for word in command.words[1 if numbered else 0 :]]
    spelled = acl.spelled([*words[:-1], *words[-1].replace('"', "").split()])
    if spelled is None:
        raise RefusedError(f"Incomplete input: {words[-1]}")
    kept = [line for line in section.lines if line.split()[0] != str(number)]
    fresh = sorted([*kept, f"{number} {spelled}"], key=acl.number)
    command.changed = fresh != section.lines
    section.lines = fresh


def no_entry(command: Command) -> None:
    """`no N`: take an entry out."""
    section = command.switch.config.sections[command.context.keys[0]]
    kept = [line for line in section.lines if line.split()[0] != command.values[0]]
    command.changed = kept != section.lines
    section.lines = kept


RULES = (
    Rule("ip access-list (extended|standard) {str!:64}", open_list, more=True),
    Rule("mac-age-time {int:60-999960}", setting(55)),
    Rule("mac-delimiter (colon|dash|none)", setting(870, key="mac-delimiter")),
    Rule("usb-port", switched(56, default=True)),
    Rule("dhcp-relay", switched(57, default=True)),
    Rule("gvrp", switched(58)),
    Rule("activate (software-update|provision) (enable|disable|force)", setting(847)),
    Rule("encrypt-credentials", switched(19)),
    Rule("ip arp-age {int:1-1440}", setting(212)),
    Rule("ip ttl {int:2-255}", setting(212)),
    Rule("igmp lookup-mode (ip|mac)", setting(213, key="igmp lookup-mode")),
    Rule("power-over-ethernet threshold {int:1-99}", setting(31)),
    Rule("link-keepalive {rest}", setting(59)),
    Rule("port-security {onlyports} {rest}", setting(59)),
    Rule("dhcp-server (enable|disable)", setting(921, key="dhcp-server")),
    Rule("savepower {rest}", setting(59)),
    Rule("mirror {rest}", setting(92)),
    Rule("interface-group {rest}", setting(93)),
)

IN_LIST = (
    Rule("[{int:1-2147483647}] (permit|deny|remark) {rest}", entry, undo=False),
    Rule("{int:1-2147483647}", no_entry, only_undo=True),
)
