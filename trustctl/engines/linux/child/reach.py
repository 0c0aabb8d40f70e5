"""Whether a host reaches an address of its own network."""

from __future__ import annotations

from ipaddress import ip_address

from trustctl.engines.linux.border import StringCommand
from trustctl.engines.linux.child.sessions import Session
from trustctl.engines.linux.facts.shell import quoted
from trustctl.errors import DeviceError

_SCRIPT = """
if command -v ping >/dev/null; then
  for w in 1 2; do ping -n -c 1 -W $w {0} >/dev/null 2>&1 && {{ echo yes; exit; }}; done; echo no
else timeout 2 bash -c 'echo >/dev/udp/{0}/9' 2>/dev/null; sleep 1
  ip neigh show {0} | grep -q lladdr && echo yes || echo no
fi
"""
"""One answer is enough, and one that is late is waited for. Without ping a neighbour that answers ARP is reached."""


def reaches(session: Session, address: str) -> bool:
    """Whether the host itself reaches an address. Raises DeviceError if it does not say."""
    words = quoted([str(ip_address(address))])
    _, out, err = session.transport.run(StringCommand(_SCRIPT.strip().format(words)))
    said = out.decode("utf-8", "replace").strip()
    if said not in {"yes", "no"}:
        what = err.decode("utf-8", "replace").strip()[-200:]
        raise DeviceError(f"the host does not say whether it reaches {address}: {what}", where=session.spec.name)
    return said == "yes"
