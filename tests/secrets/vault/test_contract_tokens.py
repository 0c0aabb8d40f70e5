"""The second half of the contract: signing in, the life of a token, and namespaces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from vault_ground import Ground, jwt

from trustctl.errors import ExitCode, StoreUnavailableError
from trustctl.model.vault import AppRoleAuth, TokenAuth

OAK = "schools/oak/switch"


def test_approle_signs_in_and_leaves(ground: Ground) -> None:
    """Our token is revoked at the end; a later question signs in anew."""
    ground.write(OAK, value="p1")
    store = ground.store(ground.role())
    assert store.get(OAK) == "p1"
    token = store._keeper._client.token
    assert ground.ask("GET", "auth/token/lookup-self", token=token).status == 200
    assert store.close() == ""
    assert ground.ask("GET", "auth/token/lookup-self", token=token).status == 403
    assert store.get(OAK) == "p1"


def test_a_token_that_was_given_is_not_revoked(ground: Ground) -> None:
    """A person's own token outlives us; a revoked one is refused with a remedy."""
    made = ground.api("POST", "auth/token/create", {"policies": [f"{ground.run}-oak"], "ttl": "1h"})
    token = made["auth"]["client_token"]
    ground.write(OAK, value="p1")
    with ground.store(TokenAuth(token_file=ground.private("given.token", token))) as store:
        assert store.get(OAK) == "p1"
    assert ground.ask("GET", "auth/token/lookup-self", token=token).status == 200
    ground.api("POST", "auth/token/revoke-self", token=token)
    with (
        ground.store(TokenAuth(token_file=ground.private("given.token", token))) as store,
        pytest.raises(StoreUnavailableError, match=r"(?s)does not accept the token \(status 403.*vault login"),
    ):
        store.get(OAK)


@pytest.mark.parametrize("token", ["hvs.bogus", "nonsense", "s.0123456789abcdefghijklmn"])
def test_a_token_that_never_was(ground: Ground, token: str) -> None:
    """Servers answer it with 400 or 403: both mean the same to us."""
    auth = TokenAuth(token_file=ground.private("given.token", token))
    with (
        ground.store(auth) as store,
        pytest.raises(StoreUnavailableError, match="does not accept the token") as refused,
    ):
        store.get(OAK)
    assert token not in str(refused.value)


def test_wrong_and_used_up_secret_ids_are_told_alike(ground: Ground) -> None:
    """The server does not tell them apart, so neither do we."""
    ground.write(OAK, value="p1")
    once = ground.role("once", secret_id_num_uses=1)
    with ground.store(once) as store:
        assert store.get(OAK) == "p1"
    wrong_role = replace(once, role_id="00000000-0000-0000-0000-000000000000")
    wrong_secret = replace(once, secret_id_file=ground.private("wrong", "00000000-0000-0000-0000-000000000000"))
    for auth in (once, wrong_role, wrong_secret):
        with ground.store(auth) as store, pytest.raises(StoreUnavailableError) as refused:
            store.get(OAK)
        assert "refuses our login by AppRole (status 400" in str(refused.value)
        assert "used up" in refused.value.remedy
        assert refused.value.exit_code is ExitCode.TRUST


def test_a_login_where_nothing_is_mounted(ground: Ground) -> None:
    """Old servers answer as if a token were missing: the remedy names the mount."""
    auth = replace(ground.role(), mount=f"{ground.run}-none")
    with ground.store(auth) as store, pytest.raises(StoreUnavailableError, match=r"not mounted at auth/.*-none"):
        store.get(OAK)


def test_a_wrapped_secret_id_opens_once(ground: Ground) -> None:
    """The second time somebody may have opened it before us: an alarm."""
    ground.write(OAK, value="p1")
    wrapped = ground.role("wrapped", wrap="60s")
    with ground.store(wrapped) as store:
        assert store.get(OAK) == "p1"
    with ground.store(wrapped) as store, pytest.raises(StoreUnavailableError, match=r"(?s)ALARM: .*audit log"):
        store.get(OAK)


def test_a_wrapping_token_of_another_origin_is_not_opened(ground: Ground) -> None:
    """A swapped token is seen before it is opened, and stays usable for its owner."""
    other = ground.role("other", wrap="60s")
    swapped = replace(other, role_name="trustctl")
    with (
        ground.store(swapped) as store,
        pytest.raises(StoreUnavailableError, match=r"ALARM: .*was made at .*role/other"),
    ):
        store.get(OAK)
    ground.write(OAK, value="p1")
    with ground.store(other) as store:
        assert store.get(OAK) == "p1"


def test_a_pipeline_signs_in_by_its_token(ground: Ground) -> None:
    """A signed identity token is enough."""
    ground.write(OAK, value="p1")
    ground.jwt_role()
    with ground.store(ground.by_jwt(jwt(ground.now()))) as store:
        assert store.get(OAK) == "p1"


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda now: jwt(now, project="trust/other"), id="another project"),
        pytest.param(lambda now: jwt(now, exp=int(now) - 600), id="expired"),
        pytest.param(lambda now: jwt(now, nbf=int(now) + 3600, exp=int(now) + 7200), id="not yet"),
        pytest.param(lambda now: jwt(now, aud="other"), id="another audience"),
        pytest.param(lambda now: jwt(now, iss="https://elsewhere.example"), id="another issuer"),
        pytest.param(lambda now: jwt(now, key="foreign"), id="another key"),
        pytest.param(lambda now: jwt(now)[:-8] + "AAAAAAAA", id="a changed signature"),
        pytest.param(lambda now: "not.a.token", id="no token"),
    ],
)
def test_a_pipeline_that_may_not(ground: Ground, make: Callable[[float], str]) -> None:
    """Each wrong claim and signature is refused, with the server's reason and without the token."""
    ground.jwt_role()
    token = make(ground.now())
    with ground.store(ground.by_jwt(token)) as store, pytest.raises(StoreUnavailableError) as refused:
        store.get(OAK)
    assert "refuses our login by JWT (status 400; it says" in str(refused.value)
    assert token not in str(refused.value)


def test_a_role_that_is_not_there(ground: Ground) -> None:
    """A role that is not there is a refused login."""
    auth = ground.by_jwt(jwt(ground.now()), role="none")
    with ground.store(auth) as store, pytest.raises(StoreUnavailableError, match="refuses our login by JWT"):
        store.get(OAK)


def _short(ground: Ground, **settings: object) -> AppRoleAuth:
    ground.write(OAK, value="p1")
    ground.write("schools/oak/later", value="p2")
    return ground.role("short", **settings)


def test_a_token_that_ran_out_is_replaced(ground: Ground) -> None:
    """A token that ran out is met by one new login."""
    with ground.store(_short(ground, token_ttl="2s", token_max_ttl="2s")) as store:
        assert store.get(OAK) == "p1"
        first = store._keeper._client.token
        ground.wait(3)
        assert store.get("schools/oak/later") == "p2"
        assert store._keeper._client.token != first


def test_a_token_that_was_revoked_is_replaced_once(ground: Ground) -> None:
    """So is one that somebody revoked."""
    with ground.store(_short(ground)) as store:
        assert store.get(OAK) == "p1"
        ground.api("POST", "auth/token/revoke-self", token=store._keeper._client.token)
        assert store.get("schools/oak/later") == "p2"


def test_a_token_is_renewed_at_two_thirds(ground: Ground) -> None:
    """The same token lives on while it is used."""
    with ground.store(_short(ground, token_ttl="6s", token_max_ttl="1h"), lease=6) as store:
        assert store.get(OAK) == "p1"
        token = store._keeper._client.token
        for _ in range(2):
            ground.wait(4.1)
            store._read.clear()
            assert store.get(OAK) == "p1"
        assert store._keeper._client.token == token


def test_a_used_up_secret_id_leaves_the_token_its_life(ground: Ground) -> None:
    """No second login is possible: what is left of the token is used, then the error says why."""
    with ground.store(_short(ground, token_ttl="3s", token_max_ttl="6s", secret_id_num_uses=1), lease=60) as store:
        assert store.get(OAK) == "p1"
        ground.wait(4.1)
        assert store.get("schools/oak/later") == "p2"
        ground.wait(2.5)
        with pytest.raises(StoreUnavailableError, match="refuses our login by AppRole"):
            store.get("schools/oak/third")


def test_namespaces_are_proven_before_a_secret_is_read(ground: Ground) -> None:
    """A server that ignores the header is refused; one that has namespaces gives what lies in ours."""
    ground.write(OAK, value="of-the-root")
    name = f"{ground.run}-ns"
    made = ground.ask("POST", f"sys/namespaces/{name}", {}, token=ground.root)
    if made.status not in {200, 204}:
        ignored = pytest.raises(StoreUnavailableError, match=r"(?s)ignores namespaces.*No secret was read")
        with ground.store(ground.by_root(), namespace=name) as store, ignored:
            store.get(OAK)
        return
    ground.made.append(("DELETE", f"sys/namespaces/{name}"))
    ground.api("POST", "sys/mounts/kv", {"type": "kv", "options": {"version": "2"}}, namespace=name)
    ground.api("POST", f"kv/data/{OAK}", {"data": {"value": "of-ours"}}, namespace=name)
    with ground.store(ground.by_root(), namespace=name, mount="kv") as store:
        assert store.get(OAK) == "of-ours"
    unknown = pytest.raises(
        StoreUnavailableError, match=r"(?s)does not accept the token.*Correct `namespace`|vault login"
    )
    with ground.store(ground.by_root(), namespace=f"{name}-none", mount="kv") as store, unknown:
        store.get(OAK)
