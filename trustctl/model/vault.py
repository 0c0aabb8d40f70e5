"""How the trust reaches its HashiCorp Vault or OpenBao server: what `secrets: vault:` in trust.yml says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

KUBERNETES_TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
"""Where Kubernetes puts a pod's own token (Kubernetes, "Accessing the API from a Pod")."""


@dataclass(frozen=True, slots=True)
class AppRoleAuth:
    """A role id, and a secret id in a file of mode 0600.

    `wrapped`: the file holds a response-wrapping token, which is opened once for the secret id. `role_name` is the
    role that the wrapped secret id must have been made for; "" takes any role of the mount.
    """

    role_id: str
    secret_id_file: Path
    wrapped: bool = False
    role_name: str = ""
    mount: str = "approle"


@dataclass(frozen=True, slots=True)
class JwtAuth:
    """A pipeline's own identity token: in a file, or in the environment variable that is named."""

    role: str
    token_file: Path | None = None
    token_env: str = ""
    mount: str = "jwt"


@dataclass(frozen=True, slots=True)
class LdapAuth:
    """A person's directory account; the password is asked for where no file of mode 0600 is named."""

    username: str
    password_file: Path | None = None
    mount: str = "ldap"


@dataclass(frozen=True, slots=True)
class TokenAuth:
    """A token that somebody else obtained: in a file of mode 0600, or in the environment variable that is named."""

    token_file: Path | None = None
    token_env: str = ""


@dataclass(frozen=True, slots=True)
class KubernetesAuth:
    """A pod's own token, which Kubernetes keeps fresh in a file."""

    role: str
    token_file: Path = KUBERNETES_TOKEN
    mount: str = "kubernetes"


VaultAuth = AppRoleAuth | JwtAuth | LdapAuth | TokenAuth | KubernetesAuth


@dataclass(frozen=True, slots=True)
class VaultSettings:
    """One server, or the members of one cluster.

    `addresses` are tried in order; the token goes to no other. `mount` is where the KV engine of version `kv` (1 or 2)
    is mounted. `ca` is a file of CA certificates that replaces the system's. `timeout` is the longest wait for an
    answer, in seconds; `lease` the life in seconds that is asked for the token, longer than any apply; `backoff` the
    unit, in seconds, of the growing waits between tries. `where` is the file and line that say so, for errors.
    """

    addresses: tuple[str, ...]
    auth: VaultAuth
    mount: str = "secret"
    kv: int = 2
    namespace: str = ""
    ca: Path | None = None
    timeout: float = 10.0
    lease: int = 3600
    backoff: float = 0.2
    where: str = ""
