"""The values that pass between a simulated IOS switch and the shell, the estate and the tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the estate's RADIUS server; used only where the switch can reach one."""

    user: str
    password: str
    privilege: int = 15


@dataclass(frozen=True, slots=True)
class SwitchSpec:
    """What a switch is, before it boots.

    `model` is a key of `catalogue.MODELS`, or any product number: an unknown one becomes a switch whose ports are
    those of its boot configuration. `boot` is the startup configuration, as `show running-config`
    prints it (a captured file is fine, with or without its header lines).
    """

    name: str
    model: str = "WS-C2960X-48FPS-L"
    serial: str = "FOC0000X000"
    base_mac: str = "0011.2233.4400"
    version: str = ""
    """IOS version text such as `15.2(7)E8` or `17.09.04a`; empty: the model's usual one."""
    members: tuple[str, ...] = ()
    """Models of all stack members, member 1 first; empty: one switch of `model`."""
    boot: str = ""
    management_address: str | None = None
    """The address that the management station dials; None: the first interface address that is up."""
    attachment: str | None = None
    """The port behind which the station (or the router towards it) is, seen from this switch alone. None: any port."""
    station: str = "192.0.2.10"
    gateways: frozenset[str] = frozenset()
    """Router addresses that answer. Empty: the gateway of the boot configuration answers, and no other."""
    dark_ports: frozenset[str] = frozenset()
    """Ports with nothing plugged in, in any spelling. All other ports have link unless they are shut down."""
    supports_archive: bool | None = None
    """Whether the image knows `archive`; None: as the model's catalogue entry says."""
    vlan_dat: Mapping[int, str] | None = None
    """VLAN ids and names of `vlan.dat`. None: the VLANs that the boot configuration needs (access ports, SVIs)."""
    radius_accounts: tuple[Account, ...] = ()
    radius_servers: frozenset[str] = frozenset()
    """Addresses of the RADIUS servers that answer in the estate; empty: none answers, method lists fall through."""


@dataclass(frozen=True, slots=True)
class Mode:
    """A configuration mode and what is being configured in it.

    `name` is the prompt's text in brackets without them (`config`, `config-if`, `config-if-range`, ...), or `exec` once
    configuration has ended. `keys` are the sections edited (several for a range), inside `parent`.
    """

    name: str
    keys: tuple[str, ...] = ()
    parent: Mode | None = None


EXEC = Mode("exec")
CONFIG = Mode("config")


@dataclass(frozen=True, slots=True)
class BlockRequest:
    """The switch wants raw lines until an end mark: a banner or a certificate.

    The shell collects lines as typed. If `delimiter` is set, the block ends at the first line that contains it (the
    text after it is dropped); else at a line that, stripped, equals `terminator`. Then it calls
    `IosSwitch.finish_block`.
    """

    what: str
    """`banner motd`, `banner login`, `banner exec`, `banner incoming`, or `certificate`."""
    delimiter: str = ""
    terminator: str = ""
    first: str = ""
    """Text after the opening delimiter on the command's own line."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """A question the switch asks before it obeys; answer with `IosSwitch.answer`. Enter, `y` and `yes` mean yes."""

    question: str
    line: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What one line in configuration mode did.

    If `caret` is not None, the shell prints a line with `^` under that column of the typed line (0-based; add the
    prompt's width), then `output`. `do` is an exec command to run (after `do `). `cleared_vtys` are vty lines that
    ceased to exist or were reset: sessions on them end at once. `mutated` is True if the running configuration or the
    VLAN database moved.
    """

    output: tuple[str, ...] = ()
    mode: Mode = CONFIG
    wants_block: BlockRequest | None = None
    confirm: Confirm | None = None
    mutated: bool = False
    caret: int | None = None
    do: str | None = None
    cleared_vtys: frozenset[int] = frozenset()
    refused: bool = False
    """Whether the switch printed an error instead of obeying. Not every line that starts with `%` is one."""


@dataclass(frozen=True, slots=True)
class Reachability:
    """Whether the station can open a new session to the management address now, and why not."""

    ok: bool
    why: str = ""
    """One sentence, empty if `ok`."""
    login: bool = True
    """False if packets arrive but no vty line would take a new SSH session (transport, access-class)."""
    path: tuple[str, ...] = field(default=())
    """Names of the switches on the way from this switch to the station, this one first."""
