"""Generated intents of Aruba Instant clusters: networks, servers, access rules, and the lines around them."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = ("trust-staff", "trust-byod", "Guest Wifi", "things", "old")
SERVERS = ("NPS-1", "NPS-2", "NPS-3")
RULES = (
    "any any match udp 67 68 permit",
    "any any match udp 53 53 permit",
    "10.0.0.0 255.0.0.0 match any any any deny",
    "any any match tcp 443 443 permit",
    "masterip 0.0.0.0 match tcp 4343 4343 deny",
    "any any match any any any permit",
)
HEAD = """virtual-controller-country GB
name BENCH
virtual-controller-ip 10.11.10.40
terminal-access
hash-mgmt-password
hash-mgmt-user netadmin password cleartext <secret:login/netadmin>
"""


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name


@st.composite
def _network(draw: st.DrawFn, name: str, servers: list[str]) -> list[str]:
    secured = draw(st.sampled_from(["802.1x", "psk", "open"] if servers else ["psk", "open"]))
    lines = [f"wlan ssid-profile {_quoted(name)}", draw(st.sampled_from([" enable", " disable"]))]
    lines += [draw(st.sampled_from([" type employee", " type guest"])), f" essid {_quoted(name)}"]
    if secured == "802.1x":
        lines.append(draw(st.sampled_from([" opmode wpa2-aes", " opmode wpa3-aes-ccm-128"])))
        chosen = draw(st.lists(st.sampled_from(servers), min_size=1, max_size=2, unique=True))
        lines += [f" auth-server {server}" for server in chosen]
        lines += draw(st.sampled_from([[], [" radius-accounting"]]))
    elif secured == "psk":
        lines += [
            " wpa-passphrase <secret:wifi/key>",
            draw(st.sampled_from([" opmode wpa2-psk-aes", " opmode wpa3-sae-aes"])),
        ]
    else:
        lines.append(" opmode opensystem")
    lines.append(f" vlan {draw(st.integers(2, 4093))}")
    for option in (" hide-ssid", " deny-inter-user-bridging", " rf-band 5.0", " dtim-period 2", " g-min-tx-rate 6"):
        lines += [option] if draw(st.booleans()) else []
    return lines


@st.composite
def clusters(draw: st.DrawFn) -> str:
    """One intent."""
    servers = draw(st.lists(st.sampled_from(SERVERS), max_size=3, unique=True))
    lines = HEAD.split("\n")[:-1]
    lines += draw(st.sampled_from([[], ["ntp-server 10.0.0.5"], ["ntp-server time.example.net"]]))
    lines += draw(st.sampled_from([[], ["allow-new-aps"]]))
    lines += draw(st.sampled_from([[], ["syslog-server 10.0.0.7"], ["syslog-server 10.0.0.7 10.0.0.8"]]))
    networks = draw(st.lists(st.integers(1, 4), max_size=3, unique=True))
    lines += [f"restricted-mgmt-access 10.{number}.0.0 255.255.0.0" for number in networks]
    asked = draw(st.lists(st.sampled_from(servers), max_size=2, unique=True)) if servers else []
    lines += [f"mgmt-auth-server {server}" for server in asked]
    lines += ["mgmt-auth-server-local-backup"] if asked else []
    lines += draw(st.sampled_from([[], ["arm", " wide-bands 5ghz", " min-tx-power 9"], ["arm", " 80mhz-support"]]))
    numbers = draw(st.lists(st.integers(1, 9), max_size=4, unique=True))
    lines += [f"allowed-ap 00:00:5e:00:53:0{number}" for number in numbers]
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=4, unique=True)):
        rules = draw(st.lists(st.sampled_from(RULES), min_size=1, max_size=5, unique=True))
        lines += [f"wlan access-rule {_quoted(name)}", *(f" rule {rule}" for rule in rules)]
        lines += draw(_network(name, servers))
    for server in servers:
        lines += [f"wlan auth-server {server}", f" ip 10.250.20.{draw(st.integers(1, 9))}", " key <secret:radius/key>"]
        lines += draw(st.sampled_from([[], [" rfc3576"]])) + draw(st.sampled_from([[], [" port 1645"]]))
    return "\n".join(lines) + "\n"
