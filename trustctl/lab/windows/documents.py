"""Where Ansible's modules lie on this machine, and what their documentation says. Nothing of Ansible is imported."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, cast

import yaml

from trustctl.errors import UsageError

COLLECTIONS = "ansible_collections"
_PARTS_OF_NAME = 3
_LEGACY = "ansible.legacy."
_BUILTIN = "ansible.builtin."


class NoModuleError(Exception):
    """There is no such module, or it has no documentation."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option as documented; `kind` is Ansible's word for its type."""

    name: str
    kind: str = "str"
    elements: str = ""
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    suboptions: Mapping[str, Option] = field(default_factory=dict[str, "Option"])
    wide: bool = False
    """A number that the script takes by a converter of its own: it may be greater than a 32 bit integer."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module: its full name, its script and its options."""

    name: str
    script: Path
    options: Mapping[str, Option]
    legacy: bool
    """It reads its arguments by Legacy.psm1, which returns no invocation."""


@cache
def installed(package: str) -> Path:
    """The folder of an installed top-level package, which is not imported. Raises UsageError."""
    spec = PathFinder.find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise UsageError(
            f"simulated Windows hosts need {package}, which is not installed", remedy="install trustctl[windows]"
        )
    return Path(places[0])


class Library:
    """The modules that a host can be asked to run: the installed collections', and those in the roles' folders."""

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._folders = tuple(folders)
        self._known: dict[str, Module] = {}

    def module(self, name: str) -> Module:
        """A module by the name in Ansible's manifest (`ansible.legacy.x`) or in a task. Raises NoModuleError."""
        short = name.removeprefix(_LEGACY)
        if short not in self._known:
            self._known[short] = self._read(short)
        return self._known[short]

    def _read(self, name: str) -> Module:
        script, document = self._files(name)
        text = script.read_text(encoding="utf-8-sig")
        said = _documentation(document)
        options = _options(_merged(said))
        legacy = "Ansible.ModuleUtils.Legacy" in text and "CSharpUtil Ansible.Basic" not in text
        return Module(name, script, {key: _as_declared(one, text) for key, one in options.items()}, legacy)

    def _files(self, name: str) -> tuple[Path, Path]:
        """Script and documentation of a module."""
        parts = name.split(".")
        if len(parts) == 1:
            places = self._folders
        elif len(parts) == _PARTS_OF_NAME:
            places = (installed(COLLECTIONS) / parts[0] / parts[1] / "plugins" / "modules",)
        else:
            raise NoModuleError(f"{name} is no name of a module")
        for folder in places:
            script = folder / f"{parts[-1]}.ps1"
            documents = [one for one in (script.with_suffix(".py"), script.with_suffix(".yml")) if one.is_file()]
            if script.is_file() and documents:
                return script, documents[0]
        raise NoModuleError(f"there is no documented module {name} in {', '.join(map(str, places)) or 'no folder'}")


def _documentation(path: Path) -> dict[str, Any]:
    """The DOCUMENTATION of a `.py`, or of a sidecar `.yml`."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yml":
        read: Any = yaml.load(text, Loader=yaml.CSafeLoader)
        return cast("dict[str, Any]", read["DOCUMENTATION"])
    return _constants(text)["DOCUMENTATION"]


def _constants(text: str) -> dict[str, dict[str, Any]]:
    """Every constant text in a file, at its top or in a class, that is YAML of a mapping."""
    found: dict[str, dict[str, Any]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            names = [target.id for target in node.targets if isinstance(target, ast.Name) and target.id.isupper()]
            for name in names:
                read: Any = yaml.load(node.value.value, Loader=yaml.CSafeLoader)
                if isinstance(read, dict):
                    found[name] = cast("dict[str, Any]", read)
    return found


def _merged(said: Mapping[str, Any]) -> dict[str, Any]:
    """The options with those of the fragments that the documentation names."""
    options: dict[str, Any] = dict(said.get("options") or {})
    named: Any = said.get("extends_documentation_fragment") or []
    for fragment in [named] if isinstance(named, str) else named:
        for part in str(fragment).split(","):
            more: dict[str, Any] = _fragment(part.strip()).get("options") or {}
            options = {**more, **options}
    return options


@cache
def _fragment(name: str) -> dict[str, Any]:
    parts = name.split(".")
    if name.startswith(_BUILTIN):
        parts = parts[2:]
        folder = installed("ansible") / "plugins" / "doc_fragments"
    elif len(parts) >= _PARTS_OF_NAME:
        folder = installed(COLLECTIONS) / parts[0] / parts[1] / "plugins" / "doc_fragments"
        parts = parts[2:]
    else:
        folder = installed("ansible") / "plugins" / "doc_fragments"
    section = parts[1].upper() if len(parts) > 1 else "DOCUMENTATION"
    path = folder / f"{parts[0]}.py"
    if not path.is_file():
        raise NoModuleError(f"there is no documentation fragment {name}")
    return _constants(path.read_text(encoding="utf-8")).get(section, {})


def _options(written: Mapping[str, Any]) -> dict[str, Option]:
    return {name: _option(name, dict(one or {})) for name, one in written.items()}


def _option(name: str, written: Mapping[str, Any]) -> Option:
    choices: Any = written.get("choices") or ()
    return Option(
        name,
        str(written.get("type") or "str"),
        str(written.get("elements") or ""),
        bool(written.get("required", False)),
        written.get("default"),
        tuple(_word(one) for one in choices),
        tuple(str(one) for one in written.get("aliases") or ()),
        _options(written.get("suboptions") or {}),
    )


def _word(value: Any) -> str:
    """A choice as a text: YAML makes a truth of `yes` and `no`, which are written so in Ansible's documentation."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _as_declared(option: Option, script: str) -> Option:
    """An option with what the script says of its type, where it says more than the documentation."""
    wide = option.kind == "int" and bool(re.search(_DELEGATE.format(re.escape(option.name)), script))
    suboptions = {key: _as_declared(one, script) for key, one in option.suboptions.items()}
    return Option(
        option.name,
        option.kind,
        option.elements,
        option.required,
        option.default,
        option.choices,
        option.aliases,
        suboptions,
        wide,
    )


_DELEGATE = r"(?is)(?<!\w){}\s*=\s*@\{{[^{{}}]*?\b(?:type|elements)\s*=\s*(?:\$|\[)"
_NO_LOG = re.compile(r"(?is)(?<![\w.])(\w+)\s*=\s*@\{[^{}]*?\bno_log\s*=\s*\$true")


def secret_options(*scripts: str) -> frozenset[str]:
    """The names of the options that scripts declare `no_log`."""
    return frozenset(name for script in scripts for name in _NO_LOG.findall(script))
