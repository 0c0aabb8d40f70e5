"""One namespace: its mounts, its auth methods, its policies."""

from __future__ import annotations

from dataclasses import dataclass, field

from trustctl.lab.vault.approle import AppRole
from trustctl.lab.vault.clock import Ids, VaultClock
from trustctl.lab.vault.flavour import Flavour
from trustctl.lab.vault.jwt import Jwt
from trustctl.lab.vault.kv1 import Kv1
from trustctl.lab.vault.kv2 import Kv2
from trustctl.lab.vault.ldap import Ldap
from trustctl.lab.vault.message import Json, Refusal
from trustctl.lab.vault.policies import DEFAULT, Rules
from trustctl.lab.vault.reply import Replies

Engine = Kv1 | Kv2
Method = AppRole | Jwt | Ldap
_BUILT_IN = (
    ("sys", "system", "system endpoints used for control, policy and debugging"),
    ("identity", "identity", "identity store"),
    ("cubbyhole", "cubbyhole", "per-token private secret storage"),
)


@dataclass(frozen=True, slots=True)
class _About:
    """What `sys/mounts` tells of a mount beside its engine."""

    kind: str
    accessor: str
    uuid: str
    description: str = ""
    options: Json | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """What everything in a server shares."""

    flavour: Flavour
    clock: VaultClock
    ids: Ids
    replies: Replies


@dataclass(slots=True)
class Space:
    """A namespace; the root's name is empty."""

    tools: Tools
    engines: dict[str, Engine] = field(default_factory=dict[str, Engine])
    methods: dict[str, Method] = field(default_factory=dict[str, Method])
    policies: dict[str, Rules] = field(default_factory=lambda: {"default": DEFAULT})
    about: dict[str, _About] = field(default_factory=dict[str, _About])

    def __post_init__(self) -> None:
        ids = self.tools.ids
        for path, kind, description in _BUILT_IN:
            self.about[path] = _About(kind, f"{kind}_{ids.short()}", ids.uuid(), description)

    def mount(self, path: str, kind: str, options: Json) -> None:
        """Mount a KV engine. Raises Refusal."""
        if path in self.about:
            raise Refusal(400, f"path is already in use at {path}/")
        if kind not in {"kv", "kv-v2"}:
            raise Refusal(400, f"plugin not found in the catalog: {kind}")
        second = options.get("version") == "2" or kind == "kv-v2"
        engine = Kv2(self.tools.clock, self.tools.replies) if second else Kv1(self.tools.replies)
        self.engines[path] = engine
        ids = self.tools.ids
        self.about[path] = _About("kv", f"kv_{ids.short()}", ids.uuid(), options=engine.options)

    def unmount(self, path: str) -> None:
        """Take a mount away with all that is in it."""
        self.engines.pop(path, None)
        self.about.pop(path, None)

    def enable(self, path: str, kind: str) -> None:
        """Mount an auth method. Raises Refusal."""
        tools = self.tools
        if path in self.methods or path == "token":
            raise Refusal(400, f"path is already in use at {path}/")
        match kind:
            case "approle":
                self.methods[path] = AppRole(tools.flavour, tools.clock, tools.ids, tools.replies)
            case "jwt" | "kubernetes":
                self.methods[path] = Jwt(tools.clock, tools.replies, kind)
            case "ldap":
                self.methods[path] = Ldap()
            case _:
                raise Refusal(400, f"plugin not found in the catalog: {kind}")

    def mounts(self) -> Json:
        """All mounts, as `sys/mounts` lists them."""
        return {f"{path}/": self.told(path) for path in self.about}

    def told(self, path: str) -> Json:
        """One mount, as `sys/mounts` tells of it."""
        about = self.about[path]
        config: Json = {"default_lease_ttl": 0, "force_no_cache": False, "max_lease_ttl": 0}
        if path == "sys":
            config["passthrough_request_headers"] = ["Accept"]
        return {
            "accessor": about.accessor,
            "config": config,
            "description": about.description,
            "external_entropy_access": False,
            "local": path == "cubbyhole",
            "options": about.options,
            "seal_wrap": False,
            "type": about.kind,
            "uuid": about.uuid,
        }
