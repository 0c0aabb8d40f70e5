r"""Run every module of the roles on a scratch Windows Server, and put on record what it did.

    python tools/contract_windows/contract_pack.py --host scratch.example --user '.\Administrator' [--ca FILE]

It looks at everything first, then tries each module inside objects made for it, and takes them back. The password is
asked for, or read from a descriptor (`--password-fd 3 3< <(...)`); it is never an argument. Ends with 0 if nothing
failed, 1 if something did, 2 if it could not begin.
"""

from __future__ import annotations

import argparse
import getpass
import os
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from contract_report import FAILED, LAB, WINDOWS, Machine, Verdict, markdown, records, verdict, write_records
from contract_steps import HOST, POWERSHELL, Case, Said, Step, cases, looking, looking_again, play, restoring, trying

from trustctl.engines.windows.inventory import HTTPS_PORT, Connection, host_entry, inventory_json
from trustctl.engines.windows.process import Ansible, Content, Ended, Event, Play
from trustctl.engines.windows.reading import masked
from trustctl.errors import TrustctlError
from trustctl.secrets import Redactor

ROOT = Path(__file__).resolve().parents[2]
_STORED_AS = "contract/password"
_SECONDS = 1800.0
_TERMINATED = 143
IDENTITY = "trust_identity"


@dataclass(frozen=True, slots=True)
class Server:
    """The scratch server, and Ansible that drives it."""

    ansible: Ansible
    connection: Connection
    password: str

    def carried_out(self, steps: Sequence[Step], *, exactly: bool = False) -> list[Said]:
        """Carry out the steps in one run, and return what came of each. Raises TrustctlError if there was no run."""
        events: dict[int, Event] = {}
        mask = Redactor([self.password]).mask

        def heard(event: Event) -> None:
            number = str(event.get("name", "")).removeprefix("Contract | ")
            if event.get("host") == HOST and number.isdigit():
                events[int(number)] = masked(event, mask)

        given: Any = {"contract_args": [dict(step.args) for step in steps]}
        inventory = inventory_json({HOST: (("windows",), host_entry(HOST, self.connection, given))})
        text = play(steps, exactly=exactly)
        run = Play(text, inventory, {_STORED_AS: self.password}, check=False, seconds=_SECONDS)
        ended: Ended = self.ansible.run(run, heard)
        if ended.late:
            sys.stderr.write(f"the run was ended after {_SECONDS:.0f} seconds\n")
        return [Said(step, events.get(number, {})) for number, step in enumerate(steps)]


class Pack:
    """One run of the pack on one server."""

    def __init__(self, server: Server, all_cases: Sequence[Case], *, lab: bool, forest: bool = False) -> None:
        self._server, self._cases, self._lab, self._forest = server, all_cases, lab, forest
        self._said: dict[str, list[Said]] = {case.module: [] for case in all_cases}
        self._had: dict[str, Mapping[str, Any] | None] = {}
        self.machine = Machine("", "", "", LAB if lab else WINDOWS, datetime.now(tz=UTC).date().isoformat())
        self._dn = ""
        self._known: set[str] = set()
        """Modules that told what there is of what is tried."""

    def run(self) -> list[Verdict]:
        """Look, try, take back, judge. Raises TrustctlError if the server cannot be reached to look at it."""
        self._look()
        tried = [case for case in self._cases if self._tried(case)]
        try:
            self._keep(self._as_far_as_it_goes([one for case in tried for one in self._trying(case)]))
        finally:
            self._take_back(tried)
        scripts = {path.stem: path for path in ROOT.glob("roles/*/library/*.ps1")}
        return [
            verdict(case, scripts[case.module], self._said[case.module], self._had.get(case.module))
            for case in self._cases
        ]

    def _as_far_as_it_goes(self, steps: Sequence[Step], *, exactly: bool = False) -> list[Said]:
        """Carry out steps; of a run that broke, each says that it was not reached: something may be left behind."""
        try:
            return self._server.carried_out(steps, exactly=exactly)
        except TrustctlError as error:
            sys.stderr.write(f"{error}\n")
            return [Said(step) for step in steps]

    def _look(self) -> None:
        identity = self._identity()
        self.machine = Machine(
            str(identity.get("os", "")),
            str(identity.get("version", "")),
            str(identity.get("powershell", "")),
            self.machine.host,
            self.machine.day,
        )
        self._dn = ",".join(f"DC={part}" for part in str(identity.get("domain", "")).split(".") if part)
        said = self._server.carried_out(tuple(looking(self._cases, self._dn)))
        self._features = {
            str(one.step.args["name"])
            for one in said
            if one.step.of == "trust_feature" and (one.have or {}).get("installed")
        }
        able = {case.module for case in self._cases if self._able(case)}
        self._keep(one for one in said if one.step.of in able)
        for one in said:  # what is tried is looked at last
            self._had[one.step.of] = one.have
            self._known.discard(one.step.of)
            if one.read:
                self._known.add(one.step.of)

    def _identity(self) -> Mapping[str, Any]:
        said = self._server.carried_out([Step(IDENTITY, "read", IDENTITY, {}, check=True)])
        if said[0].have is None:
            raise TrustctlError(
                f"the server does not say what it is: {said[0].failed or 'it says nothing'}",
                remedy="Check its address, login and listener",
            )
        return said[0].have

    def _tried(self, case: Case) -> bool:
        """Only what could be read is tried: nobody could give back what nobody knows."""
        left_over = case.throwaway and self._had.get(case.module) is not None
        fits = self._able(case) and case.unless not in self._features and (self._forest or not case.forest)
        return bool(case.tries) and fits and not left_over and case.module in self._known

    def _able(self, case: Case) -> bool:
        return not case.needs or case.needs in self._features

    def _trying(self, case: Case) -> Iterable[Step]:
        return trying(case, self._had.get(case.module), self._dn)

    def _take_back(self, tried: Sequence[Case]) -> None:
        """Whatever came of the trying: after a connection that was lost nobody knows how far it went."""
        back = [step for case in reversed(tried) if not case.goes_with for step in self._restoring(case)]
        again = [looking_again(case, self._dn) for case in tried if not (self._lab and case.by_powershell)]
        self._keep(self._as_far_as_it_goes([*back, *again], exactly=True))

    def _restoring(self, case: Case) -> Iterable[Step]:
        for step in restoring(case, self._had.get(case.module), self._dn):
            if not (self._lab and step.module == POWERSHELL):
                yield step

    def _keep(self, said: Iterable[Said]) -> None:
        for one in said:
            self._said[one.step.of].append(one)


def _password(given: argparse.Namespace) -> str:
    if given.password_fd is None:
        return getpass.getpass(f"Password of {given.user} on {given.host}: ")
    with os.fdopen(given.password_fd, encoding="utf-8") as pipe:
        return pipe.readline().rstrip("\n")


def _words(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run the modules of the Windows roles on a scratch server.")
    parser.add_argument("--host", required=True, help="a server that may be broken: its name or address")
    parser.add_argument("--user", required=True)
    parser.add_argument("--password-fd", type=int, help="read the password from this descriptor instead of asking")
    parser.add_argument("--port", type=int, default=HTTPS_PORT)
    parser.add_argument("--auth", default="negotiate")
    parser.add_argument("--ca", default="", help="file of the authority that signed its certificate")
    parser.add_argument("--report", type=Path, default=Path("contract-report.markdown"))
    parser.add_argument("--records", type=Path, default=ROOT / "templates/windows/proven.yml")
    parser.add_argument("--scratch-forest", action="store_true", help="its forest may be changed for good, too")
    parser.add_argument("--lab", action="store_true", help="the server is trustctl's own lab: nothing counts")
    return parser.parse_args(words)


def _ended(_number: int, _frame: FrameType | None) -> None:
    """Leave by the way on which everything is taken back, as Ctrl-C does."""
    sys.exit(_TERMINATED)


def _main(words: Sequence[str]) -> int:
    given = _words(words)
    ansible = Ansible(
        Content((ROOT,)), {"PATH": os.environ.get("PATH", os.defpath), "HOME": os.environ.get("HOME", "/")}
    )
    connection = Connection(given.host, given.user, _STORED_AS, given.port, given.auth, given.ca)
    signal.signal(signal.SIGTERM, _ended)
    pack = Pack(Server(ansible, connection, _password(given)), cases(), lab=given.lab, forest=given.scratch_forest)
    try:
        verdicts = pack.run()
    except TrustctlError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    finally:
        ansible.close()
    given.report.write_text(markdown(pack.machine, verdicts), encoding="utf-8")
    write_records(given.records, records(pack.machine, verdicts))
    print(markdown(pack.machine, verdicts))
    print(f"\nThe report is in {given.report}, the records in {given.records}.")
    return 1 if any(one.result == FAILED for one in verdicts) else 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
