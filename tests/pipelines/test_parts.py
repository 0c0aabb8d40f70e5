"""What `make audit` and `make sbom` look at: each check finds what it is there for."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
BANDIT = Path(sys.executable).with_name("bandit")
PIN = "click==8.5.1 \\\n    --hash=sha256:" + "0" * 64 + "\n    # via trustctl\n"


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    """`tools/licences.py`."""
    found = importlib.util.spec_from_file_location("licences", ROOT / "tools" / "licences.py")
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    sys.modules["licences"] = module
    found.loader.exec_module(module)
    return module


def test_every_lock_pins_with_hashes(licences: ModuleType, tmp_path: Path) -> None:
    """None of ours has a package without; one that is planted is named, and a line of another form is no pin."""
    assert list(licences.unhashed(licences.LOCKS)) == []
    (tmp_path / "runtime.txt").write_text(f"{PIN}rich==15.0.0\n    # via trustctl\n", encoding="utf-8")
    assert list(licences.unhashed(tmp_path)) == ["runtime.txt: rich==15.0.0 has no hash"]
    with pytest.raises(ValueError, match="neither a pin nor a hash"):
        licences.pins("click @ git+https://code.example/click\n")


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("MIT", True),
        ("MIT AND PSF-2.0", True),
        ("EPL-2.0 OR GPL-2.0-or-later", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only OR GPL-3.0-only", False),
    ],
)
def test_which_licences_fit(licences: ModuleType, expression: str, fits: bool) -> None:
    """One side of an OR is enough, an AND needs both; strong copyleft is on no list."""
    allowed = licences.known()["allowed"]
    assert licences.fits(expression, allowed) is fits


def test_a_part_that_says_something_else_is_found(licences: ModuleType) -> None:
    """A licence nobody looked at, one that does not fit, one that changed, and a part that is gone."""
    known = licences.known()
    locked = {"click": ("8.5.1", 1), "hvac": ("2.4.0", 1), "rich": ("15.0.0", 1)}
    parts = {
        "click": {"licence": "GPL-3.0-only"},
        "hvac": {"licence": "Apache-2.0", "says": "MIT"},
        "gone": {"licence": "MIT"},
    }
    said = "\n".join(licences.misfits({"allowed": known["allowed"], "parts": parts}, locked))
    for words in (
        "gone is not in the runtime's lock",
        "rich: nobody has said",
        "click: GPL-3.0-only does not fit",
        "hvac: its metadata says",
        "click: its metadata says BSD-3-Clause",
    ):
        assert words in said
    assert list(licences.misfits(known, licences.pins((licences.LOCKS / "runtime.txt").read_text("utf-8")))) == []


def test_a_part_of_the_extra_fits_or_is_a_program_of_its_own(licences: ModuleType) -> None:
    """Strong copyleft is let in with the word about its process only; what is gone or unknown is named."""
    known = licences.known()
    locked = {"ansible": ("12.3.0", 1), "pypsrp": ("0.9.1", 1), "click": ("8.5.1", 1)}
    runtime = {"click": ("8.5.1", 1)}
    parts = {"ansible": {"licence": "GPL-3.0-or-later", "says": "GPL-3.0-or-later"}, "gone": {"licence": "MIT"}}
    said = list(licences.misfits_of_extra(known | {"windows": parts}, locked, runtime))
    assert said == [
        "licences.yml: gone is not in the extra's lock any more",
        "ansible: GPL-3.0-or-later does not fit Apache-2.0, or nobody has said why it does",
        "pypsrp: nobody has said what its licence is (requirements/licences.yml)",
    ]
    locks = [licences.pins((licences.LOCKS / f"{name}.txt").read_text("utf-8")) for name in ("windows", "runtime")]
    assert list(licences.misfits_of_extra(known, *locks)) == []


def test_what_ansible_loads_of_ours_imports_nothing_that_gpl_does_not_take() -> None:
    """The action plugins bring `trustctl.windows` into Ansible's process: no part of the runtime comes along."""
    code = "import sys, trustctl.windows.action; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert (
        set(done.stdout.split()) & {"asyncssh", "pyinfra", "gevent", "paramiko", "netmiko", "hvac", "pydantic"} == set()
    )


def test_a_list_of_parts_that_differs_from_the_lock_is_found(licences: ModuleType, tmp_path: Path) -> None:
    """One too many, one too few, another version."""
    sbom = tmp_path / "parts.json"
    parts = [{"name": "Jinja2", "version": "3.1.6"}, {"name": "pip", "version": "1"}, {"name": "rich", "version": "14"}]
    sbom.write_text(json.dumps({"components": parts}), encoding="utf-8")
    locked = {"jinja2": ("3.1.6", 1), "rich": ("15.0.0", 1), "click": ("8.5.1", 1), "colorama": ("0.4.6", 1)}
    found = [line.split(": ")[1].split(" is ")[0] for line in licences.unlisted(sbom, licences.known(), locked)]
    assert found == ["click", "pip", "rich"]


def test_bandit_finds_what_is_planted(tmp_path: Path) -> None:
    """With our own settings: a shell, pickle, no check of a certificate, an unsafe loader of YAML, a weak digest."""
    planted = {
        "B602": "import subprocess\nsubprocess.run(input(), shell=True)\n",
        "B301": "import pickle\npickle.loads(b'')\n",
        "B501": "import requests\nrequests.get('https://vault.example', verify=False, timeout=1)\n",
        "B506": "import yaml\nyaml.load('', Loader=yaml.Loader)\n",
        "B324": "import hashlib\nhashlib.md5(b'')\n",
        "B507": "import paramiko\nparamiko.SSHClient().set_missing_host_key_policy(paramiko.AutoAddPolicy)\n",
    }
    for rule, code in planted.items():
        (tmp_path / f"{rule.lower()}.py").write_text(code, encoding="utf-8")
    words = [BANDIT, "--quiet", "--configfile", ROOT / "pyproject.toml", "--recursive", "--format", "json", tmp_path]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert planted.keys() <= {one["test_id"] for one in json.loads(done.stdout)["results"]}
