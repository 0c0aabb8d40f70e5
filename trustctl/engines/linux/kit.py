"""For plain pyinfra: `deploy("base")` carries out one part of a host's description by the same operations as trustctl.

    pyinfra trustctl.engines.linux.pyinfra_inventory.hosts trustctl/engines/linux/deploys/base.py

There is no way back on the host then, nothing is confirmed and no journal is kept: that is trustctl's part. And
pyinfra's own connector hands a sudo password over as an argument (docs/sources.md P21): use an account that needs none.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyinfra.context import host

from trustctl.engines.linux.border import Host, OperationMeta, data_of
from trustctl.engines.linux.facts import observed
from trustctl.engines.linux.operations import OPERATIONS
from trustctl.engines.linux.operations.current import forgetting, seeing
from trustctl.errors import DeviceError
from trustctl.hosts import Key, Resource, parse, spread, text_lines
from trustctl.model.secret import SECRET_TOKEN
from trustctl.secrets import FileSecrets, verify
from trustctl.secrets.shacrypt import sha512crypt

_SALT = string.ascii_letters + string.digits
_SECONDS = 600


def deploy(role: str) -> None:
    """Prepare the operations of one part on the host at hand. Raises DeviceError for a host without that part.

    `host.data.description` is the host's description, `host.data.secrets_file` the trust's file of secrets.
    """
    here: Host = host
    data = data_of(here)
    whole = parse(text_lines(data["description"]), where=here.name)
    want = [one for one in whole.values() if one.topic.role == role]
    if not want:
        return
    value = _values(data.get("secrets_file"))
    arguments = {"_sudo": bool(data.get("sudo", True)), "_timeout": _SECONDS}
    beside = [one for one in whole.values() if one.kind == "service" and one not in want and _reads(one, want)]
    have = observed(here, [*want, *beside], **arguments)
    untold = [one for one in have.values() if one.untold]
    if untold:
        raise DeviceError(
            f"{untold[0].kind} {untold[0].name} could not be read: {untold[0].get('why')}", where=here.name
        )
    seeing(here, have.values())
    try:
        again = [one for one in beside if have[one.key].get("running") == "yes"]
        _prepare([_filled(one, have[one.key], value) for one in want], again, arguments)
    finally:
        # while they are carried out, operations read for themselves
        forgetting(here)


def _reads(service: Resource, want: Sequence[Resource]) -> set[str]:
    """The names of these resources after whose change the service starts again, or reads again."""
    return {one.name for one in want} & {*service.values("restart"), *service.values("reload")}


def _prepare(want: Sequence[Resource], beside: Sequence[Resource], arguments: Mapping[str, Any]) -> None:
    """Prepare the part, and then what starts again after it; `beside` are services of other parts, which run now.

    A service that its package started before its files were there starts again because of them.
    """
    metas: dict[Key, OperationMeta] = {}
    for one in want:
        metas[one.key] = OPERATIONS[one.kind](one, name=f"{one.kind} {one.name}", **arguments)
    for one in (*want, *beside):
        for verb in ("restart", "reload") if one.kind == "service" else ():
            below = [meta for (_, name), meta in metas.items() if name in one.values(verb)]
            if below:
                step = Resource("service", one.name, (("do", verb),))
                OPERATIONS["service"](step, name=f"{verb} {one.name}", _if=_any_of(below), **arguments)


def _any_of(metas: Sequence[OperationMeta]) -> Callable[[], bool]:
    return lambda: any(meta.is_complete() and meta.did_change() for meta in metas)


def _values(path: str | None) -> Callable[[str], str]:
    def value(text: str) -> str:
        if "<secret:" not in text:
            return text
        if not path:
            raise DeviceError("a secret is needed, and host.data.secrets_file names no file of secrets")
        store = FileSecrets(Path(path))
        return SECRET_TOKEN.sub(lambda hit: store.get(hit[1]), text)

    return value


def _filled(one: Resource, have: Resource, value: Callable[[str], str]) -> Resource:
    """Put secrets in; a password that the host has already is its own hash, so that nothing changes."""
    attrs = {word: value(text) for word, text in one.attrs}
    if "password" in attrs:
        held, clear = have.get("hash"), attrs.pop("password")
        fits = held.startswith("$") and verify("crypt", held, clear)
        attrs["hash"] = held if fits else sha512crypt(clear, "".join(secrets.choice(_SALT) for _ in range(16)))
    content = None if one.content is None else spread(one.content, value)
    return Resource(one.kind, one.name, tuple(attrs.items()), content, one.topic)
