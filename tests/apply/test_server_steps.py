"""In which order, and how many at once, a server's steps go out."""

from __future__ import annotations

import pytest

from trustctl.apply.hosts import apart
from trustctl.apply.server import groups, packages_to_come
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
