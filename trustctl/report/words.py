"""A plan in sentences: the headline for the engineer, the paragraph for a head teacher."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from trustctl.model.levels import Stage
from trustctl.model.plan import Action, ChangeKind, DevicePlan, Plan, Rule, Severity, Tier
from trustctl.report.review import Edit, LeftAlone, Review, Target, Topic

MARKS = {ChangeKind.ADD: "+", ChangeKind.REPLACE: "~", ChangeKind.REMOVE: "-"}
"""The mark of each kind of change, the same in every form of report."""

_KIND = {ChangeKind.ADD: "added", ChangeKind.REPLACE: "corrected", ChangeKind.REMOVE: "removed"}

_FELT = {
    Rule.STP: "the network may pause for up to half a minute while it finds its paths again",
    Rule.POE: "phones, wireless access points or cameras on some ports may lose power for a moment",
    Rule.CLIENT: "computers on some ports may lose the network for a moment",
    Rule.SERVICE: "names or sign-ins may take a moment longer while a server's service restarts",
    Rule.DHCP: "a computer or phone that starts during the change may wait for its address",
    Rule.RELOAD: "a device has to restart",
}
"""What people in the school may notice."""

_WATCHED = {
    Rule.MGMT: "the way by which we reach the devices",
    Rule.UPLINK: "the links between the devices",
    Rule.LINK: "cables whose two ends would not agree",
    Rule.DELETE: "what is removed",
    Rule.SECRET: "passwords and keys",
    Rule.UNPARSED: "what could not be read for certain",
}
"""What the engineer has an eye on."""

_COUNTED = {
    Rule.LASTING: "that no command takes back",
    Rule.UNKNOWN: "that nobody can tell before an apply",
}
"""What whoever decides wants to know the number of, and the topics."""

_ONE_OF_A_KIND = re.compile(r"(?:create|remove) the [^:]+ \S+")
"""Summaries of resources of a server: a gist says once what is done to several of a kind."""

_MOST_TOPICS = 6
"""So many topics are named with their number of changes."""

_SHORT_RANGES = 24
"""Longer lists of a device's ports are counted where several devices are named."""

_FEW_PORTS = 4
"""More than this are counted beside their ranges."""


def count(number: int, noun: str, plural: str = "") -> str:
    """Before: 1, "switch", "switches". After: "1 switch"; for 2, "2 switches". The plural adds an s if not given."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """Before: a, b, c. After: "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def weight(severity: Severity) -> str:
    """What stands before a reason; one without a weight is a note."""
    return "note" if severity is Severity.NONE else severity.value


def headline(review: Review) -> str:
    """One line: who, how many devices and changes, the risk, what is removed or reloaded, and whether undo is ready."""
    numbers = review.numbers
    who = review.schools[0] if len(review.schools) == 1 else count(len(review.schools), "school")
    parts = [count(numbers.devices, "device")]
    if numbers.changes:
        parts.append(count(numbers.changes, "change"))
        risk = numbers.risk.upper() if numbers.risk is Severity.HIGH else numbers.risk.value
        parts.append(f"risk {risk} ({numbers.at_risk})" if numbers.at_risk else f"risk {risk}")
        parts += [f"reload {numbers.reloads}", f"removes {numbers.removes}", _undo(review)]
    else:
        blind = bool(review.plan.devices) and all(map(_blind, review.plan.devices))
        parts.append("nothing compared" if blind else "nothing to change")
    if numbers.unreachable:
        parts.append(f"unreachable {numbers.unreachable}")
    if numbers.refused:
        parts.append(f"refused {numbers.refused}")
    return f"{who}: {', '.join(parts)}"


def _undo(review: Review) -> str:
    if review.numbers.changes == review.numbers.not_applied:
        return "nothing will be applied"
    missing = review.numbers.without_undo
    return f"undo incomplete on {count(missing, 'device')}" if missing else "undo ready"


def paragraphs(review: Review) -> list[str]:
    """What the plan means, what may be noticed, what is not known: words that need no network engineer.

    Sentences only; no device text.
    """
    parts = ([_what(review), *_stages(review.plan)], _care(review), _not_reached(review))
    return [" ".join(part) for part in parts if part]


def _what(review: Review) -> str:
    numbers = review.numbers
    where = f"at {listed([review.title(school) for school in review.schools[:4]])}"
    if len(review.schools) > 4:  # noqa: PLR2004 - four names are read, five are skipped
        where = f"at {count(len(review.schools), 'school')}"
    looked = sum(not _blind(device) for device in review.plan.devices)
    if not looked and numbers.devices == 1:
        return f"The one device {where} could not be compared with the trust's standard."
    if not looked:
        return f"None of the {count(numbers.devices, 'device')} {where} could be compared with the trust's standard."
    if not numbers.changes:
        same = "Everything that was looked at" if looked > 1 else "The device that was looked at"
        return f"{same} {where} already matches the trust's standard: {count(looked, 'device')}, nothing to change."
    both = "Both" if numbers.devices == 2 else f"All {numbers.devices}"  # noqa: PLR2004 - the word for two
    some = f"{numbers.changed} of {numbers.devices}" if numbers.changed < numbers.devices else both
    verb = "differs" if numbers.changed == 1 else "differ"
    whole = f"{some} devices {where} {verb} from the trust's standard."
    if numbers.devices == 1:
        whole = f"One device {where} differs from the trust's standard."
    topics = sorted(review.topics, key=lambda topic: -topic.changes)[:3]
    most = "; ".join(f"{topic.name} ({topic.changes})" for topic in topics)
    kinds = [(sum(topic.counts.get(kind, 0) for topic in review.topics), word) for kind, word in _KIND.items()]
    how = listed([f"{number} {word}" for number, word in kinds if number])
    lead = "Most is about" if len(review.topics) > len(topics) else "It is about"
    makes = "would make" if numbers.changes == numbers.not_applied else "makes"
    return f"{whole} This plan {makes} {count(numbers.changes, 'change')} ({how}). {lead} {most}."


def _stages(plan: Plan) -> list[str]:
    changed = plan.changed
    shown = sum(not device.applies for device in changed)
    sentences: list[str] = []
    if shown and shown == len(changed):
        sentences.append(
            "It only shows what would change: every one of these devices is at stage observe, "
            "where nothing is ever written."
        )
    elif shown:
        sentences.append(
            f"On {count(shown, 'device')} at stage observe it only shows what would change; nothing is written there."
        )
    removes = any(change.kind is ChangeKind.REMOVE for device in changed for change in device.changes)
    if changed and not removes and all(device.stage is not Stage.OWN for device in changed):
        sentences.append("What the school has beyond the standard stays as it is.")
    return sentences


def _care(review: Review) -> list[str]:
    if not any(device.applies for device in review.plan.devices):
        return []
    weighty = [risk for risk in review.risks if risk.severity in {Severity.HIGH, Severity.MEDIUM}]
    rules = {risk.rule for risk in weighty}
    sentences: list[str] = []
    if felt := [words for rule, words in _FELT.items() if rule in rules]:
        sentences.append(f"People may notice: {'; '.join(felt)}.")
    if watched := [words for rule, words in _WATCHED.items() if rule in rules]:
        sentences.append(f"The engineer watches {listed(watched)}.")
    sentences += _counted(review.plan)
    if not review.numbers.reloads:
        sentences.append("If all goes well no device restarts.")
    return [*sentences, *_way_back(review.plan)]


def _counted(plan: Plan) -> list[str]:
    """Before: changes with a flag of `_COUNTED`. After: "There are 3 changes that no command takes back: DNS (3)."."""
    sentences: list[str] = []
    for rule, what in _COUNTED.items():
        topics = Counter(
            change.topic
            for device in plan.devices
            if device.applies
            for change in device.changes
            if any(flag.rule is rule for flag in change.flags)
        )
        if topics:
            named = [f"{topic} ({number})" for topic, number in topics.most_common(_MOST_TOPICS)]
            named += [f"{count(left, 'more topic')}"] if (left := len(topics) - len(named)) else []
            number = topics.total()
            sentences.append(
                f"There {'is' if number == 1 else 'are'} {count(number, 'change')} {what}: {listed(named)}."
            )
    return sentences


def _way_back(plan: Plan) -> list[str]:
    """What a device does by itself if a change cuts it off, by how it undoes one."""
    by_hand = [device for device in plan.devices if device.applies and device.tier is Tier.C]
    others = [device for device in plan.devices if device.applies and device.tier is not Tier.C]
    ways = {device.restarts for device in others}
    restarts = "restarts" if ways == {True} else "may restart"
    back = f"{restarts} by itself within minutes and comes back as it was"
    if ways == {False}:
        back = "goes back to what it was by itself within minutes"
    if not by_hand:
        return [f"A device that we can no longer reach {back}."]
    ours = f"On {count(len(by_hand), 'device')} of tier C only we can undo a change"
    ours += f": somebody should be able to reach {'it' if len(by_hand) == 1 else 'them'} on site."
    if waiting := sum(device.needs_console for device in by_hand):
        them = "it" if len(by_hand) == 1 else f"{waiting} of them"
        ours += f" Nothing is sent to {them} before somebody is at the console."
    return [ours, f"Any other that we can no longer reach {back}."] if others else [ours]


def _not_reached(review: Review) -> list[str]:
    names = {Action.UNREACHABLE: "did not answer", Action.REFUSED: "could not be planned safely"}
    sentences: list[str] = []
    for action, what in names.items():
        number = sum(device.action is action and _blind(device) for device in review.plan.devices)
        if number:
            sentences.append(f"{count(number, 'device')} {what}; nothing is known or changed there.")
    shown = sum(device.action is Action.REFUSED and not _blind(device) for device in review.plan.devices)
    if shown:
        sentences.append(f"On {count(shown, 'device')} the changes are refused: they are shown, and nothing is sent.")
    return sentences


def _blind(device: DevicePlan) -> bool:
    """Whether the device was not compared at all."""
    return device.action in {Action.UNREACHABLE, Action.REFUSED} and not device.changes


def where(
    targets: Sequence[Target], everyone: frozenset[str] = frozenset(), *, most: int = 4, whole: bool = False
) -> str:
    """Before: 24 like ports on each of 3 devices. After: "same on 3 devices, Gi1/0/1-24 on each: a, b, c".

    `everyone` are the devices with changes: if it is all of them, they are not named one by one. `most` devices are
    named, and the ports of each counted where the list is long; `whole` names all.
    """
    alike = len({target.ranges for target in targets}) == 1
    shared = ", ".join(targets[0].ranges)
    ports = sum(len(target.ports) for target in targets)
    if len(targets) == 1:
        return f"{targets[0].device} {shared}".rstrip() + (f" ({count(ports, 'port')})" if ports > _FEW_PORTS else "")
    each = (f", {shared} on each" if alike else f", {count(ports, 'port')}") if ports else ""
    if everyone == frozenset(target.device for target in targets) and (alike or not whole):
        return f"{'on both devices' if len(targets) == 2 else f'on all {len(targets)} devices'}{each}"  # noqa: PLR2004 - both
    names = [target.device if alike else f"{target.device} {_ports(target, whole=whole)}" for target in targets]
    most = len(names) if whole else most
    shown = ("," if alike else ";").join(f" {name}" for name in names[:most])
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"same on {count(len(targets), 'device')}{each}:{shown}{more}"


def _ports(target: Target, *, whole: bool) -> str:
    ranges = ", ".join(target.ranges)
    return ranges if whole or len(ranges) <= _SHORT_RANGES else count(len(target.ports), "port")


def gist(topic: Topic) -> str:
    """Before: a topic with many edits. After: their summaries in one line, the weightiest and most widespread first.

    Before: `create the DHCP scope A`, `create the DHCP scope B`. After: `create the DHCP scope A, B`.
    """
    edits = [
        (-list(Severity).index(edit.severity), -sum(max(1, len(one.ports)) for one in block.targets), edit.summary)
        for block in topic.blocks
        for edit in block.edits
    ]
    own = [f"{what} of {number}" for what, number in described_counts(topic)]
    named: dict[str, list[str]] = {}
    for summary in dict.fromkeys(summary for *_, summary in sorted(edits, key=lambda one: one[:2])):
        does, _, name = summary.rpartition(" ") if _ONE_OF_A_KIND.fullmatch(summary) else (summary, "", "")
        named.setdefault(does, []).append(name)
    return "; ".join([*(f"{does} {', '.join(names)}".strip() for does, names in named.items()), *own])


def described_counts(topic: Topic) -> list[tuple[str, str]]:
    """Before: descriptions of 16 ports, host names of 7 devices. After: ("description", "16 ports"), ..."""
    found: dict[str, tuple[int, int]] = {}
    for one in topic.described:
        ports, devices = found.get(one.what, (0, 0))
        found[one.what] = (ports + len(one.target.ports), devices + 1)
    return [
        (what, count(ports, "port") if ports else count(devices, "device")) for what, (ports, devices) in found.items()
    ]


def description_words(before: str, after: str) -> str:
    """Before: a port's description before and after. After: "AP 1 -> Access point", or "none -> Access point"."""
    return f"{before or 'none'} -> {after or 'none'}"


def flag_tags(edit: Edit) -> str:
    """Before: an edit with two flags. After: "UPLINK high, CLIENT low"; empty without flags."""
    return ", ".join(dict.fromkeys(f"{flag.rule} {flag.severity}" for flag in edit.flags))


def topic_counts(topic: Topic) -> str:
    """Before: 3 adds, 1 replace. After: "+3 ~1"."""
    return " ".join(f"{MARKS[kind]}{topic.counts[kind]}" for kind in ChangeKind if kind in topic.counts)


def left_alone(part: LeftAlone) -> str:
    """Before: 34 lines on 2 devices. After: "34 lines on 2 devices: unmanaged"; without any line, "2 sections on"."""
    what = "line" if any(lines for _, _, lines in part.parts) else "section"
    return f"{count(part.lines, what)} on {count(part.devices, 'device')}: {part.why}"
