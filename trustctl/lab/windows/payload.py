"""What ansible-core sends down a pipeline to run a module: a bootstrap, and a manifest (ansible-core 2.19).

The form belongs to ansible-core's internals (`executor/powershell/module_manifest.py`): whatever is not just so is a
loud fault, as is a script that is not byte for byte the one on this machine.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from trustctl.lab.windows.documents import Library, Module, NoModuleError, installed, secret_options
from trustctl.lab.windows.model.refusal import NotModelledError

_END_OF_BOOTSTRAP = "\0\0\0\0"
_WRAPPER = "module_wrapper.ps1"
_COLLECTION = "ansible_collections."
_PLACE = ".plugins.modules."


@dataclass(frozen=True, slots=True)
class Task:
    """One module's run as asked for. Arguments may be secret: they are in no `repr` and no log."""

    module: Module
    args: Mapping[str, Any] = field(repr=False)
    check: bool
    secrets: frozenset[str] = frozenset()
    """The names of the options that are never shown."""


@cache
def shipped_script(name: str) -> str:
    """A script of ansible-core's `executor/powershell`."""
    return (installed("ansible") / "executor" / "powershell" / name).read_text(encoding="utf-8")


def is_bootstrap(script: str) -> bool:
    """Whether this is the wrapper that reads what `decoded` reads, as the shell plugin strips its lines."""
    shipped = (line.strip() for line in shipped_script("bootstrap_wrapper.ps1").splitlines())
    return script == "\n".join(line for line in shipped if line)


def decoded(lines: Sequence[str], library: Library) -> Task:
    """Read what was sent into a pipeline. Raises NotModelledError for everything that is not a module's run."""
    try:
        end = list(lines).index(_END_OF_BOOTSTRAP)
        bootstrap: dict[str, Any] = json.loads("".join(lines[:end]))
        manifest: dict[str, Any] = json.loads("".join(lines[end + 1 :]))
        if bootstrap["name"] != "exec_wrapper" or bootstrap["script"] != shipped_script("exec_wrapper.ps1"):
            raise NotModelledError(f"an exec wrapper that is not ansible-core's: {bootstrap['name']}")
        return _task(manifest, library)
    except (ValueError, KeyError, TypeError, IndexError, StopIteration) as error:
        raise NotModelledError(
            f"a payload of another form than ansible-core 2.19 sends ({type(error).__name__}: {error}): has the "
            "version changed?"
        ) from error


def _task(manifest: Mapping[str, Any], library: Library) -> Task:
    actions: list[dict[str, Any]] = manifest["actions"]
    if [one["name"] for one in actions] != [_WRAPPER]:
        raise NotModelledError(f"the actions {', '.join(str(one['name']) for one in actions)}")
    params: dict[str, Any] = actions[0]["params"]
    if not params.get("ForModule") or params.get("Environment"):
        raise NotModelledError("a script that is no module, or one with an environment of its own")
    sent = str(params["Script"])
    module = _module(sent, library)
    scripts: dict[str, dict[str, str]] = manifest["scripts"]
    if base64.b64decode(scripts[sent]["script"]) != module.script.read_bytes():
        raise NotModelledError(f"the script of {module.name} that was sent is not the one in {module.script}")
    arguments: dict[str, Any] = next(one["Value"] for one in params["Variables"] if one["Name"] == "complex_args")
    helpers = [
        base64.b64decode(scripts[one]["script"]).decode("utf-8", "replace") for one in params["PowerShellModules"]
    ]
    names = secret_options(module.script.read_text(encoding="utf-8-sig"), *helpers)
    return Task(module, arguments, arguments.get("_ansible_check_mode") is True, names)


def _module(sent: str, library: Library) -> Module:
    name = sent.removesuffix(".ps1")
    if name.startswith(_COLLECTION):
        collection, _, short = name.removeprefix(_COLLECTION).partition(_PLACE)
        name = f"{collection}.{short}"
    try:
        return library.module(name)
    except NoModuleError as error:
        raise NotModelledError(str(error)) from None
