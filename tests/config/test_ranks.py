"""Lists whose order counts, on a device that puts at the end what comes: the wanted order, and never an empty list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from golden_cases import intended_of, rulebook
from hypothesis import given
from hypothesis import strategies as st

from trustctl.config.compare import compare
from trustctl.config.digest import differences, digest
from trustctl.config.read import read, read_intended
from trustctl.config.scope import DeviceFacts, Scope
from trustctl.model.levels import Stage

if TYPE_CHECKING:
    from trustctl.config.statement import Config

BOOK = rulebook()
SERVERS = st.lists(st.sampled_from("ABCDE"), min_size=1, unique=True)


def _text(servers: list[str]) -> str:
    group = "".join(f" server name {name}\n" for name in servers)
    return f"version 15.2\nhostname oak-sw-a1-01\naaa group server radius TRUST\n{group}end\n"


def _observed(servers: list[str]) -> Config:
    return read(_text(servers), BOOK, where="oak-sw-a1-01")


def _obey(held: list[str], lines: tuple[str, ...]) -> list[str]:
    """What a group holds after these lines; it is never without a server."""
    group = list(held)
    for line in lines:
        off, name = line.split()[0] == "no", line.split()[-1]
        if "server name" in line and off:
            group.remove(name)
        elif "server name" in line and name not in group:
            group.append(name)
        assert group, f"nobody is left to ask after `{line}`"
    return group


@pytest.mark.parametrize("stage", [Stage.ENSURE, Stage.OWN])
@given(held=SERVERS, meant=SERVERS)
def test_servers_come_into_order_and_go_back(stage: Stage, held: list[str], meant: list[str]) -> None:
    """Also there and back, at both stages that write; what a school has besides keeps its place at `ensure`."""
    intended = read_intended(intended_of(_text(meant).removeprefix("version 15.2\n").removesuffix("end\n")), BOOK)
    found = compare(_observed(held), intended, Scope(stage=stage, facts=DeviceFacts()))
    after = _obey(held, found.commands)
    assert [name for name in after if name in meant] == meant
    assert stage is Stage.ENSURE or after == meant
    assert _obey(after, found.undo) == held
    assert digest(_observed(after)) == digest(found.target)


def test_another_order_is_another_configuration() -> None:
    """A device whose servers changed places since the plan has moved."""
    one, other = _observed(["A", "B", "C"]), _observed(["B", "A", "C"])
    assert digest(one) != digest(other)
    group = "aaa group server radius TRUST: "
    lines = [f"- server name {name}" for name in "ABC"] + [f"+ server name {name}" for name in "BAC"]
    assert differences(one, other) == tuple(f"{group}{line}" for line in lines)
