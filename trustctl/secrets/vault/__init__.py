"""HashiCorp Vault and OpenBao as the trust's secret store; hvac's and requests' only home.

Imported only where trust.yml names this store: the libraries take a moment to load.
"""

from __future__ import annotations

from trustctl.secrets.vault.outside import Outside
from trustctl.secrets.vault.policy import policy
from trustctl.secrets.vault.store import Fetched, VaultSecrets

__all__ = ["Fetched", "Outside", "VaultSecrets", "policy"]
