"""Who is let in: `show authentication`, `show ip ssh`, `show port-access`; snooping and loop protection."""

from __future__ import annotations

from trustctl.lab.makes.aruba_aos_s.model.ports import written
from trustctl.lab.makes.aruba_aos_s.shell.commands import Call, Exec


def _on(call: Call, identity: str, *, default: bool = False) -> bool:
    text = call.session.device.switch.config.text(identity)
    return default if not text else not text.startswith("no ")


def authentication(call: Call) -> str:
    """`show authentication`."""
    config = call.session.device.switch.config
    rows = ""
    for access in ("console", "telnet", "ssh", "web"):
        parts: list[str] = []
        for step in ("login", "enable"):
            words = config.text(f"aaa authentication {access} {step}").split()[4:] or ["local", "none"]
            parts.append(f"{words[0].title():<10} {(words[1] if len(words) > 1 else 'none').title():<10}")
        rows += f"  {access.title() if access != 'ssh' else 'SSH':<15} | {parts[0]} | {parts[1]}\n"
    straight = "Enabled" if config.has("aaa authentication login privilege-mode") else "Disabled"
    return (
        "\n Status and Counters - Authentication Information\n\n  Login Attempts : 3\n"
        f"  Respect Privilege : {straight}\n\n"
        "                  | Login      Login      | Enable     Enable    \n"
        "  Access Task     | Primary    Secondary  | Primary    Secondary \n"
        f"  --------------- + ---------- ---------- + ---------- ----------\n{rows}\n"
    )


def ssh(call: Call) -> str:
    """`show ip ssh`."""
    device = call.session.device
    rows = "".join(
        f"  {number:<3} SSH      | {session.login.address}\n" for number, session in sorted(device.shells.items())
    )
    return (
        f"\n SSH Enabled     : {'Yes' if _on(call, 'ip ssh', default=True) else 'No'}\n TCP Port Number : 22\n"
        f" Host Key Type   : RSA\n\n Ses Type     | Source IP and Port\n --- -------- + ------------------\n{rows}\n"
    )


def port_access(call: Call) -> str:
    """`show port-access authenticator`: whether it is on, and where."""
    config = call.session.device.switch.config
    ports = config.lines.get("aaa port-access authenticator")
    active = "Yes" if config.has("aaa port-access authenticator active") else "No"
    return (
        "\n Port Access Authenticator Status\n\n"
        f"  Port-access authenticator activated [No] : {active}\n"
        f"  Ports : {written(ports.members) if ports else ''}\n\n"
    )


def snooping(call: Call) -> str:
    """`show dhcp-snooping`."""
    config = call.session.device.switch.config
    vlans = config.lines.get("dhcp-snooping vlan")
    trusted = [name for name, port in config.ports.items() if port.has("dhcp-snooping trust")]
    shown = ",".join(sorted(vlans.members, key=int)) if vlans else ""
    return (
        "\n DHCP Snooping Information\n\n"
        f"  DHCP Snooping              : {'Yes' if config.has('dhcp-snooping') else 'No'}\n"
        f"  Enabled VLANs              : {shown}\n  Trusted Ports              : {written(trusted)}\n\n"
    )


def loops(call: Call) -> str:
    """`show loop-protect`."""
    config = call.session.device.switch.config
    ports = config.lines.get("loop-protect")
    listed = written(ports.members) if ports else ""
    return f"\n Status and Counters - Loop Protection Information\n\n  Loop Protected Ports       : {listed}\n\n"


COMMANDS = (
    Exec("show authentication", authentication, looking=True),
    Exec("show ip ssh", ssh, looking=True),
    Exec("show port-access authenticator", port_access, looking=True),
    Exec("show dhcp-snooping", snooping, looking=True),
    Exec("show loop-protect", loops, looking=True),
)
