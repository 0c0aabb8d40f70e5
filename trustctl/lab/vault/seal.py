"""The seal: without its key the server answers nobody."""

from __future__ import annotations

import base64
import hmac

from trustctl.lab.vault.clock import Ids
from trustctl.lab.vault.flavour import Flavour
from trustctl.lab.vault.message import Json, Refusal, Request


class Seal:
    """One key share, as the recorded server had."""

    def __init__(self, flavour: Flavour, ids: Ids) -> None:
        self._version = flavour.version
        self._ids = ids
        self._key = ""
        self._cluster = {"cluster_name": f"vault-cluster-{ids.short()}", "cluster_id": ids.uuid()}
        self.initialized = False
        self.sealed = True

    def initialise(self) -> Json:
        """Make the key; the server stays sealed. Raises Refusal the second time."""
        if self.initialized:
            raise Refusal(400, "Vault is already initialized")
        raw = self._ids.key()
        self._key = raw.hex()
        self.initialized = True
        return {"keys": [self._key], "keys_base64": [base64.b64encode(raw).decode()]}

    def unseal(self, request: Request) -> None:
        """Take a key share. Raises Refusal for a wrong one."""
        if not self.initialized:
            raise Refusal(400, "server is not yet initialized")
        if not hmac.compare_digest(self._key, request.text("key")):
            raise Refusal(400, "Unseal failed, invalid key")
        self.sealed = False

    def cluster(self) -> Json:
        """The cluster's name and id, told once unsealed."""
        return dict(self._cluster)

    def status(self) -> Json:
        """What `sys/seal-status` tells."""
        status: Json = {
            "type": "shamir",
            "initialized": self.initialized,
            "sealed": self.sealed,
            "t": 1 if self.initialized else 0,
            "n": 1 if self.initialized else 0,
            "progress": 0,
            "nonce": "",
            "version": self._version,
            "migration": False,
            "recovery_seal": False,
        }
        return status if self.sealed else status | self.cluster()
