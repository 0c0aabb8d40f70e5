"""The process behind `trustctl lab up`: holds the lab and obeys a private socket until it is told to stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from trustctl.cli.dialling import LAB_FILE, Contact, ContactFile
from trustctl.cli.planning import captured_file
from trustctl.cli.twins import twins
from trustctl.cli.workspace import Workspace
from trustctl.errors import StorageError, TrustctlError, UsageError
from trustctl.journal import write_private
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault, FaultKind

SOCKET = "lab.sock"
_LONGEST = 64 * 1024


def boots(workspace: Workspace, schools: tuple[str, ...]) -> dict[str, str]:
    """The captured configuration of every device of these schools, by name. Raises UsageError if there is none."""
    found: dict[str, str] = {}
    for slug in schools or tuple(workspace.trust.schools):
        if slug not in workspace.trust.schools:
            raise UsageError(f"there is no school '{slug}'", remedy=f"there are: {', '.join(workspace.trust.schools)}")
        school = workspace.trust.schools[slug]
        for switch in school.switches.values():
            path = captured_file(workspace, school, switch, None)
            if path is not None:
                found[switch.name] = path.read_text(encoding="utf-8")
    if not found:
        raise UsageError("no device has a captured configuration to boot from", where=str(workspace.inventory))
    return found


def serve(workspace: Workspace, schools: tuple[str, ...], minute_seconds: float) -> None:
    """Run the lab until it is told to stop; `lab.json` in the state folder says where each switch answers."""
    workspace.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    specs = twins(workspace, boots(workspace, schools))
    path, control = workspace.state / LAB_FILE, workspace.state / SOCKET
    control.unlink(missing_ok=True)
    with Lab(specs, minute_seconds=minute_seconds) as lab, _listener(control) as listener:
        devices = {
            spec.name: Contact(host=host, port=port, host_key=lab.host_key(spec.name), serial=spec.serial)
            for spec in specs
            for host, port in [lab.endpoints[spec.name]]
        }
        listing = ContactFile(devices=devices, pid=os.getpid(), socket=str(control), minute_seconds=minute_seconds)
        write_private(path, listing.model_dump_json(indent=1))
        try:
            _obey(lab, listener)
        finally:
            path.unlink(missing_ok=True)
            control.unlink(missing_ok=True)


def _listener(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
    except OSError as error:
        raise StorageError(
            f"the lab's control socket cannot be made: {error}",
            where=str(path),
            remedy="use a shorter path: a socket's may have 107 characters",
        ) from error
    listener.listen(4)
    return listener


def _obey(lab: Lab, listener: socket.socket) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    signal.signal(signal.SIGINT, lambda _number, _frame: stop.set())
    listener.settimeout(0.2)
    while not stop.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        with connection, connection.makefile("rw", encoding="utf-8") as stream:
            try:
                order = cast("Mapping[str, str]", json.loads(stream.readline(_LONGEST)))
                answer = _act(lab, order, stop)
            except TrustctlError as error:
                answer = {"problem": error.problem, "where": error.where, "remedy": error.remedy}
            except (ValueError, KeyError, OSError) as error:
                answer = {"problem": f"the lab did not understand: {error}"}
            stream.write(json.dumps(answer) + "\n")


def _act(lab: Lab, order: Mapping[str, str], stop: threading.Event) -> dict[str, object]:
    what, device = order["do"], order.get("device", "")
    if what == "stop":
        stop.set()
    elif what == "break":
        lab.break_(device, Fault.parse(order["fault"]))
    elif what == "heal":
        lab.heal(device, FaultKind(order["fault"]) if order.get("fault") else None)
    elif what == "edit":
        return {"printed": list(lab.device_edit(device, order["lines"].split("\n")))}
    elif what == "status":
        return {"devices": {name: _status(lab, name) for name in lab.endpoints}}
    return {}


def _status(lab: Lab, name: str) -> dict[str, object]:
    return {"sessions": lab.sessions(name), "counters": dict(lab.counters(name))}


def ask(path: Path, order: Mapping[str, str]) -> dict[str, object]:
    """Send one order to the lab process and return its answer. Raises UsageError with what the lab said."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(60)
            line.connect(str(path))
            with line.makefile("rw", encoding="utf-8") as stream:
                stream.write(json.dumps(dict(order)) + "\n")
                stream.flush()
                answer = cast("dict[str, object]", json.loads(stream.readline() or "{}"))
    except OSError as error:
        raise UsageError(f"the lab does not answer: {error}", remedy="start it: trustctl lab up") from error
    if "problem" in answer:
        raise UsageError(
            str(answer["problem"]), where=str(answer.get("where", "")), remedy=str(answer.get("remedy", ""))
        )
    return answer


def main() -> None:
    """Run from the command line of the child: inventory, secrets file or "-", minute, schools."""
    inventory, secrets, minute, *schools = sys.argv[1:]
    workspace = Workspace(Path(inventory), None if secrets == "-" else Path(secrets))
    try:
        serve(workspace, tuple(schools), float(minute))
    except TrustctlError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(int(error.exit_code))


if __name__ == "__main__":
    main()
