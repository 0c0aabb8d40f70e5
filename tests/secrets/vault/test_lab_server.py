"""The lab's server where the recording is silent: what is documented, and what another flavour does otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from vault_ground import Ground, ask
from vault_servers import lab_ground

from trustctl.lab.vault import FLAVOURS, OPENBAO, VaultServer
from trustctl.lab.vault.clock import go_duration, seconds_of
from trustctl.lab.vault.message import Refusal
from trustctl.lab.vault.policies import granted, parse

Lab = tuple[Ground, VaultServer]
OAK = "schools/oak/switch"


@pytest.fixture
def openbao(tmp_path: Path) -> Iterator[Lab]:
    """A lab server that answers as OpenBao."""
    with lab_ground(tmp_path, OPENBAO) as both:
        yield both


LOGIN = {"role_id": "x", "secret_id": "y"}
NO_ROUTE = 'no handler for route "nomount/data/a". route entry not found.'
NO_WRAP = "wrapping token is not valid or does not exist"
NO_POLICY = "failed to parse policy: unexpected text"


@pytest.mark.parametrize(
    ("flavour", "verb", "path", "body", "token", "status", "text"),
    [
        ("vault-1.8", "GET", "lab-kv2/data/a", None, "", 400, "missing client token"),
        ("newer-vault", "GET", "lab-kv2/data/a", None, "", 403, "permission denied"),
        ("openbao", "GET", "lab-kv2/data/a", None, "", 403, "permission denied"),
        ("openbao", "GET", "lab-kv2/data/a", None, "hvs.bogus", 403, "permission denied"),
        ("openbao", "GET", "nomount/data/a", None, "root", 404, NO_ROUTE),
        ("openbao", "POST", "auth/lab-approle/login", LOGIN, "", 400, "invalid role or secret ID"),
        ("vault-1.8", "POST", "auth/lab-approle/login", LOGIN, "", 400, "invalid role ID"),
        ("vault-1.8", "POST", "lab-kv2/data/a", {"value": "x"}, "root", 400, "no data provided"),
        ("vault-1.8", "PATCH", "lab-kv2/data/a", None, "root", 405, None),
        ("vault-1.8", "GET", "sys/wrapping/unwrap", None, "root", 405, None),
        ("vault-1.8", "POST", "sys/wrapping/lookup", {"token": "s.none"}, "", 400, NO_WRAP),
        ("vault-1.8", "POST", "sys/policy/x", {"policy": "path {"}, "root", 400, NO_POLICY),
    ],
)
def test_refusals_by_flavour(
    tmp_path: Path, flavour: str, verb: str, path: str, body: object, token: str, status: int, text: str | None
) -> None:
    """One row for each difference that is known (docs/secrets-vault.md)."""
    with lab_ground(tmp_path, FLAVOURS[flavour]) as (ground, _):
        reply = ground.ask(verb, path, body, token=ground.root if token == "root" else token)
    assert (reply.status, reply.body) == (status, {"errors": [text] if text else []})


def test_verbs_that_mean_the_same(lab: Lab) -> None:
    """LIST and GET ?list=true, POST and PUT, the token by either header."""
    ground, server = lab
    ground.write(OAK, value="p1")
    folder = f"{ground.kv2}/metadata/schools"
    assert ground.ask("LIST", folder, token=ground.root).body["data"] == {"keys": ["oak/"]}
    bearer = {"Authorization": f"Bearer {ground.root}"}
    assert ask(server.address, "GET", f"/v1/{folder}?list=true", headers=bearer).body["data"] == {"keys": ["oak/"]}
    put = ground.ask("PUT", f"{ground.kv2}/data/{OAK}", {"data": {"value": "p2"}}, token=ground.root)
    assert put.body["data"]["version"] == 2


@pytest.mark.parametrize(
    ("query", "sealed", "status"),
    [("", False, 200), ("?activecode=299", False, 299), ("", True, 503), ("?sealedcode=218", True, 218)],
)
def test_health_takes_other_codes(lab: Lab, query: str, sealed: bool, status: int) -> None:
    """As a load balancer asks for them (HashiCorp, `/sys/health`)."""
    _, server = lab
    server.core.seal.sealed = sealed
    assert ask(server.address, "GET", f"/v1/sys/health{query}").status == status


def test_a_standby_says_so_unless_it_is_told_not_to(lab: Lab) -> None:
    """429, or 200 with `standbyok`; all else leads away."""
    _, server = lab
    with VaultServer(server.core, standby_of=server.address) as standby:
        assert ask(standby.address, "GET", "/v1/sys/health").status == 429
        assert ask(standby.address, "GET", "/v1/sys/health?standbyok=true").status == 200
        assert ask(standby.address, "GET", "/v1/sys/health?standbycode=231").status == 231
        led = ask(standby.address, "GET", "/v1/secret/data/a")
    assert (led.status, led.headers["Location"]) == (307, f"{server.address}/v1/secret/data/a")


def test_settings_of_a_mount(lab: Lab) -> None:
    """cas_required, max_versions and delete_version_after, of the mount and of one document."""
    ground, server = lab
    ground.api("POST", f"{ground.kv2}/config", {"cas_required": True, "max_versions": 2})
    refused = ground.ask("POST", f"{ground.kv2}/data/a", {"data": {"value": "x"}}, token=ground.root)
    assert (refused.status, refused.body) == (400, {"errors": ["check-and-set parameter required for this call"]})
    for cas in range(3):
        ground.write("a", cas, value=f"v{cas}")
    assert ground.ask("GET", f"{ground.kv2}/data/a?version=1", token=ground.root).status == 404
    told = ground.api("GET", f"{ground.kv2}/metadata/a")["data"]
    assert (told["current_version"], told["oldest_version"], sorted(told["versions"])) == (3, 2, ["2", "3"])
    ground.api("POST", f"{ground.kv2}/metadata/a", {"delete_version_after": "30s"})
    ground.write("a", 3, value="short-lived")
    assert ground.ask("GET", f"{ground.kv2}/data/a", token=ground.root).status == 200
    server.core.tools.clock.advance(31)
    gone = ground.ask("GET", f"{ground.kv2}/data/a", token=ground.root)
    assert gone.status == 404
    assert gone.body["data"]["metadata"]["deletion_time"]
    ground.api("DELETE", f"{ground.kv2}/metadata/a")
    assert ground.ask("GET", f"{ground.kv2}/metadata/a", token=ground.root).body == {"errors": []}


def test_wrapped_answers_run_out(lab: Lab) -> None:
    """By the clock, and by being opened."""
    ground, server = lab
    ground.role(secret_id_ttl="5m")
    place = "auth/lab-approle/role/trustctl/secret-id"
    wrapped = ground.api("POST", place, {}, wrap="60s")["wrap_info"]
    about = ground.ask("POST", "sys/wrapping/lookup", {"token": wrapped["token"]}).body["data"]
    assert (about["creation_path"], about["creation_ttl"]) == (place, 60)
    server.core.tools.clock.advance(61)
    assert ground.ask("POST", "sys/wrapping/unwrap", token=wrapped["token"]).status == 400


def test_namespaces_keep_what_is_in_them(openbao: Lab) -> None:
    """The same path in two namespaces is two documents; a token of one is nobody in the other."""
    ground, _ = openbao
    for name in ("oak", "elm"):
        ground.api("POST", f"sys/namespaces/{name}", {})
        ground.api("POST", "sys/mounts/kv", {"type": "kv", "options": {"version": "2"}}, namespace=name)
        ground.api("POST", "kv/data/a", {"data": {"value": name}}, namespace=name)
    inside = {"X-Vault-Namespace": "oak"}
    ground.api("POST", "sys/policy/read", {"policy": 'path "kv/data/*" { capabilities = ["read"] }'}, namespace="oak")
    made = ground.api("POST", "auth/token/create", {"policies": ["read"], "ttl": "1h"}, namespace="oak")
    token = made["auth"]["client_token"]
    assert ground.ask("GET", "kv/data/a", token=token, headers=inside).body["data"]["data"] == {"value": "oak"}
    assert ground.ask("GET", "kv/data/a", token=token, headers={"X-Vault-Namespace": "elm"}).status == 403
    nowhere = ground.ask("GET", "kv/data/a", token=ground.root, headers={"X-Vault-Namespace": "oak/none"})
    assert (nowhere.status, nowhere.body) == (404, {"errors": ["namespace not found"]})


@pytest.mark.parametrize(
    ("path", "capabilities"),
    [
        ("a/b", {"read"}),
        ("a/b/c", {"list"}),
        ("a/x/c", {"update"}),
        ("a/secret", {"deny"}),
        ("b", {"deny"}),
        ("a/y", {"read", "delete"}),
    ],
)
def test_which_policy_decides(path: str, capabilities: set[str]) -> None:
    """Exact before pattern, the later wildcard before the earlier, joined where equal; deny wins (HashiCorp)."""
    first = parse('path "a/*" { capabilities = ["read"] }\npath "a/b/*" { capabilities = ["list"] }')
    second = parse('path "a/+/c" { capabilities = ["update"] }\n# a word\npath "a/secret" { capabilities = ["deny"] }')
    third = parse('path "a/secret" { capabilities = ["read"] }\npath "a/y" { capabilities = ["read", "delete"] }')
    assert granted([first, second, third], path) == capabilities


@pytest.mark.parametrize(("text", "seconds"), [("1h30m", 5400), ("90", 90), ("20s", 20), ("2d", 172_800), ("", 0)])
def test_durations_as_go_writes_them(text: str, seconds: float) -> None:
    """Read in every form, written in one."""
    assert seconds_of(text) == seconds
    assert seconds_of(go_duration(seconds)) == seconds
    with pytest.raises(Refusal):
        seconds_of("soon")
