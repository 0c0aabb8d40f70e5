"""What a comparison says beyond its commands: origins, ownership, what is left alone, what is refused."""

from __future__ import annotations

import pytest
from golden_cases import Verifier, intended_of, rulebook

from trustctl.config import Comparison, Config, DeviceFacts, Scope, between, compare, read, read_intended
from trustctl.config.scope import EVERYTHING, SecretVerifier
from trustctl.errors import MissingSecretError, RenderError
from trustctl.model.levels import Ownership, Stage
from trustctl.model.plan import ChangeKind, Rule, Severity
from trustctl.secrets import Verifier as StoreVerifier


class Empty:
    """A store with nothing in it."""

    def get(self, name: str) -> str:
        """Raises MissingSecretError."""
        raise MissingSecretError(f"there is no secret named {name}")


OWNED = {EVERYTHING: Ownership.OWNED}
FACTS = DeviceFacts("Vlan10", 10, "10.21.10.5", frozenset({"GigabitEthernet1/0/48"}))


def observed(text: str) -> Config:
    """A captured configuration with these lines."""
    return read(f"version 15.2\nhostname a\n{text}end\n", rulebook())


def compared(
    running: str, wanted: str, *, stage: Stage = Stage.OWN, ownership: dict[str, Ownership] | None = None
) -> Comparison:
    """The comparison of two texts."""
    scope = Scope(stage, OWNED if ownership is None else ownership, FACTS, Verifier({"x": "same"}))
    return compare(observed(running), read_intended(intended_of(f"hostname a\n{wanted}"), rulebook()), scope)


def test_nothing_to_do_shares_the_observed_tree() -> None:
    """Where nothing differs the target is the observed configuration itself, and every list is empty."""
    old = observed("vlan 10\n")
    scope = Scope(Stage.OWN, OWNED, FACTS)
    result = compare(old, read_intended(intended_of("hostname a\nvlan 10\n"), rulebook()), scope)
    assert result.target.root is old.root
    assert (result.changes, result.commands, result.undo, result.untouched, result.flags) == ((), (), (), (), ())


def test_change_names_the_template_lines_it_comes_from() -> None:
    """A change's origins are the lines of the intent that it sends, and no others."""
    result = compared("ntp server 192.0.2.1\n", "ntp server 10.0.20.10\nntp server 10.0.20.11\n")
    (change,) = result.changes
    assert [origin.template.line for origin in change.origin] == [2, 3]
    assert change.kind is ChangeKind.REPLACE


def test_new_entries_of_an_access_list_name_their_lines() -> None:
    """The origins of a changed access list are those of its new entries."""
    running = "ip access-list standard A\n 10 permit 10.1.0.0 0.0.255.255\n"
    result = compared(
        running, "ip access-list standard A\n permit 10.1.0.0 0.0.255.255\n permit 10.2.0.0 0.0.255.255\n"
    )
    (change,) = result.changes
    assert [origin.template.line for origin in change.origin] == [4]


@pytest.mark.parametrize(
    ("key", "removed"),
    [
        ("interface Vlan66", False),
        ("svi", False),
        ("Routing", False),
        (EVERYTHING, False),
        ("interface Vlan67", True),
    ],
)
def test_ownership_is_found_by_header_rule_topic_and_star(key: str, removed: bool) -> None:
    """A section is ensured if its header, its rule, its topic or `*` says so; another section's name says nothing."""
    ownership = {**OWNED, key: Ownership.ENSURED}
    result = compared("interface Vlan66\n description Old\n", "", ownership=ownership)
    assert (result.commands == ("no interface Vlan66",)) is removed
    assert bool(result.untouched) is not removed


def test_section_with_an_unknown_line_is_not_removed() -> None:
    """Removing a section would remove what nobody understands, so it stays and says why."""
    result = compared("interface Vlan66\n description Old\n frobnicate 9\n", "")
    assert result.commands == ()
    assert "does not know" in result.untouched[0].why
    assert [flag.rule for flag in result.flags] == [Rule.UNPARSED]


def test_literal_secret_in_the_intent_is_refused() -> None:
    """A template that holds a secret itself is an error with its place, and the message does not hold the secret."""
    with pytest.raises(RenderError) as caught:
        compared("", "username a privilege 15 secret 5 $1$MdUp$MadeUpHashMadeUpHash01\n")
    assert caught.value.where.startswith("intended.cfg:2")
    assert "MadeUpHash" not in str(caught.value)


@pytest.mark.parametrize("held", ["", "errdisable recovery cause udld\nerrdisable recovery cause bpduguard\n"])
def test_line_that_can_never_be_read_back_is_refused(held: str) -> None:
    """`cause all` is printed as every cause that the model has, so no second plan would be empty."""
    with pytest.raises(RenderError, match="can never be read back") as caught:
        compared(held, "errdisable recovery cause all\n")
    assert caught.value.where == "intended.cfg:2"
    assert "Name those that are meant" in (caught.value.remedy or "")


@pytest.mark.parametrize(
    ("held", "store", "remedy"),
    [
        ("secret 9 $9$14charactersSa$MadeUp", None, "give --secrets FILE to compare it"),
        ("secret 9 $9$14charactersSa$MadeUp", StoreVerifier(Empty()), "trustctl secret set x"),
        ("secret 9 $9$14charactersSa$MadeUp", Verifier({}), "set it on the device by hand"),
        ("secret 5 <secret hidden>", None, "set it on the device by hand"),
    ],
)
def test_a_secret_that_was_not_compared_says_what_to_do(held: str, store: SecretVerifier | None, remedy: str) -> None:
    """The store is asked for where it would help; where the device hides the secret, or its form tells nothing, not."""
    wanted = read_intended(intended_of("hostname a\nusername a privilege 15 secret <secret:x>\n"), rulebook())
    result = compare(observed(f"username a privilege 15 {held}\n"), wanted, Scope(Stage.OWN, OWNED, FACTS, store))
    (flag,) = result.flags
    assert "so it is left as it is; " in flag.why
    assert remedy in flag.why
    assert result.commands == ()


def test_masked_secret_is_neither_sent_nor_removed() -> None:
    """What a captured file masks can be neither compared nor taken away by its value."""
    running = "username a privilege 15 secret 5 <secret hidden>\nsnmp-server community ****** RO\n"
    result = compared(running, "username a privilege 15 secret <secret:x>\n")
    assert result.commands == ()
    assert [flag.rule for flag in result.flags] == [Rule.SECRET]
    assert any("masked" in left.why for left in result.untouched)


def test_community_is_recognised_by_its_value() -> None:
    """A community that the device holds under another name in the store is the same community."""
    assert compared("snmp-server community public RO\n", "snmp-server community <secret:x> RO\n").commands == ()


def test_what_cannot_be_sent_back_is_flagged() -> None:
    """A description that no line may hold is replaced, but its undo is left out and the change says so."""
    running = "interface GigabitEthernet1/0/1\n description Why not?\n"
    result = compared(running, "interface GigabitEthernet1/0/1\n description Library\n")
    assert result.undo == ()
    (change,) = result.changes
    assert change.undo == ()
    assert [(flag.rule, flag.severity) for flag in change.flags] == [(Rule.LASTING, Severity.HIGH)]


def test_lock_out_names_the_management_path() -> None:
    """A change that could cut us off is listed apart, with the address it is about."""
    result = compared("ip default-gateway 10.21.10.254\n", "ip default-gateway 10.21.10.1\n")
    assert [flag.rule for flag in result.lock_out] == [Rule.MGMT]
    assert "10.21.10.5" in result.lock_out[0].why


def test_trunk_that_loses_our_vlan_is_a_lock_out() -> None:
    """Restricting an open trunk to a list without the management VLAN is flagged, though it only adds a line."""
    port = "interface GigabitEthernet1/0/48\n switchport mode trunk\n"
    result = compared(port, f"{port} switchport trunk allowed vlan 20,30\n")
    assert {flag.rule for flag in result.lock_out} == {Rule.MGMT}


def test_ports_removed_from_the_intent_go_only_if_named() -> None:
    """A physical port is reset line by line only where the inventory names that very port as owned (H10)."""
    running = "interface GigabitEthernet1/0/1\n description Old\n switchport access vlan 20\n"
    assert compared(running, "").commands == ()
    named = {**OWNED, "interface GigabitEthernet1/0/1": Ownership.OWNED}
    result = compared(running, "", ownership=named)
    assert result.commands == (
        "interface GigabitEthernet1/0/1",
        " no switchport access vlan",
        " no description",
        "exit",
    )


def test_sections_in_sections_are_entered_and_left() -> None:
    """Each level is entered with its header, indented, and left with its own line."""
    result = compared("archive\n path flash:a\n", "archive\n path flash:a\n log config\n  logging enable\n")
    assert result.commands == ("archive", " log config", "  logging enable", " exit", "exit")


def test_commands_between_two_configurations_tell_old_secrets_from_new_ones() -> None:
    """A line that removes something names a secret that the device has now, all others one of the wanted state."""
    before = observed("snmp-server community one RO\n")
    after = observed("snmp-server community two RO\n")
    add, remove = between(before, after, FACTS)
    assert add.startswith("snmp-server community <observed:")
    assert ".now>" not in add
    assert remove.startswith("no snmp-server community <observed:")
    assert ".now>" in remove


def test_stage_observe_shows_what_ensure_would_do() -> None:
    """The comparison at stage `observe` is that of `ensure`; that it is not applied is the plan's business."""
    running, wanted = "ntp server 192.0.2.1\n", "ntp server 10.0.20.10\n"
    shown = compared(running, wanted, stage=Stage.OBSERVE)
    assert shown.commands == compared(running, wanted, stage=Stage.ENSURE).commands == ("ntp server 10.0.20.10",)


def test_ignored_topics_are_left_alone_in_every_way() -> None:
    """With everything ignored but one topic, nothing of another topic is sent, not even what a list would displace."""
    running = "spanning-tree vlan 10,20 priority 4096\nntp server 192.0.2.1\n"
    wanted = "spanning-tree vlan 10 priority 32768\nntp server 10.0.20.10\n"
    only = {EVERYTHING: Ownership.IGNORED, "NTP": Ownership.OWNED}
    result = compared(running, wanted, ownership=only)
    assert result.commands == ("ntp server 10.0.20.10", "no ntp server 192.0.2.1")


def test_way_back_that_needs_a_forbidden_command_is_refused() -> None:
    """Switching AAA off is never sent, not even to go back: the error names the line and what a person can do."""
    with pytest.raises(RenderError, match="never sent") as caught:
        between(observed("aaa new-model\n"), observed("no aaa new-model\n"), FACTS)
    assert "no aaa new-model" in caught.value.where
    assert "console" in caught.value.remedy


def test_community_that_changes_its_access_is_not_removed() -> None:
    """The same community with other rights is one line in place: removing the old one would remove the new one."""
    result = compared("snmp-server community public RO\n", "snmp-server community <secret:x> RW\n")
    (command,) = result.commands
    assert command.startswith("snmp-server community <observed:")
    assert command.endswith(" RW")
    assert result.undo == (command.removesuffix(" RW") + " RO",)


def test_written_out_default_is_a_default() -> None:
    """A trunk whose list says every VLAN takes an absolute list, as if it had none (H4)."""
    port = "interface GigabitEthernet1/0/48\n switchport mode trunk\n"
    result = compared(f"{port} switchport trunk allowed vlan 1-4094\n", f"{port} switchport trunk allowed vlan 10,20\n")
    assert result.commands[1:-1] == (" switchport trunk allowed vlan 10,20",)


def test_a_default_that_stays_is_not_listed_as_a_line_of_the_device() -> None:
    """A trunk that is open by default keeps its default at stage ensure; the device has no such line to leave alone."""
    running = "vlan 10\ninterface GigabitEthernet1/0/1\n switchport mode trunk\n"
    wanted = f"{running} switchport trunk allowed vlan 10\n"
    result = compared(running, wanted, stage=Stage.ENSURE, ownership={})
    (left,) = result.untouched
    assert (left.section, left.lines) == (("interface GigabitEthernet1/0/1",), ())
    assert left.why == "allowed VLANs: the default holds, which is more than is meant; stage ensure removes nothing"
    assert result.commands == ()


def test_one_network_may_stand_in_two_vrfs() -> None:
    """An address of a VRF waits for none outside it, and is not taken for one that the device would refuse."""
    held = "interface Vlan20\n vrf forwarding GUEST\n ip address 10.1.1.1 255.255.255.0\n"
    result = compared(held, f"interface Vlan30\n ip address 10.1.1.1 255.255.255.0\n{held}")
    assert result.flags == ()
    assert result.commands == ("interface Vlan30", " ip address 10.1.1.1 255.255.255.0", "exit")


def test_network_that_another_interface_of_the_vrf_holds_is_withheld() -> None:
    """Within one VRF two interfaces never hold one network."""
    held = "interface Vlan20\n vrf forwarding GUEST\n ip address 10.1.1.1 255.255.255.0\n"
    wanted = "interface Vlan30\n vrf forwarding GUEST\n ip address 10.1.1.2 255.255.255.0\n"
    result = compared(held, wanted, stage=Stage.ENSURE)
    assert [flag.rule for flag in result.flags] == [Rule.CLIENT]
    assert result.commands == ("interface Vlan30", " vrf forwarding GUEST", "exit")


@pytest.mark.parametrize("stage", [Stage.ENSURE, Stage.OWN])
def test_access_list_of_another_kind_keeps_its_name(stage: Stage) -> None:
    """The device refuses a second kind of a name, so neither the list nor its use is sent, and the plan says so."""
    held = "ip access-list standard GUEST\n permit 10.1.1.1\ninterface Vlan20\n ip access-group GUEST out\n"
    wanted = "ip access-list extended GUEST\n permit tcp any any\ninterface Vlan20\n ip access-group GUEST in\n"
    result = compared(held, wanted + "ip access-list extended OTHER\n permit tcp any any\n", stage=stage)
    assert [flag.severity for flag in result.flags] == [Severity.HIGH]
    assert "give the list another name" in result.flags[0].why
    assert "ip access-list extended OTHER" in result.commands
    assert not any("GUEST" in line for line in result.commands if line.startswith(("ip", " ip")))
    again = compare(
        result.target,
        read_intended(
            intended_of(f"hostname a\n{wanted}ip access-list extended OTHER\n permit tcp any any\n"), rulebook()
        ),
        Scope(stage, OWNED, FACTS),
    )
    assert again.commands == ()


def test_what_was_switched_off_goes_back_to_its_default() -> None:
    """`no logging console` is a state: sending it once more would leave it so."""
    result = compared("", "no logging console\nlogging trap debugging\n")
    assert result.commands == ("no logging console", "logging trap debugging")
    assert result.undo == ("logging console debugging", "no logging trap")


def test_flag_that_the_device_always_spells_out_stays_as_it_is() -> None:
    """What an intent does not mention has no side to go to: the second plan would turn it back."""
    result = compared("ip http server\nno ip cef\n", "")
    assert result.commands == ()
    assert {line for left in result.untouched for line in left.lines} == {"ip http server", "no ip cef"}


def test_terminal_lines_that_stay_after_an_undo_are_told() -> None:
    """`no line vty` is never sent, so new lines are there for good: nobody shall count on their going."""
    result = compared("line vty 0 4\n login local\n", "line vty 0 15\n login local\n")
    flags = {flag.why for change in result.changes for flag in change.flags if flag.rule is Rule.LASTING}
    (why,) = flags
    assert why.startswith("no undo command takes `line vty 5` to `line vty 15` away again")
    assert not any("no line vty" in line for line in result.undo)


def test_network_of_a_vrf_is_given_up_before_another_interface_takes_it() -> None:
    """An interface that leaves the VRF takes its address off first, whatever the numbers of the two are."""
    held = "interface Vlan20\ninterface Vlan40\n vrf forwarding GUEST\n ip address 10.1.1.1 255.255.255.0\n"
    wanted = "interface Vlan20\n vrf forwarding GUEST\n ip address 10.1.1.1 255.255.255.0\ninterface Vlan40\n"
    commands = between(observed(held), observed(wanted), FACTS)
    assert commands.index(" no ip address 10.1.1.1 255.255.255.0") < commands.index(
        " ip address 10.1.1.1 255.255.255.0"
    )
