"""What the store promises, on every server there is: the lab's flavours, and a real one (`make contract-vault`)."""

from __future__ import annotations

import pytest
from vault_ground import Ground
from vault_servers import NAMED, PROGRAMS

from trustctl.errors import ExitCode, MissingSecretError, SecretError, StoreUnavailableError
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
