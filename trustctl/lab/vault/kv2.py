"""The KV engine, version 2: documents with versions that can be deleted, brought back and destroyed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trustctl.lab.vault.clock import VaultClock, go_duration, seconds_of, stamp
from trustctl.lab.vault.message import NO_CONTENT, Json, Refusal, Reply, Request, missing, wrong_verb
from trustctl.lab.vault.reply import Replies

_WRONG_FORM = (
    "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If"
    " using the Vault CLI, use 'vault kv get' for this operation."
)
_DEFAULT_VERSIONS = 10
_CAS_WRONG = "check-and-set parameter did not match the current version"
_CAS_NEEDED = "check-and-set parameter required for this call"


@dataclass(slots=True)
class _Version:
    data: Json | None
    created: datetime
    deleted: datetime | None = None
    destroyed: bool = False


@dataclass(slots=True)
class _Rules:
    max_versions: int = 0
    cas_required: bool = False
    delete_after: float = 0.0

    def change(self, body: Request) -> None:
        """Take over what the request names."""
        if "max_versions" in body.body:
            self.max_versions = int(str(body.body["max_versions"] or 0))
        if "cas_required" in body.body:
            self.cas_required = body.body["cas_required"] is True
        if "delete_version_after" in body.body:
            self.delete_after = seconds_of(body.body["delete_version_after"])

    def told(self) -> Json:
        """As the server prints them."""
        return {
            "cas_required": self.cas_required,
            "delete_version_after": go_duration(self.delete_after),
            "max_versions": self.max_versions,
        }


@dataclass(slots=True)
class _Document:
    created: datetime
    updated: datetime
    versions: dict[int, _Version] = field(default_factory=dict[int, _Version])
    current: int = 0
    rules: _Rules = field(default_factory=_Rules)


class Kv2:
    """One mount."""

    kind = "kv"
    options: Json = {"version": "2"}  # noqa: RUF012 - never changed

    def __init__(self, clock: VaultClock, replies: Replies) -> None:
        self._clock = clock
        self._replies = replies
        self._documents: dict[str, _Document] = {}
        self._rules = _Rules()

    def exists(self, path: str) -> bool:
        """Whether a write there is an update: tells the capabilities create and update apart."""
        area, _, name = path.partition("/")
        return area not in {"data", "metadata"} or name in self._documents

    def answer(self, request: Request, path: str) -> Reply:
        """Answer a request below the mount."""
        area, _, name = path.partition("/")
        match area, request.verb:
            case "data", "GET" | "POST" | "DELETE" if name:
                work = {"GET": self._read, "POST": self._write, "DELETE": self._delete_latest}
                return work[request.verb](request, name)
            case "metadata", "GET" | "POST" | "DELETE" if name:
                work = {"GET": self._look, "POST": self._settle, "DELETE": self._forget}
                return work[request.verb](request, name)
            case "metadata", "LIST":
                return self._replies.data({"keys": listing(self._documents, name)})
            case "delete" | "undelete" | "destroy", "POST" if name:
                return self._mark(area, request, name)
            case "config", "GET" | "POST":
                return self._configure(request)
            case "data" | "metadata" | "delete" | "undelete" | "destroy" | "config", _:
                raise wrong_verb()
            case _:
                return self._replies.warned(404, _WRONG_FORM)

    def _found(self, name: str) -> _Document:
        document = self._documents.get(name)
        if document is None:
            raise missing()
        return document

    def _read(self, request: Request, name: str) -> Reply:
        document = self._found(name)
        number = int(request.query.get("version", "0") or 0) or document.current
        version = document.versions.get(number)
        if version is None:
            raise missing()
        gone = version.destroyed or (version.deleted is not None and version.deleted <= self._clock.now())
        data = {"data": None if gone else version.data, "metadata": _told(number, version)}
        return self._replies.data(data, status=404 if gone else 200)

    def _write(self, request: Request, name: str) -> Reply:
        if not isinstance(request.body.get("data"), dict):
            raise Refusal(400, "no data provided")
        document = self._documents.get(name)
        rules = document.rules if document else _Rules()
        cas = request.mapping("options").get("cas")
        if cas is None and (rules.cas_required or self._rules.cas_required):
            raise Refusal(400, _CAS_NEEDED)
        if cas is not None and cas != (document.current if document else 0):
            raise Refusal(400, _CAS_WRONG)
        now = self._clock.now()
        if document is None:
            document = self._documents[name] = _Document(now, now)
        after = document.rules.delete_after or self._rules.delete_after
        version = _Version(request.mapping("data"), now, now + timedelta(seconds=after) if after else None)
        document.current += 1
        document.updated = now
        document.versions[document.current] = version
        kept = document.rules.max_versions or self._rules.max_versions or _DEFAULT_VERSIONS
        for number in [one for one in document.versions if one <= document.current - kept]:
            del document.versions[number]
        return self._replies.data(_told(document.current, version))

    def _delete_latest(self, request: Request, name: str) -> Reply:
        document = self._documents.get(name)
        if document and document.current in document.versions:
            document.versions[document.current].deleted = self._clock.now()
        return NO_CONTENT

    def _configure(self, request: Request) -> Reply:
        if request.verb == "GET":
            return self._replies.data(self._rules.told())
        self._rules.change(request)
        return NO_CONTENT

    def _look(self, request: Request, name: str) -> Reply:
        document = self._found(name)
        versions = {str(number): _told(number, one) for number, one in document.versions.items()}
        for told in versions.values():
            del told["version"]
        return self._replies.data(
            document.rules.told()
            | {
                "created_time": stamp(document.created),
                "current_version": document.current,
                "oldest_version": min(document.versions) if document.current not in {0, len(document.versions)} else 0,
                "updated_time": stamp(document.updated),
                "versions": versions,
            }
        )

    def _settle(self, request: Request, name: str) -> Reply:
        now = self._clock.now()
        self._documents.setdefault(name, _Document(now, now)).rules.change(request)
        return NO_CONTENT

    def _forget(self, request: Request, name: str) -> Reply:
        self._documents.pop(name, None)
        return NO_CONTENT

    def _mark(self, area: str, request: Request, name: str) -> Reply:
        document = self._found(name)
        numbers = request.listed("versions")
        if not numbers:
            raise Refusal(400, "No version number provided")
        for number in numbers:
            version = document.versions.get(int(str(number)))
            if version is None:
                continue
            if area == "destroy":
                version.destroyed, version.data = True, None
            else:
                version.deleted = self._clock.now() if area == "delete" else None
        return NO_CONTENT


def _told(number: int, version: _Version) -> Json:
    return {
        "created_time": stamp(version.created),
        "deletion_time": stamp(version.deleted),
        "destroyed": version.destroyed,
        "version": number,
    }


def listing(names: dict[str, _Document] | dict[str, Json], folder: str) -> list[str]:
    """Names directly in a folder; a folder's ends in `/`. Raises Refusal for an empty one."""
    prefix = f"{folder.strip('/')}/" if folder.strip("/") else ""
    below = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
    keys = sorted({one.partition("/")[0] + ("/" if "/" in one else "") for one in below})
    if not keys:
        raise missing()
    return keys
