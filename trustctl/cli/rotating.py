"""`trustctl plan --rotate`: the next step of a rotation, worked out from what devices and servers have now."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address

from trustctl import __version__
from trustctl.cli.dialling import Dial
from trustctl.cli.planning import Made, trouble_of, with_versions
from trustctl.cli.rotating_read import OBSERVING, Found, read_all
from trustctl.cli.select import Chosen, Which
from trustctl.cli.workspace import Workspace
from trustctl.errors import DeviceError, SecretError, TrustctlError, UsageError
from trustctl.model.levels import Ownership
from trustctl.model.linux import LinuxHost
from trustctl.model.plan import Action, Intended
from trustctl.model.rotation import Rotation
from trustctl.model.school import School
from trustctl.model.secret import next_name
from trustctl.model.service import RadiusServer
from trustctl.model.switch import Device
from trustctl.model.windows import WindowsHost
from trustctl.plan.build import DeviceInput, PlanHead, make_plan, scope_of
from trustctl.plan.hosts import EVERYTHING, HostInput, host_scope
from trustctl.plan.places import (
    filled,
    places_only,
    radius_place,
    resending,
)
from trustctl.plan.rotation import Client, Key, Server, Step, next_step
from trustctl.secrets import Verifier
from trustctl.secrets.mark import coming_mark
from trustctl.secrets.verify import coming

RADIUS, LOGIN = "radius", "login"
_UNTOLD = (
    "nobody can compare what it holds. It counts as what a step of this rotation gave it, or else as the present value"
)
_MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person typed."""

    secret: str
    accepts: tuple[str, ...] = ()
    """RADIUS servers of others of which they say that they take the new key."""
    gap: bool = False


def secret_of(schools: Iterable[School], word: str) -> str:
    """The one secret that a person means by its name, or by `radius` or `login`. Raises UsageError."""
    families: dict[str, set[str]] = {RADIUS: set(), LOGIN: set()}
    for school in schools:
        services = school.services
        families[RADIUS] |= {server.key.name for server in services.radius}
        families[LOGIN] |= {services.local_user.secret.name}
        families[LOGIN] |= {services.enable_secret.name} if services.enable_secret else set()
    names = sorted(families.get(word, {word}))
    known = sorted(families[RADIUS] | families[LOGIN])
    if len(names) == 1 and names[0] in known:
        return names[0]
    if word in families:
        raise UsageError(f"{word} is more than one secret here", remedy=f"name one of {', '.join(names)}")
    raise UsageError(f"{word} is no secret that can be rotated step by step", remedy=f"name one of {', '.join(known)}")


def rotate(workspace: Workspace, which: Which, way: Dial, asked: Asked) -> Made:
    """Plan the next step. Raises UsageError for what was typed, SecretError if either value is missing."""
    if which.limit:
        raise UsageError("--rotate and --limit do not fit together", remedy="a key is rotated for whole schools")
    chosen = tuple(one for one in which.of(workspace.trust) if not isinstance(one[1], WindowsHost))
    schools = {school.slug: school for school, _ in chosen}
    secret = secret_of(schools.values(), asked.secret)
    if coming(workspace.secrets, secret) is None:
        raise SecretError(
            f"there is no coming value of {secret}",
            where=next_name(secret),
            remedy=f"make one: trustctl secret rotate {secret}; or add `{next_name(secret)}: ...` to the secrets file",
        )
    radius = any(server.key.name == secret for school in schools.values() for server in school.services.radius)
    chosen = tuple(one for one in chosen if not radius or _has_part(one[1]))
    if not radius:
        _same_login(workspace, chosen, secret)
    workspace.secrets.get(secret)  # without it nobody could tell which of the two values a device has
    found = read_all(workspace, chosen, way, secret)
    work = _Radius(found, secret, asked, workspace) if radius else _Login(found, secret)
    return work.made(workspace)


def _same_login(workspace: Workspace, chosen: Chosen, secret: str) -> None:
    """Refuse where we sign in by the same value under another name that has no such coming value: we would be out."""
    store = workspace.secrets
    for school, device in chosen:
        login, services = device.login, school.services
        ours = (login.username, secret) == (services.local_user.name, services.local_user.secret.name)
        enables = services.enable_secret is not None and services.enable_secret.name == secret
        for name, counts in ((login.password, ours), (login.enable, enables)):
            if not counts or name is None or name == secret or store.get(name) != store.get(secret):
                continue
            if coming(store, name) != coming(store, secret):
                raise SecretError(
                    f"we sign in to {device.name} by {name}, which has the value of {secret} and not its coming one",
                    where=next_name(name),
                    remedy=f"give {next_name(name)} the value of {next_name(secret)}, then plan again",
                )


def _has_part(device: Device) -> bool:
    return not isinstance(device, LinuxHost) or RADIUS in device.roles


@dataclass(slots=True)
class _Work(ABC):
    """What a rotation of either kind says and sends."""

    found: list[Found]
    secret: str

    @abstractmethod
    def made(self, workspace: Workspace) -> Made:
        """The plan of the next step."""

    def plan(
        self, workspace: Workspace, rotation: Rotation, keys: Mapping[str, Mapping[str, Key]], notes: Sequence[str]
    ) -> Made:
        """The plan that gives these devices these values in these places."""
        exact = Verifier(workspace.secrets)
        rotation = replace(rotation, mark=coming_mark(workspace.secrets, self.secret))
        inputs = tuple(self._input(workspace, one, keys.get(one.device.name, {}), exact) for one in self.found)
        head = PlanHead(
            workspace.clock.now(), workspace.commit(), __version__, rotation=rotation, notes=(*notes, *self._untold())
        )
        plan = make_plan(workspace.trust, inputs, head, exact)
        plan = with_versions(workspace, plan, [one.intended for one in inputs])
        lost = {
            device.name: DeviceError(device.reason)
            for device in plan.devices
            if device.action in {Action.REFUSED, Action.UNREACHABLE}
        }
        return Made(plan, trouble_of(lost, len(plan.devices)))

    def _input(
        self, workspace: Workspace, one: Found, keys: Mapping[str, Key], exact: Verifier
    ) -> DeviceInput | HostInput:
        """A device with the lines of this step; with none, if the step is not about it."""
        if isinstance(one.device, LinuxHost):
            meant = _either(one.intended, lambda lines: filled(lines, self.secret, keys, whole=True))
            scope = replace(host_scope(one.device), ownership={EVERYTHING: Ownership.IGNORED})
            if keys and isinstance(meant, Intended):
                scope = places_only(host_scope(one.device), meant, self.secret)
            return HostInput(one.device, one.school, meant, one.observed, scope)
        platform = workspace.platform(one.device.platform)
        key = next(iter(keys.values()), Key.NEXT)
        narrow = resending(scope_of(one.device, one.school, platform, exact), self.secret, key)
        meant = _either(one.intended, lambda lines: filled(lines, self.secret, keys))
        return DeviceInput(one.device, one.school, platform, meant, one.observed, narrow)

    def _untold(self) -> list[str]:
        names = [one.device.name for one in self.found if any(not held.sure for held in one.held.values())]
        if not names:
            return []
        return [f"{_listed(names)}: {_UNTOLD}"]


@dataclass(slots=True)
class _Login(_Work):
    """An account's password or the privileged one: every device by itself, checked by signing in anew."""

    def made(self, workspace: Workspace) -> Made:
        keys = {
            one.device.name: {place: Key.NEXT for place, held in one.held.items() if held.key is not Key.NONE}
            for one in self.found
            if not one.stuck and any(held.key not in {Key.NEXT, Key.NONE} for held in one.held.values())
        }
        stuck = [f"waiting for {one.device.name}: {one.stuck}" for one in self.found if one.stuck and one.held]
        if not keys and not stuck:
            return self.plan(workspace, Rotation(self.secret, 0, 1, "done"), {}, [_finish(self.secret)])
        title = "every device gets the new password, in place; where we sign in by it, a new session proves it"
        rotation = Rotation(self.secret, 1, 1, title, {name: tuple(places) for name, places in keys.items()})
        notes = [f"rotation of {self.secret}, step 1 of 1: {title}", *stuck]
        return self.plan(workspace, rotation, keys, notes)


@dataclass(slots=True)
class _Radius(_Work):
    """A RADIUS key: server by server, so that each device always agrees with another one."""

    asked: Asked
    workspace: Workspace
    names: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """What a server is called, by its name and address: schools may have servers of one name."""
    servers: list[Server] = field(default_factory=list[Server])

    def made(self, workspace: Workspace) -> Made:
        self._servers()
        clients = self._clients()
        step = next_step(self.servers, clients, gap=self.asked.gap)
        if step is None:
            return self.plan(workspace, Rotation(self.secret, 0, 0, "done"), {}, [_finish(self.secret)])
        keys = self._keys(step)
        title = self._title(step)
        places = {name: tuple(found) for name, found in keys.items()}
        rotation = Rotation(self.secret, step.number, step.of, title, places, step.key.value)
        return self.plan(workspace, rotation, keys, self._notes(step, title, clients))

    def _ours(self) -> list[tuple[School, int, RadiusServer]]:
        schools = {one.school.slug: one.school for one in self.found}
        return [
            (school, at, server)
            for school in schools.values()
            for at, server in enumerate(school.services.radius)
            if server.key.name == self.secret
        ]

    def _servers(self) -> None:
        hosts = {one.device.name: one for one in self.found if isinstance(one.device, LinuxHost) and one.held}
        many: dict[str, set[str]] = {}
        for _, _, server in self._ours():
            many.setdefault(server.name, set()).add(str(server.address))
        for _, _, server in self._ours():
            key = (server.name, str(server.address))
            if key in self.names:
                continue
            self.names[key] = server.name if len(many[server.name]) == 1 else f"{server.name} ({server.address})"
            ours = next((name for name, one in hosts.items() if server.address in _addresses(one.device)), "")
            self.servers.append(_server(self.names[key], hosts.pop(ours, None), self.asked.accepts))
        self.servers += [_server(one.device.name, one, ()) for one in hosts.values()]
        by_hand = {one.name for one in self.servers if not one.host}
        for name in self.asked.accepts:
            if name not in by_hand:
                there = f"those are {', '.join(sorted(by_hand))}" if by_hand else "there is none"
                raise UsageError(
                    f"{name} is no server whose key a person changes", remedy=f"give no --accepts for it; {there}"
                )

    def _clients(self) -> list[Client]:
        named = {(school.slug, radius_place(at)): (one.name, str(one.address)) for school, at, one in self._ours()}
        return [
            Client(
                one.device.name,
                {self.names[named[one.school.slug, place]]: held.key for place, held in one.held.items()},
                one.stuck,
            )
            for one in self.found
            if not isinstance(one.device, LinuxHost)
        ]

    def _keys(self, step: Step) -> dict[str, dict[str, Key]]:
        keys: dict[str, dict[str, Key]] = {}
        for one in self.found:
            if one.device.name in step.devices:
                places = list(one.held) if step.of_server else self._place(one.school, step.server)
                keys[one.device.name] = dict.fromkeys(places, step.key)
        return keys

    def _place(self, school: School, server: str) -> list[str]:
        return [
            radius_place(at)
            for at, one in enumerate(school.services.radius)
            if self.names.get((one.name, str(one.address))) == server
        ]

    def _title(self, step: Step) -> str:
        if step.of_server:
            return f"{step.server} takes the new key{' (by hand)' if step.by_hand else ''}"
        return (
            f"the devices ask {step.server} with {'the new key' if step.key is Key.NEXT else 'the present key again'}"
        )

    def _notes(self, step: Step, title: str, clients: Sequence[Client]) -> list[str]:
        notes = [f"rotation of {self.secret}, step {step.number} of {step.of}: {title}"]
        if step.by_hand:
            notes.append(self._by_hand(step, clients))
        others = [server.name for server in self.servers if server.name != step.server]
        if step.cut_off:
            notes.append(
                f"GAP: nobody signs in by way of {_listed(step.cut_off)} from this step until the next one is applied; "
                "have that plan's command ready, and do both outside lessons"
            )
        elif step.of_server and others and clients:
            notes.append(
                f"until the next step is done the devices are answered by {_listed(others)} alone: it must be up"
            )
        return [*notes, *(f"waiting for {why}" for why in step.waits)]

    def _by_hand(self, step: Step, clients: Sequence[Client]) -> str:
        asking = {one.name for one in clients if one.asks.get(step.server, Key.NONE) is not Key.NONE}
        listed = [f"{one.device.name} {one.device.address}" for one in self.found if one.device.name in asking]
        accepts = " ".join(f"--accepts {name}" for name in (*self.asked.accepts, step.server))
        return (
            f"by hand, now: at {step.server} set the shared secret of {_listed(listed)} to the value of "
            f"{next_name(self.secret)}. Then plan the next step with {accepts}"
        )


def _either(intended: Intended | TrustctlError, change: Callable[[Intended], Intended]) -> Intended | TrustctlError:
    return intended if isinstance(intended, TrustctlError) else change(intended)


def _addresses(device: Device) -> set[IPv4Address]:
    """Where it answers today, and where it will."""
    return {device.address, device.management.address.ip}


def _server(name: str, host: Found | None, accepts: Sequence[str]) -> Server:
    if host is None:
        return Server(name, Key.NEXT if name in accepts else Key.NOW)
    held = next(iter(host.held.values()))
    takes = Key.UNREAD if host.stuck == OBSERVING and held.key is Key.NOW else held.key
    return Server(name, takes, host.device.name)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    return f"{shown} and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else shown


def _finish(secret: str) -> str:
    return (
        f"rotation of {secret}: every device and server that was read has the coming value. When that is so at every "
        f"school that uses it, make it the value: trustctl secret rotate {secret} --finish"
    )
