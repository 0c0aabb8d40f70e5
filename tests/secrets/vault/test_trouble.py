"""Trouble on the way and at the server: each has its words, none is followed, repeated or believed that must not be."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from vault_ground import Ground
from vault_servers import lab_ground

from trustctl.errors import ExitCode, StoreUnavailableError
from trustctl.lab.vault import OPENBAO, Core, Fault, FaultKind, VaultServer, start
from trustctl.secrets.vault import Outside

OAK, ELM = "schools/oak/switch", "schools/oak/later"
Lab = tuple[Ground, VaultServer]


@pytest.fixture
def written(lab: Lab) -> Lab:
    """A lab server with two secrets."""
    ground, server = lab
    ground.write(OAK, value="p1")
    ground.write(ELM, value="p2")
    server.seen.clear()
    return lab


def asked(server: VaultServer, part: str) -> int:
    """How many requests came in for a path."""
    return sum(part in seen.path for seen in server.seen)


def test_sealed_in_the_middle_of_a_run(written: Lab) -> None:
    """What was read before stays; what was not is refused, by the state that the server itself names."""
    ground, server = written
    with ground.store(ground.role()) as store:
        assert store.fetch([OAK]).values[OAK].value == "p1"
        server.core.seal.sealed = True
        assert store.get(OAK) == "p1"
        server.seen.clear()
        fetched = store.fetch([OAK, ELM, "schools/oak/a", "schools/oak/b"])
        assert set(fetched.values) == {OAK}
        error = fetched.refused[ELM]
        assert isinstance(error, StoreUnavailableError)
        assert error.exit_code is ExitCode.TRUST
        assert "Vault is sealed" in str(error)
        assert "key holder" in error.remedy
        assert set(fetched.refused) == {ELM, "schools/oak/a", "schools/oak/b"}
        assert asked(server, f"data/{ELM}") + asked(server, "data/schools/oak/") <= 8, "asked once for all names"
        assert store.close().startswith("our Vault token could not be revoked; it runs out by itself in 3600 s")


def test_a_server_that_was_never_set_up(tmp_path: Path) -> None:
    """It answers a read as a sealed one does; its health tells."""
    with VaultServer(Core()) as server:
        ground = Ground(server.address, "root", "lab", tmp_path)
        with ground.store(ground.by_root()) as store:
            with pytest.raises(StoreUnavailableError, match="Vault was never initialised"):
                store.get(OAK)
            assert store.check() == f"{server.address}: was never initialised (version 1.8.0-dev)"


@pytest.mark.parametrize("status", [500, 502, 503, 412, 429])
def test_a_moment_of_trouble_is_waited_out(written: Lab, status: int) -> None:
    """Three more tries, as the recorded server needed."""
    ground, server = written
    with ground.store(ground.by_root()) as store:
        assert store.get(OAK) == "p1"
        server.fault(Fault(FaultKind.STATUS, status, path=f"{ground.kv2}/data", times=3))
        assert store.get(ELM) == "p2"
        assert asked(server, f"data/{ELM}") == 4


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, 'Vault answers with the error 500; it says "the lab\'s fault"'),
        (502, "Vault answers with the error 502"),
        (503, "Vault answers with the error 503"),
        (412, "this Vault node has not caught up"),
        (429, "Vault has had too many requests"),
    ],
)
def test_lasting_trouble_is_told(written: Lab, status: int, words: str) -> None:
    """After four tries the status has its words and the exit code of the store."""
    ground, server = written
    with ground.store(ground.by_root()) as store:
        server.fault(Fault(FaultKind.STATUS, status, path=f"{ground.kv2}/data", times=4))
        with pytest.raises(StoreUnavailableError) as refused:
            store.get(OAK)
        assert words in str(refused.value)
        assert refused.value.where == ground.address
        assert store.get(OAK) == "p1"


def test_a_long_retry_after_is_not_waited_for(written: Lab) -> None:
    """The server may ask for a pause of an hour; a fraction of a second is given here, 20 s at most."""
    ground, server = written
    server.fault(Fault(FaultKind.STATUS, 503, path=f"{ground.kv2}/data", retry_after="0"))
    with ground.store(ground.by_root()) as store:
        assert store.get(OAK) == "p1"
        patience = store._wire._session.get_adapter("https://").max_retries
        assert patience.retry_after_max == 20


def test_a_dropped_connection_is_dialled_again(written: Lab) -> None:
    """A read loses nothing by it."""
    ground, server = written
    server.fault(Fault(FaultKind.DROPPED, path=f"{ground.kv2}/data", times=2))
    with ground.store(ground.by_root()) as store:
        assert store.get(OAK) == "p1"
        server.fault(Fault(FaultKind.DROPPED, path=f"{ground.kv2}/data", times=4))
        with pytest.raises(StoreUnavailableError, match="the connection with Vault broke off"):
            store.get(ELM)


def test_a_lost_write_says_that_it_is_not_known(written: Lab) -> None:
    """The read goes through, the write is carried out, its answer is lost: exactly one write was sent."""
    ground, server = written
    with ground.store(ground.by_root()) as store:
        store.get(OAK)
        documents = store._documents
        current = documents.current(OAK)
        server.seen.clear()
        server.fault(Fault(FaultKind.LOST, path=f"{ground.kv2}/data/{OAK}"))
        with pytest.raises(
            StoreUnavailableError, match=r"whether it carried out POST /v1/lab-kv2/data/.* is not known"
        ):
            documents.write(OAK, {"value": "v2"}, current.version)
        assert [seen.verb for seen in server.seen] == ["POST"]
        assert store.put(OAK, "v3") == "3"


def test_a_lost_write_is_not_sent_to_the_next_node_either(written: Lab) -> None:
    """It may have been carried out; a write that surely was not goes on."""
    ground, server = written
    with VaultServer(server.core) as second:
        with ground.store(ground.by_root(), addresses=(server.address, second.address)) as store:
            assert store.get(OAK) == "p1"
            server.fault(Fault(FaultKind.LOST, path=f"{ground.kv2}/data/{OAK}"))
            with pytest.raises(StoreUnavailableError, match="is not known"):
                store._documents.write(OAK, {"value": "v2"}, 1)
            assert second.seen == []
            server.fault(Fault(FaultKind.STATUS, 503, path=f"{ground.kv2}/data/{OAK}", times=4))
            assert store._documents.write(OAK, {"value": "v3"}, 2) == 3
        assert [seen.verb for seen in second.seen if OAK in seen.path] == ["POST"]


def test_a_lost_login_is_not_sent_again(written: Lab) -> None:
    """A limited secret id has one use less, not four."""
    ground, server = written
    role = ground.role(secret_id_num_uses=2)
    server.seen.clear()
    server.fault(Fault(FaultKind.LOST, path="auth/lab-approle/login"))
    with ground.store(role) as store:
        with pytest.raises(StoreUnavailableError, match="whether it carried out POST"):
            store.get(OAK)
        assert asked(server, "lab-approle/login") == 1
        assert store.get(OAK) == "p1"


def test_a_slow_server_is_left(written: Lab) -> None:
    """The wait has an end; nothing else is known then."""
    ground, server = written
    with ground.store(ground.by_root(), timeout=0.15) as store:
        assert store.get(OAK) == "p1"
        server.fault(Fault(FaultKind.SLOW, seconds=0.4, path=f"{ground.kv2}/data", times=4))
        with pytest.raises(StoreUnavailableError, match="Vault does not answer in time"):
            store.get(ELM)


def test_a_connection_that_lay_idle_is_not_used_again(written: Lab) -> None:
    """A firewall forgets it without a word; a renewal on it would be lost, and nobody could say whether it was done."""
    ground, server = written
    with ground.store(ground.by_root()) as store:
        for wait in (1, 29, 31):
            assert store.get(OAK) == "p1"
            store._read.clear()
            ground.wait(wait)
        assert store.get(OAK) == "p1"
    reads = [seen.port for seen in server.seen if OAK in seen.path]
    assert reads[0] == reads[1] == reads[2] != reads[3]


def test_an_answer_that_never_ends_is_left(written: Lab) -> None:
    """Each byte comes in time, the whole does not."""
    ground, server = written
    server.fault(Fault(FaultKind.DRIP, seconds=0.05, path=f"{ground.kv2}/data"))
    with (
        ground.store(ground.by_root(), Outside(), timeout=0.3) as store,
        pytest.raises(StoreUnavailableError, match="does not finish its answer in time"),
    ):
        store.get(OAK)


def test_an_answer_cut_short_is_asked_for_again(written: Lab) -> None:
    """Half an answer is none."""
    ground, server = written
    with ground.store(ground.by_root()) as store:
        server.fault(Fault(FaultKind.CUT, path=f"{ground.kv2}/data"))
        assert store.get(OAK) == "p1"
        server.fault(Fault(FaultKind.CUT, path=f"{ground.kv2}/data", times=2))
        with pytest.raises(StoreUnavailableError, match="the connection with Vault broke off"):
            store.get(ELM)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(FaultKind.HTML, 200), r'what answers there is not Vault \(status 200, "text/html" in place of JSON\)'),
        (Fault(FaultKind.HTML, 403), r"what answers there is not Vault \(status 403"),
        (Fault(FaultKind.HTML, 404), r"what answers there is not Vault \(status 404"),
        (Fault(FaultKind.GARBAGE), r"what answers there is not Vault \(status 200"),
        (Fault(FaultKind.ENDLESS), "larger than 4 MiB"),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else "",
)
def test_what_is_not_vault_is_not_believed(written: Lab, fault: Fault, words: str) -> None:
    """A proxy's page is neither a secret nor a proof that one is missing or denied."""
    ground, server = written
    with ground.store(ground.by_root()) as store:
        server.fault(replace(fault, path=f"{ground.kv2}/data"))
        with pytest.raises(StoreUnavailableError, match=words) as refused:
            store.get(OAK)
        assert "proxy" in refused.value.remedy
        assert "accept the terms" not in str(refused.value)


def test_a_proxy_is_no_proof_of_namespaces(tmp_path: Path) -> None:
    """A page that refuses everything must not pass for a server that knows its namespaces."""
    with lab_ground(tmp_path) as (ground, server):
        ground.write(OAK, value="p1")
        with ground.store(ground.by_root(), namespace="trust") as store:
            server.fault(Fault(FaultKind.SLOW, path="auth/token/lookup-self", times=2))
            server.fault(Fault(FaultKind.HTML, 403, path="auth/token/lookup-self"))
            with pytest.raises(StoreUnavailableError, match="not Vault"):
                store.get(OAK)
            with pytest.raises(StoreUnavailableError, match="ignores namespaces"):
                store.get(OAK)
        assert asked(server, f"data/{OAK}") == 0 + 1, "only the test's own write"


def test_a_policy_is_no_proof_of_namespaces(tmp_path: Path) -> None:
    """A token that may not look itself up is refused in every namespace, the root's too: that proves nothing."""
    with lab_ground(tmp_path) as (ground, server):
        ground.write(OAK, value="p1")
        role = ground.role("blind", token_no_default_policy=True)
        server.seen.clear()
        with (
            ground.store(role, namespace="trust") as store,
            pytest.raises(StoreUnavailableError, match=r"(?s)does not let our token look itself up.*lookup-self"),
        ):
            store.get(OAK)
        assert asked(server, "data/") == 0


def test_a_namespace_that_is_real_is_proven_once(tmp_path: Path) -> None:
    """OpenBao's way: 404 for a namespace that is not there."""
    with lab_ground(tmp_path, OPENBAO) as (ground, server):
        ground.api("POST", "sys/namespaces/trust", {})
        ground.api("POST", "sys/mounts/kv", {"type": "kv", "options": {"version": "2"}}, namespace="trust")
        for path, value in ((OAK, "p1"), (ELM, "p2")):
            ground.api("POST", f"kv/data/{path}", {"data": {"value": value}}, namespace="trust")
        server.seen.clear()
        with ground.store(ground.by_root(), namespace="trust", mount="kv") as store:
            assert store.fetch([OAK, ELM]).values[ELM].value == "p2"
        proofs = [seen for seen in server.seen if "trustctl-proof" in seen.headers.get("x-vault-namespace", "")]
        assert len(proofs) == 1


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[Ground, VaultServer, VaultServer]]:
    """An active node and a standby of the same cluster."""
    with lab_ground(tmp_path) as (ground, active), VaultServer(active.core, standby_of=active.address) as standby:
        ground.write(OAK, value="p1")
        ground.write(ELM, value="p2")
        active.seen.clear()
        yield ground, active, standby


def test_a_standby_leads_to_the_node_that_is_configured(cluster: tuple[Ground, VaultServer, VaultServer]) -> None:
    """And from then on the active node is asked first."""
    ground, active, standby = cluster
    addresses = (standby.address, active.address)
    with ground.store(ground.by_root(), addresses=addresses) as store:
        assert store.get(OAK) == "p1"
        before = len(standby.seen)
        assert store.get(ELM) == "p2"
        assert len(standby.seen) == before
        assert store.check().splitlines() == [
            f"{standby.address}: is a standby node (version 1.8.0-dev)",
            f"{active.address}: answers and is active (version 1.8.0-dev)",
        ]
        assert store.put(OAK, "p3") == "2"


def test_a_standby_alone_is_told(cluster: tuple[Ground, VaultServer, VaultServer]) -> None:
    """The node it names is not configured: its address stands in the error, the token stayed with us."""
    ground, active, standby = cluster
    with (
        ground.store(ground.by_root(), addresses=(standby.address,)) as store,
        pytest.raises(StoreUnavailableError, match="not followed, the token stayed here") as refused,
    ):
        store.get(OAK)
    assert active.address in str(refused.value)
    assert active.seen == []


@pytest.mark.parametrize("as_second", [False, True])
def test_a_redirect_to_a_foreign_host_gets_no_token(written: Lab, as_second: bool) -> None:
    """A second listener waits for the token; it gets no request at all."""
    ground, server = written
    foreign_core = Core(seed="foreign")
    start(foreign_core)
    with VaultServer(foreign_core) as foreign:
        host = foreign.address.replace("127.0.0.1", "localhost")
        with VaultServer(server.core, standby_of=host) as standby:
            addresses = (standby.address, server.address) if as_second else (standby.address,)
            with ground.store(ground.role(), addresses=addresses) as store:
                if as_second:
                    assert store.get(OAK) == "p1"
                else:
                    with pytest.raises(StoreUnavailableError, match=r"sends us on to .*localhost"):
                        store.get(OAK)
        assert foreign.seen == []
        assert any(seen.path.endswith("login") for seen in standby.seen)


def test_the_next_node_serves_when_one_is_down(cluster: tuple[Ground, VaultServer, VaultServer]) -> None:
    """An address where nobody listens, or a sealed node, is passed; all of them down is told of all."""
    ground, active, standby = cluster
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with ground.store(ground.by_root(), addresses=(dead, active.address)) as store:
            assert store.get(OAK) == "p1"
            assert store.check().splitlines()[0] == f"{dead}: gives no answer"
        with (
            ground.store(ground.by_root(), addresses=(dead, standby.address)) as store,
            pytest.raises(StoreUnavailableError, match=rf"cannot be reached \(nor can {standby.address}: "),
        ):
            store.get(OAK)
