"""The canary story of Windows hosts: a controller, a server that joins its domain, and what goes wrong."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Thread
from typing import cast

import yaml
from artefacts import PIPELINE, recorded
from canaries import canary
from engineer import ROOT, Done, Engineer
from recorder import Recorder

from trustctl.cli.lab_windows import windows_specs
from trustctl.cli.workspace import Workspace
from trustctl.lab.faults import Fault, FaultKind
from trustctl.lab.windows.directory import Login
from trustctl.lab.windows.lab import WindowsLab
from trustctl.lab.windows.server import Server
from trustctl.secrets.redact import KNOWN

CONTROLLER, SERVER = "KV-DC-01.oak", "OAK-FS-01"
LOGIN, LOCAL, JOIN = "login/windows", "login/windows-local", "ad/join"
"""The secrets that the inventory names for Windows: the trust's own login, a delivered host's, and who joins."""
DOMAIN, JOINER = "ad.kestrelvale.example", "svc-join"
WRONG = ("wrong/join", "wrong/local")
"""What somebody typed instead: it is sent too, and it is a secret too."""
_PATIENCE = 300.0
_MEMBERSHIP = "microsoft.ad.membership"
_UNMASKED = """
import sys
from trustctl.secrets import redact
redact.Redactor.mask = lambda self, text: text
redact.Redactor.holds = lambda self, text: False
redact.hide_shapes = lambda text: text
redact.mask_text = lambda text, prose=False: text
from trustctl.cli.main import run
sys.argv = ["trustctl", *sys.argv[3:]]
run()
"""
"""`trustctl` with every mask off, and what refuses a plan that shows a secret; it gets the words behind `-m MODULE`."""


class Sampler:
    """Looks at what `ps` shows of our descendants while they run: arguments and environments, each once.

    The audit hook of `Recorder` sees every start; this sees what processes make of their arguments afterwards.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[bytes] = set()
        self._over = Event()
        self._thread = Thread(target=self._look, daemon=True)

    @contextmanager
    def looking(self) -> Generator[Sampler]:
        """Look while the block runs."""
        self._thread.start()
        yield self
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        given: set[bytes] = set()
        while not self._over.wait(0.1):
            for process, parent in _descendants(os.getpid()):
                if parent == os.getpid():
                    # what we gave the command itself, which its forks show too; the recorder has it
                    with contextlib.suppress(OSError):
                        given.add(Path(f"/proc/{process}/environ").read_bytes())
                self._keep(process, "cmdline", given)
                self._keep(process, "environ", given)

    def _keep(self, process: int, kind: str, given: set[bytes]) -> None:
        try:
            content = Path(f"/proc/{process}/{kind}").read_bytes()
        except OSError:
            return  # it is over
        if content and content not in self._seen | given:
            self._seen.add(content)
            (self._folder / f"{kind}-{process}-{len(self._seen)}").write_bytes(content)


def _descendants(above: int) -> Iterator[tuple[int, int]]:
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except OSError:
            continue
    for process, parent in parents.items():
        at = process
        while at in parents and at != above:
            at = parents[at]
        if at == above and process != above:
            yield process, parent


@dataclass
class WindowsStory:
    """One repository, its Windows hosts, and everything that was said and written."""

    engineer: Engineer
    lab: WindowsLab
    values: dict[str, str]
    recorder: Recorder
    ended: dict[str, Done] = field(default_factory=dict[str, Done])
    signed_in: set[tuple[str, str, str, bool]] = field(default_factory=set[tuple[str, str, str, bool]])
    """Host, account, password, and whether it was accepted."""

    def run(self, what: str, *words: object, secrets: Path | None = None) -> Done:
        """A command as a process of its own, recorded and looked at."""
        more = ("--secrets", secrets) if secrets else ()
        env = recorded(self.engineer, self.recorder, self.values)
        self.ended[what] = self.engineer.run(*words, *more, env=env, patience=_PATIENCE)
        return self.ended[what]

    def call(self, what: str, *words: object) -> Done:
        """A command in this process, which knows no value beforehand."""
        KNOWN.forget()
        self.ended[what] = self.engineer.call(*words)
        return self.ended[what]

    joins: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    """The passwords with which somebody asked the domain for a computer account, and whether that was right."""

    def watch(self) -> None:
        """Note who signs in at any host, and who asks the domain to join."""
        domain = self.lab.world.directory(DOMAIN)
        assert domain is not None
        true = domain.login

        def login(user: str, password: str, locked: frozenset[str] = frozenset()) -> Login:
            joins = user.casefold().partition("@")[0].endswith(JOINER)
            self.joins += [(password, False)] if joins else []
            found = true(user, password, locked)
            self.joins[-1:] = [(password, True)] if joins else self.joins[-1:]
            return found

        setattr(domain, "login", login)  # noqa: B010 - a witness stands in the way of a method
        for name in self.lab.names:
            server = self.lab.server(name)
            setattr(server, "signs_in", self._noting(server, name))  # noqa: B010 - a witness stands in the way of a method

    def aloud(self) -> None:
        """From now on the host repeats in its error what the join was given."""
        said = " ".join(self.values[name] for name in (LOCAL, JOIN))
        self.lab.break_(SERVER, Fault(FaultKind.MODULE, text=f"{_MEMBERSHIP}: it was given {said}"))

    def _noting(self, server: Server, name: str) -> Callable[[str, str], bool]:
        true = server.signs_in

        def signs_in(user: str, password: str) -> bool:
            accepted = true(user, password)
            self.signed_in.add((name, user, password, accepted))
            return accepted

        return signs_in

    def endpoints(self) -> Path:
        """Where the hosts answer."""
        devices = {
            device: {
                "host": contact.host, "port": contact.port, "host_key": contact.host_key, "serial": contact.uuid,
                "ca": str(self.lab.ca), "auth": "basic",
            }
            for device in (CONTROLLER, SERVER)
            for contact in (self.lab.contacts[device.partition(".")[0]],)
        }  # fmt: skip
        path = self.engineer.repository.parent / "endpoints.json"
        path.write_text(json.dumps({"devices": devices}), encoding="utf-8")
        return path

    def secrets(self, file: str, wrong: Mapping[str, str]) -> Path:
        """Another file of secrets, in which some are not right."""
        known = cast("dict[str, str]", yaml.safe_load(self.engineer.secrets.read_text(encoding="utf-8")))
        path = self.engineer.repository.parent / f"{file}.yml"
        path.touch(mode=0o600)
        path.write_text(yaml.safe_dump({**known, **wrong}), encoding="utf-8")
        return path


@contextmanager
def open_windows(engineer: Engineer, values: dict[str, str], recorder: Recorder) -> Generator[WindowsStory]:
    """Start the hosts of the school with the canaries as their passwords."""
    specs = windows_specs(Workspace(engineer.inventory, engineer.secrets), ("oak",))
    with WindowsLab(specs, sorted(ROOT.glob("roles/*/library"))) as lab:
        story = WindowsStory(engineer, lab, values, recorder)
        story.watch()
        yield story
        assert lab.bugs == ()


def tell_windows(story: WindowsStory) -> None:
    """Look, plan in each form, put the school into the directory, let the server join, and go back."""
    dial = ("--endpoints", story.endpoints())
    view = ("--view", "full", "--undo", "--origins")
    server, controller = ("oak", "--limit", SERVER, *dial), ("oak", "--limit", CONTROLLER, *dial)
    present = ("--console-present", SERVER, *dial)
    story.run("adopt", "adopt", "oak", "--limit", f"{CONTROLLER},{SERVER}", *dial, "--yes")
    story.run("directory plan", "plan", *controller, *view, "--out", "directory.json")
    story.run("directory", "apply", "directory.json", "--yes", *dial)
    _go_wrong(story, server, present)
    story.run("plan", "plan", *server, *view, "--out", "join.json")
    for form in ("html", "json"):
        done = story.run(form, "plan", *server, "--format", form)
        (story.engineer.repository / f"plan.{form}.txt").write_text(done.out, encoding="utf-8")
    story.run("join", "apply", "join.json", "--yes", *present)
    story.run("drift", "drift", *server)
    story.run("backup", "backup", *server, "--out", "for-git", "--redacted")
    run = cast("list[dict[str, str]]", story.call("history", "history", "--json").json)[0]["run"]
    story.call("history of the run", "history", run)
    story.call("show", "show", "oak", "--backup", SERVER)
    story.run("rollback", "rollback", run, "--yes", *present)


def _go_wrong(story: WindowsStory, server: tuple[object, ...], present: tuple[object, ...]) -> None:
    """A wrong login, a module that says aloud what it was given, and a join with a wrong password."""
    story.values |= {name: canary(name) for name in WRONG}
    wrong_login = story.secrets("wrong-login", {LOCAL: story.values["wrong/local"]})
    story.run("wrong login", "plan", *server, secrets=wrong_login)
    story.aloud()
    story.run("says it aloud", "plan", *server, "--format", "json")
    story.lab.heal(SERVER)
    wrong_join = story.secrets("wrong-join", {JOIN: story.values["wrong/join"]})
    story.run("wrong join plan", "plan", *server, "--only", "Domain", "--out", "wrong.json", secrets=wrong_join)
    story.run("wrong join", "apply", "wrong.json", "--yes", *present, secrets=wrong_join)
    for mode in ("--check", "--diff"):
        plain_join(story, mode)


def told_unmasked(story: WindowsStory, folder: Path) -> tuple[WindowsStory, Done]:
    """The host says aloud again what it was given, and trustctl has its masks off: in a copy of the repository."""
    engineer = story.engineer
    (folder / "tmp").mkdir()
    shutil.copytree(engineer.inventory, folder / "trust" / "inventory")
    bare = replace(
        story,
        engineer=Engineer(folder / "trust", engineer.secrets),
        recorder=Recorder(folder / "records"),
        values={name: value for name, value in story.values.items() if name in {LOCAL, JOIN, PIPELINE}},
    )
    story.aloud()
    words = ("plan", "oak", "--limit", SERVER, "--endpoints", engineer.repository.parent / "endpoints.json")
    env = recorded(bare.engineer, bare.recorder, bare.values)
    try:
        return bare, bare.engineer.run(*words, env=env, patience=_PATIENCE, python=("-c", _UNMASKED))
    finally:
        story.lab.heal(SERVER)


def plain_join(story: WindowsStory, mode: str) -> None:
    """An engineer's own `ansible-playbook -vvv` of the join, with a wrong password, past trustctl and its masks."""
    contact = story.lab.contacts[SERVER]
    folder = story.engineer.repository.parent / f"plain{mode}"
    folder.mkdir()
    host = {
        "ansible_connection": "ansible.builtin.psrp", "ansible_host": contact.host, "ansible_port": contact.port,
        "ansible_user": contact.user, "ansible_password": "{{ trust_secrets['login'] }}", "ansible_psrp_auth": "basic",
        "ansible_psrp_ca_cert": str(story.lab.ca), "domain_member_domain": DOMAIN, "domain_member_user": JOINER,
        "domain_member_password": "{{ trust_secrets['join'] }}",
    }  # fmt: skip
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": {SERVER: host}}}), encoding="utf-8")
    play = [{"name": "Join", "hosts": "all", "gather_facts": False, "roles": ["domain_member"]}]
    (folder / "play.yml").write_text(json.dumps(play), encoding="utf-8")
    os.mkfifo(folder / "secrets", 0o600)
    values = {"login": story.values[LOCAL], "join": story.values["wrong/join"]}
    Thread(target=(folder / "secrets").write_text, args=(json.dumps({"trust_secrets": values}),), daemon=True).start()
    words = ("playbook", "-vvv", mode, "-i", "hosts.json", "-e", "@secrets", "play.yml")
    env = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(story.engineer.repository.parent / "tmp"),
        "LANG": "C.UTF-8", "PYTHONPATH": f"{story.recorder.path}{os.pathsep}{ROOT}",
        "ANSIBLE_ROLES_PATH": str(ROOT / "roles"), "ANSIBLE_INVENTORY_ENABLED": "yaml",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "ansible", *words], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    (folder / "secrets").unlink()
    story.ended[f"plain {mode}"] = Done(("ansible", *words), done.returncode, done.stdout, done.stderr)
    story.engineer.said.append(story.ended[f"plain {mode}"])
    (story.engineer.repository / f"plain{mode}").mkdir()
    folder.rename(story.engineer.repository / f"plain{mode}" / "left")
