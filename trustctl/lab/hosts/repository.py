"""The lab's own apt repository: what the hosts install from, signed by a key made here."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

from trustctl.lab.hosts.ground import HostLabError, finish
from trustctl.lab.hosts.recipe import Recipe
from trustctl.lab.hosts.sources import Source, keyring, machine_sources

KEY = "trustctl-lab.gpg"
"""The public key's file, in the repository and on each host in /usr/share/keyrings."""

_KEY_OWNER = "trustctl lab repository <lab@trustctl.invalid>"
_DOWNLOAD_SECONDS = 1800.0


def build(recipe: Recipe, base: Path, folder: Path) -> None:
    """Fill an empty folder with a repository for hosts that start as `base`.

    Two archives as the distribution has them, `debian` and `debian-security`, so that what tells security updates from
    others finds the same words here. Raises HostLabError.
    """
    downloads = folder / "downloads"
    secured = _download(recipe, base, downloads)
    _sign_up(folder)
    for security in (False, True):
        archive = folder / archive_name(recipe, security=security)
        pool = archive / "pool"
        pool.mkdir(parents=True)
        for deb in sorted(downloads.glob("*.deb")):
            if (deb.name in secured) is security:
                deb.rename(pool / deb.name)
        if not security:
            _probes(recipe, pool)
        _index(recipe, archive, security=security, home=folder / "gnupg")
    shutil.rmtree(downloads)


def archive_name(recipe: Recipe, *, security: bool) -> str:
    """The folder of an archive below the repository's root."""
    return f"{recipe.distribution}-security" if security else recipe.distribution


def sources_file(recipe: Recipe, root: str) -> str:
    """What a host's apt is told: the two archives below a root address, and the only key that counts for them."""
    stanza = "Types: deb\nURIs: {uri}\nSuites: {suite}\nComponents: main\nSigned-By: /usr/share/keyrings/{key}\n"
    return "\n".join(
        stanza.format(uri=f"{root}/{archive_name(recipe, security=security)}", suite=suite, key=KEY)
        for security, suite in ((False, recipe.suite), (True, f"{recipe.suite}-security"))
    )


def _download(recipe: Recipe, base: Path, target: Path) -> frozenset[str]:
    """Fetch every package file; the names of those that are security updates."""
    sources = machine_sources(recipe)
    work = target / "apt"
    for part in (target / "partial", work / "lists/partial", work / "etc"):
        part.mkdir(parents=True)
    (work / "etc/sources.list").write_text(_lines(sources, keyring(recipe)), encoding="utf-8")
    options = [
        f"Dir::Etc::sourcelist={work}/etc/sources.list",
        "Dir::Etc::sourceparts=-",
        f"Dir::State={work}",
        f"Dir::State::lists={work}/lists",
        f"Dir::State::status={base}/var/lib/dpkg/status",
        f"Dir::Cache={work}",
        f"Dir::Cache::archives={target}",
        "APT::Install-Recommends=false",
        "APT::Sandbox::User=root",
        "Debug::NoLocking=true",
    ]
    apt = ["apt-get", "-q", "-y", *(word for option in options for word in ("-o", option))]
    finish([*apt, "update"], seconds=_DOWNLOAD_SECONDS)
    secured: set[str] = set()
    archives = [source.uri for source in sources if source.security]
    for wish in (["dist-upgrade"], *(["install", "--reinstall", *group] for group in recipe.groups.values())):
        listed = finish([*apt, "--print-uris", *wish], seconds=_DOWNLOAD_SECONDS)
        for line in listed.splitlines():
            if line.startswith("'"):
                address, name = line.split()[:2]
                if any(address.strip("'").startswith(archive) for archive in archives):
                    secured.add(name)
        finish([*apt, "--download-only", *wish], seconds=_DOWNLOAD_SECONDS)
    shutil.rmtree(work)
    return frozenset(secured)


def _lines(sources: tuple[Source, ...], keys: Path) -> str:
    return "".join(f"deb [signed-by={keys}] {one.uri} {one.suite} {one.component}\n" for one in sources)


def _sign_up(folder: Path) -> None:
    """Make the repository's key pair; it never leaves the cache."""
    home = folder / "gnupg"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
    finish([*gpg, "--passphrase", "", "--quick-generate-key", _KEY_OWNER, "ed25519", "sign", "never"])
    finish([*gpg, "--output", str(folder / KEY), "--export", _KEY_OWNER])
    finish(["gpgconf", "--homedir", str(home), "--kill", "all"])


def _probes(recipe: Recipe, pool: Path) -> None:
    """Build the lab's own package in each of its versions: one file that says which it is."""
    for version in recipe.probe_versions:
        tree = pool / "build"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN/control").write_text(
            f"Package: {recipe.probe}\nVersion: {version}\nArchitecture: all\nMaintainer: {_KEY_OWNER}\n"
            "Description: shows an upgrade and the way back\n",
            encoding="utf-8",
        )
        share = tree / "usr/share" / recipe.probe
        share.mkdir(parents=True)
        (share / "version").write_text(f"{version}\n", encoding="utf-8")
        deb = pool / f"{recipe.probe}_{version}_all.deb"
        finish(["dpkg-deb", "--root-owner-group", "--build", str(tree), str(deb)])
        shutil.rmtree(tree)


def _index(recipe: Recipe, archive: Path, *, security: bool, home: Path) -> None:
    """Write and sign the lists of an archive (Debian's repository format; apt-ftparchive(1))."""
    suite = f"{recipe.suite}-security" if security else recipe.suite
    label = f"{recipe.distribution.capitalize()}-Security" if security else recipe.distribution.capitalize()
    architecture = finish(["dpkg", "--print-architecture"]).strip()
    dist = archive / "dists" / suite
    lists = dist / "main" / f"binary-{architecture}"
    lists.mkdir(parents=True)
    packages = finish(["sh", "-c", 'cd "$1" && exec apt-ftparchive packages pool', "sh", str(archive)])
    if not security and not packages:
        raise HostLabError("the repository would be empty", where=str(archive))
    (lists / "Packages").write_text(packages, encoding="utf-8")
    (lists / "Packages.gz").write_bytes(gzip.compress(packages.encode()))
    fields = {
        "Origin": recipe.distribution.capitalize(),
        "Label": label,
        "Suite": "stable-security" if security else "stable",
        "Codename": suite,
        "Version": recipe.release,
        "Architectures": architecture,
        "Components": "main",
    }
    options = [word for key, value in fields.items() for word in ("-o", f"APT::FTPArchive::Release::{key}={value}")]
    release = finish(["apt-ftparchive", *options, "release", str(dist)])
    (dist / "Release").write_text(release, encoding="utf-8")
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--yes"]
    finish([*gpg, "--clearsign", "--output", str(dist / "InRelease"), str(dist / "Release")])
    finish([*gpg, "--armor", "--detach-sign", "--output", str(dist / "Release.gpg"), str(dist / "Release")])
    finish(["gpgconf", "--homedir", str(home), "--kill", "all"])
