"""Whether our PowerShell can be read, and keeps to the house's style: `python tools/powershell.py [FILE...]`.

Without files: every tracked `*.ps1` and `*.psm1`. Prints `file:line:column problem; remedy` for each fault. No
PowerShell is run: tree-sitter-powershell knows the language's form, not its cmdlets, their parameters or types; so this
is never proof that a script is right.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import tree_sitter
import tree_sitter_powershell
from powershell_words import ALIASES, RESERVED, SHORT_PARAMETERS, STORAGE, VERBS

ROOT = Path(__file__).resolve().parents[1]
_LANGUAGE = tree_sitter.Language(tree_sitter_powershell.language())
_CMDLET = re.compile(r"[A-Z][A-Za-z]+-[A-Z][A-Za-z0-9]+")
_PROGRAM = re.compile(r"[a-z][a-z0-9_]*\.exe")
_SHELLS = frozenset({"cmd.exe", "powershell.exe", "pwsh.exe", "wscript.exe", "cscript.exe"})
_PARAMETER = re.compile(r"-[A-Z][A-Za-z0-9]+:?")
_HASH_MEMBERS = frozenset({"count", "keys", "values", "length", "getenumerator", "psobject"})
_REFUSED = re.compile(r"if \([^\n]*\$module\.CheckMode[^\n]*\) \{\s*\$module\.FailJson\(")
_ONLY_READS = re.compile(r"^if \(\$module\.Params\.operation -eq 'set'\) \{\s*\$module\.FailJson\(", re.MULTILINE)
_LIBRARY = re.compile(r"roles/[^/]+/library/[^/]+\.ps1")

Node = tree_sitter.Node


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where, and what to do about it. Line and column count from 1."""

    line: int
    column: int
    problem: str
    remedy: str


_LEVELS = frozenset(
    f"{name}_expression"
    for name in (
        *("logical", "bitwise", "comparison", "additive", "multiplicative", "format", "range", "array_literal"),
        *("unary", "left_assignment"),
    )
) | {"pipeline", "pipeline_chain"}
"""What tree-sitter puts around each value, one for each of the language's ranks of operators."""


def _at(node: Node, problem: str, remedy: str) -> Fault:
    return Fault(node.start_point[0] + 1, node.start_point[1] + 1, problem, remedy)


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8") if node is not None else ""


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, in the order of the text."""
    yield node
    for child in node.children:
        yield from walk(child)


def _of(root: Node, *kinds: str) -> Iterator[Node]:
    return (node for node in walk(root) if node.type in kinds)


def bare(node: Node) -> Node:
    """Return what an expression holds, below the levels that tree-sitter gives each: `$x`, `'a'`, `@{...}`."""
    while node.named_child_count == 1 and node.type in _LEVELS:
        node = node.named_children[0]
    return node


def faults(source: bytes, *, library: bool) -> list[Fault]:
    """Return what is wrong with one script, in the order of its lines; `library`: it is a module of ours."""
    root = tree_sitter.Parser(_LANGUAGE).parse(source).root_node
    broken = [*_unreadable(root)]
    if broken:
        return broken
    rules: Sequence[Callable[[Node], Iterable[Fault]]] = (
        _strict,
        _functions,
        _commands,
        _called,
        _code_from_text,
        _continued,
        _swallowed,
        _missing_keys,
        *((_module,) if library else ()),
    )
    found = [fault for rule in rules for fault in rule(root)]
    return sorted(found, key=lambda fault: (fault.line, fault.column))


def _unreadable(root: Node) -> Iterator[Fault]:
    for node in walk(root):
        if node.type == "ERROR" or node.is_missing:
            what = "something is missing here" if node.is_missing else "this cannot be read as PowerShell"
            yield _at(node, what, "close what is open before it, or write it in a plainer way")


def _strict(root: Node) -> Iterator[Fault]:
    """Set-StrictMode comes first, and errors stop."""
    statements = [one for part in root.named_children if part.type == "statement_list" for one in part.named_children]
    first = _text(statements[0]) if statements else ""
    if not re.fullmatch(r"Set-StrictMode -Version (2\.0|3\.0|Latest)", first):
        node = statements[0] if statements else root
        yield _at(node, "strict mode is not on", "begin with: Set-StrictMode -Version 2.0")
    if not any(re.fullmatch(r"\$ErrorActionPreference = 'Stop'", _text(one)) for one in statements[:3]):
        yield _at(root, "errors do not stop the script", "say $ErrorActionPreference = 'Stop' after Set-StrictMode")


def _functions(root: Node) -> Iterator[Fault]:
    for node in _of(root, "function_name"):
        verb, dash, noun = _text(node).partition("-")
        if not dash or verb not in VERBS - RESERVED or not noun[:1].isupper():
            yield _at(
                node, f"{_text(node)} is no approved verb and a noun", "name it as Get-Thing; Get-Verb lists the verbs"
            )
        elif noun in STORAGE:
            yield _at(
                node, f"{_text(node)} is a function of the module Storage", "name it otherwise: Windows' replaces it"
            )


def _commands(root: Node) -> Iterator[Fault]:
    ours = {_text(node) for node in _of(root, "function_name")}
    for command in _of(root, "command"):
        name = next((one for one in command.named_children if one.type == "command_name"), None)
        if name is None:
            continue
        word = _text(name)
        yield from _name(name, word, ours)
        if _CMDLET.fullmatch(word):
            yield from _arguments(command, word)


def _name(node: Node, word: str, ours: set[str]) -> Iterator[Fault]:
    if word.lower() in ALIASES:
        yield _at(node, f"{word} is an alias", f"write {ALIASES[word.lower()]}")
    elif word.lower() == "invoke-expression":
        yield _at(node, "Invoke-Expression runs a text as code", "call the cmdlet with its parameters")
    elif word.lower() == "write-host":
        yield _at(node, "Write-Host is for a person at a console", "put it into $module.Result, or $module.Warn()")
    elif word.lower() in _SHELLS:
        yield _at(node, f"{word} runs a text as commands", "call the program or cmdlet itself")
    elif word not in ours and not _PROGRAM.fullmatch(word):
        verb = word.partition("-")[0]
        if not _CMDLET.fullmatch(word) or verb not in VERBS | RESERVED:
            yield _at(node, f"{word} is no cmdlet, function of this file or program", "write Verb-Noun, or name.exe")


def _arguments(command: Node, word: str) -> Iterator[Fault]:
    """Parameters by their whole names, and no argument without one, but a block for ForEach- and Where-Object."""
    elements = next((one for one in command.named_children if one.type == "command_elements"), None)
    before = ""
    for one in elements.named_children if elements else ():
        if one.type == "command_argument_sep" or one.type.startswith("redirection"):
            continue
        text = _text(one)
        if one.type == "command_parameter":
            yield from _parameter(one, text)
        elif before != "command_parameter" and not _plain(text, word):
            yield _at(one, f"{text.splitlines()[0]} of {word} has no parameter's name", "write -Name before it")
        before = one.type


def _plain(text: str, word: str) -> bool:
    """Whether an argument needs no name: splatted parameters, and the block of the two cmdlets that live by one."""
    return bool(re.match(r"@[A-Za-z]", text)) or (text.startswith("{") and word in {"ForEach-Object", "Where-Object"})


def _parameter(node: Node, text: str) -> Iterator[Fault]:
    whole = SHORT_PARAMETERS.get(text.strip("-:").lower())
    if whole:
        yield _at(node, f"{text} is short for -{whole}", f"write -{whole}")
    elif not _PARAMETER.fullmatch(text):
        yield _at(node, f"{text} is no whole parameter's name", "write it as the cmdlet's page does: -Name")


def _called(root: Node) -> Iterator[Fault]:
    """`&` calls a name that stands there; nothing is brought in from another file by `.`."""
    for node in _of(root, "command_invokation_operator"):
        if _text(node) == ".":
            yield _at(node, "another file's code is brought in", "a module is one file: put the function into it")
            continue
        called = node.next_named_sibling
        inner = called.named_children[0] if called and called.named_children else called
        if inner is not None and inner.type not in {"command_name", "script_block_expression"}:
            yield _at(node, f"what {_text(inner)} names is called", "call the cmdlet or program by its name")


def _code_from_text(root: Node) -> Iterator[Fault]:
    words = {"newscriptblock", "invokescript", "expandstring"}
    for node in _of(root, "invokation_expression"):
        parts = node.named_children
        method = _text(parts[1]).lower() if len(parts) > 1 else ""
        maker = _text(parts[0]).lower() in {
            "[scriptblock]",
            "[powershell]",
            "[system.management.automation.powershell]",
        }
        if method in words or (maker and method == "create"):
            yield _at(node, "code is made from a text", "call the cmdlet with its parameters, or write a script block")


def _continued(root: Node) -> Iterator[Fault]:
    source = root.text or b""
    for found in re.finditer(rb"`\r?\n", source):
        node = root.descendant_for_byte_range(found.start(), found.start() + 1)
        if node is None or node.type not in {
            "comment",
            "verbatim_string_characters",
            "verbatim_here_string_characters",
        }:
            line = source.count(b"\n", 0, found.start()) + 1
            column = found.start() - (source.rfind(b"\n", 0, found.start()) + 1) + 1
            yield Fault(
                line, column, "a line is continued with a backtick", "splat the parameters: $given = @{...}; @given"
            )


def _swallowed(root: Node) -> Iterator[Fault]:
    for node in _of(root, "catch_clause"):
        block = next((one for one in node.named_children if one.type == "statement_block"), None)
        if block is not None and not [one for one in block.named_children if one.type != "comment"]:
            yield _at(node, "an error is swallowed", "say which error it may be, and do something with it")


def _missing_keys(root: Node) -> Iterator[Fault]:
    """In strict mode `$table.key` fails where `$table['key']` gives nothing.

    Known only of a table that the same function makes from a literal: a key that neither the literal nor an assignment
    before it gives.
    """
    tables: dict[tuple[int, str], set[str]] = {}
    given: list[tuple[int, int, str]] = []
    for node in _of(root, "assignment_expression"):
        target, made = bare(node.named_children[0]), bare(node.named_children[-1])
        if target.type == "variable" and made.type == "hash_literal_expression":
            keys = {_text(key).strip("'\"").lower() for key in _own_keys(made)}
            tables.setdefault((_scope(node), _text(target).lower()), set()).update(keys)
        elif target.type == "member_access":
            given.append((_scope(node), node.end_byte, _text(target).lower()))
    for node in _of(root, "member_access"):
        table, name, scope = _text(node.named_children[0]), _text(node.named_children[-1]), _scope(node)
        keys = tables.get((scope, table.lower()))
        if keys is None or name.lower() in keys | _HASH_MEMBERS or name.startswith(("'", '"', "$")) or _is_set(node):
            continue
        before = any((scope, _text(node).lower()) == (at, text) and end <= node.start_byte for at, end, text in given)
        if not before and f"{table}.ContainsKey('{name}')" not in _text(root):
            yield _at(node, f"{_text(node)} fails in strict mode where the key is missing", f"write {table}['{name}']")


def _scope(node: Node) -> int:
    """Where the function around a node begins."""
    at: Node | None = node
    while at is not None and at.type != "function_statement":
        at = at.parent
    return at.start_byte if at is not None else 0


def _own_keys(table: Node) -> Iterator[Node]:
    for body in table.named_children:
        for entry in body.named_children:
            yield from (one for one in entry.named_children if one.type == "key_expression")


def _is_set(node: Node) -> bool:
    """Whether it stands on the left of a plain `=`."""
    at: Node | None = node
    while at is not None and at.type != "left_assignment_expression":
        if at.type in {"statement_list", "pipeline", "argument_list"} or (
            at is not node and at.type == "member_access"
        ):
            return False
        at = at.parent
    operator = at.next_named_sibling if at is not None else None
    return _text(operator) == "="


def _module(root: Node) -> Iterator[Fault]:
    """What every module in a role's library has."""
    source = _text(root)
    if not source.startswith("#!powershell\n"):
        yield _at(root, "the first line is not #!powershell", "begin with it: Ansible knows the file by it")
    if "\n#AnsibleRequires -CSharpUtil Ansible.Basic\n" not in source:
        yield _at(root, "Ansible.Basic is not asked for", "add the line: #AnsibleRequires -CSharpUtil Ansible.Basic")
    if not re.search(r"^    supports_check_mode = \$true$", source, re.MULTILINE):
        yield _at(root, "check mode is not supported", "add to the specification: supports_check_mode = $true")
    if not _REFUSED.search(source) and not _ONLY_READS.search(source):
        remedy = "add: if ($module.CheckMode) { $module.FailJson('set is not for check mode') }"
        yield _at(root, "set is not refused in check mode", remedy)


def tracked() -> list[Path]:
    """Every script of PowerShell that git knows."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", "*.ps1", "*.psm1"],  # noqa: S607 - git is whichever git runs the checks
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def main(names: Sequence[str]) -> int:
    """Print every fault; 0 if there is none."""
    paths = [Path(name).resolve() for name in names] or tracked()
    wrong = 0
    for path in paths:
        name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
        for fault in faults(path.read_bytes(), library=bool(_LIBRARY.fullmatch(name))):
            wrong += 1
            print(f"{name}:{fault.line}:{fault.column} {fault.problem}; {fault.remedy}", file=sys.stderr)
    if not wrong:
        print(f"{len(paths)} scripts of PowerShell can be read and keep the style; none was run")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
