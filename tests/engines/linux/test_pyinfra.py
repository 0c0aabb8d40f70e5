"""What pyinfra itself does, as far as the engine relies on it (docs/sources.md): shown on its `@fake` connector."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyinfra.connectors.fake import FakeConnector
from pyinfra.context import ctx_host

from trustctl.engines.linux import border
from trustctl.engines.linux.border import Host, State, add_host, carry_out, drop_host, new_state, on, prepared
from trustctl.engines.linux.facts import observed
from trustctl.engines.linux.operations import OPERATIONS
from trustctl.engines.linux.operations.current import forgetting, seeing
from trustctl.engines.linux.pyinfra_inventory import hosts
from trustctl.errors import DeviceError
from trustctl.hosts import Resource, parse, text_lines
from trustctl.hosts.kinds import KINDS
from trustctl.model.linux import ALWAYS, ROLES

REPOSITORY = Path(__file__).parents[3]

STEPS = {
    "package": "package chrony",
    "file": "file /etc/x owner=root group=root mode=0600",
    "directory": "directory /etc/x owner=root group=root mode=0700",
    "link": "link /etc/x target=y",
    "group": "group kv gid=901",
    "user": "user kv groups=sudo hash='$6$salt$Canary-hash'",
    "service": "service ssh enabled=yes running=yes",
    "sysctl": "sysctl a.b value=1",
    "hostname": "hostname static value=a",
    "timezone": "timezone system value=UTC",
    "mount": "mount /mnt type=tmpfs device=tmpfs options=nodev",
    "ruleset": "ruleset nftables file=/etc/nftables.conf",
    "command": "command x run='cat >/dev/null' unless=false stdin=Canary-stdin",
}
STEPS_PRESENT = {
    "sysctl": "value=0",
    "hostname": "value=b",
    "timezone": "value=B",
    "command": "done=no",
    "ruleset": "loaded=no",
}


def step_of(kind: str) -> Resource:
    """A step of this kind; a file with a secret line."""
    lines = (STEPS[kind], *(["    Canary-line"] if kind == "file" else []))
    return next(iter(parse(lines).values()))


def had(step: Resource) -> Resource:
    """What a host has that makes the step necessary."""
    words = STEPS_PRESENT.get(step.kind, "state=absent")
    return next(iter(parse([f"{step.kind} {step.name} {words}"]).values()))


@pytest.fixture
def state() -> Iterator[State]:
    """A State of its own; the process's context is given back."""
    before = border.ctx_state.get()
    yield new_state(5)
    border.ctx_state.set(before)


def a_host(state: State, name: str = "one", **responses: object) -> Host:
    """A host that answers what it is told to."""
    state.inventory.host_data[name] = {"fake_responses": responses, "fake_delay": 0, "fake_delay_jitter": 0}
    made = add_host(state, name, FakeConnector, {})
    border.connect(made)
    return made


def test_every_kind_has_an_operation_and_every_part_a_deploy() -> None:
    """None is forgotten when one is added."""
    assert set(OPERATIONS) == set(KINDS) == set(STEPS)
    found = importlib.util.find_spec("trustctl.engines.linux.deploys")
    assert found is not None
    assert found.submodule_search_locations
    folder = Path(found.submodule_search_locations[0])
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == {*ALWAYS, *ROLES}
    for role in (*ALWAYS, *ROLES):
        assert f'deploy("{role}")' in (folder / f"{role}.py").read_text()


def test_the_inventory_of_plain_pyinfra_has_what_the_plans_have(tmp_path: Path) -> None:
    """Each server in the groups of its parts, its one key in a file of ours, secrets by name only."""
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFn6Szzq5SRLqhMwaoJ2CN1WmXlsmZOPGr1iaYyTdSi"
    groups = hosts(REPOSITORY / "inventory", secrets=tmp_path / "s", endpoints={"ash-srv-01": ("127.0.0.1", 2222, key)})
    assert {"linux", *ALWAYS} <= set(groups) <= {"linux", *ALWAYS, *ROLES}
    data = dict(groups["linux"])["ash-srv-01"]
    assert dict(groups["dhcp"])["ash-srv-01"] is data
    want = parse(text_lines(data["description"]))
    assert {one.topic.role for one in want.values()} <= {*ALWAYS, *ROLES}
    assert "<secret:" in data["description"]
    assert data["ssh_strict_host_key_checking"] == "yes"
    known = Path(data["ssh_known_hosts_file"])
    assert known.stat().st_mode & 0o777 == 0o600
    assert f"[127.0.0.1]:2222 {key}" in known.read_text()


@pytest.mark.parametrize("kind", sorted(STEPS))
def test_no_operation_shows_a_secret(state: State, kind: str) -> None:
    """P7, P17: with a name its label has no arguments; contents are neither in commands nor uploaded."""
    one, step = a_host(state), step_of(kind)
    with on(one):
        seeing(one, [had(step)])
        meta = OPERATIONS[kind](step, name=f"{kind} {step.name}", _sudo=True, _timeout=60)
        assert meta.will_change
        commands = list(state.ops[one][meta._hash].command_generator())
    assert state.op_meta[meta._hash].args == []
    assert state.op_meta[meta._hash].names == {f"{kind} {step.name}"}
    assert {type(command).__name__ for command in commands} == {"StringCommand"}
    assert "Canary" not in "".join(command.get_raw_value() for command in commands)


def test_two_hosts_with_other_steps_do_not_meet(state: State) -> None:
    """P3: an operation is known by its position; each host's own commands are those that were asked for."""
    one, two = a_host(state, "one"), a_host(state, "two")
    found = {}
    for here, kinds in ((one, ["group", "sysctl"]), (two, ["sysctl"])):
        with on(here):
            for kind in kinds:
                step = step_of(kind)
                seeing(here, [had(step)])
                meta = OPERATIONS[kind](step, name=kind)
                found[here.name, kind] = [str(command) for command in prepared(state, here, meta)]
    assert found["one", "sysctl"] == found["two", "sysctl"] == ["sysctl -w a.b=1"]
    assert found["one", "group"] == ["groupadd -g 901 kv"]


def test_a_step_in_step_does_nothing(state: State) -> None:
    """And it is told by the one comparison."""
    one, step = a_host(state), step_of("sysctl")
    with on(one):
        seeing(one, [step])
        assert OPERATIONS["sysctl"](step, name="x").will_change is False


def test_a_fact_that_fails_is_never_taken_for_an_answer(state: State) -> None:
    """P9, P12: pyinfra would give its default, and raise for all when the last host fails."""
    one = a_host(state, trustctl_nothing="", sed={"success": False, "stderr": "broken"})
    with pytest.raises(DeviceError, match="did not answer a reading to its end"):
        observed(one, [step_of("user")])
    with on(one), pytest.raises(DeviceError):
        OPERATIONS["user"](step_of("user"), name="x")


def test_an_untold_resource_is_no_change(state: State) -> None:
    """Could not tell is an error, not a step."""
    one, step = a_host(state), step_of("file")
    with on(one):
        seeing(one, [Resource("file", "/etc/x", (("state", "untold"), ("why", "Permission denied")))])
        with pytest.raises(DeviceError, match="Permission denied"):
            OPERATIONS["file"](step, name="x")
        forgetting(one)


def test_an_error_leaves_no_host_behind(state: State) -> None:
    """P1: pyinfra's own `use` leaves the context set."""
    one, before = a_host(state), ctx_host.get()
    with pytest.raises(ValueError, match="x"), on(one):
        raise ValueError("x")
    assert ctx_host.get() is before


def test_a_failing_host_is_no_other_hosts_business(state: State) -> None:
    """P11: each is carried out by itself and says itself how it went."""
    bad = a_host(state, "bad", groupadd={"success": False, "stderr": "groupadd: GID '901' already exists"})
    good = a_host(state, "good")
    step, ends = step_of("group"), {}
    for here in (bad, good):
        with on(here):
            seeing(here, [had(step)])
            meta = OPERATIONS["group"](step, name="x")
            ends[here.name] = carry_out(state, here, meta)[0], meta.stderr_lines
    assert ends == {"bad": (False, ["groupadd: GID '901' already exists"]), "good": (True, [])}
    drop_host(state, bad)
    assert bad not in state.ops
