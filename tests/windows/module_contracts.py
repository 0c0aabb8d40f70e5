"""What a module of ours says of itself: in its documentation, in its script's specification, and in its type."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tree_sitter
import tree_sitter_powershell
import yaml
from powershell import bare, walk

from trustctl.windows import TYPES, Kind, Property

ROLES = Path(__file__).parents[2] / "roles"
MODULES = sorted(ROLES.glob("*/library/trust_*.py"))
_LANGUAGE = tree_sitter.Language(tree_sitter_powershell.language())
_TEXTS = frozenset({Kind.TEXT, Kind.NAME, Kind.PATH, Kind.MAC})


@dataclass(frozen=True)
class Documented:
    """The three texts of a module's documentation file, as data."""

    documentation: Mapping[str, Any]
    examples: Any
    returns: Mapping[str, Any]


def documented(path: Path) -> Documented:
    """Read the file as Ansible does: nothing in it is run."""
    found = {
        target.id: ast.literal_eval(node.value)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return Documented(*(yaml.safe_load(found.get(name, "")) for name in ("DOCUMENTATION", "EXAMPLES", "RETURN")))


def plain(options: Mapping[str, Any], inner: str) -> dict[str, Any]:
    """Options without their descriptions, each with what a task may give: so can two sources be compared."""
    found: dict[str, Any] = {}
    for name, one in options.items():
        said: dict[str, Any] = {"type": one.get("type", "str")}
        for word in ("elements", "required", "default", "no_log"):
            if one.get(word) not in {None, False}:
                said[word] = one[word]
        if one.get("choices"):
            said["choices"] = sorted(map(str, one["choices"]))
        if one.get(inner):
            said["options"] = plain(one[inner], inner)
        found[name] = said
    return found


def of_type(module: str) -> dict[str, Any]:
    """The options that the type of a module calls for; without its key, and what a type does not say."""
    kind = TYPES[module]
    found = {one.name: _of_property(one) for one in kind.properties}
    if kind.removable:
        found["state"] = {"type": "str", "choices": ["absent", "present"]}
    found["operation"] = {"type": "str", "choices": ["read", "set"]}
    return found


def _of_property(one: Property) -> dict[str, Any]:
    words: dict[str, Any] = {"no_log": True} if one.secret else {}
    if one.required:
        words["required"] = True
    if one.choices:
        words["choices"] = sorted(one.choices)
    if one.of:
        words["options"] = {each.name: _of_property(each) for each in one.of}
        if one.key:
            words["options"][one.key]["required"] = True
    if one.kind in _TEXTS:
        return {"type": "str", **words}
    if one.kind in {Kind.NAMES, Kind.LIST}:
        return {"type": "list", "elements": "str", **words}
    return {
        Kind.NUMBER: {"type": "int"},
        Kind.FLAG: {"type": "bool"},
        Kind.NUMBERS: {"type": "list", "elements": "int"},
        Kind.RECORD: {"type": "dict"},
        Kind.RECORDS: {"type": "list", "elements": "dict"},
    }[one.kind] | words


def without(options: Mapping[str, Any], *words: str) -> dict[str, Any]:
    """Options without some of their words, at every depth."""
    return {
        name: {
            word: without(value, *words) if word == "options" else value
            for word, value in one.items()
            if word not in words
        }
        for name, one in options.items()
    }


def specification(path: Path) -> Mapping[str, Any]:
    """The table `$spec` of a script, read from its text."""
    root = tree_sitter.Parser(_LANGUAGE).parse(path.read_bytes()).root_node
    known: dict[str, Any] = {}
    for node in walk(root):
        if node.type != "assignment_expression":
            continue
        name, value = _text(bare(node.named_children[0])), bare(node.named_children[-1])
        if _text(value).startswith("[Func[Object, Int64]]"):
            known[name] = "int"  # Ansible.Basic's own int has 32 bits
        elif value.type == "hash_literal_expression" and name != "$spec":
            known[f"{name}.Keys"] = [_text(key).strip("'") for key in walk(value) if key.type == "key_expression"]
        elif value.type in {"array_literal_expression", "array_expression"}:
            known[name] = value
        elif name == "$spec":
            found = _value(value, known)
            assert isinstance(found, dict)
            return found
    raise AssertionError(f"{path} has no $spec")


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()


def _value(node: tree_sitter.Node, known: Mapping[str, Any]) -> Any:
    node = bare(node)
    text = _text(node)
    if node.type == "hash_literal_expression":
        entries = [one for body in node.named_children for one in body.named_children if one.type == "hash_entry"]
        return {_text(one.named_children[0]).strip("'\""): _value(one.named_children[-1], known) for one in entries}
    if node.type == "string_literal":
        assert text[0] == "'", f"{text} is not a plain text"
        return text[1:-1].replace("''", "'")
    if node.type in {"variable", "member_access"}:
        found = {"$true": True, "$false": False, "$null": None, **known}[text]
        return _value(found, known) if isinstance(found, tree_sitter.Node) else found
    if node.type.endswith("integer_literal"):
        return int(text)
    if node.type in {"array_literal_expression", "array_expression"}:
        found = [_value(one, known) for one in _items(node)]
        return found[0] if len(found) == 1 and isinstance(found[0], list) else found
    raise AssertionError(f"{text} in $spec is a {node.type}: write it as a plain value")


def _items(node: tree_sitter.Node) -> list[tree_sitter.Node]:
    """The items of `'a', 'b'` and of `@('a', 'b')`."""
    inner = node
    while inner.named_child_count == 1:
        inner = inner.named_children[0]
        if inner.type in {"string_literal", "integer_literal", "member_access"}:
            return [inner]
    return list(inner.named_children)
