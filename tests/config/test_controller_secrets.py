"""What a controller prints in clear is never shown: keys of networks, accounts of access points, lines left alone."""

from __future__ import annotations

from golden_cases import rulebook

from trustctl.config import mask, read, secret_values

RUNNING = """version 17.9
hostname wlc
radius server NPS
 key 0 CANARY-RADIUS
wlan one 1 one
 security wpa psk set-key ascii 0 CANARY with blanks
 security wpa wpa2 mpsk
  priority 0 set-key hex 8 CANARY-MPSK
 security static-wep-key encryption 104 ascii 0 CANARY-WEP 1
wlan two 2 two
 security wpa psk set-key hex 0 CANARYCANARY
ap profile default-ap-profile
 dot1x username one password 0 CANARY DOT1X
 mgmtuser username one password 0 CANARY-P secret 0 CANARY-S
 cisco-dna token 0 CANARY-DNA
ap profile spaces
 mgmtuser username one password 0 CANARY P secret 0 CANARY S
wireless profile mesh default-mesh-profile
 method authentication local key 0 CANARY-MESH
wireless mesh security psk provisioning key 1 0 CANARY-PSK
wireless fabric control-plane plane
 ip address 192.0.2.45 key 7 CANARY-LISP
parameter-map type webauth global
 custom password CANARY-WEB
end
"""


def test_no_secret_of_a_controller_is_shown() -> None:
    """Not in the lines that are shown, not in the text of an object; each is known to the session alone."""
    config = read(RUNNING, rulebook("cisco_9800"))
    assert "CANARY" not in "\n".join(mask(config))
    assert "CANARY" not in repr(config)
    held = secret_values(config).values()
    assert {"CANARY with blanks", "CANARYCANARY", "CANARY-RADIUS", "CANARY-WEP", "CANARY-P", "CANARY-S"} <= set(held)
