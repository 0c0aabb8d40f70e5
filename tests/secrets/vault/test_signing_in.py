"""Signing in: where credentials come from, what is taken from the environment, and what never shows."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from vault_ground import Ground, jwt, public_pem

from trustctl.errors import SecretError, StoreUnavailableError
from trustctl.lab.vault import Fault, FaultKind, VaultServer
from trustctl.lab.vault.ldap import Ldap, Person
from trustctl.lab.vault.tokens import TokenRole
from trustctl.model.vault import JwtAuth, KubernetesAuth, LdapAuth, TokenAuth
from trustctl.secrets.redact import KNOWN
from trustctl.secrets.vault import Outside

OAK = "schools/oak/switch"
Lab = tuple[Ground, VaultServer]


@pytest.fixture
def written(lab: Lab) -> Lab:
    """A lab server with a secret."""
    lab[0].write(OAK, value="p1")
    lab[1].seen.clear()
    return lab


def directory(ground: Ground, server: VaultServer) -> None:
    """Mount LDAP with one person."""
    ground.api("POST", "sys/auth/lab-ldap", {"type": "ldap"})
    method = server.core.spaces[""].methods["lab-ldap"]
    assert isinstance(method, Ldap)
    method.people["engineer"] = Person("Their-Password-1", TokenRole(("lab-oak",), ttl=600))


def test_a_person_types_the_directory_password_once(written: Lab) -> None:
    """It is asked for unseen, kept for a second login, and never repeated after a refusal: accounts lock."""
    ground, server = written
    directory(ground, server)
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "Their-Password-1" if len(asked) > 1 else "mistyped"

    auth = LdapAuth("engineer", mount="lab-ldap")
    with ground.store(auth, Outside(ask=ask, ticks=ground.ticks)) as store:
        with pytest.raises(StoreUnavailableError, match=r"(?s)refuses our login by LDAP.*lock the account"):
            store.get(OAK)
        assert sum("lab-ldap/login" in seen.path for seen in server.seen) == 1
        assert store.get(OAK) == "p1"
        ground.wait(700)
        store._read.clear()
        assert store.get(OAK) == "p1"
    assert asked == ["Directory password of engineer (for Vault): "] * 2


def test_nobody_is_there_to_type(written: Lab) -> None:
    """A pipeline is told what to do in place of a prompt that waits for ever; a private file will do."""
    ground, server = written
    directory(ground, server)
    with (
        ground.store(LdapAuth("engineer", mount="lab-ldap")) as store,
        pytest.raises(StoreUnavailableError, match="nobody is there to type"),
    ):
        store.get(OAK)
    file = ground.private("ldap.password", "Their-Password-1")
    with ground.store(LdapAuth("engineer", file, mount="lab-ldap")) as store:
        assert store.get(OAK) == "p1"


def test_a_pod_signs_in_by_the_token_that_kubernetes_keeps(written: Lab) -> None:
    """A link to a file that others may read, as Kubernetes makes it; read anew at each login."""
    ground, _ = written
    ground.api("POST", "sys/auth/lab-kubernetes", {"type": "kubernetes"})
    ground.api("POST", "auth/lab-kubernetes/config", {"pem_keys": [public_pem()]})
    ground.api("POST", "auth/lab-kubernetes/role/trustctl", {
        "bound_service_account_names": ["trustctl"], "bound_service_account_namespaces": ["network"],
        "token_policies": ["lab-oak"], "token_ttl": "10m",
    })  # fmt: skip
    real, link = ground.folder / "..data-token", ground.folder / "token"
    account = {"serviceaccount": {"name": "trustctl"}, "namespace": "network"}
    real.write_text(jwt(ground.now(), **{"kubernetes.io": account}))
    real.chmod(0o644)
    link.symlink_to(real)
    auth = KubernetesAuth("trustctl", link, mount="lab-kubernetes")
    with ground.store(auth) as store:
        assert store.get(OAK) == "p1"
    real.write_text(jwt(ground.now(), **{"kubernetes.io": account | {"namespace": "other"}}))
    with ground.store(auth) as store, pytest.raises(StoreUnavailableError, match="refuses our login by Kubernetes"):
        store.get(OAK)


def test_a_pipelines_token_in_a_named_variable(written: Lab) -> None:
    """Only the variable that is named is looked at."""
    ground, _ = written
    ground.jwt_role()
    auth = JwtAuth("ci", token_env="VAULT_ID_TOKEN", mount="lab-jwt")
    outside = Outside({"VAULT_ID_TOKEN": jwt(ground.now())}, ticks=ground.ticks)
    with ground.store(auth, outside) as store:
        assert store.get(OAK) == "p1"
    with (
        ground.store(auth, Outside({"CI_JOB_JWT": "x"})) as store,
        pytest.raises(StoreUnavailableError, match="the environment variable VAULT_ID_TOKEN holds no"),
    ):
        store.get(OAK)
    with (
        ground.store(JwtAuth("ci", mount="lab-jwt")) as store,
        pytest.raises(StoreUnavailableError, match="nothing says where the identity token is"),
    ):
        store.get(OAK)


def test_an_agent_may_put_a_new_token_into_the_file(written: Lab) -> None:
    """A token that ran out is read again from its file; the same one is not tried twice."""
    ground, _ = written
    ground.write("schools/oak/later", value="p2")
    ground.write("schools/oak/third", value="p3")

    def token() -> str:
        made = ground.api(
            "POST", "auth/token/create", {"policies": ["lab-oak"], "ttl": "60s", "explicit_max_ttl": "60s"}
        )
        return str(made["auth"]["client_token"])

    auth = TokenAuth(token_file=ground.private("agent.token", token()))
    with ground.store(auth, lease=60) as store:
        assert store.get(OAK) == "p1"
        ground.wait(61)
        ground.private("agent.token", token())
        assert store.get("schools/oak/later") == "p2"
        ground.wait(61)
        with pytest.raises(StoreUnavailableError, match="has run out or was revoked"):
            store.get("schools/oak/third")


def test_a_cap_is_met_by_a_new_login_before_the_token_dies(written: Lab) -> None:
    """A role of 6 s, 8 s at most: in a minute no request meets a dead token, and no login carries an old one."""
    ground, server = written
    role = ground.role(token_ttl="6s", token_max_ttl="8s")
    server.seen.clear()
    with ground.store(role, lease=6) as store:
        for _ in range(60):
            assert store.get(OAK) == "p1"
            store._read.clear()
            ground.wait(1)
        paths = [seen.path for seen in server.seen]
        assert "auth/token/lookup-self" not in paths, "asked only after a refusal"
        logins = paths.count("auth/lab-approle/login")
        assert 7 <= logins <= 12
        assert paths.count("auth/token/renew-self") <= logins
        assert {seen.token for seen in server.seen if seen.path.endswith("login")} == {""}


@pytest.mark.parametrize(("kind", "most"), [("service", 5), ("batch", 3)])
def test_a_used_up_secret_id_is_not_tried_at_every_read(written: Lab, kind: str, most: int) -> None:
    """Each try is a failed login in the server's audit log. A batch token cannot even be renewed."""
    ground, server = written
    role = ground.role(token_ttl="60s", token_max_ttl="60s", secret_id_num_uses=1, token_type=kind)
    server.seen.clear()
    with ground.store(role, lease=60) as store:
        assert store.get(OAK) == "p1"
        for _ in range(18):
            ground.wait(3)
            store._read.clear()
            assert store.get(OAK) == "p1"
        ground.wait(10)
        store._read.clear()
        with pytest.raises(StoreUnavailableError, match="refuses our login by AppRole"):
            store.get(OAK)
    assert sum(seen.path.endswith("login") for seen in server.seen) <= most


def test_a_token_is_renewed_no_more_often_than_it_needs(written: Lab) -> None:
    """A minute's token, read every 5 seconds: every 40 seconds."""
    ground, server = written
    role = ground.role(token_ttl="60s", token_max_ttl="1h")
    server.seen.clear()
    with ground.store(role, lease=60) as store:
        for _ in range(48):
            assert store.get(OAK) == "p1"
            store._read.clear()
            ground.wait(5)
    paths = [seen.path for seen in server.seen]
    assert (paths.count("auth/token/renew-self"), paths.count("auth/lab-approle/login")) == (5, 1)
    assert paths[-1] == "auth/token/revoke-self"


def test_a_token_that_cannot_be_revoked_is_told(written: Lab) -> None:
    """With the seconds that it lives on."""
    ground, _ = written
    store = ground.store(ground.role(token_ttl="60s", token_type="batch"))
    assert store.get(OAK) == "p1"
    ground.wait(18)
    assert store.close() == "our Vault token could not be revoked; it runs out by itself in 42 s"


def test_many_threads_share_one_login(written: Lab) -> None:
    """Devices are asked side by side; the store serves them one by one, each path once."""
    ground, server = written
    for number in range(12):
        ground.write(f"schools/oak/d{number}", value=f"v{number}", enable=f"e{number}")
    role = ground.role()
    server.seen.clear()
    names = [f"schools/oak/d{number}{key}" for number in range(12) for key in ("", "#enable")]
    with ground.store(role) as store, ThreadPoolExecutor(8) as threads:
        found = list(threads.map(store.get, names))
    assert found == [f"{letter}{number}" for number in range(12) for letter in "ve"]
    paths = [seen.path for seen in server.seen]
    assert paths.count("auth/lab-approle/login") == 1
    assert sum("data/schools/oak" in path for path in paths) == 12


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_credentials_that_others_may_read_are_refused(written: Lab, mode: int) -> None:
    """Before anything is sent."""
    ground, server = written
    role = ground.role()
    server.seen.clear()
    role.secret_id_file.chmod(mode)
    with ground.store(role) as store, pytest.raises(StoreUnavailableError, match=r"(?s)mode 0600.*chmod 600"):
        store.get(OAK)
    assert server.seen == []


@pytest.mark.parametrize("content", ["", "two\nlines", "nul\0byte", "x" * 70_000, "caf\u00e9"])
def test_files_that_hold_no_credential(written: Lab, content: str) -> None:
    """Nothing of them is sent or shown."""
    ground, server = written
    with (
        ground.store(TokenAuth(token_file=ground.private("odd.token", content))) as store,
        pytest.raises(StoreUnavailableError, match="does not hold a Vault token") as refused,
    ):
        store.get(OAK)
    assert not content or content not in str(refused.value)
    assert server.seen == []


def test_files_that_are_not_there_or_no_files(written: Lab, tmp_path: Path) -> None:
    """Missing, a link, a folder, a pipe that nobody writes to."""
    ground, _ = written
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(ground.private("there.token", "x"))
    os.mkfifo(pipe, mode=0o600)
    for file in (tmp_path / "none", link, tmp_path, pipe):
        with (
            ground.store(TokenAuth(token_file=file)) as store,
            pytest.raises(StoreUnavailableError, match=r"cannot be opened|not a regular file"),
        ):
            store.get(OAK)


def test_nothing_is_taken_from_the_environment(written: Lab, tmp_path: Path) -> None:
    """In a process whose environment names another server, token, CA, proxy and netrc, none of them is used."""
    ground, server = written
    role = ground.role()
    server.seen.clear()
    (tmp_path / ".vault-token").write_text("from-the-home-folder")
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password from-the-netrc\n")
    netrc.chmod(0o600)
    odd = {
        "HOME": str(tmp_path),
        "VAULT_ADDR": "http://127.0.0.1:1",
        "VAULT_TOKEN": "from-the-environment",
        "VAULT_NAMESPACE": "elsewhere",
        "VAULT_CACERT": "/nowhere.pem",
        "VAULT_CLIENT_CERT": "/nowhere.crt",
        "VAULT_CLIENT_KEY": "/nowhere.key",
        "REQUESTS_CA_BUNDLE": "/nowhere.pem",
        "HTTP_PROXY": "http://127.0.0.1:1",
        "http_proxy": "http://127.0.0.1:1",
        "ALL_PROXY": "http://127.0.0.1:1",
        "NETRC": str(netrc),
    }
    script = f"""
from pathlib import Path
from trustctl.model.vault import AppRoleAuth, VaultSettings
from trustctl.secrets.vault import VaultSecrets
auth = AppRoleAuth({role.role_id!r}, Path({str(role.secret_id_file)!r}), mount="lab-approle")
with VaultSecrets.from_settings(VaultSettings(({ground.address!r},), auth, mount="lab-kv2")) as store:
    print(store.held({OAK!r}).version)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=os.environ | odd, check=False, timeout=60
    )
    assert (done.stdout, done.stderr) == ("1\n", "")
    sent = " ".join(f"{key}: {value}" for seen in server.seen for key, value in seen.headers.items())
    assert "from-the" not in sent
    assert "authorization" not in sent
    assert "x-vault-namespace" not in sent
    assert server.seen[0].token == "", "a login carries no token"


def test_the_program_starts_without_hvac() -> None:
    """The libraries are loaded where the store is Vault, and nowhere else."""
    script = "import sys, trustctl.cli.main, trustctl.secrets; print('hvac' in sys.modules, 'requests' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "False False\n"


def test_nothing_secret_shows(written: Lab, caplog: pytest.LogCaptureFixture) -> None:
    """Value, token, secret id and identity token: in no log, repr, error or traceback, and known to the redactor."""
    ground, server = written
    ground.write(OAK, value="Canary-Value-7461")
    caplog.set_level(logging.DEBUG)
    role = ground.role()
    secret_id = role.secret_id_file.read_text().strip()
    shown: list[str] = []
    with ground.store(role) as store:
        assert store.get(OAK) == "Canary-Value-7461"
        token = store._keeper._client.token
        server.fault(Fault(FaultKind.DROPPED, path="lab-kv2/data", times=4), Fault(FaultKind.HTML, path="lab-kv2/data"))
        for name in ("schools/oak/a", "schools/oak/b", "schools/elm/c", "schools/oak/d"):
            try:
                store.get(name)
            except SecretError as error:
                shown += [str(error), repr(error), *traceback.format_exception(error)]
                seen: BaseException | None = error
                while seen is not None:
                    shown += [repr(vars(seen)), repr(seen.args)]
                    seen = seen.__cause__ or seen.__context__
        shown += [repr(store), repr(store._keeper), repr(store._wire), repr(store._read), repr(role)]
    shown += [record.getMessage() for record in caplog.records]
    text = "\n".join(shown)
    assert len(shown) > 20
    for secret in ("Canary-Value-7461", token, secret_id):
        assert secret
        assert secret not in text
        assert KNOWN.mask(f"<{secret}>") != f"<{secret}>"


def test_what_the_server_says_is_shown_in_one_safe_line(written: Lab) -> None:
    """Its text may hold anything: what a terminal obeys, line ends, and what we ourselves sent."""
    ground, _ = written
    ground.jwt_role()
    token = jwt(ground.now(), project=f"\x1b]0;owned\x07\nx{'y' * 400}")
    role = f"r\x1b[31m\n\x7f\x9b31m\u202e{token}"
    with (
        ground.store(JwtAuth(role, token_file=ground.private("odd.jwt", token), mount="lab-jwt")) as store,
        pytest.raises(StoreUnavailableError) as refused,
    ):
        store.get(OAK)
    said = str(refused.value).splitlines()[0]
    assert said.isprintable()
    assert len(said) < 400
    assert token not in said
    assert "<hidden>" in said
