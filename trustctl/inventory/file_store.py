"""The section `secrets` of `trust.yml`: which store holds the values, and how it is reached."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from trustctl.inventory.fields import FileModel, FilePath, ServerAddress, Variable, Word, refuse
from trustctl.inventory.yaml_document import Document
from trustctl.model.store import StoreKind, StoreSettings
from trustctl.model.vault import (
    KUBERNETES_TOKEN,
    AppRoleAuth,
    JwtAuth,
    KubernetesAuth,
    LdapAuth,
    TokenAuth,
    VaultAuth,
    VaultSettings,
)


class AppRoleFile(FileModel):
    """A role id; the secret id is in a file of mode 0600."""

    method: Literal["approle"]
    role_id: Word
    secret_id_file: FilePath
    wrapped: bool = False
    """The file holds a response-wrapping token, which is opened once for the secret id."""
    role_name: Word | None = None
    mount: Word = "approle"

    def auth(self, root: Path) -> VaultAuth:
        """What the store takes."""
        file = located(root, self.secret_id_file)
        return AppRoleAuth(self.role_id, file, self.wrapped, self.role_name or "", self.mount)


class JwtFile(FileModel):
    """A pipeline's own identity token, in a file or an environment variable."""

    method: Literal["jwt"]
    role: Word
    token_file: FilePath | None = None
    token_env: Variable | None = None
    mount: Word = "jwt"

    def auth(self, root: Path) -> VaultAuth:
        """What the store takes."""
        file = located(root, self.token_file) if self.token_file else None
        return JwtAuth(self.role, file, self.token_env or "", self.mount)


class LdapFile(FileModel):
    """A person's directory account; the password is asked for where no file is named."""

    method: Literal["ldap"]
    username: Word
    password_file: FilePath | None = None
    mount: Word = "ldap"

    def auth(self, root: Path) -> VaultAuth:
        """What the store takes."""
        return LdapAuth(self.username, located(root, self.password_file) if self.password_file else None, self.mount)


class TokenFile(FileModel):
    """A token that somebody else obtained."""

    method: Literal["token"]
    token_file: FilePath | None = None
    token_env: Variable | None = None

    def auth(self, root: Path) -> VaultAuth:
        """What the store takes."""
        return TokenAuth(located(root, self.token_file) if self.token_file else None, self.token_env or "")


class KubernetesFile(FileModel):
    """A pod's own token."""

    method: Literal["kubernetes"]
    role: Word
    token_file: FilePath = str(KUBERNETES_TOKEN)
    mount: Word = "kubernetes"

    def auth(self, root: Path) -> VaultAuth:
        """What the store takes."""
        return KubernetesAuth(self.role, located(root, self.token_file), self.mount)


AuthFile = Annotated[AppRoleFile | JwtFile | LdapFile | TokenFile | KubernetesFile, Field(discriminator="method")]


class VaultFile(FileModel):
    """How the trust's HashiCorp Vault or OpenBao server is reached."""

    addresses: Annotated[list[ServerAddress], Field(min_length=1)]
    """One server, or the members of one cluster, tried in this order."""
    mount: Word = "secret"
    kv: Literal[1, 2] = 2
    namespace: Word | None = None
    ca: FilePath | None = None
    """A file of CA certificates that replaces the system's."""
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 10.0
    lease_seconds: Annotated[int, Field(ge=60, le=86400)] = 3600
    auth: AuthFile
    pipeline_auth: AuthFile | None = None
    """How pipelines sign in, where that is another way."""

    def settings(self, auth: AuthFile, root: Path, where: str) -> VaultSettings:
        """What the store takes."""
        return VaultSettings(
            addresses=tuple(self.addresses),
            auth=auth.auth(root),
            mount=self.mount,
            kv=self.kv,
            namespace=self.namespace or "",
            ca=located(root, self.ca) if self.ca else None,
            timeout=self.timeout_seconds,
            lease=self.lease_seconds,
            where=where,
        )


class StoreFile(FileModel):
    """Where the values of secrets lie."""

    store: Literal["repository", "vault", "file"] = "repository"
    file: FilePath | None = None
    """For `store: file`."""
    vault: VaultFile | None = None
    """For `store: vault`."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Each store has what it needs, and nothing of another's."""
        for kind, section in (("file", self.file), ("vault", self.vault)):
            if self.store == kind and section is None:
                refuse(
                    f"`store: {kind}` needs the key '{kind}'",
                    "Say which file." if kind == "file" else "Say where it is.",
                )
            if self.store != kind and section is not None:
                refuse(f"the key '{kind}' is for `store: {kind}`", "Remove one of the two.")
        return self


def store_of(file: StoreFile, document: Document) -> StoreSettings:
    """The settings; paths are meant from the folder of trust.yml."""
    root = Path(document.file).parent
    where = str(document.place(("secrets",), key=True)) if "secrets" in document.value else ""
    vault = file.vault
    return StoreSettings(
        kind=StoreKind(file.store),
        where=where,
        file=located(root, file.file) if file.file else None,
        vault=vault.settings(vault.auth, root, where) if vault else None,
        pipeline=vault.settings(vault.pipeline_auth, root, where) if vault and vault.pipeline_auth else None,
    )


def located(root: Path, path: str) -> Path:
    """A path as trust.yml has it, from the folder of trust.yml."""
    return Path(path).expanduser() if path.startswith("~/") else root / path
