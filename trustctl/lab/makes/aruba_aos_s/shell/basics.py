"""Commands about the session itself: levels, paging, leaving; and ping, reboot, the clock."""

from __future__ import annotations

from datetime import UTC, datetime

from trustctl.lab.files import FileError
from trustctl.lab.makes.aruba_aos_s.model.access import MANAGER, OPERATOR, asks_for_name
from trustctl.lab.makes.aruba_aos_s.model.access import enable as may_enable
from trustctl.lab.makes.aruba_aos_s.model.rules import CONFIG
from trustctl.lab.makes.aruba_aos_s.shell.commands import Call, Exec
from trustctl.lab.makes.aruba_aos_s.timers import minutes_of
from trustctl.lab.shell import Leave
from trustctl.lab.terminal import HungUp

_LAST_MINUTE = 14_399
"""Nine days, 23 hours and 59 minutes: the longest `reload after` [unverified]."""


async def enable(call: Call) -> str:
    """`enable`: manager level, for whom the credentials let in."""
    session = call.session
    switch = session.device.switch
    if session.level == MANAGER:
        return ""
    if may_enable(switch, "", ""):
        session.level = MANAGER
        return ""
    user = await session.ask("Username: ") if asks_for_name(switch) else ""
    password = await session.ask("Password: ", hidden=True)
    if not may_enable(switch, user, password):
        return "Invalid password\n"
    session.level = MANAGER
    return ""


def configure(call: Call) -> str:
    """`configure [terminal]`."""
    call.session.context = CONFIG
    return ""


async def leave(call: Call) -> str:
    """`exit`: from manager to operator level, and from there out; `logout`: out."""
    session = call.session
    if call.has("exit") and session.level == MANAGER:
        session.level = OPERATOR
        return ""
    if not await session.confirm("Do you want to log out (y/n)? "):
        return ""
    await offer_save(call)
    raise Leave


async def offer_save(call: Call) -> bool:
    """Ask whether to save what is not saved; False if the user thinks better of it."""
    session = call.session
    if session.level != MANAGER or not session.device.modified():
        return True
    answer = await session.editor.key("Do you want to save current configuration [y/n/^C]? ", "yn^")
    if answer == "y":
        try:
            session.device.save(session.login.user)
        except FileError as error:
            session.screen.write(f"{error.reason}\n")
    return answer != "^"


def end(call: Call) -> str:
    """`end` at manager level: nothing to end."""
    return ""


def page(call: Call) -> str:
    """`page`, `no page`."""
    call.session.screen.paging = not call.undo
    return ""


def terminal(call: Call) -> str:
    """`terminal length N`, `terminal width N`."""
    number = int(call.values[0])
    if call.has("length"):
        call.session.screen.rows = number
    else:
        call.session.screen.columns = number
    return ""


def ping(call: Call) -> str:
    """`ping A [repetitions N]`: whether the address answers this switch."""
    address = call.values[0]
    times = int(call.values[1]) if call.has("repetitions") else 1
    answers = call.session.device.answers_ping(address)
    line = f"{address} is alive, time = 1 ms\n" if answers else "Request timed out.\n"
    if times == 1:
        return line
    lost = 0 if answers else 100
    got = times if answers else 0
    each = f"{address} is alive, iteration {{n}}, time = 1 ms\n" if answers else line
    trip = "round-trip (ms) min/avg/max = 1/1/1\n" if answers else ""
    rows = "".join(each.replace("{n}", str(number)) for number in range(1, times + 1))
    return f"{rows}{times} packets transmitted, {got} packets received, {lost}% packet loss\n{trip}"


async def reload(call: Call) -> str:
    """`reload`, `boot`: now, after two questions."""
    session = call.session
    if session.device.reloader.scheduled:
        return "A reload is already scheduled.\n"  # [unverified]
    if not await session.confirm("System will be rebooted from primary image. Do you want to continue (y/n)? "):
        return ""
    if not await offer_save(call):
        return ""
    session.device.log_event(f"00062 system: Reboot requested by {session.login.user}")
    session.device.reboot("User reboot")
    raise HungUp


async def reload_after(call: Call) -> str:
    """`reload after [[DD:]HH:]MM`: what is not saved by then is lost.

    The question is the one that Firewall Builder's ProCurve driver waits for (2010). That no other comes before it,
    about saving, is what the 16.09 guide says of `reload at/after`.
    """
    session = call.session
    minutes = minutes_of(call.values[0])
    if not 1 <= minutes <= _LAST_MINUTE:
        return f"Invalid input: {call.values[0]}\n"
    question = "System will be rebooted at the scheduled time from primary image.\nDo you want to continue [y/n]? "
    if await session.confirm(question):
        session.device.reloader.schedule(minutes)
        session.device.log_event(f"00062 system: Reload scheduled by {session.login.user}")
    return ""


def no_reload(call: Call) -> str:
    """`no reload`: call the scheduled reload off."""
    call.session.device.reloader.forget()
    return ""


def set_time(call: Call) -> str:
    """`time MM/DD/YYYY HH:MM:SS`, `clock set ...`: the clock, by hand."""
    device = call.session.device
    for form in ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%y %H:%M:%S"):
        try:
            wanted = datetime.strptime(" ".join(call.values), form).replace(tzinfo=UTC)
        except ValueError:
            continue
        device.clock.skew += (wanted - device.clock.now()).total_seconds()
        device.time_set = True
        return ""
    return f"Invalid input: {call.values[0]}\n"


def accepted(call: Call) -> str:
    """A command that works and prints nothing, whose effect the lab does not have."""
    return ""


COMMANDS = (
    Exec("enable", enable, looking=True),
    Exec("configure [terminal]", configure),
    Exec("(exit|logout)", leave, looking=True),
    Exec("end", end, looking=True),
    Exec("page", page),
    Exec("page", page, undo=True),
    Exec("terminal length {int:2-1000}", terminal, looking=True),
    Exec("terminal width {int:61-1920}", terminal, looking=True),
    Exec("ping {ip} [repetitions {int:1-10000}] [timeout {int:1-60}] [data-size {int:0-65471}]", ping, looking=True),
    Exec("reload", reload),
    Exec("boot [system flash (primary|secondary)]", reload),
    Exec("reload after {delay}", reload_after),
    Exec("reload", no_reload, undo=True),
    Exec("(time|clock set) {word} {word}", set_time),
    Exec("clear logging", accepted),
    Exec("clear statistics {word}", accepted),
    Exec("clear arp", accepted),
    Exec("kill [{int:1-10}]", accepted),
)
