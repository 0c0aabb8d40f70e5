"""What the store promises, on every server there is: the lab's flavours, and a real one (`make contract-vault`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import NAMED, PROGRAMS
from ground import Ground, jwt

from trustctl.errors import ExitCode, MissingSecretError, SecretError, StoreUnavailableError
from trustctl.model.vault import AppRoleAuth, TokenAuth
from trustctl.secrets.vault import policy

OAK = "schools/oak/switch"


@pytest.mark.skipif(not (NAMED or PROGRAMS), reason="no vault, no bao, no VAULT_ADDR: NO real server was asked")
def test_a_real_server_was_asked() -> None:
    """Says so where the contract ran on the lab's server alone."""


def test_reads_values_keys_and_versions(ground: Ground) -> None:
    """A name gives its value and version; a key and an older version can be named."""
    ground.write(OAK, value="p1")
    ground.write(OAK, value="p2", enable="e2")
    with ground.store(ground.by_root()) as store:
        held = store.held(OAK)
        assert (held.value, held.version) == ("p2", "2")
        assert store.get(f"{OAK}#enable") == "e2"
        assert store.held(OAK, version="1").value == "p1"
        assert store.held(OAK, version="2") == held
        assert "p2" not in f"{held!r}{store!r}"


def test_a_batch_tells_values_from_refusals(ground: Ground) -> None:
    """What one school may not read does not take the others' secrets away."""
    ground.write(OAK, value="p1", enable="e1")
    with ground.store(ground.role()) as store:
        fetched = store.fetch([OAK, f"{OAK}#enable", f"{OAK}#none", "schools/oak/none", "schools/elm/switch"])
    assert {name: held.value for name, held in fetched.values.items()} == {OAK: "p1", f"{OAK}#enable": "e1"}
    kinds = {name: type(error) for name, error in fetched.refused.items()}
    assert kinds == {
        f"{OAK}#none": MissingSecretError,
        "schools/oak/none": MissingSecretError,
        "schools/elm/switch": SecretError,
    }
    assert "p1" not in repr(fetched)


def test_what_is_missing_deleted_or_destroyed(ground: Ground) -> None:
    """Three states that the server answers with the same status, each with its own remedy."""
    for value in ("p1", "p2", "p3"):
        ground.write(OAK, value=value)
    with ground.store(ground.by_root()) as store:
        with pytest.raises(
            MissingSecretError, match=r"(?s)no secret named schools/oak/none.*secret set schools/oak/none"
        ):
            store.get("schools/oak/none")
        with pytest.raises(MissingSecretError, match="no version 9 of secret"):
            store.held(OAK, version="9")
        with pytest.raises(MissingSecretError, match=r'has no key enable in Vault; its keys: "value"'):
            store.get(f"{OAK}#enable")
        ground.api("POST", f"{ground.kv2}/destroy/{OAK}", {"versions": [1]})
        with pytest.raises(
            SecretError, match=r"version 1 of secret .* was destroyed in Vault: it is gone for good"
        ) as gone:
            store.held(OAK, version="1")
        assert not isinstance(gone.value, MissingSecretError)
        assert gone.value.exit_code is ExitCode.TRUST
        ground.api("POST", f"{ground.kv2}/delete/{OAK}", {"versions": [2]})
        with pytest.raises(SecretError, match=r"(?s)version 2 of secret .* was deleted in Vault at 20.*undelete"):
            store.held(OAK, version="2")
        ground.api("POST", f"{ground.kv2}/undelete/{OAK}", {"versions": [2]})
        assert store.held(OAK, version="2").value == "p2"


def test_what_no_device_can_be_sent_is_refused(ground: Ground) -> None:
    """A value that would be more than one word on a command line is refused, unseen."""
    ground.write("schools/oak/evil", value="a\nreload", spaced="a b", good="ok")
    ground.api("POST", f"{ground.kv2}/data/schools/oak/number", {"data": {"value": 123}})
    with ground.store(ground.by_root()) as store:
        assert store.get("schools/oak/evil#good") == "ok"
        for name in ("schools/oak/evil", "schools/oak/evil#spaced"):
            with pytest.raises(SecretError, match="cannot be sent to a device") as refused:
                store.get(name)
            assert "reload" not in str(refused.value)
        with pytest.raises(SecretError, match=r"(?s)is no text.*leading zeros"):
            store.get("schools/oak/number")


@pytest.mark.parametrize(("kv", "mount"), [(1, "kv2"), (2, "kv1")])
def test_the_wrong_version_of_kv_is_named(ground: Ground, kv: int, mount: str) -> None:
    """A wrong path form is not taken for a secret that is missing."""
    place = getattr(ground, mount)
    with ground.store(ground.by_root(), mount=place, kv=kv) as store:
        really = 3 - kv
        with pytest.raises(SecretError, match=rf"(?s)is a KV version {really} mount and .*Write `kv: {really}`"):
            store.get(OAK)


def test_a_mount_that_is_not_there(ground: Ground) -> None:
    """Nor is a mount that is not there."""
    with ground.store(ground.by_root(), mount=f"{ground.run}-none") as store:
        with pytest.raises(SecretError, match=r"(?s)nothing mounted at .*Correct `mount`") as refused:
            store.get(OAK)
        assert not isinstance(refused.value, MissingSecretError)


def test_kv_1_has_no_versions(ground: Ground) -> None:
    """KV version 1 is read and written, and pins nothing."""
    with ground.store(ground.by_root(), mount=ground.kv1, kv=1) as store:
        assert store.put("radius/oak#key", "k1", cas="0") == ""
        assert store.put("radius/oak", "v1") == ""
        for cas in ("0", "7"):
            with pytest.raises(SecretError, match=r"(?s)KV version 1 keeps none.*Nothing was written"):
                store.put("radius/oak", "v2", cas=cas)
        held = store.held("radius/oak#key")
        assert (held.value, held.version) == ("k1", "")
        assert store.names() == ("radius/oak",)
        with pytest.raises(SecretError, match="KV version 1 keeps no versions"):
            store.held("radius/oak", version="1")
        with pytest.raises(MissingSecretError, match="no secret named radius/elm"):
            store.get("radius/elm")
        store.change("radius/oak", {"value": None})
        assert store.get("radius/oak#key") == "k1"
        store.change("radius/oak", {"key": None})
        with pytest.raises(MissingSecretError, match="no secret named radius/oak"):
            store.get("radius/oak")


def test_a_policy_that_denies_is_named(ground: Ground) -> None:
    """A refusal names the path and the capability; it can be asked for beforehand."""
    ground.write("schools/elm/switch", value="p1")
    with ground.store(ground.role()) as store:
        with pytest.raises(SecretError) as refused:
            store.get("schools/elm/switch")
        text = str(refused.value)
        assert not isinstance(refused.value, StoreUnavailableError)
        assert f'capability "read" on {ground.kv2}/data/schools/elm/switch' in text
        with pytest.raises(SecretError, match=r'capability "create" on|capability "update" on'):
            store.put("schools/oak/new", "v1")
        with pytest.raises(SecretError, match=rf'capability "list" on {ground.kv2}/metadata'):
            store.names()
        assert store.denied([OAK, "schools/elm/switch", "schools/elm/switch#x"]) == (
            "schools/elm/switch",
            "schools/elm/switch#x",
        )
        assert store.denied([OAK], "update") == (OAK,)
        assert store.denied([]) == ()


def test_the_generated_policy_is_enough_and_no_more(ground: Ground) -> None:
    """The server itself says what the generated text grants and what it does not."""
    for path in ("radius/oak", "radius/elm", "login/switch"):
        ground.write(path, value=f"of-{path.replace('/', '-')}")
    ground.allow("least", policy(["radius/oak#key", "login/switch", "radius/oak"], ground.kv2))
    ground.allow("writer", policy(["radius/oak"], ground.kv2, write=True, listing=True))
    role = ground.role("least", policy="least", token_no_default_policy=True)
    with ground.store(role) as store:
        assert store.get("radius/oak") == "of-radius-oak"
        assert store.denied(["radius/oak", "radius/elm", "login/switch"]) == ("radius/elm",)
        for work in (lambda: store.get("radius/elm"), lambda: store.put("radius/oak", "new"), store.names):
            with pytest.raises(SecretError, match="policies do not allow"):
                work()
        assert store.close() == ""
    with ground.store(ground.role("writer", policy="writer")) as store:
        assert store.put("radius/oak", "new") == "2"
        assert store.names() == ("login/switch", "radius/elm", "radius/oak")
        with pytest.raises(SecretError, match="policies do not allow"):
            store.put("radius/elm", "new")


def test_writes_go_over_the_version_that_was_read_and_no_other(ground: Ground) -> None:
    """Other keys stay; a version that was not expected stops the write."""
    with ground.store(ground.by_root()) as store:
        assert store.put("radius/oak", "v1", cas="0") == "1"
        assert store.put("radius/oak#next", "n1") == "2"
        assert (store.get("radius/oak"), store.get("radius/oak#next")) == ("v1", "n1")
        for cas in ("0", "1"):
            with pytest.raises(SecretError, match=rf"is at version 2 in Vault, not at {cas} as expected"):
                store.put("radius/oak", "v2", cas=cas)
        assert store.change("radius/oak", {"value": "n1", "previous": "v1", "next": None}, cas="2") == "3"
        assert (store.get("radius/oak"), store.get("radius/oak#previous")) == ("n1", "v1")
        with pytest.raises(MissingSecretError):
            store.get("radius/oak#next")
        with pytest.raises(MissingSecretError, match="has no key next"):
            store.change("radius/oak", {"next": None})
        with pytest.raises(SecretError, match="cannot be sent to a device"):
            store.put("radius/oak", "two words")
        ground.api("DELETE", f"{ground.kv2}/data/radius/oak")
        assert store.put("radius/oak", "anew") == "4"
        with pytest.raises(MissingSecretError, match="has no key previous"):
            store.get("radius/oak#previous")


def test_a_write_that_meets_another_writes_nothing(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody writes between our read and our write: theirs stays."""
    ground.write("radius/oak", value="v1")
    with ground.store(ground.by_root()) as store:
        read = store._documents.current

        def then_somebody_writes(path: str) -> object:
            monkeypatch.undo()
            document = read(path)
            ground.write(path, value="theirs")
            return document

        monkeypatch.setattr(store._documents, "current", then_somebody_writes)
        with pytest.raises(SecretError, match=r"(?s)at version 2 in Vault, not at 1 .*Nothing was written"):
            store.put("radius/oak", "ours")
        assert store.get("radius/oak") == "theirs"


def test_what_was_planned_can_be_told_from_what_is_there(ground: Ground) -> None:
    """Rotated between plan and apply: the version moved, and the planned one can still be read."""
    ground.write("radius/oak", value="old")
    with ground.store(ground.by_root()) as planning:
        planned = planning.held("radius/oak").version
    ground.write("radius/oak", value="new")
    with ground.store(ground.by_root()) as applying:
        assert applying.held("radius/oak").version == "2" != planned
        assert applying.held("radius/oak", version=planned).value == "old"


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
