"""Plan <-> JSON document. The shape is that of docs/plan.md; an older reader ignores what it does not know.

`digest` is the sha256 of the canonical JSON (sorted keys, no blanks) of everything else in the document.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from trustctl.errors import PlanFileError
from trustctl.model.levels import Stage
from trustctl.model.origin import Layer, LineOrigin, Origin, Place
from trustctl.model.plan import (
    Action,
    Change,
    ChangeKind,
    DevicePlan,
    Flag,
    Own,
    Plan,
    Rule,
    Severity,
    Tier,
    Untouched,
)
from trustctl.model.rotation import Rotation
from trustctl.plan.rotation import Key

FORMAT_VERSION = "1.0"

Document = dict[str, object]


def digest_of(document: Mapping[str, object]) -> str:
    """Return the digest of a plan document, its own `digest` key left out."""
    body = {key: value for key, value in document.items() if key != "digest"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def to_document(plan: Plan) -> Document:
    """Return the plan file's document, with its digest: the plan's own if it has one (`load` checks it)."""
    document: Document = {
        "format_version": FORMAT_VERSION,
        "created": plan.created.isoformat(),
        "expires": plan.expires.isoformat(),
        "inventory_commit": plan.inventory_commit,
        "inventory_digest": plan.inventory_digest,
        "tool_version": plan.tool_version,
        "against": plan.against,
        "only": list(plan.only),
        "notes": list(plan.notes),
        "overdue": list(plan.overdue),
        "secrets": dict(plan.secrets),
        "rotation": _rotation(plan.rotation) if plan.rotation else None,
        "summary": _summary(plan),
        "devices": [_device(device) for device in plan.devices],
    }
    document["digest"] = plan.digest or digest_of(document)
    return document


def _summary(plan: Plan) -> Document:
    return {
        "devices": len(plan.devices),
        "changed": len(plan.changed),
        "unreachable": sum(device.action is Action.UNREACHABLE for device in plan.devices),
        "refused": sum(device.action is Action.REFUSED for device in plan.devices),
        "risk": plan.risk.value,
    }


def _rotation(rotation: Rotation) -> Document:
    return {
        "secret": rotation.secret,
        "step": rotation.step,
        "steps": rotation.steps,
        "title": rotation.title,
        "places": [{"device": device, "places": list(places)} for device, places in rotation.places.items()],
        "mark": rotation.mark,
        "key": rotation.key,
    }


def _device(device: DevicePlan) -> Document:
    return {
        "name": device.name,
        "school": device.school,
        "kind": device.kind,
        "platform": device.platform,
        "engine": device.engine,
        "stage": device.stage.value,
        "tier": device.tier.value,
        "restarts": device.restarts,
        "action": device.action.value,
        "reason": device.reason,
        "address": device.address,
        "serial": device.serial,
        "observed_source": device.observed_source,
        "observed_digest": device.observed_digest,
        "intended_digest": device.intended_digest,
        "target_digest": device.target_digest,
        "changes": [_change(change) for change in device.changes],
        "commands": list(device.commands),
        "undo": list(device.undo),
        "untouched": [
            {"section": list(item.section), "lines": list(item.lines), "why": item.why} for item in device.untouched
        ],
        "flags": [_flag(flag) for flag in device.flags],
        "observed": list(device.observed_lines),
    }


def _change(change: Change) -> Document:
    return {
        "summary": change.summary,
        "topic": change.topic,
        "kind": change.kind.value,
        "section": list(change.section),
        "before": list(change.before),
        "after": list(change.after),
        "commands": list(change.commands),
        "undo": list(change.undo),
        "origin": [_origin(origin) for origin in change.origin],
        "flags": [_flag(flag) for flag in change.flags],
        "in_commands": list(change.in_commands),
        "own": [{"start": own.start, "what": own.what} for own in change.own],
        "diff": list(change.diff),
    }


def _flag(flag: Flag) -> Document:
    return {"rule": flag.rule.value, "severity": flag.severity.value, "why": flag.why}


def _origin(origin: LineOrigin) -> Document:
    values: list[Document] = [
        {
            "path": path,
            "value": str(value.place) if value.place else value.note,
            "layer": value.layer.value,
            "derived": value.place is None,
        }
        for path, value in origin.values
    ]
    first = values[0] if values else {"value": "", "layer": ""}
    return {
        "template": str(origin.template),
        "value": first["value"],
        "layer": first["layer"],
        "values": values,
    }


def from_document(document: Mapping[str, object], *, where: str = "plan") -> Plan:
    """Return the Plan of a document.

    Unknown keys are ignored. Raises PlanFileError for an unknown major version, a missing or wrong key, or a digest
    that does not match.
    """
    version = str(document.get("format_version", ""))
    if version.split(".", maxsplit=1)[0] != FORMAT_VERSION.split(".", maxsplit=1)[0]:
        raise PlanFileError(
            f"the plan's format version is {version or 'missing'}; this trustctl reads {FORMAT_VERSION}",
            where=where,
            remedy="plan again with this version, or apply with the version that made the plan",
        )
    if document.get("digest") != digest_of(document):
        raise PlanFileError(
            "the plan does not match its own digest: it was changed after it was made",
            where=where,
            remedy="make a new plan and review it; a plan is never edited",
        )
    try:
        return _plan(_Reader(document))
    except (KeyError, TypeError, ValueError) as error:
        raise PlanFileError(f"the plan is damaged: {error}", where=where, remedy="make a new plan") from error


class _Reader:
    """Typed access to a JSON object; raises TypeError with the key."""

    def __init__(self, value: object) -> None:
        if not isinstance(value, Mapping):
            raise TypeError("expected an object")
        self._map = cast("Mapping[str, object]", value)

    def text(self, key: str, default: str | None = None) -> str:
        value = self._map.get(key, default) if default is not None else self._map[key]
        if not isinstance(value, str):
            raise TypeError(f"{key} is not text")
        return value

    def optional(self, key: str) -> str | None:
        value = self._map.get(key)
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{key} is not text")
        return value

    def pairs(self, key: str) -> dict[str, str]:
        found = self._map.get(key, {})
        pairs = cast("Mapping[object, object]", found) if isinstance(found, Mapping) else None
        if pairs is None or not all(isinstance(text, str) for pair in pairs.items() for text in pair):
            raise TypeError(f"{key} is not texts by name")
        return dict(cast("Mapping[str, str]", pairs))

    def flag(self, key: str) -> bool:
        return self._map.get(key) is True

    def texts(self, key: str) -> tuple[str, ...]:
        items = self._list(key)
        if not all(isinstance(item, str) for item in items):
            raise TypeError(f"{key} is not a list of texts")
        return tuple(cast("Sequence[str]", items))

    def numbers(self, key: str) -> tuple[int, ...]:
        items = self._list(key)
        if not all(isinstance(item, int) for item in items):
            raise TypeError(f"{key} is not a list of numbers")
        return tuple(cast("Sequence[int]", items))

    def number(self, key: str) -> int:
        value = self._map[key]
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"{key} is not a number")
        return value

    def part(self, key: str) -> _Reader | None:
        value = self._map.get(key)
        return None if value is None else _Reader(value)

    def objects(self, key: str) -> tuple[_Reader, ...]:
        return tuple(_Reader(item) for item in self._list(key))

    def _list(self, key: str) -> Sequence[object]:
        value = self._map.get(key, [])
        if not isinstance(value, list):
            raise TypeError(f"{key} is not a list")
        return cast("Sequence[object]", value)


def _plan(read: _Reader) -> Plan:
    return Plan(
        created=datetime.fromisoformat(read.text("created")),
        expires=datetime.fromisoformat(read.text("expires")),
        inventory_commit=read.text("inventory_commit"),
        inventory_digest=read.text("inventory_digest"),
        tool_version=read.text("tool_version"),
        devices=tuple(_read_device(item) for item in read.objects("devices")),
        digest=read.text("digest"),
        against=read.text("against", ""),
        only=read.texts("only"),
        notes=read.texts("notes"),
        overdue=read.texts("overdue"),
        secrets=read.pairs("secrets"),
        rotation=_read_rotation(found) if (found := read.part("rotation")) else None,
    )


def _read_rotation(read: _Reader) -> Rotation:
    return Rotation(
        secret=read.text("secret"),
        step=read.number("step"),
        steps=read.number("steps"),
        title=read.text("title"),
        places={one.text("device"): one.texts("places") for one in read.objects("places")},
        mark=read.text("mark"),
        key=_one_of(read.text("key"), Key.NOW, Key.NEXT),
    )


def _one_of(text: str, *known: Key) -> str:
    if text not in known:
        raise ValueError(f"key {text!r} is no value that a step of a rotation gives")
    return text


def _read_device(read: _Reader) -> DevicePlan:
    return DevicePlan(
        name=read.text("name"),
        school=read.text("school"),
        kind=read.text("kind"),
        platform=read.text("platform"),
        engine=read.text("engine"),
        stage=Stage(read.text("stage")),
        tier=Tier(read.text("tier")),
        restarts=read.flag("restarts"),
        action=Action(read.text("action")),
        reason=read.text("reason", ""),
        address=read.text("address", ""),
        serial=read.optional("serial"),
        observed_source=read.text("observed_source", ""),
        observed_digest=read.text("observed_digest"),
        intended_digest=read.text("intended_digest"),
        target_digest=read.text("target_digest", ""),
        changes=tuple(_read_change(item) for item in read.objects("changes")),
        commands=read.texts("commands"),
        undo=read.texts("undo"),
        untouched=tuple(
            Untouched(item.texts("section"), item.texts("lines"), item.text("why"))
            for item in read.objects("untouched")
        ),
        flags=tuple(_read_flag(item) for item in read.objects("flags")),
        observed_lines=read.texts("observed"),
    )


def _read_change(read: _Reader) -> Change:
    return Change(
        summary=read.text("summary"),
        topic=read.text("topic"),
        kind=ChangeKind(read.text("kind")),
        section=read.texts("section"),
        before=read.texts("before"),
        after=read.texts("after"),
        commands=read.texts("commands"),
        undo=read.texts("undo"),
        origin=tuple(_read_origin(item) for item in read.objects("origin")),
        flags=tuple(_read_flag(item) for item in read.objects("flags")),
        in_commands=read.numbers("in_commands"),
        own=tuple(Own(item.text("start"), item.text("what")) for item in read.objects("own")),
        diff=read.texts("diff"),
    )


def _read_flag(read: _Reader) -> Flag:
    return Flag(Rule(read.text("rule")), Severity(read.text("severity")), read.text("why"))


def _read_origin(read: _Reader) -> LineOrigin:
    return LineOrigin(
        template=_place(read.text("template")),
        values=tuple((item.text("path"), _read_value(item)) for item in read.objects("values")),
    )


def _read_value(read: _Reader) -> Origin:
    layer = Layer(read.text("layer"))
    if read.flag("derived"):
        return Origin(layer, None, read.text("value"))
    return Origin(layer, _place(read.text("value")))


def _place(text: str) -> Place:
    file, _, line = text.rpartition(":")
    return Place(file, int(line))


def with_digest(plan: Plan) -> Plan:
    """Return the plan with the digest of its document."""
    return replace(plan, digest=str(to_document(replace(plan, digest=""))["digest"]))
