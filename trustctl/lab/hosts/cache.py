"""The cache of what lab hosts are made of: base trees, the repository, and layers; built once, used by every lab."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from trustctl.lab.hosts import repository, rootless
from trustctl.lab.hosts.ground import HostLabError, finish
from trustctl.lab.hosts.recipe import Recipe
from trustctl.lab.hosts.sources import machine_sources

_BUILD_SECONDS = 1800.0


class Cache:
    """A private folder whose parts are named after the digest of what they were made from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def base(self, recipe: Recipe) -> Path:
        """The tree that every host starts from; built if it is not there. Raises HostLabError."""
        return self.made(_base(recipe), lambda path: _debootstrap(recipe, path))

    def repository(self, recipe: Recipe) -> Path:
        """The folder that the lab serves to its hosts as an apt repository; built if it is not there."""
        base = self.base(recipe)
        return self.made(_repository(recipe), lambda path: repository.build(recipe, base, path))

    def has(self, recipe: Recipe) -> bool:
        """Whether base and repository are there already."""
        return all((self.folder / name).is_dir() for name in self.names(recipe))

    def names(self, recipe: Recipe) -> tuple[str, str]:
        """What the base and the repository of a recipe are called here."""
        return _base(recipe), _repository(recipe)

    def keys(self, name: str) -> Path:
        """The folder of a host's SSH keys, the same in every lab, as a switch of the lab keeps its key."""
        return self.folder / "keys" / name

    def made(self, name: str, build: Callable[[Path], None]) -> Path:
        """A part by its name; `build` fills an empty folder, which counts only when it is whole."""
        path = self.folder / name
        if path.is_dir():
            return path
        with self.alone():
            if path.is_dir():
                return path
            fresh = self.folder / f"{name}.new"
            if fresh.exists():
                shutil.rmtree(fresh)
            fresh.mkdir(mode=0o755)
            build(fresh)
            fresh.rename(path)
        return path

    @contextmanager
    def alone(self) -> Generator[None]:
        """One builder at a time, whichever process it is in."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise HostLabError(f"the cache cannot be used: {error.strerror}", where=str(self.folder)) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _base(recipe: Recipe) -> str:
    return f"base-{recipe.os}-{recipe.base_digest}"


def _repository(recipe: Recipe) -> str:
    return f"repository-{recipe.os}-{recipe.repository_digest}"


def _debootstrap(recipe: Recipe, path: Path) -> None:
    """Install the base from the machine's own archives, and take out what no two hosts may share."""
    archive = next(source for source in machine_sources(recipe) if source.suite == recipe.suite)
    words = [f"--include={','.join(recipe.base)}", "--variant=minbase", recipe.suite, str(path), archive.uri]
    # debootstrap makes device nodes, which nobody but the machine's own root can
    tool = ["mmdebstrap", "--mode=root", "--format=directory"] if rootless.inside() else ["debootstrap"]
    finish([*tool, *words], seconds=_BUILD_SECONDS)
    for pattern in ("etc/ssh/ssh_host_*", "var/cache/apt/archives/*.deb", "var/lib/apt/lists/*_*", "var/log/*.log"):
        for left in path.glob(pattern):
            left.unlink()
    # sources of the machine have no place on a host that has no way there
    (path / "etc/apt/sources.list").unlink(missing_ok=True)
    for name in ("etc/machine-id", "etc/resolv.conf"):
        (path / name).unlink(missing_ok=True)
        (path / name).write_text("", encoding="utf-8")
