"""Layers over the base: packages that a host shall have from the start, and a directory that is provisioned already.

A layer is made once, in a chroot of its own namespaces, and kept in the cache; every host with the same wishes boots
from it.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

from trustctl.lab.hosts import rootless
from trustctl.lab.hosts.cache import Cache
from trustctl.lab.hosts.ground import finish
from trustctl.lab.hosts.recipe import Recipe, digest_of
from trustctl.lab.hosts.repository import KEY, sources_file
from trustctl.lab.hosts.services import RESOLVER
from trustctl.lab.hosts.spec import DirectorySpec, HostSpec

_SECONDS = 900.0
_FORM = "2"
"""Raise it when the scripts below make something else of the same wishes."""

DIRECTORY_GROUP = "directory"
"""The group of the recipe's packages that a domain controller is made of."""

_WORKSHOP = """\
set -eu
layer="$1" lower="$2" repository="$3" key="$4"
shift 4
mkdir "$layer/upper" "$layer/work" "$layer/root"
root="$layer/root"
mount -t overlay lab -o "lowerdir=$lower,upperdir=$layer/upper,workdir=$layer/work$MARKS" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mkdir "$root/run/repository"
mount --bind "$repository" "$root/run/repository"
cp "$repository/$key" "$root/usr/share/keyrings/"
cat > "$root/etc/apt/sources.list.d/lab.sources"
printf '#!/bin/sh\\nexit 101\\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
chroot "$root" apt-get -q -y update
chroot "$root" apt-get -q -y install --no-install-recommends "$@"
[ -z "$PROVISION" ] || chroot "$root" sh -c "$PROVISION"
rm -f "$root/usr/sbin/policy-rc.d" "$root"/var/lib/apt/lists/*_*
chroot "$root" apt-get -q clean
"""

_PROVISION = """\
set -eu
hostname "$NAME"
ip link set lo up
ip link add eth0 type veth peer name eth1
ip addr add "$ADDRESS/24" dev eth0
ip link set eth0 up
ip link set eth1 up
printf '127.0.0.1 localhost\\n%s %s.%s %s\\n' "$ADDRESS" "$NAME" "$REALM" "$NAME" > /etc/hosts
rm -f /etc/samba/smb.conf
systemctl mask smbd nmbd winbind
systemctl unmask samba-ad-dc
systemctl enable samba-ad-dc
samba-tool domain provision --use-rfc2307 --realm="$REALM" --domain="$DOMAIN" --server-role=dc \
    --dns-backend=SAMBA_INTERNAL --adminpass="$ADMIN_PASSWORD" --host-ip="$ADDRESS" \
    --option="dns forwarder=$FORWARDER" --option="interfaces=lo eth0" --option="bind interfaces only=yes"
cp /var/lib/samba/private/krb5.conf /etc/krb5.conf
"""


class Layers:
    """The read-only trees below a host's own files, the topmost first."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def under(self, recipe: Recipe, spec: HostSpec) -> tuple[Path, ...]:
        """The trees that a host boots from; those that are not there are made. Raises HostLabError."""
        base = self._cache.base(recipe)
        if spec.directory is not None:
            packages = sorted({*recipe.groups[DIRECTORY_GROUP], *spec.packages})
            env = {
                "NAME": spec.name,
                "ADDRESS": spec.address,
                "REALM": spec.directory.realm,
                "DOMAIN": spec.directory.domain,
                "ADMIN_PASSWORD": spec.directory.admin_password,
                "USER_PASSWORD": spec.directory.user_password,
                "FORWARDER": spec.directory.forwarder or RESOLVER,
                "PROVISION": "\n".join([_PROVISION, *_directory(spec.directory)]),
            }
            return (self._made(recipe, packages, env), base)
        if spec.packages:
            return (self._made(recipe, sorted(set(spec.packages)), {}), base)
        return (base,)

    def _made(self, recipe: Recipe, packages: Sequence[str], env: dict[str, str]) -> Path:
        base, repository = self._cache.base(recipe), self._cache.repository(recipe)
        name = f"layer-{recipe.os}-{digest_of(_FORM, repository.name, packages, env)}"

        def build(layer: Path) -> None:
            private = ["unshare", "--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--kill-child"]
            script = ["sh", "-c", _WORKSHOP, "sh", str(layer), str(base), str(repository), KEY, *packages]
            marks = ",userxattr" if rootless.inside() else ""
            sources = sources_file(recipe, "file:/run/repository")
            finish([*private, *script], given=sources, seconds=_SECONDS, env={"PROVISION": "", "MARKS": marks, **env})
            # the mounts are gone with their namespace: what was written is the layer
            shutil.rmtree(layer / "work")
            (layer / "root").rmdir()
            for part in (layer / "upper").iterdir():
                part.rename(layer / part.name)
            (layer / "upper").rmdir()

        return self._cache.made(name, build)


def _directory(directory: DirectorySpec) -> list[str]:
    """The commands that fill a fresh domain with its units, groups and users."""
    lines: list[str] = []
    for unit in directory.units:
        parts = unit.path.split("/")
        lines += [f"samba-tool ou create {_place(parts[:depth])}" for depth in range(1, len(parts) + 1)]
        lines += [f"samba-tool group add {shlex.quote(group)} --groupou={_place(parts)}" for group in unit.groups]
        for user in unit.users:
            name = shlex.quote(user)
            lines.append(f'samba-tool user create {name} "$USER_PASSWORD" --userou={_place(parts)}')
            lines += [f"samba-tool group addmembers {shlex.quote(group)} {name}" for group in unit.groups]
    return list(dict.fromkeys(lines))


def _place(parts: Sequence[str]) -> str:
    """A unit's name below the domain, as samba-tool takes it: `OU=OAK,OU=Schools`."""
    return shlex.quote(",".join(f"OU={part}" for part in reversed(parts)))
