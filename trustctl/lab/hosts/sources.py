"""Where the machine itself gets its packages: asked of apt, so that no host of a registry is written down here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trustctl.lab.hosts.ground import HostLabError, finish
from trustctl.lab.hosts.recipe import Recipe

_FORMAT = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
_OS_RELEASE = Path("/etc/os-release")


@dataclass(frozen=True, slots=True)
class Source:
    """One archive: its address, the suite there, and the component."""

    uri: str
    suite: str
    component: str

    @property
    def security(self) -> bool:
        """Whether it is the archive of security updates."""
        return self.suite.endswith("-security")


def machine_sources(recipe: Recipe) -> tuple[Source, ...]:
    """The machine's archives, with the recipe's suite in the place of the machine's own.

    Raises HostLabError if the machine is no relative of what shall be made: another distribution, or no apt.
    """
    own = _release()
    if own.get("ID") != recipe.distribution:
        raise HostLabError(
            f"this machine is {own.get('ID', 'unknown')}, its archives have no {recipe.os}",
            remedy=f"lab hosts with {recipe.os} are made on {recipe.distribution.capitalize()}",
        )
    codename = own.get("VERSION_CODENAME", "")
    listed = finish(["apt-get", "indextargets", "--format", _FORMAT, "Created-By: Packages"])
    found: list[Source] = []
    for line in dict.fromkeys(listed.splitlines()):
        uri, suite, component = line.split("|")
        if component == "main" and (suite == codename or suite.startswith(f"{codename}-")):
            found.append(Source(uri, suite.replace(codename, recipe.suite, 1), component))
    if not any(source.suite == recipe.suite for source in found):
        raise HostLabError("apt knows no archive of this machine's own release", remedy="run: apt-get update")
    return tuple(found)


def keyring(recipe: Recipe) -> Path:
    """The distribution's archive keys, as its own package installs them. Raises HostLabError if they are missing."""
    path = Path(f"/usr/share/keyrings/{recipe.distribution}-archive-keyring.gpg")
    if not path.is_file():
        raise HostLabError("the archive's keys are missing", where=str(path))
    return path


def _release() -> dict[str, str]:
    """The machine's `/etc/os-release` (os-release(5))."""
    try:
        lines = _OS_RELEASE.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name: value.strip('"') for name, _, value in pairs}
