"""How far the changes of a Windows host may go, and from which lines of its text each comes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trustctl.model.levels import Ownership, Stage
from trustctl.model.origin import LineOrigin, Place
from trustctl.model.plan import Flag, Intended, IntendedLine, Rule, Severity
from trustctl.plan.windows import WindowsScope, limited, origins_of
from trustctl.windows import Resource
from trustctl.windows.asked import Asked, Source, merged
from trustctl.windows.changes import changes, found_in, restart_flag
from trustctl.windows.resource import Difference
from trustctl.windows.topics import Topic

TIME = Asked(
    Resource("ansible.windows.win_timezone", "", {"timezone": "GMT Standard Time"}),
    Resource("ansible.windows.win_timezone", "", {"timezone": "UTC"}),
    changed=True,
    topic="Time",
    does="Set the time zone",
    role="windows_baseline",
    place="roles/windows_baseline/tasks/timezone.yml:2",
)


def group(name: str, members: list[str], have: list[str] | None, topic: str = "Local groups") -> Asked:
    """A local group whose members are exactly these."""
    return Asked(
        Resource("trust_local_group", name, {"members": members}),
        Resource("trust_local_group", name, None if have is None else {"members": have, "ensured": have}),
        changed=members != have,
        topic=topic,
        does="Set the members",
        role="windows_baseline",
        place="roles/windows_baseline/tasks/local_groups.yml:2",
    )


GROWS = group("Event Log Readers", ["a", "b"], ["a"])
LOSES = group("Administrators", ["a"], ["a", "KESTRELVALE\\Old"])
SAME = group("Users", ["a"], ["a"])
GONE = Asked(
    Resource("community.windows.win_firewall_rule", "Old rule", None),
    Resource("community.windows.win_firewall_rule", "Old rule", {"enabled": True}),
    changed=True,
    topic="Firewall",
    does="Set the rules",
    role="windows_baseline",
    place="roles/windows_baseline/tasks/firewall_rules.yml:2",
)
IGNORED = Ownership.IGNORED

CASES = [
    # what the inventory names as absent is a correction; what it does not name goes at stage own alone
    (WindowsScope(Stage.OWN), ("Time", "Local groups", "Firewall"), {}),
    (
        WindowsScope(Stage.ENSURE),
        ("Time", "Firewall"),
        {
            "trust_local_group Administrators": "stage ensure removes nothing, and it would lose members",
            "trust_local_group Event Log Readers": "left alone with its topic",
        },
    ),
    (WindowsScope(Stage.OWN, {"*": IGNORED, "Time": Ownership.OWNED}), ("Time",), {"Old rule": "the school's own"}),
    (
        WindowsScope(Stage.OWN, {"trust_local_group Administrators": IGNORED}),
        ("Time", "Firewall"),
        {"trust_local_group Event Log Readers": "trust_local_group Administrators is the school's own"},
    ),
    (WindowsScope(Stage.OWN, only=frozenset({"Time"})), ("Time",), {"Old rule": "not among the topics of this plan"}),
]


@pytest.mark.parametrize(("scope", "topics", "left"), CASES)
def test_a_topic_is_put_right_as_a_whole_or_left_alone_with_the_reason(
    scope: WindowsScope, topics: tuple[str, ...], left: dict[str, str]
) -> None:
    """Roles are carried out by topic: nothing of one goes out that was not to go."""
    found = limited([TIME, GROWS, LOSES, SAME, GONE], scope)
    assert found.topics == topics
    told = {section: item.why for item in found.untouched for section in item.lines}
    assert not {one.topic for one in found.asked} & {item.section[0] for item in found.untouched}
    for name, words in left.items():
        assert words in next(why for section, why in told.items() if name in section), told


SETTINGS = Asked(
    Resource("trust_defender", "", {"realtime": True}),
    Resource("trust_defender", "", {"realtime": False, "exclusion_paths": []}),
    changed=True,
    topic="Defender",
    does="Set Defender",
    role="windows_baseline",
    place="roles/windows_baseline/tasks/defender.yml:2",
    restart=True,
)
PATHS = {"exclusion_paths": ["D:\\Hyper-V"]}
EXCLUSIONS = replace(
    SETTINGS,
    want=Resource("trust_defender", "", PATHS),
    have=Resource("trust_defender", "", {"realtime": True, "exclusion_paths": []}),
    topic="Defender exclusions",
    restart=False,
)
AS_ASKED = replace(SETTINGS, changed=False, have=Resource("trust_defender", "", {"realtime": True}))
BOTH = merged([SETTINGS, EXCLUSIONS])
LEFT = {"Defender": IGNORED}
TWO_TOPICS = [
    ([SETTINGS, EXCLUSIONS], WindowsScope(Stage.OWN), ("Defender", "Defender exclusions"), ["realtime", *PATHS], ()),
    ([AS_ASKED, EXCLUSIONS], WindowsScope(Stage.OWN), ("Defender exclusions",), [*PATHS], ()),
    (
        [SETTINGS, EXCLUSIONS],
        WindowsScope(Stage.OWN, only=frozenset({"Defender exclusions"})),
        ("Defender exclusions",),
        [*PATHS],
        ("Defender",),
    ),
    ([SETTINGS, EXCLUSIONS], WindowsScope(Stage.OWN, only=frozenset({"Defender"})), ("Defender",), ["realtime"], None),
    ([SETTINGS, EXCLUSIONS], WindowsScope(Stage.OWN, LEFT), ("Defender exclusions",), [*PATHS], ("Defender",)),
    ([AS_ASKED, EXCLUSIONS], WindowsScope(Stage.OWN, only=frozenset({"Defender"})), (), [], ("Defender exclusions",)),
]


@pytest.mark.parametrize(("tasks", "scope", "topics", "names", "left"), TWO_TOPICS)
def test_a_resource_of_two_topics_is_put_right_by_each_that_would_change_it(
    tasks: list[Asked], scope: WindowsScope, topics: tuple[str, ...], names: list[str], left: tuple[str, ...] | None
) -> None:
    """A topic that is left alone takes nothing of the other along, and the other nothing of it."""
    found = limited([merged(tasks)], scope)
    assert found.topics == topics
    assert [name for one in found.asked for name in (found_in(one) or Difference(None, None)).names] == names
    assert {item.section[0] for item in found.untouched} == set(left if left is not None else ["Defender exclusions"])
    restart = restart_flag(found.asked)
    assert (restart is not None) == ("Defender" in topics)


def test_the_risk_of_each_topic_of_a_resource_is_told() -> None:
    """With the topic of the first task that would change it in front."""
    risks = {name: Flag(Rule.MGMT, Severity.HIGH, name) for name in BOTH.topics}
    topics = {name: Topic(name, flag) for name, flag in risks.items()}
    (told,) = changes([BOTH], topics, lambda _: ())
    assert (told.topic, set(risks.values()) <= set(told.flags)) == ("Defender", True)
    (one,) = changes([merged([AS_ASKED, EXCLUSIONS])], topics, lambda _: ())
    assert (one.topic, risks["Defender"] in one.flags) == ("Defender exclusions", False)


TEXT = """\
windows_baseline_timezone: "GMT Standard Time"
windows_baseline_features:
  - name: "FS-SMB1"
    installed: false
  - name: "Telnet-Client"
    installed: true
windows_baseline_power_plan: "balanced"
domain_member_ou: "x"
"""
LINES = [
    ("", (Source("windows_baseline_timezone"),), (1,)),
    ("Telnet-Client", (Source("windows_baseline_features", 0),), (5, 6)),
    ("no such", (Source("windows_baseline_features", 1),), (5, 6)),
    ("no such", (Source("windows_baseline_features"),), (2, 3, 4, 5, 6)),
    ("no such", (Source("no_such"), Source("windows_baseline_power_plan")), (7,)),
    ("no such", (Source("windows_baseline_features", 9),), (2, 3, 4, 5, 6)),
    ("no such", (), ()),
]


@pytest.mark.parametrize(("name", "sources", "numbers"), LINES)
def test_a_change_comes_from_the_lines_that_speak_of_it(
    name: str, sources: tuple[Source, ...], numbers: tuple[int, ...]
) -> None:
    """The item of its name, the item of its place, or the whole variable."""
    lines = tuple(
        IntendedLine(line, LineOrigin(Place("windows/host.j2", number)))
        for number, line in enumerate(TEXT.splitlines(), start=1)
    )
    one = Asked(
        Resource("trust_feature", name, {}), Resource("trust_feature", name, {}), True, "T", "", "", "", sources=sources
    )
    origins = origins_of(Intended("OAK-FS-01", "windows", lines))
    assert tuple(origin.template.line for origin in origins(one)) == numbers
