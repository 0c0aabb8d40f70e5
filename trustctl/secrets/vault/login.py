"""How we sign in: five methods, each of which gives a token and what is known of its life."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from trustctl.errors import StoreUnavailableError
from trustctl.model.vault import AppRoleAuth, JwtAuth, KubernetesAuth, LdapAuth, TokenAuth, VaultSettings
from trustctl.secrets.redact import KNOWN
from trustctl.secrets.vault import words
from trustctl.secrets.vault.answer import RefusedError, number, part
from trustctl.secrets.vault.outside import Outside, read_private


@dataclass(frozen=True, slots=True)
class Grant:
    """A token. `ttl` in seconds, 0 for a token that never runs out. `ours`: we obtained it, so we revoke it."""

    token: str = field(repr=False)
    ttl: int
    renewable: bool
    ours: bool


class Login:
    """Signs in by the method of the settings. `sign_in` may be called again; what was asked once is remembered."""

    def __init__(self, settings: VaultSettings, outside: Outside) -> None:
        self._settings = settings
        self._outside = outside
        self._secret_id = ""
        self._password = ""
        self._last_token = ""

    def __repr__(self) -> str:
        return f"Login({type(self._settings.auth).__name__})"

    def sign_in(self, client: Any) -> Grant:
        """Obtain a token. Raises StoreUnavailableError."""
        client.token = ""
        auth = self._settings.auth
        match auth:
            case TokenAuth():
                return self._given(client, auth)
            case AppRoleAuth():
                return self._app_role(client, auth)
            case JwtAuth():
                jwt = self._outside.token(auth.token_file, auth.token_env, "identity token", self._settings.where)
                return self._by_jwt(client, auth, jwt)
            case KubernetesAuth():
                jwt = read_private(auth.token_file, "pod's token", others_may_read=True)
                return self._by_pod(client, auth, jwt)
            case LdapAuth():
                return self._ldap(client, auth)

    def _given(self, client: Any, auth: TokenAuth) -> Grant:
        """A token that somebody else obtained. Vault's agent may have put a new one into the file since."""
        token = self._outside.token(auth.token_file, auth.token_env, "Vault token", self._settings.where)
        if token == self._last_token:
            raise StoreUnavailableError(
                "the Vault token has run out or was revoked",
                where=str(auth.token_file or auth.token_env),
                remedy="Obtain a new token, for example by `vault login`, and try again.",
            )
        KNOWN.add(token)
        client.token = token
        try:
            data = part(client.auth.token.lookup_self(), "data")
        except RefusedError as refused:
            where = str(auth.token_file or auth.token_env)
            raise words.token_refused(refused, self._settings.namespace, where) from None
        self._last_token = token
        return Grant(token, number(data.get("ttl")), data.get("renewable") is True, ours=False)

    def _app_role(self, client: Any, auth: AppRoleAuth) -> Grant:
        secret_id = self._secret_id_of(client, auth)
        KNOWN.add(secret_id)
        hint = (
            "The role id is wrong, or the secret id is wrong, has run out or is used up: have a new one issued by"
            f" `vault write -f auth/{auth.mount}/role/<role>/secret-id`."
        )
        try:
            body = client.auth.approle.login(auth.role_id, secret_id, use_token=False, mount_point=auth.mount)
        except RefusedError as refused:
            where = str(auth.secret_id_file)
            raise words.login_refused(refused, "AppRole", auth.mount, hint, where) from None
        return _granted(body)

    def _secret_id_of(self, client: Any, auth: AppRoleAuth) -> str:
        if not auth.wrapped:
            return read_private(auth.secret_id_file, "secret id")
        if not self._secret_id:
            wrapping = read_private(auth.secret_id_file, "wrapping token")
            KNOWN.add(wrapping)
            self._secret_id = unwrapped(client, auth, wrapping)
        return self._secret_id

    def _by_jwt(self, client: Any, auth: JwtAuth, jwt: str) -> Grant:
        KNOWN.add(jwt)
        try:
            body = client.auth.jwt.jwt_login(auth.role, jwt, use_token=False, path=auth.mount)
        except RefusedError as refused:
            hint = f"Compare the token's claims with the role {auth.role}; a pipeline's token lives minutes only."
            where = str(auth.token_file or auth.token_env)
            raise words.login_refused(refused, "JWT", auth.mount, hint, where) from None
        return _granted(body)

    def _by_pod(self, client: Any, auth: KubernetesAuth, jwt: str) -> Grant:
        KNOWN.add(jwt)
        try:
            body = client.auth.kubernetes.login(auth.role, jwt, use_token=False, mount_point=auth.mount)
        except RefusedError as refused:
            hint = f"Compare the pod's service account and namespace with the role {auth.role}."
            raise words.login_refused(refused, "Kubernetes", auth.mount, hint, str(auth.token_file)) from None
        return _granted(body)

    def _ldap(self, client: Any, auth: LdapAuth) -> Grant:
        self._password = self._password or self._outside.password(auth.password_file, auth.username)
        KNOWN.add(self._password)
        try:
            body = client.auth.ldap.login(auth.username, self._password, use_token=False, mount_point=auth.mount)
        except RefusedError as refused:
            # never tried again by itself: the directory locks accounts
            self._password = ""
            hint = "Check the user name and the password; too many tries lock the account."
            raise words.login_refused(refused, "LDAP", auth.mount, hint, "") from None
        return _granted(body)


def unwrapped(client: Any, auth: AppRoleAuth, wrapping: str) -> str:
    """Open a wrapped secret id, once.

    First the token's origin is looked up, which uses nothing: a token that was not made by the role may have been put
    in the place of the right one (HashiCorp, "Response wrapping", token validation). Raises StoreUnavailableError.
    """
    place = str(auth.secret_id_file)
    try:
        about = part(client.adapter.post("/v1/sys/wrapping/lookup", json={"token": wrapping}), "data")
        path = str(about.get("creation_path") or "")
        role = re.escape(auth.role_name) if auth.role_name else "[^/]+"
        if not re.fullmatch(rf"auth/{re.escape(auth.mount)}/role/{role}/secret-id", path):
            raise words.opened_by_somebody(place, f"this wrapping token was made at {words.server_says([path])}")
        client.token = wrapping
        secret_id = part(client.sys.unwrap(), "data").get("secret_id")
    except RefusedError:
        raise words.opened_by_somebody(place, "this wrapping token is used up, has run out or never was") from None
    finally:
        client.token = ""
    if not isinstance(secret_id, str) or not secret_id:
        raise words.opened_by_somebody(place, "there is no secret id in it")
    return secret_id


def _granted(body: Any) -> Grant:
    auth = part(body, "auth")
    token = auth.get("client_token")
    if not isinstance(token, str) or not token:
        raise StoreUnavailableError(
            "Vault took our login and gave no token",
            remedy="The role may ask for a second factor, which is not supported; use another role.",
        )
    KNOWN.add(token)
    return Grant(token, number(auth.get("lease_duration")), auth.get("renewable") is True, ours=True)
