"""`show lldp info ...`: what is heard of the devices at the other ends of the cables."""

from __future__ import annotations

from trustctl.lab.makes.aruba_aos_s.advert import advert
from trustctl.lab.makes.aruba_aos_s.model.network import governing
from trustctl.lab.makes.aruba_aos_s.model.ports import is_trunk, parse, sort_key
from trustctl.lab.makes.aruba_aos_s.shell.commands import Call, Exec
from trustctl.lab.neighbours import Advert, Discovery


def _cut(text: str, width: int) -> str:
    return f"{text:<{width}}" if len(text) <= width else f"{text[: width - 3]}..."


def _dashed(digits: str) -> str:
    return f"{digits[:6]}-{digits[6:]}"


def _heard(call: Call, wanted: list[str] | None = None) -> list[tuple[str, Advert]]:
    """Ports and what is heard there; nothing where this switch does not listen."""
    device = call.session.device
    config = device.switch.config
    deaf = [line.text.split()[2] for line in config.starting("lldp admin-status ") if not line.text.endswith("rxonly")]
    if config.text("lldp run") == "no lldp run":
        return []
    found = [
        (end.port, heard)
        for end in device.neighbours
        if end.port not in deaf
        and (wanted is None or end.port in wanted)
        and (heard := end.heard(Discovery.LLDP)) is not None
    ]
    return sorted(found, key=lambda each: sort_key(each[0]))


def remote(call: Call) -> str:
    """`show lldp info remote-device`."""
    rows = "".join(
        f"  {port:<9} | {_dashed(told.chassis):<18} {_cut(told.port, 18)} {_cut(told.port_description, 9)} "
        f"{_cut(told.system, 18)}\n"
        for port, told in _heard(call)
    )
    return (
        "\n LLDP Remote Devices Information\n\n"
        "  LocalPort | ChassisId          PortId             PortDescr SysName           \n"
        f"  --------- + ------------------ ------------------ --------- ------------------\n{rows} \n\n"
    )


def remote_detail(call: Call) -> str:
    """`show lldp info remote-device PORTS`, or `detail` for all."""
    switch = call.session.device.switch
    wanted = parse(call.values[0], switch.port_names) if call.values else None
    blocks: list[str] = []
    for port, told in _heard(call, wanted):
        router = ", router" if told.router else ""
        blocks.append(
            f"  Local Port   : {port}\n  ChassisType  : mac-address         \n"
            f"  ChassisId    : {_dashed(told.chassis)}            \n"
            f"  PortType     : {'local' if told.port_local else 'interface-name':<58}\n"
            f"  PortId       : {told.port:<58}\n"
            f"  SysName      : {told.system:<32}\n  System Descr : {_cut(told.description, 60)}\n"
            f"  PortDescr    : {told.port_description:<58}\n  Pvid         : {'':<25}\n\n"
            f"  System Capabilities Supported  : bridge, router\n  System Capabilities Enabled    : bridge{router}\n\n"
            f"  Remote Management Address\n     Type    : ipv4\n     Address : {told.address}\n\n"
        )
    rule = "-" * 78 + "\n"
    return f"\n LLDP Remote Device Information Detail\n\n{rule.join(blocks)}"


def local(call: Call) -> str:
    """`show lldp info local-device`."""
    device = call.session.device
    digits = " ".join(device.mac[at : at + 2] for at in range(0, 12, 2))
    names = sorted((name for name in device.switch.port_names if not is_trunk(name)), key=sort_key)
    rows = ""
    for name in names:
        told = advert(device, name, Discovery.LLDP)
        rows += f"  {name:<8} local    {name:<8} {_cut(told.port_description if told else name, 8)}\n"
    model = device.switch.model
    description = f"{model.brand} {model.product} {model.title} Switch, revision {device.switch.version}"
    return (
        f"\n LLDP Local Device Information\n\n  Chassis Type : mac-address      \n  Chassis Id   : {digits}        \n"
        f"  System Name  : {device.switch.config.hostname:<32}\n  System Description : {_cut(description, 57)}\n"
        "  System Capabilities Supported: bridge\n  System Capabilities Enabled: bridge\n\n  Management Address  :\n"
        f"     Type: ipv4\n     Address: {device.switch.assumed.address or ''}\n\n LLDP Port Information\n\n"
        f"  Port     PortType PortId   PortDesc\n  -------- -------- -------- --------\n{rows} \n"
    )


def cdp(call: Call) -> str:
    """`show cdp neighbors`: CDP is heard, never sent."""
    device = call.session.device
    rows = ""
    for end in device.neighbours:
        told = end.heard(Discovery.CDP)
        if told is not None and device.switch.config.text("cdp run") != "no cdp run":
            rows += f"  {governing(device.switch, end.port):<4} {_cut(told.system, 29)} | {_cut(told.platform, 28)} S\n"
    return (
        "\n CDP neighbors information\n\n"
        "  Port Device ID                     | Platform                     Capability\n"
        f"  ---- ----------------------------- + ---------------------------- -----------\n{rows}\n"
    )


COMMANDS = (
    Exec("show lldp info remote-device", remote, looking=True),
    Exec("show lldp info remote-device {onlyports}", remote_detail, looking=True),
    Exec("show lldp info remote-device detail", remote_detail, looking=True),
    Exec("show lldp info local-device", local, looking=True),
    Exec("show cdp neighbors", cdp, looking=True),
)
