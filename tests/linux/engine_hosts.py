"""What the tests of the Linux engine share: targets of lab hosts, and a description with every kind in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from linux_hosts import PASSWORD, USER

from trustctl.engines.linux import LinuxEngine
from trustctl.engines.linux.session import LinuxSession
from trustctl.engines.protocol import Endpoint, Target
from trustctl.hosts import Key, Resource, compare, parse, text_lines, way_back
from trustctl.lab.hosts.lab import HostLab
from trustctl.secrets import KnownSecrets, Verifier

SECRET = 'it\'s a "Canary" secret-7731'
SECRETS = {"login/break-glass": SECRET}
VERIFIER = Verifier(KnownSecrets(SECRETS))

WHOLE = """\
topic Time role=base
package chrony
package trustctl-lab-probe version=1.0
file /etc/chrony/chrony.conf owner=root group=root mode=0644 check="chronyd -p -f {}"
    # time of the trust
    server 192.0.2.53 iburst
    makestep 1 3
    
service chrony enabled=yes running=yes restart=/etc/chrony/chrony.conf
hostname static value=oak-srv-01
timezone system value=Europe/London
sysctl net.ipv4.conf.all.log_martians value=1
group kv-admins gid=900 system=yes
user kv-admin uid=901 groups=sudo,kv-admins shell=/bin/bash password='<secret:login/break-glass>'
directory /srv/trust owner=kv-admin group=kv-admins mode=2750
file /srv/trust/blob owner=kv-admin group=kv-admins mode=0600 encoding=base64
    AAECAwQF/w==
link /srv/trust/current target=blob
mount /mnt device=tmpfs type=tmpfs options=nodev,nosuid,noexec
command note run="cat >/root/note" unless="test -e /root/note" undo="rm /root/note" stdin='<secret:login/break-glass>'
topic Firewall role=firewall armed=yes
package nftables
file /etc/nftables.conf owner=root group=root mode=0755 check="nft -c -f {}"
    #!/usr/sbin/nft -f
    flush ruleset
    table inet filter {
      chain input { type filter hook input priority 0; policy accept; tcp dport 22 accept; }
    }
service nftables enabled=yes running=yes
ruleset nftables file=/etc/nftables.conf
topic SSH role=access armed=yes
file /etc/ssh/sshd_config.d/10-trust.conf owner=root group=root mode=0644 check="sshd -t -f {}"
    MaxAuthTries 4
service ssh enabled=yes running=yes reload=/etc/ssh/sshd_config.d/10-trust.conf
"""  # noqa: W293 - a blank line of a file


def description(text: str) -> dict[Key, Resource]:
    """A text as resources."""
    return parse(text_lines(text))


def target(lab: HostLab, name: str, **more: object) -> Target:
    """How the engine reaches a host of the lab."""
    contact = lab.contacts[name]
    words: dict[str, object] = {
        "device": name,
        "platform": "linux",
        "endpoint": Endpoint(contact.host, contact.port),
        "username": USER,
        "password": PASSWORD,
        "host_key": contact.host_key,
        "serial": contact.machine_id,
        "resolve": SECRETS.__getitem__,
        "sensitive": tuple(SECRETS.values()),
    }
    return Target(**{**words, **more})  # type: ignore[arg-type] - words of each field, as the caller has them


def engine(want: Iterable[Resource], minute: float = 60.0) -> LinuxEngine:
    """An engine that reads these resources on every host."""
    wanted = tuple(want)
    return LinuxEngine(lambda _device: wanted, minute)


def now(session: LinuxSession) -> dict[Key, Resource]:
    """What the host has."""
    return description(session.running())


def left(want: Mapping[Key, Resource], have: Mapping[Key, Resource]) -> list[tuple[Key, tuple[str, ...]]]:
    """What is not in step, and in which words."""
    return [(one.step.key, one.words) for one in compare(want, have, VERIFIER).differences]


def join(session: LinuxSession, want: Mapping[Key, Resource]) -> int:
    """Carry out everything that differs; return the number of steps."""
    found = compare(want, now(session), VERIFIER).differences
    for one in found:
        session.push(one.step.lines)
    return len(found)


def go_back(session: LinuxSession, want: Mapping[Key, Resource], before: Mapping[Key, Resource]) -> None:
    """Bring everything back to what it was."""
    have = now(session)
    for one in way_back(before, [key for key in want if have[key].lines != before[key].lines], want):
        session.push(one.lines)
