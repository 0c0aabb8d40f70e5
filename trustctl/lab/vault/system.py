"""`sys/`: the state of the server, which needs no token, and its settings, which do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.vault.message import DENIED, NO_CONTENT, Json, Refusal, Reply, Request, as_json, missing, wrong_verb
from trustctl.lab.vault.policies import granted, parse, touches

if TYPE_CHECKING:
    from trustctl.lab.vault.core import Core
    from trustctl.lab.vault.space import Space
    from trustctl.lab.vault.tokens import Token

_HEALTH_CODES = {"sealed": 503, "uninit": 501, "standby": 429, "active": 200}


def without_token(core: Core, request: Request, standby: bool) -> Reply | None:  # noqa: FBT001 - which listener asks
    """Answer what works in every state and without a token; None for everything else. Raises Refusal."""
    match request.path, request.verb:
        case "sys/health", "GET" | "HEAD":
            return _health(core, request, standby)
        case "sys/seal-status", "GET":
            return Reply(200, core.seal.status())
        case "sys/init", "GET":
            return Reply(200, {"initialized": core.seal.initialized})
        case "sys/init", "POST":
            return Reply(200, core.initialise(request))
        case "sys/unseal", "POST":
            core.seal.unseal(request)
            return Reply(200, core.seal.status())
        case "sys/health" | "sys/seal-status" | "sys/init" | "sys/unseal", _:
            raise wrong_verb()
        case _:
            return None


def _health(core: Core, request: Request, standby: bool) -> Reply:  # noqa: FBT001 - which listener asks
    seal = core.seal
    unsealed = seal.initialized and not seal.sealed
    if not unsealed:
        kind = "sealed" if seal.initialized else "uninit"
    else:
        kind = "standby" if standby and request.query.get("standbyok") not in {"true", ""} else "active"
    status = int(request.query.get(f"{kind}code", _HEALTH_CODES[kind]))
    body: Json = {
        "initialized": seal.initialized,
        "sealed": not unsealed,
        "standby": standby or not unsealed,
        "performance_standby": False,
        "replication_performance_mode": "disabled" if unsealed else "unknown",
        "replication_dr_mode": "disabled" if unsealed else "unknown",
        "server_time_utc": int(core.tools.clock.now().timestamp()),
        "version": core.tools.flavour.version,
    }
    if unsealed:
        body |= seal.cluster()
    return Reply(status, body)


def settings(core: Core, request: Request, space: Space, token: Token) -> Reply:
    """Answer the rest of `sys/`. Raises Refusal."""
    area, _, name = request.path.removeprefix("sys/").partition("/")
    match area:
        case "seal" if request.verb == "POST":
            core.seal.sealed = True
            reply = NO_CONTENT
        case "mounts":
            reply = _mounts(core, request, space, name)
        case "auth" if name:
            reply = _auth(request, space, name)
        case "policy" | "policies":
            reply = _policies(core, request, space, name.removeprefix("acl/"))
        case "capabilities-self" if request.verb == "POST":
            reply = _capabilities(core, request, token)
        case "internal" if name.startswith("ui/mounts/"):
            reply = _one_mount(core, space, token, name.removeprefix("ui/mounts/").strip("/"))
        case "namespaces" if name and core.tools.flavour.namespaces:
            reply = core.namespace(request, name)
        case "wrapping":
            reply = _wrapping(core, request, name)
        case _:
            raise wrong_verb() if area in {"seal", "capabilities-self"} else Refusal(404, "unsupported path")
    return reply


def _mounts(core: Core, request: Request, space: Space, name: str) -> Reply:
    match name.strip("/"), request.verb:
        case "", "GET":
            return core.tools.replies.twice(space.mounts())
        case path, "POST" if path:
            space.mount(path, request.text("type"), as_json(request.body.get("options")))
            return NO_CONTENT
        case path, "DELETE" if path:
            space.unmount(path)
            return NO_CONTENT
        case _:
            raise wrong_verb()


def _auth(request: Request, space: Space, name: str) -> Reply:
    match request.verb:
        case "POST":
            space.enable(name.strip("/"), request.text("type"))
        case "DELETE":
            space.methods.pop(name.strip("/"), None)
        case _:
            raise wrong_verb()
    return NO_CONTENT


def _policies(core: Core, request: Request, space: Space, name: str) -> Reply:
    match request.verb:
        case "POST" if name:
            space.policies[name] = parse(request.text("policy"))
        case "DELETE" if name:
            space.policies.pop(name, None)
        case "LIST" | "GET" if not name:
            return core.tools.replies.twice({"keys": sorted(space.policies), "policies": sorted(space.policies)})
        case "GET":
            if name not in space.policies:
                raise missing()
            return core.tools.replies.twice({"name": name})
        case _:
            raise wrong_verb()
    return NO_CONTENT


def _capabilities(core: Core, request: Request, token: Token) -> Reply:
    paths = [str(path) for path in request.listed("paths") or request.listed("path")]
    if not paths:
        raise Refusal(400, "paths must be supplied")
    found: Json = {}
    for path in paths:
        capabilities = granted(core.rules(token), core.inside(token, request.namespace, path))
        found[path] = ["root"] if token.is_root else sorted(capabilities)
    if len(paths) == 1:
        found["capabilities"] = found[paths[0]]
    return core.tools.replies.twice(found)


def _one_mount(core: Core, space: Space, token: Token, name: str) -> Reply:
    """What `vault kv` asks before it reads (documented for the CLI; not recorded)."""
    path = next((one for one in space.engines if name == one or name.startswith(f"{one}/")), None)
    if path is None or not (token.is_root or touches(core.rules(token), f"{path}/")):
        raise Refusal(
            403, "preflight capability check returned 403, please ensure client's policies grant access to path"
        )
    return core.tools.replies.data({**space.told(path), "path": f"{path}/"})


def _wrapping(core: Core, request: Request, name: str) -> Reply:
    if request.verb != "POST":
        raise wrong_verb()
    match name:
        case "lookup":
            return core.tools.replies.data(core.wrapping.look(request.text("token")))
        case "unwrap":
            return Reply(200, core.wrapping.unwrap(request.text("token")))
        case _:
            raise Refusal(403, DENIED)
