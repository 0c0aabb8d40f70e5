"""What people type, verb by verb: the end of each help page. The names are those of the example inventory."""

from __future__ import annotations

EXAMPLES = {
    "validate": ("trustctl validate", "trustctl validate --secrets ~/.trustctl-secrets.yml"),
    "show": ("trustctl show elder",),
    "explain": (
        "trustctl explain eld-sw-core-01 'vlan 30'",
        "trustctl explain eld-sw-core-01 services.ntp",
        "trustctl explain eld-wlc-01 trust-staff",
    ),
    "render": ("trustctl render elder --out /tmp/intended", "trustctl render --all --limit 'role:core'"),
    "plan": (
        "trustctl plan elder --captured",
        "trustctl plan elder --against saved-configs --view summary",
        "trustctl plan elder --limit 'eld-sw-*,!eld-sw-core-01' --out plan.json",
        "trustctl plan --all --only NTP --detailed-exitcode",
        "trustctl plan elder --captured --format html > plan.html",
    ),
    "rehearse": ("trustctl plan elder --captured --out plan.json", "trustctl rehearse plan.json"),
    "apply": ("trustctl apply plan.json", "trustctl apply plan.json --yes --expect-digest sha256:..."),
    "rollback": ("trustctl history", "trustctl rollback 20261122-094706-b0e8"),
    "history": ("trustctl history", "trustctl history 20261122-094706-b0e8"),
    "audit": ("trustctl audit oak", "trustctl audit --all --json"),
    "drift": ("trustctl drift elder", "trustctl drift elder --only SNMP", "trustctl drift --all --detailed-exitcode"),
    "backup": ("trustctl backup elder",),
    "adopt": (
        "trustctl adopt elder",
        "trustctl adopt elder --limit eld-sw-a1-01 --fingerprint SHA256:...",
        "trustctl adopt elder --limit eld-sw-a1-01 --rekey",
    ),
    "init": ("trustctl init our-trust --school oak",),
    "secret init": ("trustctl secret init", "trustctl secret init --id oak"),
    "secret set": (
        "trustctl secret set login/trustctl",
        "trustctl secret set wifi/things --generate",
        "trustctl secret set wifi/oak --id oak",
    ),
    "secret get": ("trustctl secret get login/trustctl",),
    "secret list": ("trustctl secret list", "trustctl secret list --json"),
    "secret rotate": (
        "trustctl secret rotate radius/shared-key",
        "trustctl plan --rotate radius/shared-key --out plan.json",
        "trustctl secret rotate radius/shared-key --finish",
    ),
    "secret add-recipient": (
        "trustctl secret add-recipient ann ann.pub",
        "trustctl secret add-recipient ci-oak --id oak --new-key ci-oak.key",
    ),
    "secret remove-recipient": ("trustctl secret remove-recipient ann",),
    "secret policy": ("trustctl secret policy > trustctl.hcl",),
    "demo": ("trustctl demo", "trustctl demo --whole --report joining.html"),
    "schema": ("trustctl schema --out inventory/.schemas",),
    "lab up": ("trustctl lab up elder --for 3600", "trustctl adopt elder --lab --yes", "trustctl plan elder --lab"),
    "lab build": ("trustctl lab build", "trustctl lab build debian-13"),
    "lab break": ("trustctl lab break eld-sw-a1-01 latency=0.5", "trustctl lab break eld-sw-a1-01 heal"),
    "platform check": ("trustctl platform check NAME saved-configs/*.cfg",),
    "platform identify": (
        "trustctl platform identify eld-sw-a1-01",
        "trustctl platform identify 192.0.2.7 --user admin --password login/unknown",
    ),
    "platform test": ("trustctl platform test NAME",),
}
