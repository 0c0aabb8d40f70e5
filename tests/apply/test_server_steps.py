"""In which order, and how many at once, a server's steps go out, and how long its timer lasts for them."""

from __future__ import annotations

import pytest

from trustctl.apply.hosts import apart
from trustctl.apply.job import Pace
from trustctl.apply.server_steps import groups, packages_to_come, seconds_of, timer_minutes
from trustctl.errors import PreflightError
from trustctl.hosts import parse

WANT = """\
topic Time role=base
package chrony
file /etc/chrony.conf owner=root group=root mode=0644
service chrony running=yes restart=/etc/chrony.conf
service names running=yes restart=/etc/resolv.conf
topic SSH role=access armed=yes
file /etc/resolv.conf owner=root group=root mode=0644
file /etc/ssh/sshd_config owner=root group=root mode=0644
service ssh running=yes reload=/etc/ssh/sshd_config
"""


def test_a_way_back_is_armed_behind_all_that_cannot_cut_us_off() -> None:
    """Packages go last on a way back, and still before the timer; what reads of the way in stays behind it."""
    want = parse(WANT.splitlines())
    back = (
        "file /etc/ssh/sshd_config",
        "file /etc/resolv.conf",
        "file /etc/chrony.conf",
        "service names",
        "package chrony",
    )
    todo = [want[kind, name] for kind, _, name in (line.partition(" ") for line in back)]
    todo.append(parse(["file /etc/forgotten owner=root group=root mode=0644"])["file", "/etc/forgotten"])
    batches, quiet = apart(todo, want)
    named = [" ".join(batch[0].split(" ")[:2]) for batch in batches]
    assert named[:quiet] == ["file /etc/chrony.conf", "package chrony"]
    assert named[quiet:] == [
        "file /etc/ssh/sshd_config",
        "file /etc/resolv.conf",
        "service names",
        "file /etc/forgotten",
    ]


@pytest.mark.parametrize(
    ("kinds", "sizes"),
    [
        ("package file file command", (1, 2, 1)),
        ("file package package file", (1, 1, 1, 1)),
        (" ".join(["file"] * 25), (20, 5)),
        ("", ()),
    ],
)
def test_short_steps_that_follow_one_another_go_out_together(kinds: str, sizes: tuple[int, ...]) -> None:
    """All of them are sent, in their order."""
    assert groups([(f"{kind} x",) for kind in kinds.split()], {"file"}) == sizes


def test_only_packages_that_come_are_asked_for_and_none_where_a_source_comes_too() -> None:
    """A name that the new source brings is not unknown."""
    come = (("package a", "package b version=1"), ("package c state=absent",))
    assert packages_to_come(come) == ("a", "b")
    source = ("file /etc/apt/sources.list.d/x.sources owner=root group=root mode=0644",)
    assert packages_to_come((source, *come)) == ()


SHORT_STEP = ("file /etc/a owner=root group=root mode=0644",)
CHECKED = ('file /etc/a owner=root group=root mode=0644 check="a -t {}"',)


@pytest.mark.parametrize(
    ("batches", "per_command", "seconds"),
    [
        ((SHORT_STEP,) * 20, 0.2, 2.4),
        ((CHECKED,), 0.2, 1.4),
        ((("command a run=true unless=true",),), 0.2, 5.4),
        ((("service a running=yes",),), 2.0, 7.0),
        ((("package a", "package b"),), 0.0, 35.2),
        ((("package a state=absent", "package b state=absent"),), 0.0, 21.2),
    ],
)
def test_what_goes_out_at_once_costs_its_commands_once(
    batches: tuple[tuple[str, ...], ...], per_command: float, seconds: float
) -> None:
    """Two commands for all of it, and what each step lasts on the server itself; apt itself once for all packages."""
    assert seconds_of(batches, per_command) == pytest.approx(seconds)


def whole_server(*, back: bool) -> list[tuple[str, ...]]:
    """The way in of a Debian server that had nothing of it: the steps of the example's server at Oak."""
    there = "file sysctl*31 checked package user directory file user package directory file*5 command*2 checked "
    there += "file package directory checked service package checked service ruleset"
    again = "sysctl*31 command*2 service*2 gone*2 directory gone*7 directory gone directory gone*2 service ruleset "
    again += "removed user*2 removed"
    words = {
        "file": SHORT_STEP,
        "checked": CHECKED,
        "package": ("package a",),
        "gone": ('file /etc/a check="a -t {}" state=absent',),
        "removed": ("package a state=absent", "package b state=absent"),
        "sysctl": ("sysctl a value=1",),
        "ruleset": ("ruleset a file=/etc/a",),
        "command": ("command a run=true unless=true",),
        "directory": ("directory /etc/a owner=root group=root mode=0755",),
    }
    counted = [one.partition("*") for one in (again if back else there).split()]
    return [words.get(kind, (f"{kind} a",)) for kind, _, count in counted for _ in range(int(count or 1))]


@pytest.mark.parametrize(
    ("back", "per_command", "reading", "minutes"),
    [
        # 33 and more, when each step was taken to last as long as the preflight, and each package a minute
        (False, 0.1, 5.0, 7),
        (False, 2.0, 20.0, 12),
        (True, 0.1, 5.0, 4),
        (True, 2.0, 20.0, 9),
    ],
)
def test_a_whole_server_is_cut_off_for_minutes_at_most(
    *, back: bool, per_command: float, reading: float, minutes: int
) -> None:
    """The timer is three times what it should take; no server is changed where becoming root takes over 2 s."""
    assert timer_minutes(whole_server(back=back), per_command, reading, Pace(revert_minutes=1)) == minutes


def test_a_small_change_has_the_shortest_timer_and_a_lab_shorter_minutes() -> None:
    """A lab's minutes are shorter and its servers' steps are not: it takes more of its minutes for the same."""
    assert timer_minutes([SHORT_STEP], 0.1, 1.0, Pace()) == 5
    assert timer_minutes(whole_server(back=False), 0.1, 5.0, Pace(minute=10)) == 42


def test_a_server_is_not_cut_off_for_more_than_half_an_hour() -> None:
    """Only a server that answers very slowly comes to that; the remedy says what to do."""
    assert timer_minutes(whole_server(back=False), 8.0, 60.0, Pace()) == 28
    with pytest.raises(PreflightError, match=r"57 steps .* 9\.0 s a command, need .* 31 minutes.* 30 are") as told:
        timer_minutes(whole_server(back=False), 9.0, 60.0, Pace())
    assert "--only TOPIC" in told.value.remedy
