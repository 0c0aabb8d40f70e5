"""The KV engine, version 1: documents without versions."""

from __future__ import annotations

from trustctl.lab.vault.kv2 import listing
from trustctl.lab.vault.message import NO_CONTENT, Json, Refusal, Reply, Request, missing, wrong_verb
from trustctl.lab.vault.reply import Replies

_LEASE = 2_764_800
"""Seconds, as HashiCorp's sample answers of this engine have it (documented)."""


class Kv1:
    """One mount."""

    kind = "kv"
    options: Json = {"version": "1"}  # noqa: RUF012 - never changed

    def __init__(self, replies: Replies) -> None:
        self._replies = replies
        self._documents: dict[str, Json] = {}

    def exists(self, path: str) -> bool:
        """Whether a write there is an update."""
        return path in self._documents

    def answer(self, request: Request, path: str) -> Reply:
        """Answer a request below the mount."""
        match request.verb:
            case "LIST":
                return self._replies.data({"keys": listing(self._documents, path)})
            case "GET":
                if path not in self._documents:
                    raise missing()
                return self._replies.data(self._documents[path], lease_duration=_LEASE)
            case "POST":
                if not request.body:
                    raise Refusal(400, "missing data fields")
                self._documents[path] = dict(request.body)
                return NO_CONTENT
            case "DELETE":
                self._documents.pop(path, None)
                return NO_CONTENT
            case _:
                raise wrong_verb()
