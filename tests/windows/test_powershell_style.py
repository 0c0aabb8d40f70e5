"""The check of our PowerShell: each rule on a script that breaks it, with its place, and on one that does not."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from powershell import faults, main, tracked

_HEAD = "Set-StrictMode -Version 2.0\n$ErrorActionPreference = 'Stop'\n"
_BAD = [
    ("function Get-A {", "3:1 this cannot be read as PowerShell"),
    ("if ($a) {", "3:10 something is missing here"),
    ("if ($a { }", "3:1 this cannot be read as PowerShell"),
    ("function Ensure-Thing { 1 }", "3:10 Ensure-Thing is no approved verb and a noun"),
    ("function Sort-Thing { 1 }", "3:10 Sort-Thing is no approved verb and a noun"),
    ("function Thing { 1 }", "3:10 Thing is no approved verb and a noun"),
    ("function Get-Disk { 1 }", "3:10 Get-Disk is a function of the module Storage"),
    ("$b = Get-VM | ? { $_ }", "3:15 ? is an alias; write Where-Object"),
    ("$b = Get-VM | % { $_ }", "3:15 % is an alias; write ForEach-Object"),
    ("Get-VM | where { $_ }", "3:10 where is an alias; write Where-Object"),
    ("Get-VM | Select -First 1", "3:10 Select is an alias; write Select-Object"),
    ("Get-VM | sort", "3:10 sort is an alias; write Sort-Object"),
    ("Get-VM | ft", "3:10 ft is an alias; write Format-Table"),
    ("ls", "3:1 ls is an alias; write Get-ChildItem"),
    ("iex -Command 'a'", "3:1 iex is an alias; write Invoke-Expression"),
    ("Invoke-Expression -Command $a", "3:1 Invoke-Expression runs a text as code"),
    ("Write-Host -Object 'a'", "3:1 Write-Host is for a person at a console"),
    ("cmd.exe /c $a", "3:1 cmd.exe runs a text as commands"),
    ("wecutil gs", "3:1 wecutil is no cmdlet, function of this file or program"),
    ("Make-Thing -Name 'a'", "3:1 Make-Thing is no cmdlet, function of this file or program"),
    ("Set-VM `\n  -Name 'a'", "3:8 a line is continued with a backtick"),
    ("Get-Item 'a'", "3:10 'a' of Get-Item has no parameter's name"),
    ("Get-Item $a", "3:10 $a of Get-Item has no parameter's name"),
    ("Get-Item @('a')", "3:10 @('a') of Get-Item has no parameter's name"),
    ("Get-VM | Sort-Object { $_.Name }", "3:22 { $_.Name } of Sort-Object has no parameter's name"),
    ("Get-VM -n 'a'", "3:8 -n is no whole parameter's name"),
    ("Get-VM -EA 'Stop'", "3:8 -EA is short for -ErrorAction"),
    ("& $cmdlet -Name 'a'", "3:1 what $cmdlet names is called"),
    ('& "Get-$a"', '3:1 what "Get-$a" names is called'),
    (". .\\other.ps1", "3:1 another file's code is brought in"),
    ("[scriptblock]::Create($a)", "3:1 code is made from a text"),
    ("[PowerShell]::Create()", "3:1 code is made from a text"),
    ("$a.InvokeScript('b')", "3:1 code is made from a text"),
    ("try { Get-VM } catch { }", "3:16 an error is swallowed"),
    ("try { Get-VM } catch {\n  # never mind\n}", "3:16 an error is swallowed"),
    ("$t = @{ a = 1 }\n$u = $t.b", "4:6 $t.b fails in strict mode where the key is missing; write $t['b']"),
    ("$t = @{}\n$t.b = @($t.b) + 1", "4:10 $t.b fails in strict mode where the key is missing"),
]
_GOOD = """
function Get-Thing {
    param([string]$Name, $Given)
    $table = @{ first = 1; 'second' = 2 }
    $table.third = $table.first + $table.Count
    $table.fourth = $table.third
    if ($Given.ContainsKey('x')) { $table['x'] = $Given.x }
    $given = @{ Name = $Name; ErrorAction = 'SilentlyContinue' }
    Get-VMSwitch @given | Where-Object { $_.Name -eq 'a`
b' } | Select-Object -First 1 | Sort-Object -Property { $_.Name } -Descending
    try { Get-VM -Name:$Name } catch [System.Exception] { $null = $_; throw }
    & wecutil.exe gs 'a'
    wevtutil.exe gl 'b'
    & { 1 }
}
function Get-Other {
    param($Table)
    $Table.anything
}
foreach ($one in @(Get-Thing -Name 'a')) { $one | ForEach-Object { $_ } }
# a comment that ends in `
"""
_MODULE = (
    "#!powershell\n\n#AnsibleRequires -CSharpUtil Ansible.Basic\n\n" + _HEAD + "$spec = @{\n    options = @{}\n"
    "    supports_check_mode = $true\n}\n$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)\n"
    "if ($module.CheckMode) {\n    $module.FailJson('set is not for check mode')\n}\n"
)


def _said(text: str, *, library: bool = False) -> list[str]:
    return [f"{one.line}:{one.column} {one.problem}; {one.remedy}" for one in faults(text.encode(), library=library)]


@pytest.mark.parametrize(("text", "said"), _BAD, ids=[text[:30] for text, _ in _BAD])
def test_each_rule_names_the_place(text: str, said: str) -> None:
    """The first fault of each script is the one that it was written for."""
    assert [one for one in _said(f"{_HEAD}{text}\n") if one.startswith(said)], _said(f"{_HEAD}{text}\n")


def test_what_keeps_the_rules_has_no_fault() -> None:
    """The same words where they are right."""
    assert _said(f"{_HEAD}{_GOOD}") == []


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("", "strict mode is not on"),
        ("$ErrorActionPreference = 'Stop'\n", "strict mode is not on"),
        ("Set-StrictMode -Version 1.0\n$ErrorActionPreference = 'Stop'\n", "strict mode is not on"),
        ("Set-StrictMode -Version Latest\n", "errors do not stop the script"),
        ("Set-StrictMode -Version Latest\n$ErrorActionPreference = 'Continue'\n", "errors do not stop the script"),
    ],
)
def test_strictness_comes_first(head: str, said: str) -> None:
    """Before anything else is done."""
    assert any(said in one for one in _said(f"{head}Get-VM\n"))


def test_a_module_that_has_everything_has_no_fault() -> None:
    """As the modules in the roles' libraries."""
    assert _said(_MODULE, library=True) == []


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("#!powershell\n", "", "the first line is not #!powershell"),
        ("#AnsibleRequires -CSharpUtil Ansible.Basic\n", "", "Ansible.Basic is not asked for"),
        ("supports_check_mode = $true", "supports_check_mode = $false", "check mode is not supported"),
        ("$module.FailJson('set is not for check mode')", "", "set is not refused in check mode"),
        ("$module.CheckMode", "$false", "set is not refused in check mode"),
    ],
)
def test_a_module_has_its_head_and_refuses_in_check_mode(was: str, becomes: str, said: str) -> None:
    """Ansible would take it otherwise, and a dry run would change the host."""
    assert was in _MODULE
    assert any(said in one for one in _said(_MODULE.replace(was, becomes), library=True))


def test_a_module_that_only_reads_refuses_every_set() -> None:
    """It has no need of a word about check mode."""
    refusing = _MODULE.replace("$module.CheckMode", "$module.Params.operation -eq 'set'")
    assert _said(refusing, library=True) == []


def test_the_tool_fails_and_names_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As make calls it."""
    bad, good = tmp_path / "bad.ps1", tmp_path / "good.ps1"
    bad.write_text(f"{_HEAD}ls\n", encoding="utf-8")
    good.write_text(_HEAD, encoding="utf-8")
    assert main([str(good), str(bad)]) == 1
    assert capsys.readouterr().err == f"{bad}:3:1 ls is an alias; write Get-ChildItem\n"
    assert main([str(good)]) == 0


@pytest.mark.skipif(shutil.which("pwsh") is None, reason="PowerShell itself (pwsh) is not on PATH")
def test_powershell_itself_reads_every_script() -> None:
    """Its own parser, where somebody has it: what tree-sitter takes, PowerShell may still refuse."""
    parse = (
        "$wrong = @(); $errors = $null; foreach ($file in $args) { "
        "[void][System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$null, [ref]$errors); "
        '$wrong += @($errors | ForEach-Object { "$file $_" }) }; $wrong; exit [int]($wrong.Count -gt 0)'
    )
    done = subprocess.run(
        ["pwsh", "-NoProfile", "-Command", f"& {{ {parse} }}", *map(str, tracked())],  # noqa: S607 - the one on PATH
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
