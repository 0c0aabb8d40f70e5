"""Where a command works: the inventory, the repository around it, the state folder, and what belongs to them."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from trustctl.cli.clock import SystemClock
from trustctl.cli.engines import Engines, Playbooks
from trustctl.cli.guard import child_environment
from trustctl.cli.stores import opened
from trustctl.config.names import PartNames
from trustctl.engines.network import PINS_FILE, NetworkConnector, Pin, load_pins
from trustctl.errors import StoreUnavailableError, TrustctlError, UsageError
from trustctl.hosts import Resource
from trustctl.inventory import load, load_store
from trustctl.journal import Backups, Journal
from trustctl.model.school import Trust
from trustctl.model.store import StoreSettings
from trustctl.plan.signature import Signers
from trustctl.platforms import Platform, platform
from trustctl.platforms.roots import playbook_roots, template_roots
from trustctl.secrets import OpenedSecrets, SecretSource, Verifier
from trustctl.secrets.redact import redact
from trustctl.secrets.seal import Seal, seal_of
from trustctl.windows.topics import Topics, load_topics

if TYPE_CHECKING:
    from trustctl.engines.windows.engine import Wanted

STATE = ".trustctl"


class NoSecrets:
    """There is no secret store: every question says how to make one."""

    def get(self, name: str) -> str:
        """Raises StoreUnavailableError."""
        raise StoreUnavailableError(
            f"secret {name} is needed, and there is no secret store",
            remedy="make one: trustctl secret init; or give --secrets FILE, or set TRUSTCTL_SECRETS",
        )


class Workspace:
    """One inventory and everything that lies beside it. Nothing is read before it is asked for."""

    def __init__(self, inventory: Path, secrets: Path | None = None) -> None:
        self.inventory = inventory
        self.repository = inventory.absolute().parent
        self.state = self.repository / STATE
        self.clock = SystemClock()
        self.secrets_file = secrets
        self.wants: dict[str, tuple[Resource, ...]] = {}
        """By Linux server: what it shall have, once it was rendered. It is read for that."""
        self.windows: dict[str, Wanted] = {}
        """By Windows host: what its roles are told, once it was rendered."""
        self.minute = 60.0
        """Seconds of a device's minute: a lab's is shorter."""

    def use_secrets(self, path: Path) -> None:
        """Take this secrets file unless the person named one."""
        self.secrets_file = self.secrets_file or path
        self.__dict__.pop("store", None)

    @cached_property
    def trust(self) -> Trust:
        """The resolved inventory. Raises InventoryError; UsageError if there is no such folder."""
        if not self.inventory.is_dir():
            raise UsageError(
                "there is no inventory here",
                where=str(self.inventory),
                remedy="give --inventory DIR, or start one: trustctl init DIR",
            )
        return load(self.inventory, today=self.today, templates=self.template_roots, names_of=self._names)

    def _names(self, platform_name: str) -> PartNames:
        return PartNames(self.platform(platform_name).rulebook)

    @property
    def today(self) -> date:
        """The local date."""
        return self.clock.now().astimezone().date()

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Each school's name by slug."""
        return {slug: school.name for slug, school in self.trust.schools.items()}

    @cached_property
    def template_roots(self) -> tuple[Path, ...]:
        """Folders of platforms: the trust's own first."""
        return template_roots(self.repository)

    def platform(self, name: str) -> Platform:
        """A platform by name. Raises UsageError, RulebookError."""
        return platform(name, self.template_roots)

    @cached_property
    def connector(self) -> Engines:
        """Opens sessions with devices, whatever drives them."""
        books = Playbooks(lambda: playbook_roots(self.repository), self.windows, self.clock.now)
        return Engines(NetworkConnector(self.platform), self.wants, self.minute, books)

    @property
    def topics(self) -> Topics:
        """What the changes of Windows hosts mean, by topic. Raises RulebookError."""
        return load_topics(self.template_roots)

    @cached_property
    def store(self) -> OpenedSecrets | None:
        """The trust's secret store, opened at the first question; None if there is none yet.

        Raises SecretError once if the file that was named cannot be used, InventoryError if trust.yml cannot be.
        """
        settings = StoreSettings() if self.secrets_file else load_store(self.inventory)
        return opened(settings, self.inventory, self.secrets_file)

    @property
    def secrets(self) -> SecretSource:
        """The secret store, or what says that there is none. Raises as `store`."""
        return self.store or NoSecrets()

    @property
    def signers(self) -> Signers:
        """Whose signature a plan needs, as trust.yml says. Raises what `trust` raises."""
        name = self.trust.signers
        return Signers(self.inventory / name if name else None, os.environ)

    @property
    def verifier(self) -> Verifier | None:
        """Compares what devices hold with the secret store; None without a store."""
        return Verifier(self.store, rotating=True) if self.store else None

    @property
    def pins_file(self) -> Path:
        """Where host keys and serial numbers are pinned."""
        return self.inventory / PINS_FILE

    @cached_property
    def pins(self) -> Mapping[str, Pin]:
        """The pins by device name. Raises HostKeyError if the file is damaged."""
        return load_pins(self.pins_file)

    @cached_property
    def journal(self) -> Journal:
        """The durable record, in the state folder. Raises StorageError."""
        return Journal(self.state, clock=self.clock, user=user(), host=socket.gethostname(), mask=redact)

    @cached_property
    def backups(self) -> Backups:
        """Stored configurations, in the state folder: sealed if the store has a key for it, which is asked for then."""
        return Backups(self.state, lambda: self.seal)

    @cached_property
    def seal(self) -> Seal | None:
        """What seals backups; None if the store has no key for it. Raises SecretError if it cannot say."""
        return seal_of(self.store) if self.store else None

    def relative(self, path: Path) -> str:
        """A path as a person would type it from the repository."""
        try:
            return str(path.absolute().relative_to(self.repository))
        except ValueError:
            return str(path)

    def commit(self) -> str:
        """The Git commit of the inventory's repository, with `-dirty` if files differ; empty outside Git."""
        head = self._git("rev-parse", "HEAD")
        if not head:
            return ""
        return f"{head}-dirty" if self._git("status", "--porcelain", "--", str(self.inventory.absolute())) else head

    def _git(self, *arguments: str) -> str:
        try:
            done = subprocess.run(  # nosec B607 # the reason stands at the next line
                ["git", "-C", str(self.repository), *arguments],  # noqa: S607 - git is found on the person's own PATH
                env=child_environment(),
                capture_output=True,
                text=True,
                check=False,
                timeout=30,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""


def user() -> str:
    """Who runs this, for the journal."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def error_json(error: TrustctlError) -> dict[str, object]:
    """An error for machines."""
    return {"problem": error.problem, "where": error.where, "remedy": error.remedy, "exit_code": int(error.exit_code)}
