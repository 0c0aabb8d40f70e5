"""What the server does with a request, in the order a real one does: state, namespace, login, token, policy, path."""

from __future__ import annotations

import threading
from dataclasses import replace

from trustctl.lab.vault import system
from trustctl.lab.vault.clock import Ids, VaultClock, seconds_of
from trustctl.lab.vault.flavour import VAULT_1_8, Flavour
from trustctl.lab.vault.kv2 import Kv2
from trustctl.lab.vault.message import DENIED, NO_CONTENT, Json, Refusal, Reply, Request, as_list, wrong_verb
from trustctl.lab.vault.policies import Rules, granted
from trustctl.lab.vault.reply import Replies
from trustctl.lab.vault.seal import Seal
from trustctl.lab.vault.space import Method, Space, Tools
from trustctl.lab.vault.tokens import Token, TokenRole, Tokens
from trustctl.lab.vault.wrapping import Wrapping

_NEEDS = {"GET": "read", "LIST": "list", "DELETE": "delete"}
_SELF = "auth/token/"


class Core:
    """One server's state; its listeners share it."""

    def __init__(self, flavour: Flavour = VAULT_1_8, clock: VaultClock | None = None, seed: str = "vault") -> None:
        ids = Ids(seed)
        self.tools = Tools(flavour, clock or VaultClock(), ids, Replies(ids))
        self.seal = Seal(flavour, ids)
        self.tokens = Tokens(flavour, self.tools.clock, ids)
        self.wrapping = Wrapping(flavour, self.tools.clock, ids)
        self.spaces = {"": Space(self.tools)}
        self._entities: dict[tuple[str, str, str], str] = {}
        self._lock = threading.Lock()

    def answer(self, request: Request, *, standby: bool = False) -> Reply:
        """Answer one request; `standby`: it came to a node that is not the active one."""
        with self._lock:
            try:
                return self._answer(request, standby=standby)
            except Refusal as refusal:
                return refusal.reply()

    def initialise(self, request: Request) -> Json:
        """Make the key and the first token."""
        return self.seal.initialise() | {"root_token": self.tokens.root().id}

    def namespace(self, request: Request, name: str) -> Reply:
        """Make a namespace (OpenBao's API, `sys/namespaces`), or take it away."""
        path = "/".join(filter(None, (request.namespace, name)))
        if request.verb == "DELETE":
            self.spaces.pop(path, None)
            return NO_CONTENT
        if request.verb != "POST":
            raise wrong_verb()
        self.spaces.setdefault(path, Space(self.tools))
        return self.tools.replies.data({"path": f"{path}/"})

    def rules(self, token: Token) -> list[Rules]:
        """The rules of a token's policies."""
        known = self.spaces[token.namespace].policies
        return [known[name] for name in token.policies if name in known]

    def inside(self, token: Token, namespace: str, path: str) -> str:
        """A path as the token's own namespace names it."""
        return "/".join(filter(None, (namespace.removeprefix(token.namespace).strip("/"), path)))

    def _answer(self, request: Request, *, standby: bool) -> Reply:
        if not self.tools.flavour.namespaces:
            request = replace(request, namespace="")
        early = system.without_token(self, request, standby)
        if early is not None:
            return early
        if not self.seal.initialized or self.seal.sealed:
            checking = "error performing token check: " if request.token else ""
            raise Refusal(503, f"{checking}Vault is sealed")
        space = self.spaces.get(request.namespace)
        if space is None:
            raise Refusal(404, "namespace not found")
        reply = self._opened(request) or self._signed_in(request, space) or self._allowed(request, space)
        if request.wrap_ttl and reply.body and reply.status == _OK:
            return self.tools.replies.wrapped(
                self.wrapping.wrap(reply.body, seconds_of(request.wrap_ttl), request.path)
            )
        return reply

    def _opened(self, request: Request) -> Reply | None:
        """Look into or open a wrapped answer; the wrapping token may come as the request's own token."""
        if request.verb != "POST":
            return None
        if request.path == "sys/wrapping/unwrap" and not request.text("token"):
            if not self.wrapping.holds(request.token):
                raise Refusal(400, "wrapping token is not valid or does not exist")
            return Reply(_OK, self.wrapping.unwrap(request.token))
        if request.path == "sys/wrapping/lookup" and request.text("token"):
            return self.tools.replies.data(self.wrapping.look(request.text("token")))
        return None

    def _signed_in(self, request: Request, space: Space) -> Reply | None:
        found = self._method(request, space)
        if found is None or not found[1].logs_in(found[2]):
            return None
        mount, method, path = found
        done = method.answer(request, path)
        if isinstance(done, Reply):
            return done
        entity = self._entities.setdefault((request.namespace, mount, done.alias), self.tools.ids.uuid())
        token = self.tokens.issue(done.role, display_name=done.display_name, path=request.path,
                                  namespace=request.namespace, entity_id=entity, metadata=done.metadata)  # fmt: skip
        return self.tools.replies.auth(self.tokens.auth(token))

    def _method(self, request: Request, space: Space) -> tuple[str, Method, str] | None:
        if not request.path.startswith("auth/"):
            return None
        rest = request.path.removeprefix("auth/")
        for mount, method in space.methods.items():
            if rest.startswith(f"{mount}/"):
                return mount, method, rest.removeprefix(f"{mount}/")
        return None

    def _allowed(self, request: Request, space: Space) -> Reply:
        token = self.tokens.check(request.token)
        outside = request.namespace != token.namespace and not request.namespace.startswith(f"{token.namespace}/")
        if token.namespace and outside:
            raise Refusal(403, "permission denied")
        if not token.is_root and not request.path.startswith("sys/internal/ui/mounts"):
            self._check_policy(request, space, token)
        if request.path.startswith(_SELF):
            return self._token_itself(request, token)
        if request.path.startswith("sys/"):
            return system.settings(self, request, space, token)
        found = self._method(request, space)
        if found is not None:
            reply = found[1].answer(request, found[2])
            return reply if isinstance(reply, Reply) else NO_CONTENT
        for mount, engine in space.engines.items():
            if request.path == mount or request.path.startswith(f"{mount}/"):
                return engine.answer(request, request.path.removeprefix(mount).strip("/"))
        raise Refusal(404, self.tools.flavour.no_route.format(path=request.path))

    def _check_policy(self, request: Request, space: Space, token: Token) -> None:
        path = request.path + ("/" if request.verb == "LIST" and not request.path.endswith("/") else "")
        needed = _NEEDS.get(request.verb) or self._writes(request, space)
        if needed not in granted(self.rules(token), self.inside(token, request.namespace, path)):
            raise Refusal(403, DENIED)

    def _writes(self, request: Request, space: Space) -> str:
        """Whether a write makes or changes something."""
        for mount, engine in space.engines.items():
            if request.path.startswith(f"{mount}/"):
                inside = request.path.removeprefix(f"{mount}/")
                known = engine.exists(inside)
                return "update" if known or (isinstance(engine, Kv2) and not inside.startswith("data/")) else "create"
        return "update"

    def _token_itself(self, request: Request, token: Token) -> Reply:
        match request.path.removeprefix(_SELF), request.verb:
            case "lookup-self", "GET" | "POST":
                return self.tools.replies.data(self.tokens.look(token))
            case "renew-self", "POST":
                renewed, warnings = self.tokens.renew(token, seconds_of(request.body.get("increment")))
                return self.tools.replies.auth(self.tokens.auth(renewed), warnings)
            case "revoke-self", "POST":
                self.tokens.revoke(token)
                return NO_CONTENT
            case "create", "POST":
                return self._made(request, token)
            case _:
                raise wrong_verb()

    def _made(self, request: Request, token: Token) -> Reply:
        """A token made by a token (`auth/token/create`), as far as tests need one."""
        role = TokenRole(
            tuple(str(one) for one in request.listed("policies")) or token.policies,
            seconds_of(request.body.get("ttl")),
            seconds_of(request.body.get("explicit_max_ttl")),
            request.body.get("no_default_policy") is True,
        )
        made = self.tokens.issue(role, display_name="token", path="auth/token/create", namespace=request.namespace,
                                 entity_id="", metadata={})  # fmt: skip
        return self.tools.replies.auth(self.tokens.auth(made))


_OK = 200


def start(core: Core) -> str:
    """Initialise and unseal a new server; return its root token."""
    made = core.initialise(Request("POST", "sys/init"))
    core.seal.unseal(Request("POST", "sys/unseal", body={"key": as_list(made["keys"])[0]}))
    return str(made["root_token"])
