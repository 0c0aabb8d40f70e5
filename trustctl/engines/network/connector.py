"""Opens sessions with network devices: implements `Connector`."""

from __future__ import annotations

from collections.abc import Callable

from trustctl.engines.network.limits import Limits
from trustctl.engines.network.link import key_text, open_link, read_host_key
from trustctl.engines.network.session import DeviceSession
from trustctl.engines.protocol import Endpoint, Target
from trustctl.platforms import Platform


class NetworkConnector:
    """`platforms` gives a Platform by its name, such as `functools.partial(platform, roots=roots)`."""

    def __init__(self, platforms: Callable[[str], Platform], limits: Limits | None = None) -> None:
        self._platforms = platforms
        self._limits = limits or Limits()

    def open(self, target: Target) -> DeviceSession:
        """Dial, check the host key, sign in, prepare the terminal and check privilege and serial; see `Connector`."""
        found = self._platforms(target.platform)
        link = open_link(target, found.spec.netmiko, self._limits)
        session = DeviceSession(link, found, target, self._limits)
        try:
            session.start()
        except BaseException:
            # without a good-bye: it may stand at a password prompt, where that would be one more wrong try
            link.close()
            raise
        return session

    def host_key(self, endpoint: Endpoint, legacy: tuple[str, ...] = ()) -> str:
        """Read the host key without signing in, in `known_hosts` form."""
        return key_text(read_host_key(endpoint, legacy, self._limits))
