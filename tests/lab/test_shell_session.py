"""A session on a switch as bytes: login, modes, prompts, errors, dialogues."""

from __future__ import annotations

import socket
from collections.abc import Callable

import paramiko
import pytest
from typing_at import NAME, PASSWORD, Typist

from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault

Open = Callable[..., Typist]


def test_the_banners_are_shown(lab: Lab) -> None:
    """The login banner comes before the password, the message of the day before the first prompt."""
    one = Typist(lab.endpoints[NAME][1], "admin", PASSWORD)
    assert b"Authorised staff only" in (one.transport.get_banner() or b"")
    assert b"Work on the ring main" in one.until(b"#")
    one.transport.close()


def test_nagle_is_off(lab: Lab) -> None:
    """A login and ten prompts take no delayed acknowledgements."""
    one = Typist(lab.endpoints[NAME][1], "admin", PASSWORD)
    assert one.transport.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0
    one.until(b"#")
    one.transport.close()


def test_an_empty_line_prints_a_fresh_prompt(typist: Open) -> None:
    """In every mode: all prompt finding rests on it."""
    one = typist()
    assert one.type(b"\n") == f"\r\n{NAME}#".encode()
    one.type(b"conf t\n", b"(config)#")
    assert one.type(b"\r") == f"\r\n{NAME}(config)#".encode()
    one.type(b"interface gi1/0/1\r\n", b"(config-if)#")
    assert one.type(b"\n", b"(config-if)#") == f"\r\n{NAME}(config-if)#".encode()


@pytest.mark.parametrize(
    ("lines", "prompt"),
    [
        ([b"interface Gi1/0/1"], b"(config-if)#"),
        ([b"vlan 20"], b"(config-vlan)#"),
        ([b"line vty 0 4"], b"(config-line)#"),
        ([b"ip access-list standard MGMT"], b"(config-std-nacl)#"),
        ([b"radius server one"], b"(config-radius-server)#"),
        ([b"class-map match-any VOICE"], b"(config-cmap)#"),
        ([b"policy-map MARK"], b"(config-pmap)#"),
        ([b"archive"], b"(config-archive)#"),
        ([b"interface Gi1/0/1", b"exit"], b"(config)#"),
        ([b"interface Gi1/0/1", b"vlan 20"], b"(config-vlan)#"),
        ([b"interface Gi1/0/1", b"end"], NAME.encode() + b"#"),
    ],
)
def test_prompts_of_the_modes(typist: Open, lines: list[bytes], prompt: bytes) -> None:
    """Each mode has its prompt; a global section opens from any other; `exit` goes up one, `end` out."""
    one = typist()
    one.type(b"configure terminal\n", b"(config)#")
    for line in lines:
        shown = one.type(line + b"\n")
    assert shown.endswith(prompt)


def test_a_long_host_name_is_cut_in_configuration_prompts(typist: Open) -> None:
    """The prompt changes at once with the host name; configuration mode shows twenty characters of it."""
    one = typist()
    one.type(b"conf t\n", b"(config)#")
    assert one.type(b"hostname a-name-longer-than-twenty\n").endswith(b"\r\na-name-longer-than-t(config)#")
    assert one.type(b"end\n").endswith(b"\r\na-name-longer-than-twenty#")


def test_unknown_input_gets_a_caret_and_changes_nothing(typist: Open) -> None:
    """The caret stands under the word that is wrong, in exec and in configuration mode."""
    one = typist()
    shown = one.type(b"show nonsense\n").decode().split("\r\n")
    assert shown[1].index("^") == len(f"{NAME}#show ")
    assert shown[2] == "% Invalid input detected at '^' marker."
    one.type(b"conf t\n", b"(config)#")
    one.type(b"interface gi1/0/1\n", b"(config-if)#")
    shown = one.type(b"description\x08\x08x\n").decode().split("\r\n")
    assert shown[-1] == f"{NAME}(config-if)#"
    shown = one.type(b"nonsense here\n").decode().split("\r\n")
    assert shown[1].index("^") == len(f"{NAME}(config-if)#")
    assert shown[-1] == f"{NAME}(config-if)#"


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        (b"s", '% Ambiguous command:  "s"'),
        (b"show", "% Incomplete command."),
        (b"copy running-config", "% Incomplete command."),
        (b"sh run | foo", "% Invalid input detected"),
        (b"terminal length 9999", "% Invalid input detected"),
    ],
)
def test_errors_of_exec_mode(typist: Open, line: bytes, printed: str) -> None:
    """Each way to get a command wrong has its own words."""
    assert printed in typist().type(line + b"\n").decode()


@pytest.mark.parametrize(
    "line",
    [b"sh run", b"show run", b"sho running-config", b"sh ver", b"show vlan br", b"sh int status", b"sh ip int br"],
)
def test_abbreviations(typist: Open, line: bytes) -> None:
    """The short forms that people and clients use are taken."""
    one = typist()
    one.type(b"term len 0\n")
    assert b"%" not in one.type(line + b"\n", b"\n" + NAME.encode() + b"#").replace(b"100%", b"")


def test_paging_until_told_otherwise(typist: Open) -> None:
    """Long output stops after a page; `terminal length 0` ends that."""
    one = typist()
    shown = one.type(b"show running-config\n", b" --More-- ")
    assert shown.count(b"\n") == 24
    assert one.type(b"q").endswith(NAME.encode() + b"#")
    one.type(b"terminal length 0\n")
    assert b"--More--" not in one.type(b"show running-config\n", b"\r\nend\r\n")


def test_running_config_counts_its_bytes(typist: Open) -> None:
    """The header says how many bytes follow, and `end` is the last line."""
    one = typist()
    one.type(b"terminal length 0\n")
    shown = one.type(b"show running-config\n", b"\r\n" + NAME.encode() + b"#").replace(b"\r\n", b"\n")
    head, _, rest = shown.partition(b" bytes\n")
    body = rest.rpartition(b"\n" + NAME.encode())[0]
    assert head.startswith(b"show running-config\nBuilding configuration...\n\nCurrent configuration : ")
    assert int(head.rpartition(b" ")[2]) == len(body)
    assert body.endswith(b"\nend\n")


def test_a_user_enables(typist: Open) -> None:
    """User mode may not read the configuration; the secret leads to enabled mode, `disable` back."""
    one = typist("reader", "only-looking", prompt=b">")
    assert b"privilege level is 1\r\n" in one.type(b"show privilege\n", b">")
    assert b"Invalid input" in one.type(b"show running-config\n", b">")
    assert one.type(b"enable\n", b"Password: ").endswith(b"enable\r\nPassword: ")
    assert one.type(b"let-me-in\n") == f"\r\n{NAME}#".encode()
    assert b"privilege level is 15\r\n" in one.type(b"show privilege\n")
    one.type(b"disable\n", b">")


def test_three_wrong_secrets(typist: Open) -> None:
    """After the third one the switch says so and stays in user mode."""
    one = typist("reader", "only-looking", prompt=b">")
    one.type(b"en\n", b"Password: ")
    one.type(b"no\n", b"Password: ")
    one.type(b"no\n", b"Password: ")
    assert b"% Bad secrets\r\n" in one.type(b"no\n", b">")


def test_control_keys_leave(typist: Open) -> None:
    """^C in configuration mode ends it; ^Z obeys the line and ends it; ^C in exec mode gives a fresh prompt."""
    one = typist()
    assert one.type(b"half\x03") == f"half^C\r\n{NAME}#".encode()
    one.type(b"conf t\n", b"(config)#")
    assert one.type(b"\x03").endswith(f"^C\r\n{NAME}#".encode())
    one.type(b"conf t\n", b"(config)#")
    assert one.type(b"hostname renamed\x1a").endswith(b"^Z\r\nrenamed#")


@pytest.mark.parametrize("word", [b"exit", b"quit", b"logout"])
def test_leaving(typist: Open, word: bytes) -> None:
    """The switch closes the connection of a user who leaves."""
    one = typist()
    one.channel.sendall(word + b"\n")
    assert one.closed()


def test_a_client_that_drops_frees_its_line(lab: Lab, typist: Open) -> None:
    """A dropped connection does no harm and holds no vty."""
    one = typist()
    one.channel.sendall(b"show running-config\n")
    one.transport.close()
    for _ in range(20):
        typist().transport.close()
    assert lab.counters(NAME)["logins"] == 21


def test_a_multi_line_banner(lab: Lab, typist: Open) -> None:
    """Raw lines are taken until the delimiter, question marks and all."""
    one = typist()
    one.type(b"conf t\n", b"(config)#")
    assert b"Enter TEXT message.  End with the character '^'." in one.type(b"banner motd ^\n", b"'^'.\r\n")
    one.channel.sendall(b"Who goes there?\nno shutdown\n^\n")
    one.until(b"(config)#")
    assert "\nbanner motd ^C\nWho goes there?\nno shutdown\n^C\n" in lab.running(NAME)


def test_exec_commands_from_configuration_mode(typist: Open) -> None:
    """`do` runs an exec command with its filter; the mode stays."""
    one = typist()
    one.type(b"conf t\n", b"(config)#")
    one.type(b"int gi1/0/1\n", b"(config-if)#")
    shown = one.type(b"do show run | include hostname\n", b"(config-if)#")
    assert b"\r\nhostname elder-sw-01\r\n" in shown


def test_saving(lab: Lab, typist: Open) -> None:
    """Running and startup are two: only saving makes them equal, and it says [OK]."""
    lab.device_edit(NAME, ["hostname elder-sw-01", "interface Gi1/0/2", "description new"])
    assert "description new" not in (lab.startup(NAME) or "")
    one = typist()
    assert b"Building configuration...\r\n[OK]\r\n" in one.type(b"wr\n", b"\r\n" + NAME.encode() + b"#")
    assert "description new" in (lab.startup(NAME) or "")
    assert lab.counters(NAME)["saves"] == 1
    assert one.type(b"copy running-config startup-config\n", b"? ").endswith(b"Destination filename [startup-config]? ")
    assert b"[OK]" in one.type(b"\n")


def test_erasing_startup(lab: Lab, typist: Open) -> None:
    """`write erase` asks; afterwards there is no startup configuration."""
    one = typist()
    one.type(b"write erase\n", b"[confirm]")
    assert b"Erase of nvram: complete" in one.type(b"\n")
    assert b"startup-config is not present" in one.type(b"show startup-config\n")
    assert lab.startup(NAME) is None


@pytest.mark.parametrize(
    ("fault", "printed"),
    [
        ("flash-full", b"No space left on device"),
        ("save-refused", b"startup-config file open failed (Device or resource busy)"),
    ],
)
def test_a_save_that_fails(lab: Lab, typist: Open, fault: str, printed: bytes) -> None:
    """A failed save prints its error, never [OK], and leaves startup alone."""
    before = lab.startup(NAME)
    lab.device_edit(NAME, ["hostname elder-sw-01", "vlan 30"])
    lab.break_(NAME, Fault.parse(fault))
    shown = typist().type(b"write memory\n")
    assert printed in shown
    assert b"[OK]" not in shown
    assert lab.startup(NAME) == before


def test_saving_may_ask(lab: Lab, typist: Open) -> None:
    """A question before the save: no means not saved, yes means saved."""
    lab.device_edit(NAME, ["vlan 30"])
    lab.break_(NAME, Fault.parse("save-question"))
    one = typist()
    one.type(b"write memory\n", b"Overwrite the previous NVRAM configuration?[confirm]")
    assert b"[OK]" not in one.type(b"n")
    assert "vlan 30" not in (lab.startup(NAME) or "")
    one.type(b"write memory\n", b"[confirm]")
    assert b"[OK]" in one.type(b"\n", b"\r\n" + NAME.encode() + b"#")
    assert "vlan 30" in (lab.startup(NAME) or "")


def test_a_command_without_a_terminal(lab: Lab) -> None:
    """An SSH exec request prints the answer alone, without pages."""
    transport = paramiko.Transport(socket.create_connection(("127.0.0.1", lab.endpoints[NAME][1])))
    transport.start_client(timeout=5)
    transport.auth_password("admin", PASSWORD)
    channel = transport.open_session()
    channel.settimeout(5)
    channel.exec_command("show running-config")
    text = b"".join(iter(lambda: channel.recv(65_536), b""))
    assert text.rstrip().endswith(b"end")
    assert b"--More--" not in text
    assert channel.recv_exit_status() == 0
    transport.close()


def test_keyboard_interactive_login(lab: Lab) -> None:
    """A password may also come as the answer to a prompt."""
    transport = paramiko.Transport(socket.create_connection(("127.0.0.1", lab.endpoints[NAME][1])))
    transport.start_client(timeout=5)
    transport.auth_interactive("admin", lambda title, instructions, prompts: ["correct-horse" for _ in prompts])
    assert transport.is_authenticated()
    transport.close()


def test_a_wrong_password(lab: Lab) -> None:
    """It is refused and counted; nobody is in."""
    with pytest.raises(paramiko.AuthenticationException):
        Typist(lab.endpoints[NAME][1], "admin", "wrong")
    assert lab.counters(NAME)["failed_logins"] == 1
    assert lab.counters(NAME)["logins"] == 0


def test_every_line_is_logged(lab: Lab, typist: Open) -> None:
    """A test can assert the exact dialogue: line, mode and user, in order."""
    one = typist()
    for line, ending in (
        (b"show clock", b"#"),
        (b"conf t", b"(config)#"),
        (b"vlan 20", b"(config-vlan)#"),
        (b"end", b"#"),
    ):
        one.type(line + b"\n", ending)
    assert [(entry.mode, entry.line) for entry in lab.log(NAME)] == [
        ("enable", "show clock"),
        ("enable", "conf t"),
        ("config", "vlan 20"),
        ("config-vlan", "end"),
    ]
    assert {entry.user for entry in lab.log(NAME)} == {"admin"}
