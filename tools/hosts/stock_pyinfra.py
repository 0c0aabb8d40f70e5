"""The base part as somebody would write it for pyinfra with the operations that come with it.

    pyinfra inventory.py stock_pyinfra.py

`host.data.resources` are the resources of the host's description, one dictionary each (`bench_hosts.resources`).
"""

from __future__ import annotations

from io import StringIO
from itertools import groupby
from typing import Any

from pyinfra.context import host
from pyinfra.facts.server import Command
from pyinfra.operations import apt, files, server, systemd

_changed: dict[str, Any] = {}
"""What an operation will tell about each path, for the services that restart when it changes."""


def _packages(names: list[str], *, present: bool) -> None:
    apt.packages(packages=names, present=present)


def _file(one: dict[str, Any]) -> None:
    text = "".join(f"{line}\n" for line in one["content"])
    _changed[one["name"]] = files.put(
        src=StringIO(text), dest=one["name"], user=one["owner"], group=one["group"], mode=one["mode"]
    )


def _service(one: dict[str, Any]) -> None:
    enabled = {"yes": True, "no": False}.get(one.get("enabled", ""))
    systemd.service(service=one["name"], running=one.get("running", "yes") == "yes", enabled=enabled)
    for word in ("restart", "reload"):
        below = [_changed[path] for path in one.get(word, "").split(",") if path in _changed]
        if below:
            systemd.service(
                name=f"{word} {one['name']}",
                service=one["name"],
                restarted=word == "restart",
                reloaded=word == "reload",
                _if=lambda below=below: any(meta.did_change() for meta in below),
            )


def _command(one: dict[str, Any]) -> None:
    done = host.get_fact(Command, command=f"if {one['unless']}; then echo done; else echo not; fi")
    if done != "done":
        server.shell(commands=[one["run"]])


def _one(one: dict[str, Any]) -> None:
    kind = one["kind"]
    if kind == "file":
        _file(one)
    elif kind == "directory":
        files.directory(path=one["name"], user=one["owner"], group=one["group"], mode=one["mode"])
    elif kind == "service":
        _service(one)
    elif kind == "hostname":
        server.hostname(hostname=one["value"])
    elif kind == "timezone":
        server.timezone(timezone=one["value"])
    elif kind == "command":
        _command(one)
    else:
        raise ValueError(f"the bench has no operation for {kind}")


for (is_package, absent), group in groupby(
    host.data.resources, key=lambda one: (one["kind"] == "package", one.get("state") == "absent")
):
    if is_package:
        _packages([one["name"] for one in group], present=not absent)
    else:
        for resource in group:
            _one(resource)
