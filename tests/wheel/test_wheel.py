"""The wheel is what a user installs: it must carry everything it needs and work in an empty folder."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "pipelines"))

from pipeline_steps import Runner

REPO = Path(__file__).resolve().parents[2]
CARRIED = ("templates", "roles", "playbooks", "inventory")

pytestmark = [pytest.mark.wheel, pytest.mark.xdist_group("wheel"), pytest.mark.timeout(300)]


def run(*command: str | Path, cwd: Path, expect: int = 0) -> str:
    """Run a command in a clean environment and return what it printed."""
    environment = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == expect, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel once."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, REPO, cwd=out)
    (built,) = out.glob("trustctl-*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in a fresh environment; its dependencies are seen where this test's own are installed."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=False)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        home / "bin" / "python",
        "install",
        "--no-deps",
        "--no-index",
        wheel,
        cwd=home,
    )
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin"


def test_it_carries_exactly_what_git_tracks(wheel: Path) -> None:
    """Templates, roles, playbooks and example inventory are all in the wheel; no file that Git does not track is."""
    tracked = run("git", "ls-files", *CARRIED, cwd=REPO).split()
    shipped = {
        name.removeprefix("trustctl/_shipped/")
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith("trustctl/_shipped/") and not name.endswith("/")
    }
    assert shipped == {name for name in tracked if not name.endswith(".gitkeep")} | {
        name for name in tracked if name.endswith(".gitkeep") and name in shipped
    }


def test_it_brings_one_package_and_nothing_beside_it(wheel: Path) -> None:
    """Nothing else lands among the packages of whoever installs it."""
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in tops if not name.endswith(".dist-info")} == {"trustctl"}


def test_it_is_the_installed_one_that_runs(installed: Path, tmp_path: Path) -> None:
    """The command of the fresh environment runs the wheel's code and not the checkout's."""
    where = run(installed / "python", "-c", "import trustctl; print(trustctl.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_init_and_validate_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    """`trustctl init` makes a trust's repository that validates at once."""
    run(installed / "trustctl", "init", "kestrel", cwd=tmp_path)
    run(installed / "trustctl", "validate", cwd=tmp_path / "kestrel")


_PLUGINS = """
import runpy, sys
from pathlib import Path
import trustctl
shipped = Path(trustctl.__file__).parent / "_shipped"
plugins = sorted(shipped.glob("roles/*/action_plugins/trust_*.py"))
for plugin in plugins:
    made = runpy.run_path(str(plugin))["ActionModule"]
    assert made._supports_check_mode
    assert plugin.parents[1].joinpath("library", plugin.name).with_suffix(".ps1").is_file()
print(len(plugins))
"""


def test_the_roles_for_windows_come_along_whole(installed: Path, tmp_path: Path) -> None:
    """Each action plugin finds the trustctl beside it, and its module."""
    count = run(installed / "python", "-c", _PLUGINS, cwd=tmp_path)
    assert int(count) == len(list(REPO.glob("roles/*/action_plugins/trust_*.py"))) > 0


@pytest.mark.long
def test_ansible_alone_needs_one_line_before_it(installed: Path, tmp_path: Path) -> None:
    """In a trust's repository, with no checkout: roles, playbooks and inventory are found where the wheel has them."""
    run(installed / "trustctl", "init", "kestrel", "--school", "oak", cwd=tmp_path)
    asks = f"""
        eval "$('{installed}/trustctl' platform ansible)"
        export ANSIBLE_HOME='{tmp_path}/ansible'
        python3 -m ansible playbook "$TRUSTCTL_PLAYBOOKS/hyperv.yml" --limit oak --list-hosts --list-tasks
    """
    said = run("bash", "-euc", asks, cwd=tmp_path / "kestrel")
    assert "OAK-HV-01" in said
    assert "hyperv_vm : Virtual machines | " in said


@pytest.mark.parametrize("forge", ["github", pytest.param("gitlab", marks=pytest.mark.long)])
def test_the_pipelines_install_this_very_release(wheel: Path, installed: Path, tmp_path: Path, forge: str) -> None:
    """The job for pull requests, whole: pip finds the wheel where it is told to, as it would on an index."""
    run(installed / "trustctl", "init", "kestrel", "--school", "elm", cwd=tmp_path)
    (tmp_path / "temporary").mkdir()
    ours = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_FIND_LINKS": str(wheel.parent)}
    runner = Runner(tmp_path / "kestrel", tmp_path / "temporary", tmp_path / "nothing")
    dependencies = tmp_path / "dependencies"
    dependencies.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if "trustctl" not in path.name:
            (dependencies / path.name).symlink_to(path)
    runner.extra = {**ours, "PYTHONPATH": str(dependencies)}
    done = runner.github("check", install=True) if forge == "github" else runner.gitlab("check", install=True)
    assert done.code == 0, done.said
    assert (tmp_path / "kestrel" / "plan.json").is_file()


def test_a_lab_of_the_wheel_is_planned(installed: Path, tmp_path: Path) -> None:
    """What needs the wheel's files at run time and processes of its own: the lab, the engine, rendering, the page."""
    run(installed / "trustctl", "init", "kestrel", "--school", "elm", cwd=tmp_path)
    trust = tmp_path / "kestrel"
    run(installed / "trustctl", "lab", "up", "elm", "--for", "120", cwd=trust)
    try:
        words = ("plan", "elm", "--lab", "--limit", "elm-sw-ks2-01", "--detailed-exitcode", "--format", "html")
        page = run(installed / "trustctl", *words, cwd=trust, expect=2)
    finally:
        run(installed / "trustctl", "lab", "down", cwd=trust)
    assert "Content-Security-Policy" in page
    assert "elm-sw-ks2-01" in page


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_demo_runs_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    """`trustctl demo` holds from start to end with nothing but the wheel, and leaves its report."""
    run(installed / "trustctl", "demo", "--report", "report.html", cwd=tmp_path)
    assert "Content-Security-Policy" in (tmp_path / "report.html").read_text()
