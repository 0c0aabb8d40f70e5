"""What of pyinfra is used, typed, in one place: pyinfra 3.10 leaves its parameters untyped and its results private.

The version is pinned because of this file. Its traps are in docs/sources.md (P1 to P23), and tests hold them.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false, reportDeprecated=false
# ruff: noqa: SLF001 - what is needed of pyinfra is private there, and is touched in this file alone

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ParamSpec, cast

from pyinfra.api.command import StringCommand
from pyinfra.api.config import Config
from pyinfra.api.facts import FactBase
from pyinfra.api.host import Host
from pyinfra.api.inventory import Inventory
from pyinfra.api.operation import OperationMeta
from pyinfra.api.operation import operation as _operation
from pyinfra.api.operations import run_host_op
from pyinfra.api.state import State, StateHostMeta, StateHostResults, StateStage
from pyinfra.connectors.util import make_unix_command
from pyinfra.context import ctx_host, ctx_state

Commands = Generator[StringCommand, None, None]
"""What an operation yields."""
P = ParamSpec("P")


def operation(function: Callable[P, Commands]) -> Callable[..., OperationMeta]:
    """Make a generator of commands an operation. Call it with its own arguments, `name=` and pyinfra's `_sudo=`..."""
    return cast("Callable[..., OperationMeta]", _operation()(function))


def inner(operation: Callable[..., OperationMeta], *arguments: Any) -> Iterator[StringCommand]:
    """Walk the commands of an operation as its own generator makes them now, without preparing it."""
    for command in cast("Any", operation)._inner(*arguments):
        if isinstance(command, StringCommand):
            yield command


def stdin_of(command: StringCommand) -> str:
    """The text that a command shall get on stdin."""
    given = command.connector_arguments.get("_stdin")
    return given if isinstance(given, str) else ""


def fact(host: Host, kind: type[FactBase[Any]], **arguments: Any) -> Any:
    """Read a fact. None if it could not be read."""
    return host.get_fact(kind, **arguments)


def shell(command: StringCommand, env: Mapping[str, Any]) -> str:
    """Return `sh -c '...'` with its environment, secrets in it as they are: never to be logged."""
    return make_unix_command(command, _env=dict(env)).get_raw_value()


@contextmanager
def on(host: Host) -> Iterator[None]:
    """Work on this host in this greenlet. pyinfra's own context stays set when an error leaves it."""
    contexts = cast("Any", ctx_host)
    before = contexts.get()
    contexts.set(host)
    try:
        yield
    finally:
        contexts.set(before)


def new_state(parallel: int) -> State:
    """Return the one State of this process, which is in the stage Prepare, and set it, once (P1)."""
    state = State()
    # an empty inventory is false to State's constructor
    inventory: Inventory = cast("Any", Inventory).empty()
    config: Config = cast("Any", Config)(PARALLEL=parallel)
    state.init(inventory, config)
    state.set_stage(StateStage.Connect)
    state.set_stage(StateStage.Prepare)
    cast("Any", ctx_state).set(state)
    return state


def add_host(state: State, name: str, connector: type[Any], data: Mapping[str, Any]) -> Host:
    """Add a host to a State that is at work already."""
    host = Host(name, state.inventory, (), connector_cls=connector)
    host.connector_data.update(data)
    state.inventory.hosts[name] = host
    state.ops[host], state.meta[host], state.results[host] = {}, StateHostMeta(), StateHostResults()
    host.init(state)
    return host


def connect(host: Host) -> None:
    """Connect by the host's connector; its errors pass."""
    cast("Any", host).connect(show_errors=False, raise_exceptions=True)


def data_of(host: Host) -> dict[str, Any]:
    """All data that the inventory has of a host."""
    return cast("dict[str, Any]", cast("Any", host.data).dict())


def drop_host(state: State, host: Host) -> None:
    """Forget a host and all that was prepared for it."""
    state.inventory.hosts.pop(host.name, None)
    state.ops.pop(host, None)
    state.meta.pop(host, None)
    state.results.pop(host, None)


def executing(state: State) -> None:
    """From now on something is changed; stages only go forward."""
    if state.current_stage < StateStage.Execute:
        state.set_stage(StateStage.Execute)


def prepared(state: State, host: Host, meta: OperationMeta) -> Iterator[StringCommand]:
    """Walk the commands of an operation that will change something."""
    for command in state.ops[host][meta._hash].command_generator():
        if isinstance(command, StringCommand):
            yield command


def carry_out(state: State, host: Host, meta: OperationMeta) -> tuple[bool, list[str]]:
    """Carry out an operation on one host; return whether it succeeded, and its commands with hidden values masked."""
    done = run_host_op(state, host, meta._hash)
    return done, [str(command) for command in meta._commands or ()]


__all__ = [
    "Commands",
    "FactBase",
    "Host",
    "OperationMeta",
    "State",
    "StringCommand",
    "add_host",
    "carry_out",
    "connect",
    "data_of",
    "drop_host",
    "executing",
    "fact",
    "inner",
    "new_state",
    "on",
    "operation",
    "prepared",
    "shell",
    "stdin_of",
]
