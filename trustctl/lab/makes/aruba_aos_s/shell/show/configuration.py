"""`show running-config`, `show config`, and what is to come: jobs, reloads, restores."""

from __future__ import annotations

from trustctl.lab.files import FileError
from trustctl.lab.makes.aruba_aos_s.model.ports import parse
from trustctl.lab.makes.aruba_aos_s.model.printing import vlan
from trustctl.lab.makes.aruba_aos_s.model.rules import line_text
from trustctl.lab.makes.aruba_aos_s.restoring import FILES
from trustctl.lab.makes.aruba_aos_s.shell.commands import Call, Exec


def running(call: Call) -> str:
    """`show running-config`."""
    return f"\nRunning configuration:\n\n{call.session.device.running()}\n"


def running_ports(call: Call) -> str:
    """`show running-config interface PORTS`: with the VLANs from the port's side, as 16.x shows them."""
    config = call.session.device.switch.config
    text = "\nRunning configuration:\n\n"
    for name in parse(call.values[0], config.ports):
        inside = [line.text for line in sorted(config.ports[name].lines.values(), key=lambda line: line.identity)]
        tagged = [str(each.id) for each in config.vlans.values() if name in each.tagged]
        untagged = [str(each.id) for each in config.vlans.values() if name in each.untagged]
        inside += [f"tagged vlan {','.join(tagged)}"] if tagged else []
        inside += [f"untagged vlan {untagged[0]}"] if untagged else []
        text += "".join(f"{line}\n" for line in [f"interface {name}", *(f"   {line}" for line in inside), "   exit"])
    return f"{text} \n"


def running_vlan(call: Call) -> str:
    """`show running-config vlan N`."""
    config = call.session.device.switch.config
    found = config.vlans.get(int(call.values[0]))
    if found is None:
        return f"VLAN {call.values[0]} does not exist.\n"
    return "\nRunning configuration:\n\n" + "".join(f"{line}\n" for line in vlan(config, found)) + "\n"


def startup(call: Call) -> str:
    """`show config [NAME]`."""
    device = call.session.device
    if call.values:
        try:
            return f"\n{device.files.read(call.values[0])}\n"
        except FileError as error:
            return f"{error.reason}: {call.values[0]}.\n"
    return f"\nStartup configuration: 1\n\n{device.startup or ''}\n"


def files(call: Call) -> str:
    """`show config files`."""
    names = call.session.device.files.names()
    rows = ""
    for number in range(1, FILES + 1):
        used = " *   *   * " if number == 1 else " " * 11
        rows += f" {number:>2} | {used} | {names[number - 1] if number <= len(names) else ''}\n"
    rule = f" ---+-------------+{'-' * 48}"
    return f"\nConfiguration files:\n\n id | act pri sec | name\n{rule}\n{rows}\n"


def state(call: Call) -> str:
    """`show config status`: whether running and startup differ."""
    same = not call.session.device.modified()
    word = "is the same as" if same else "has been changed and needs to be saved to"
    return f"Running configuration {word} the startup configuration.\n"


def jobs(call: Call) -> str:
    """`show job [NAME]`."""
    scheduler = call.session.device.scheduler
    if call.values:
        return scheduler.show_one(call.values[0]) or f"Job {call.values[0]} does not exist.\n"
    return scheduler.show()


def restore_status(call: Call) -> str:
    """`show cfg-restore status`."""
    return call.session.device.files.show()


def latest_diff(call: Call) -> str:
    """`show cfg-restore latest-diff`."""
    done = call.session.device.files.status
    return call.session.device.files.lists(list(done.add_list), list(done.delete_list))


def reloads(call: Call) -> str:
    """`show reload`."""
    return call.session.device.reloader.show()


def snmp(call: Call) -> str:
    """`show snmp-server`: the communities."""
    lines = call.session.device.switch.config.starting("snmp-server community ")
    rows = "".join(
        f"  {line.text.split(chr(34))[1]:<20} {'Manager' if 'operator' not in line.text else 'Operator':<8} "
        f"{'Unrestricted' if 'unrestricted' in line.text else 'Restricted'}\n"
        for line in lines
    )
    return (
        "\n SNMP Communities\n\n  Community Name       MIB View Write Access\n"
        f"  -------------------- -------- ------------\n{rows}\n"
    )


def radius(call: Call) -> str:
    """`show radius`: the servers."""
    hosts = [line_text(line).split() for line in call.session.device.switch.config.starting("radius-server host ")]
    rows = "".join(
        f"  {words[2]:<15} 1812  1813\n" for words in hosts if not {"dyn-authorization", "time-window"} & set(words)
    )
    return (
        "\n Status and Counters - General RADIUS Information\n\n  Deadtime (minutes)             : 0\n\n"
        f"                  Auth  Acct\n  Server IP Addr  Port  Port\n  --------------- ----- -----\n{rows}\n"
    )


COMMANDS = (
    Exec("show running-config", running),
    Exec("show running-config interface {onlyports}", running_ports),
    Exec("show running-config vlan {vlan}", running_vlan),
    Exec("show config", startup),
    Exec("show config files [details]", files),
    Exec("show config status", state),
    Exec("show config {str:63}", startup),
    Exec("show job [{str:31}]", jobs),
    Exec("show cfg-restore status", restore_status),
    Exec("show cfg-restore latest-diff", latest_diff),
    Exec("show reload [(after|at)]", reloads, looking=True),
    Exec("show snmp-server", snmp),
    Exec("show radius", radius, looking=True),
)
