"""The base part as an Ansible playbook: the same resources by the modules that come with Ansible.

What differs between hosts (contents of files, names) stands in each host's variables, as people do it.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

Resource = dict[str, Any]


def play(resources: list[Resource]) -> list[dict[str, Any]]:
    """The playbook, from the resources of one host; all hosts have the same ones, each with its own values."""
    tasks: list[dict[str, Any]] = []
    handlers: dict[str, dict[str, Any]] = {}
    watched = {
        path: f"{word} {one['name']}"
        for one in resources
        if one["kind"] == "service"
        for word in ("restart", "reload")
        for path in one.get(word, "").split(",")
        if path
    }
    numbered = list(enumerate(resources))
    for (is_package, absent), group in groupby(
        numbered, key=lambda pair: (pair[1]["kind"] == "package", pair[1].get("state") == "absent")
    ):
        if is_package:
            names = [one["name"] for _, one in group]
            words = {"name": names, "state": "absent" if absent else "present"}
            tasks.append({"name": f"packages {' '.join(names)}", "ansible.builtin.apt": words})
            continue
        for number, one in group:
            made = _tasks(number, one)
            if one["name"] in watched:
                made[-1]["notify"] = watched[one["name"]]
            tasks += made
            for word in ("restart", "reload"):
                if one["kind"] == "service" and one.get(word):
                    handler = {"name": one["name"], "state": f"{word}ed"}
                    handlers[f"{word} {one['name']}"] = {"ansible.builtin.systemd_service": handler}
    return [
        {
            "hosts": "all",
            "become": True,
            "gather_facts": False,
            "tasks": tasks,
            "handlers": [{"name": name, **what} for name, what in handlers.items()],
        }
    ]


def variables(resources: list[Resource]) -> dict[str, str]:
    """One host's own values of the playbook."""
    found: dict[str, str] = {}
    for number, one in enumerate(resources):
        if one["kind"] == "file":
            found[f"content_{number}"] = "".join(f"{line}\n" for line in one["content"])
        elif one["kind"] in {"hostname", "timezone"}:
            found[f"value_{number}"] = one["value"]
    return found


def _tasks(number: int, one: Resource) -> list[dict[str, Any]]:
    kind, name = one["kind"], one["name"]
    if kind == "command":
        look = {"name": f"is {name} done", "ansible.builtin.shell": one["unless"], "register": f"look_{number}"}
        look |= {"check_mode": False, "changed_when": False, "failed_when": False}
        run = {"name": name, "ansible.builtin.shell": one["run"], "when": f"look_{number}.rc != 0"}
        return [look, run]
    return [{"name": f"{kind} {name}", **_module(number, one)}]


def _module(number: int, one: Resource) -> dict[str, Any]:
    kind, name = one["kind"], one["name"]
    if kind == "file":
        words = {"dest": name, "content": f"{{{{ content_{number} }}}}", **_held(one)}
        if one.get("check"):
            words["validate"] = one["check"].replace("{}", "%s")
        return {"ansible.builtin.copy": words}
    if kind == "directory":
        return {"ansible.builtin.file": {"path": name, "state": "directory", **_held(one)}}
    if kind == "service":
        state = "started" if one.get("running", "yes") == "yes" else "stopped"
        words = {"name": name, "state": state}
        return {"ansible.builtin.systemd_service": words | ({"enabled": one["enabled"]} if one.get("enabled") else {})}
    if kind == "hostname":
        return {"ansible.builtin.hostname": {"name": f"{{{{ value_{number} }}}}", "use": "systemd"}}
    if kind == "timezone":
        return {"community.general.timezone": {"name": f"{{{{ value_{number} }}}}"}}
    raise ValueError(f"the bench has no module for {kind}")


def _held(one: Resource) -> dict[str, str]:
    return {"owner": one["owner"], "group": one["group"], "mode": one["mode"]}
