"""What a rotation reads: each device with a mark in each place of the secret, and what it has there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from trustctl.cli.dialling import Dial
from trustctl.cli.planning import Seen, observe_live, rendered
from trustctl.cli.rotated import given_before
from trustctl.cli.select import Chosen
from trustctl.cli.workspace import Workspace
from trustctl.config import compare, read, read_intended
from trustctl.errors import TrustctlError
from trustctl.hosts import parse, text_lines
from trustctl.model.levels import Ownership, Stage
from trustctl.model.linux import LinuxHost
from trustctl.model.plan import Intended, Observed
from trustctl.model.school import School
from trustctl.model.switch import Device
from trustctl.plan.build import scope_of
from trustctl.plan.hosts import EVERYTHING, wanted
from trustctl.plan.places import (
    ACCOUNT,
    ENABLE,
    Held,
    filled,
    held_on_device,
    held_on_host,
    marked,
    places_of,
    radius_place,
    resending,
)
from trustctl.plan.rotation import Key
from trustctl.secrets import Verifier

OBSERVING = "stage observe: nothing is written to it"
_LEFT = "the inventory leaves to the school where the secret stands, so it is never set"
_OTHERWISE = (
    "it speaks of {0} otherwise than the inventory does: bring it in step before the rotation (take the coming value "
    "out of the store, plan without --rotate, apply, and begin again)"
)


@dataclass(slots=True)
class Found:
    """What was read of one device: its marked lines, and what it has in each place."""

    school: School
    device: Device
    intended: Intended | TrustctlError
    observed: Observed | TrustctlError
    held: dict[str, Held] = field(default_factory=dict[str, Held])
    stuck: str = ""


def read_all(workspace: Workspace, chosen: Chosen, way: Dial, secret: str) -> list[Found]:
    """Render with a mark in each place, read every device, and see what it has there."""
    intended = rendered(workspace, tuple((marked(school, secret), device) for school, device in chosen))
    for _, device in chosen:
        meant = intended[device.name]
        if isinstance(device, LinuxHost) and isinstance(meant, Intended):
            workspace.wants[device.name] = tuple(wanted(filled(meant, secret, {}, whole=True)).values())
    seen = observe_live(workspace, chosen, way)
    return [_found(workspace, school, device, intended[device.name], seen, secret) for school, device in chosen]


def _found(
    workspace: Workspace, school: School, device: Device, intended: Intended | TrustctlError, seen: Seen, secret: str
) -> Found:
    found = Found(school, device, intended, seen[device.name])
    for one in (intended, found.observed):
        if isinstance(one, TrustctlError):
            found.stuck = one.problem
    if isinstance(intended, TrustctlError):
        found.held = {place: Held(Key.UNREAD) for place in _expected(school, device, secret)}
        return found
    if isinstance(found.observed, TrustctlError):
        found.held = {place: Held(Key.UNREAD) for place in places_of(intended)}
        return found
    try:
        found.held = _held(workspace, found, intended, found.observed, secret)
    except TrustctlError as error:
        found.stuck = error.problem
        found.held = {place: Held(Key.UNREAD) for place in places_of(intended)}
    if device.stage is Stage.OBSERVE and not found.stuck:
        found.stuck = OBSERVING
    return found


def _expected(school: School, device: Device, secret: str) -> list[str]:
    """The places that a device may have where its lines are not known."""
    servers = [radius_place(at) for at, server in enumerate(school.services.radius) if server.key.name == secret]
    return servers or [ACCOUNT, ENABLE]


def _held(workspace: Workspace, found: Found, intended: Intended, observed: Observed, secret: str) -> dict[str, Held]:
    places = places_of(intended)
    exact = Verifier(workspace.secrets)
    if isinstance(found.device, LinuxHost):
        have = parse(text_lines(observed.running), where=found.device.name)
        return dict.fromkeys(places, held_on_host(have, intended, secret, exact)) if places else {}
    platform = workspace.platform(found.device.platform)
    config = read(observed.running, platform.rulebook, where=observed.source)
    own = scope_of(found.device, found.school, platform, exact)
    # what a device has is read even where the inventory leaves it to the school
    every = replace(own, stage=Stage.ENSURE, ownership={EVERYTHING: Ownership.OWNED})
    held: dict[str, Held] = {}
    for place in places:
        one = held_on_device(config, intended, secret, place, every, platform.rulebook)
        if not one.sure and given_before(workspace, found.device, secret, place, (config, intended)):
            one = Held(Key.NEXT, sure=False)
        if one.key is Key.NONE and (server := _asked_otherwise(found.school, place, observed)):
            one, found.stuck = Held(Key.UNREAD), _OTHERWISE.format(server)
        held[place] = one
        if one.key in {Key.NOW, Key.OTHER}:
            wanted_lines = read_intended(filled(intended, secret, {place: Key.NEXT}), platform.rulebook)
            if not compare(config, wanted_lines, resending(own, secret, Key.NEXT)).commands:
                found.stuck = _LEFT
    return held


def _asked_otherwise(school: School, place: str, observed: Observed) -> str:
    """The server of this place, if the device speaks of its address though not as the inventory does; else nothing."""
    for at, server in enumerate(school.services.radius):
        if radius_place(at) == place and re.search(
            rf"(?<![\d.]){re.escape(str(server.address))}(?![\d.])", observed.running
        ):
            return server.name
    return ""
