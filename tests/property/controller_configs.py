"""Strategies for a controller's networks, policy profiles, tags and access points, as a person would type them."""

from __future__ import annotations

from hypothesis import strategies as st
from switch_configs import Lines, flag, maybe, section

NETWORKS = {"staff": 50, "pupils": 60, "guest": 80, "Old Wifi": 3, "things": 130}
"""By name, each with its number: what stands in a header does not change under one name."""
POLICIES = ("staff", "guest", "old policy")
TAGS = ("trust", "sports")
VLANS = ("STAFF", "GUEST", "Teachers", "Old")
"""Names of VLANs; a policy profile may name one that goes."""
KEYS = ("Playground.1998", "correct horse battery", "Kv-lab-93be")
MACS = ("0000.5e00.5301", "0000.5e00.5302")


def quoted(name: str) -> str:
    """A name as a line has it."""
    return f'"{name}"' if " " in name else name


OPEN = ["no security wpa", "no security wpa wpa2", "no security wpa wpa2 ciphers aes", "no security wpa akm dot1x"]
ENTERPRISE = st.sampled_from(
    (
        ["security dot1x authentication-list WIFI"],
        [
            "security dot1x authentication-list WIFI",
            "security wpa wpa3",
            "security pmf optional",
            "security wpa akm dot1x-sha256",
        ],
        [
            *("no security ft adaptive", "no security wpa wpa2", "security wpa wpa3", "security pmf mandatory"),
            *("no security wpa akm dot1x", "security wpa akm dot1x-sha256"),
        ],
    )
)
PERSONAL = st.tuples(
    st.sampled_from(KEYS),
    st.sampled_from(
        (
            ["security wpa akm psk"],
            ["security wpa wpa3", "security pmf mandatory", "security wpa akm sae", "no security ft adaptive"],
        )
    ),
).map(lambda found: [f"security wpa psk set-key ascii 0 {found[0]}", "no security wpa akm dot1x", *found[1]])
SECURITY = st.one_of(ENTERPRISE, PERSONAL, st.just(OPEN), st.just([*OPEN, "security web-auth"]))


def network(name: str, number: int) -> st.SearchStrategy[Lines]:
    """One network, on or off."""
    return section(
        f"wlan {quoted(name)} {number} {quoted('trust ' + name if ' ' in name else 'trust-' + name)}",
        maybe("radio policy dot11 {}", st.sampled_from(("24ghz", "5ghz"))),
        flag("no broadcast-ssid"),
        maybe("peer-blocking {}", st.sampled_from(("drop", "forward-upstream"))),
        SECURITY,
        flag("no shutdown"),
    )


def policy(name: str) -> st.SearchStrategy[Lines]:
    """One policy profile, on or off."""
    return section(
        f"wireless profile policy {quoted(name)}",
        flag("aaa-override"),
        flag("accounting-list WIFI"),
        maybe("description {}", st.sampled_from(("Staff", '"All of us"'))),
        flag("ipv4 dhcp required"),
        maybe("session-timeout {}", st.sampled_from((1800, 28800))),
        maybe("vlan {}", st.sampled_from((50, 60, 80, "STAFF", "GUEST"))),
        flag("no central dhcp"),
        flag("no shutdown"),
    )


@st.composite
def controllers(draw: st.DrawFn, *, shuffled: bool = False) -> Lines:
    """The wireless part of a controller; a tag holds only networks and policy profiles that are there.

    `shuffled`: a name may have any number, so that two controllers disagree on them.
    """
    numbers = dict(zip(NETWORKS, draw(st.permutations(list(NETWORKS.values()))), strict=True)) if shuffled else NETWORKS
    networks = draw(st.lists(st.sampled_from(sorted(NETWORKS)), unique=True))
    policies = draw(st.lists(st.sampled_from(POLICIES), unique=True))
    lines: Lines = []
    names = draw(st.lists(st.sampled_from(VLANS), min_size=3, max_size=3, unique=True))
    for vlan, called in zip((50, 60, 80), names, strict=True):
        lines += [f"vlan {vlan}", f" name {called}", "exit"]
    for name in policies:
        lines += draw(policy(name))
    for name in networks:
        lines += draw(network(name, numbers[name]))
    tags = draw(st.lists(st.sampled_from(TAGS), unique=True))
    for tag in tags:
        lines.append(f"wireless tag policy {tag}")
        for name in networks if policies else ():
            if draw(st.booleans()):
                lines.append(f" wlan {quoted(name)} policy {quoted(draw(st.sampled_from(policies)))}")
        lines.append("exit")
    for mac in draw(st.lists(st.sampled_from(MACS), unique=True)) if tags else ():
        lines += [f"ap {mac}", f" policy-tag {draw(st.sampled_from(tags))}", "exit"]
    return lines
