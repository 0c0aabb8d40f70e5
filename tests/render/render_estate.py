"""A small trust made by hand: one core and two access switches, as the inventory would resolve them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

from trustctl.model.addressing import AddressPlan, Vlan
from trustctl.model.levels import Stage
from trustctl.model.origin import Layer, Origin, Place
from trustctl.model.plan import Intended
from trustctl.model.school import School, Trust
from trustctl.model.secret import SecretRef
from trustctl.model.service import Dot1x, Hardening, LocalUser, RadiusServer, Services, Snmp, SnmpUser
from trustctl.model.switch import Bundle, Login, Port, PortProfile, Svi, Switch

SHIPPED = Path(__file__).parents[2] / "templates"
Render = Callable[..., Intended]
"""What the fixture `render` is."""
IP = IPv4Address
_ROLES = {
    "management": (10, "MANAGEMENT", 24, False),
    "servers": (20, "SERVERS", 24, False),
    "staff": (30, "STAFF", 24, True),
    "students": (40, "STUDENTS", 24, True),
    "student-wifi": (60, "STUDENT-WIFI", 22, True),
    "voice": (90, "VOICE", 24, True),
    "print": (100, "PRINT", 24, True),
    "cctv": (110, "CCTV", 24, True),
    "access-points": (150, "ACCESS-POINTS", 24, True),
    "dead": (999, "DEAD", None, False),
}
VLANS = {
    role: Vlan(
        role,
        number,
        name,
        IPv4Network(f"10.11.{number}.0/{size}") if size else None,
        IP(f"10.11.{number}.1") if size else None,
        dhcp,
    )
    for role, (number, name, size, dhcp) in _ROLES.items()
}
PROFILES = {
    "staff": PortProfile("staff", "access", "staff", "voice", dot1x=True, edge=True, storm_control=True),
    "access-point": PortProfile(
        "access-point",
        "trunk",
        trunk_roles=("access-points", "student-wifi"),
        native_role="access-points",
        edge=True,
    ),
    "camera": PortProfile("camera", "access", "cctv", edge=True, storm_control=True),
    "printer": PortProfile("printer", "access", "print", dot1x=True, edge=True, poe=False, storm_control=True),
    "unused": PortProfile("unused", "unused", "dead", edge=True, poe=False, shutdown=True),
    "uplink": PortProfile("uplink", "trunk", native_role="dead", loop_guard=True, dhcp_trust=True, uplink=True),
    "downlink": PortProfile("downlink", "trunk", native_role="dead", root_guard=True, dhcp_trust=True, uplink=True),
}
SERVICES = Services(
    domain="kestrelvale.example",
    dns=(IP("10.250.20.21"), IP("10.250.20.22")),
    ntp=(IP("10.250.20.21"), IP("10.250.20.22")),
    timezone="Europe/London",
    syslog=(IP("10.250.20.31"),),
    dhcp_relay=(IP("10.250.20.21"), IP("10.250.20.22")),
    radius=(
        RadiusServer("TRUST-RADIUS-1", IP("10.250.20.11"), SecretRef("radius/shared-key")),
        RadiusServer("TRUST-RADIUS-2", IP("10.250.20.12"), SecretRef("radius/shared-key")),
    ),
    radius_group="TRUST-RADIUS",
    snmp=Snmp(
        "TRUST-RO",
        (SnmpUser("trustmon", "TRUST-RO", SecretRef("snmp/auth"), SecretRef("snmp/privacy")),),
        (IP("10.250.20.32"),),
        "it@kestrelvale.example",
        "Oak Academy",
    ),
    local_user=LocalUser("breakglass", SecretRef("switch/breakglass")),
    enable_secret=SecretRef("switch/enable"),
    dot1x=Dot1x("monitor"),
    hardening=Hardening(5.0, 5.0, 15, 300, 60, 10, 10, 65536, "informational", (IPv4Network("10.250.10.0/24"),)),
    banner=("Authorised use only.", "", "This switch belongs to Kestrel Vale Schools Trust."),
    spanning_tree_mode="rapid-pvst",
)
_TRUNK = tuple(vlan.id for vlan in VLANS.values() if vlan.role != "dead")


def port(name: str, profile: str, description: str = "", channel_group: int | None = None) -> Port:
    """A port with the VLANs of its profile."""
    kind = PROFILES[profile]

    def vlan(role: str | None) -> int | None:
        return VLANS[role].id if role else None

    trunk = tuple(VLANS[role].id for role in kind.trunk_roles) or _TRUNK
    return Port(
        name,
        kind,
        description,
        access_vlan=vlan(kind.access_role),
        voice_vlan=vlan(kind.voice_role),
        trunk_vlans=trunk if kind.mode == "trunk" else (),
        native_vlan=vlan(kind.native_role),
        channel_group=channel_group,
    )


def svi(role: str, host: int, *, management: bool = False, helpers: tuple[IPv4Address, ...] = ()) -> Svi:
    """The interface of a VLAN with the given host number."""
    vlan = VLANS[role]
    assert vlan.prefix
    address = IPv4Interface(f"{vlan.prefix.network_address + host}/{vlan.prefix.prefixlen}")
    return Svi(vlan.id, role, vlan.name.title(), address, helpers=helpers, management=management)


def access(name: str, model: str, host: int, ports: tuple[Port, ...], bundles: tuple[Bundle, ...] = ()) -> Switch:
    """An access switch."""
    return Switch(
        name,
        name,
        "oak",
        "cisco_ios",
        model,
        "access",
        Stage.OWN,
        IP(f"10.11.10.{host}"),
        svi("management", host, management=True),
        IP("10.11.10.1"),
        Login("breakglass", "switch/breakglass"),
        ports,
        bundles,
        location="Block A",
        poe_ports=tuple(item.name for item in ports if "/0/" in item.name and int(item.name.split("/")[-1]) <= 48),
    )


def floor(count: int, uplink: str) -> tuple[Port, ...]:
    """The ports of an access switch: mostly staff, some access points, cameras, printers and unused ports."""
    kinds = {44: "access-point", 45: "access-point", 46: "camera", 47: "printer"}
    front = tuple(
        port(f"GigabitEthernet1/0/{n}", kinds.get(n, "unused" if n % 12 == 0 else "staff"), f"Room A{n:03}")
        for n in range(1, count + 1)
    )
    return (*front, port(uplink, "uplink", "Uplink to oak-sw-core-01"))


OLD = access("oak-sw-b1-01", "WS-C2960X-48FPS-L", 12, floor(48, "GigabitEthernet1/0/49"))
_BUNDLE = Bundle(
    1,
    "Port-channel1",
    port("Port-channel1", "uplink", "Uplink to oak-sw-core-01"),
    ("GigabitEthernet1/1/1", "GigabitEthernet1/1/2"),
)
NEW = access(
    "oak-sw-a1-01",
    "C9200L-48P-4G",
    11,
    (
        *floor(48, "GigabitEthernet1/1/4"),
        port("GigabitEthernet1/1/1", "uplink", "Uplink to oak-sw-core-01", 1),
        port("GigabitEthernet1/1/2", "uplink", "Uplink to oak-sw-core-01", 1),
    ),
    (_BUNDLE,),
)
CORE = replace(
    access(
        "oak-sw-core-01",
        "C9300-24P",
        1,
        (
            port("GigabitEthernet1/0/1", "downlink", "oak-sw-a1-01"),
            port("GigabitEthernet1/0/2", "downlink", "oak-sw-b1-01"),
            port("GigabitEthernet1/0/3", "unused"),
        ),
    ),
    role="core",
    gateway=None,
    routes=(("0.0.0.0/0", IP("10.11.180.2")),),
    svis=tuple(
        svi(role, 1, helpers=SERVICES.dhcp_relay if VLANS[role].dhcp else ())
        for role in VLANS
        if role not in {"management", "dead"}
    ),
    root_priority=4096,
    location="Server room",
)


def _at(file: str, line: int, layer: Layer) -> Origin:
    return Origin(layer, Place(file, line))


ORIGINS = {
    "services": _at("inventory/baseline/services.yml", 1, Layer.BASELINE),
    "services.domain": _at("inventory/trust.yml", 3, Layer.TRUST),
    "services.ntp[0]": _at("inventory/baseline/services.yml", 12, Layer.BASELINE),
    "services.hardening.storm_broadcast_percent": _at("inventory/baseline/services.yml", 30, Layer.BASELINE),
    "profiles.staff": _at("inventory/baseline/ports.yml", 4, Layer.BASELINE),
    "profiles.staff.edge": _at("inventory/baseline/ports.yml", 8, Layer.BASELINE),
    "vlans.staff.id": _at("inventory/baseline/vlans.yml", 9, Layer.BASELINE),
    "switches.oak-sw-a1-01": _at("inventory/schools/oak/switches.yml", 20, Layer.DEVICE),
    "switches.oak-sw-a1-01.ports.GigabitEthernet1/0/1.profile": _at(
        "inventory/schools/oak/switches.yml", 31, Layer.DEVICE
    ),
    "switches.oak-sw-a1-01.ports.GigabitEthernet1/0/1.description": _at(
        "inventory/schools/oak/switches.yml", 32, Layer.DEVICE
    ),
}
SCHOOL = School(
    slug="oak",
    name="Oak Academy",
    code="oak",
    phase="secondary",
    site=11,
    stage=Stage.OWN,
    vlans=VLANS,
    legacy=(),
    services=SERVICES,
    ssids=(),
    switches={switch.name: switch for switch in (CORE, NEW, OLD)},
    links=(),
    servers=(),
    waivers=(),
    overrides=(),
    origins=ORIGINS,
)
TRUST = Trust(
    name="Kestrel Vale Schools Trust",
    slug="kestrel",
    domain="kestrelvale.example",
    plan=AddressPlan(IPv4Network("10.0.0.0/8"), 1, 250, 1, 11),
    roles={},
    levels={},
    schools={"oak": SCHOOL},
)
