"""What runs after a merge: plan from devices, a person, apply. The lab answers; secrets are the sealed store's."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from engineer import ROOT, Engineer
from field import Field
from pipeline_steps import GIT, Ended, Runner
from vault_ground import Ground, jwt

from trustctl.lab.vault import Core, VaultServer, start
from trustctl.secrets.repository import Keyring, RepositorySecrets

pytestmark = pytest.mark.timeout(300)

TRUSTCTL = Path(sys.executable).with_name("trustctl")
KEYGEN = shutil.which("ssh-keygen") or "ssh-keygen"


@dataclass(frozen=True, slots=True)
class Site:
    """A trust of one school whose repository holds its sealed secrets, its switches, and a runner."""

    runner: Runner
    field: Field
    key: str
    """The pipeline's age key."""
    signer: str
    """The SSH key that signs plans."""


def _store(trust: Path, home: Path) -> str:
    """Make the trust's store with the example's made-up values; return the key of its pipeline."""
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    key = home / "ci.key"
    for words in (["init", "--new-key"], ["add-recipient", "ci", "--new-key", str(key), "--yes"]):
        subprocess.run([TRUSTCTL, "secret", *words], cwd=trust, env=environment, check=True, capture_output=True)
    store = RepositorySecrets(trust / "inventory" / "secrets", Keyring(named=(home / ".config/trustctl/age.key",)))
    values: dict[str, str] = yaml.safe_load((ROOT / "inventory" / "lab-secrets.example.yml").read_text("utf-8"))
    for name, value in values.items():
        store.put(name, str(value))
    return key.read_text("ascii")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Plans must be signed here. The command is told where the lab answers; all else is as `trustctl init` wrote it."""
    root = tmp_path_factory.mktemp("merged")
    trust, home = root / "trust", root / "home"
    home.mkdir()
    subprocess.run([TRUSTCTL, "init", trust, "--school", "elm"], check=True, capture_output=True)
    person = Engineer(trust, root / "secrets.yml")
    shutil.copy(ROOT / "inventory" / "lab-secrets.example.yml", person.secrets)
    person.secrets.chmod(0o600)
    (person.inventory / "pins.yml").unlink(missing_ok=True)
    person.edit("schools/elm/school.yml", "stage: observe", "stage: ensure")
    subprocess.run([KEYGEN, "-q", "-t", "ed25519", "-N", "", "-f", root / "signer"], check=True)
    public = " ".join((root / "signer.pub").read_text("ascii").split()[:2])
    (person.inventory / "allowed_signers").write_text(f"ci@trust.example {public}\n", encoding="ascii")
    with (person.inventory / "trust.yml").open("a", encoding="utf-8") as file:
        file.write("\nplan: {signers: allowed_signers}\n")
    key = _store(trust, home)
    subprocess.run([GIT, "init", "--quiet"], cwd=trust, check=True)
    subprocess.run([GIT, "add", "."], cwd=trust, check=True)
    subprocess.run(
        [GIT, "-c", "user.name=a", "-c", "user.email=a@trust.example", "commit", "-qm", "start"], cwd=trust, check=True
    )
    (root / "bin").mkdir()
    (root / "temporary").mkdir()
    with Field(person, ("elm",)) as field:
        command = root / "bin" / "trustctl"
        command.write_text(f'#!/bin/sh\nexec "{TRUSTCTL}" "$@" --endpoints "{field.endpoints}"\n', encoding="utf-8")
        command.chmod(0o755)
        runner = Runner(trust, root / "temporary", root / "bin")
        yield Site(runner, field, key, (root / "signer").read_text("ascii"))


def _github(site: Site, job: str, **known: str) -> Ended:
    secrets = {"secrets.TRUSTCTL_SECRET_KEY": site.key, "secrets.TRUSTCTL_PLAN_KEY": site.signer}
    site.runner.known, site.runner.extra = {**secrets, **known}, {}
    return site.runner.github(job)


def _gitlab(site: Site, job: str, **given: str) -> Ended:
    key = site.runner.temporary / "plan-key.file"
    key.write_text(site.signer.rstrip("\n"), encoding="ascii")
    site.runner.extra = {"TRUSTCTL_SECRET_KEY": site.key, "TRUSTCTL_PLAN_KEY": str(key), **given}
    return site.runner.gitlab(job)


def _digest(site: Site) -> str:
    return str(json.loads((site.runner.repository / "plan.json").read_text("utf-8"))["digest"])


def test_the_plan_that_was_read_is_applied_and_no_other(site: Site) -> None:
    """GitHub: the plan is signed and its digest handed on; another digest is refused, the right one applied."""
    plan = _github(site, "plan")
    assert plan.code == 0, plan.said
    assert plan.outputs == {"changes": "true", "digest": _digest(site)}
    assert plan.outputs["digest"] in plan.summary
    assert (site.runner.repository / "plan.json.sig").is_file()
    assert site.key not in plan.said + plan.summary
    assert site.signer not in plan.said + plan.summary
    for digest in ("", "sha256:0"):
        refused = _github(site, "apply", **{"needs.plan.outputs.digest": digest})
        assert refused.code == 1, refused.said
    assert all(not site.field.configured(name) for name in site.field.running())
    done = _github(site, "apply", **{"needs.plan.outputs.digest": plan.outputs["digest"]})
    assert done.code == 0, done.said
    assert "ci@trust.example" in done.said
    assert any(site.field.configured(name) for name in site.field.running())
    again = _gitlab(site, "plan")
    assert (again.code, again.outputs["TRUSTCTL_CHANGES"]) == (0, "false"), again.said
    nothing = _gitlab(site, "apply", **again.outputs)
    assert (nothing.code, nothing.said) == (0, "nothing to apply: no device differs\n")


def test_a_plan_for_another_pipeline_is_refused(site: Site) -> None:
    """GitLab: with another digest than the plan job's, or without the signature, nothing is applied."""
    plan = _gitlab(site, "plan")
    assert plan.code == 0, plan.said
    assert plan.outputs["TRUSTCTL_DIGEST"] == _digest(site)
    other = {"TRUSTCTL_CHANGES": "true", "TRUSTCTL_DIGEST": "sha256:0"}
    assert _gitlab(site, "apply", **other).code == 1
    (site.runner.repository / "plan.json.sig").unlink()
    refused = _gitlab(site, "apply", TRUSTCTL_CHANGES="true", TRUSTCTL_DIGEST=_digest(site))
    assert (refused.code, "not signed" in refused.said) == (9, True), refused.said


REQUEST = "token-for-asking"


@contextmanager
def _identities(minted: Callable[[str], str]) -> Iterator[str]:
    """GitHub's own service for a job's identity (docs.github.com, OpenID Connect reference); yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            good = self.headers["Authorization"] == f"bearer {REQUEST}" and asked["api-version"] == ["2.0"]
            self.send_response(200 if good else 403)
            self.end_headers()
            self.wfile.write(json.dumps({"count": 1, "value": minted(asked["audience"][0])} if good else {}).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/id?api-version=2.0"
        server.shutdown()
        thread.join()


@contextmanager
def _vault(site: Site) -> Iterator[tuple[VaultServer, Callable[[str], str]]]:
    """The trust's values in a Vault that lets in who shows an identity for `https://vault.trust.example`."""
    trust = site.runner.repository / "inventory" / "trust.yml"
    before = trust.read_text("utf-8")
    core = Core()
    root = start(core)
    with VaultServer(core) as server:
        ground = Ground(server.address, root, "lab", site.runner.temporary)
        ground.prepare()
        ground.allow("all", f'path "{ground.kv2}/data/*" {{ capabilities = ["read"] }}')
        ground.jwt_role(bound_audiences=["https://vault.trust.example"], token_policies=["lab-all"])
        for name, value in yaml.safe_load((ROOT / "inventory" / "lab-secrets.example.yml").read_text("utf-8")).items():
            ground.write(name, value=str(value))
        way = {"method": "jwt", "role": "ci", "mount": "lab-jwt", "token_env": "VAULT_ID_TOKEN"}
        person = {"method": "ldap", "username": "ann"}
        settings = {"addresses": [server.address], "mount": ground.kv2, "auth": person, "pipeline_auth": way}
        section = yaml.safe_dump({"secrets": {"store": "vault", "vault": settings}})
        trust.write_text(f"{before}\n{section}", encoding="utf-8")
        try:
            yield server, lambda audience: jwt(core.tools.clock.now().timestamp(), aud=audience)
        finally:
            trust.write_text(before, encoding="utf-8")


@pytest.mark.skipif(not shutil.which("curl"), reason="GitHub's file asks for the identity with curl")
def test_github_signs_in_to_vault_with_the_jobs_identity(site: Site) -> None:
    """No key of any kind is kept; for another audience, or where GitHub gives no identity, nothing is planned."""
    with _vault(site) as (server, minted), _identities(minted) as address:
        extra = {"ACTIONS_ID_TOKEN_REQUEST_URL": address, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST}
        site.runner.extra = extra
        site.runner.known = {
            "secrets.TRUSTCTL_PLAN_KEY": site.signer,
            "vars.TRUSTCTL_VAULT_AUDIENCE": "https://vault.trust.example",
        }
        done = site.runner.github("plan")
        assert done.code == 0, done.said
        assert done.outputs["digest"] == _digest(site)
        assert any("jwt/login" in str(seen) for seen in server.seen)
        site.runner.known["vars.TRUSTCTL_VAULT_AUDIENCE"] = "https://elsewhere.example"
        assert site.runner.github("plan").code not in {0, 2}
        site.runner.extra = extra | {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "stale"}
        assert site.runner.github("plan").code not in {0, 2}


def test_gitlab_signs_in_to_vault_with_the_jobs_identity(site: Site) -> None:
    """GitLab puts the identity where trust.yml says that it is."""
    with _vault(site) as (_, minted):
        key = site.runner.temporary / "plan-key.file"
        key.write_text(site.signer, encoding="ascii")
        identity = minted("https://vault.trust.example")
        site.runner.extra = {"VAULT_ID_TOKEN": identity, "TRUSTCTL_PLAN_KEY": str(key)}
        done = site.runner.gitlab("plan")
        assert done.code == 0, done.said
        assert identity not in done.said
