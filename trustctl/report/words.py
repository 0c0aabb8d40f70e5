"""A plan in sentences: the headline for the engineer, the paragraph for a head teacher."""

from __future__ import annotations

from collections.abc import Sequence

from trustctl.model.levels import Stage
from trustctl.model.plan import Action, ChangeKind, Plan, Rule, Severity
from trustctl.report.review import Edit, LeftAlone, Review, Target, Topic

MARKS = {ChangeKind.ADD: "+", ChangeKind.REPLACE: "~", ChangeKind.REMOVE: "-"}
"""The mark of each kind of change, the same in every form of report."""

_KIND = {ChangeKind.ADD: "added", ChangeKind.REPLACE: "corrected", ChangeKind.REMOVE: "removed"}

_IN_PLAIN_WORDS = {
    Rule.MGMT: "it touches the path by which we reach a device",
    Rule.UPLINK: "it touches a link between devices",
    Rule.STP: "the network may pause for some seconds while it finds its paths again",
    Rule.DHCP: "it touches how computers and phones get their addresses",
    Rule.POE: "phones, wireless access points or cameras on some ports lose power for a moment",
    Rule.RELOAD: "a device has to restart",
    Rule.DELETE: "something that a device has today is removed",
    Rule.CLIENT: "computers on some ports lose the network for a moment",
    Rule.SECRET: "a password or key is set",
    Rule.UNPARSED: "some lines on a device are not understood, and are left as they are",
}


_FEW_PORTS = 4
"""More than this are counted beside their ranges."""


def count(number: int, noun: str, plural: str = "") -> str:
    """Before: 1, "switch", "switches". After: "1 switch"; for 2, "2 switches". The plural adds an s if not given."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """Before: a, b, c. After: "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


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
        parts.append("nothing to change")
    if numbers.unreachable:
        parts.append(f"unreachable {numbers.unreachable}")
    if numbers.refused:
        parts.append(f"refused {numbers.refused}")
    return f"{who}: {', '.join(parts)}"


def _undo(review: Review) -> str:
    if review.numbers.changes == review.numbers.not_applied:
        return "nothing will be applied"
    missing = review.numbers.without_undo
    return f"undo missing on {count(missing, 'device')}" if missing else "undo ready"


def paragraph(review: Review) -> str:
    """What the plan means, in words that need no network engineer. Sentences only; no device text."""
    sentences = [_what(review), *_stages(review.plan), *_care(review), *_not_reached(review)]
    return " ".join(sentence for sentence in sentences if sentence)


def _what(review: Review) -> str:
    numbers = review.numbers
    where = f"at {listed([review.title(school) for school in review.schools[:4]])}"
    if len(review.schools) > 4:  # noqa: PLR2004 - four names are read, five are skipped
        where = f"at {count(len(review.schools), 'school')}"
    looked = numbers.devices - numbers.unreachable - numbers.refused
    if not looked:
        return f"None of the {count(numbers.devices, 'device')} {where} could be compared with the trust's standard."
    if not numbers.changes:
        same = "Everything that was looked at" if looked > 1 else "The device that was looked at"
        return f"{same} {where} already matches the trust's standard: {count(looked, 'device')}, nothing to change."
    whole = f"{numbers.changed} of {count(numbers.devices, 'device')} {where} differ from the trust's standard."
    if numbers.devices == 1:
        whole = f"One device {where} differs from the trust's standard."
    topics = sorted(review.topics, key=lambda topic: -topic.changes)[:3]
    most = listed([f"{topic.name} ({topic.changes})" for topic in topics])
    kinds = [(sum(topic.counts.get(kind, 0) for topic in review.topics), word) for kind, word in _KIND.items()]
    how = listed([f"{number} {word}" for number, word in kinds if number])
    lead = "Most is about" if len(review.topics) > len(topics) else "It is about"
    return f"{whole} This plan makes {count(numbers.changes, 'change')} ({how}). {lead} {most}."


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
    rules = list(dict.fromkeys(risk.rule for risk in weighty))
    sentences = [f"To take care of: {'; '.join(_IN_PLAIN_WORDS[rule] for rule in rules)}."] if rules else []
    if not review.numbers.reloads:
        sentences.append("No device restarts.")
    timed = [device for device in review.plan.devices if device.applies]
    if all(device.tier != "C" for device in timed):
        sentences.append("A device that we can no longer reach undoes its change by itself within minutes.")
    return sentences


def _not_reached(review: Review) -> list[str]:
    names = {Action.UNREACHABLE: "did not answer", Action.REFUSED: "could not be planned safely"}
    sentences: list[str] = []
    for action, what in names.items():
        number = sum(device.action is action for device in review.plan.devices)
        if number:
            sentences.append(f"{count(number, 'device')} {what}; nothing is known or changed there.")
    return sentences


def where(targets: Sequence[Target], everyone: frozenset[str] = frozenset(), *, most: int = 4) -> str:
    """Before: 24 like ports on each of 3 devices. After: "same on 3 devices, Gi1/0/1-24 on each: a, b, c".

    `everyone` are the devices with changes: if it is all of them, they are not named one by one.
    """
    alike = len({target.ranges for target in targets}) == 1
    shared = ", ".join(targets[0].ranges)
    ports = sum(len(target.ports) for target in targets)
    if len(targets) == 1:
        return f"{targets[0].device} {shared}".rstrip() + (f" ({count(ports, 'port')})" if ports > _FEW_PORTS else "")
    each = (f", {shared} on each" if alike else f", {count(ports, 'port')}") if ports else ""
    if alike and everyone == frozenset(target.device for target in targets):
        return f"on all {count(len(targets), 'device')}{each}"
    names = [target.device if alike else f"{target.device} {', '.join(target.ranges)}" for target in targets]
    shown = ("," if alike else ";").join(f" {name}" for name in names[:most])
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"same on {count(len(targets), 'device')}{each}:{shown}{more}"


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
    """Before: 34 lines on 2 devices. After: "34 lines on 2 devices: unmanaged"."""
    return f"{count(part.lines, 'line')} on {count(part.devices, 'device')}: {part.why}"
