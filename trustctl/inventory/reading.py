"""The inventory's folder as typed files: every file is read and checked, whatever is wrong with the others."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from trustctl.errors import InventoryError
from trustctl.inventory.file_baseline import OPTIONAL, SECTIONS, BaselineFile
from trustctl.inventory.file_check import check
from trustctl.inventory.file_school import DeviceFile, SchoolFile, SwitchesFile
from trustctl.inventory.file_servers import ServersFile
from trustctl.inventory.file_trust import TrustFile
from trustctl.inventory.file_wireless import WirelessFile
from trustctl.inventory.problem import Problem
from trustctl.inventory.wording import did_you_mean
from trustctl.inventory.yaml_document import SIZE_CAP, Document, read_document
from trustctl.model.origin import Place

M = TypeVar("M", bound=BaseModel)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,30}")
_SCHOOL_FILES = ("school.yml", "switches.yml", "wireless.yml", "servers.yml")


@dataclass(frozen=True, slots=True)
class SchoolFolder:
    """The files of one school; None for a file that is missing or not usable.

    `damaged`: `switches.yml` is there and cannot be used, so nobody knows which switches the school has.
    """

    slug: str
    school: tuple[Document, SchoolFile] | None
    switches: tuple[Document, SwitchesFile] | None
    wireless: tuple[Document, WirelessFile] | None
    servers: tuple[Document, ServersFile] | None
    damaged: bool = False

    def devices(self) -> Iterator[tuple[Document, str, Iterable[str]]]:
        """Each file that names devices: the document, its section, the names."""
        if self.switches is not None:
            yield self.switches[0], "switches", self.switches[1].switches
        if self.wireless is not None:
            yield self.wireless[0], "controllers", self.wireless[1].controllers
        if self.servers is not None:
            yield self.servers[0], "servers", self.servers[1].servers

    @property
    def named(self) -> frozenset[str] | None:
        """The switches that the school's files name, usable or not; None if that cannot be told."""
        if self.damaged:
            return None
        return frozenset(self.switches[1].switches) if self.switches else frozenset()


@dataclass(slots=True)
class Files:
    """Everything that was read, and every problem of single files."""

    trust: tuple[Document, TrustFile] | None = None
    sections: dict[str, tuple[Document, BaselineFile]] = field(default_factory=dict[str, tuple[Document, BaselineFile]])
    schools: list[SchoolFolder] = field(default_factory=list[SchoolFolder])
    names: list[str] = field(default_factory=list[str])
    problems: list[Problem] = field(default_factory=list[Problem])
    digest: str = ""


def missing_of(files: Files) -> list[str]:
    """The sections of the baseline that must be there and are in no usable file."""
    return [section for section in SECTIONS if section not in files.sections and section not in OPTIONAL]


class _Reader:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._resolved = root.resolve()
        self._hash = hashlib.sha256()
        self.files = Files()

    def name(self, path: Path) -> str:
        """The file's name in messages: as the user gave the inventory's folder."""
        return (self._root / path).as_posix()

    def read(self, path: Path, model: type[M], *, required: bool = False) -> tuple[Document, M] | None:
        """One file (relative to the inventory), typed; None with problems noted if it is not usable."""
        name = self.name(path)
        full = self._root / path
        if not full.is_file():
            if required:
                self.note(name, "file_missing", "there is no such file", "Create it; `trustctl init` shows an example.")
            return None
        if not full.resolve().is_relative_to(self._resolved):
            self.note(name, "file_outside", "the file leads out of the inventory", "Replace the link by a file.")
            return None
        if full.stat().st_size > SIZE_CAP:
            data = b" " * (SIZE_CAP + 1)
        else:
            data = full.read_bytes()
            self._hash.update(f"{path.as_posix()}\0{len(data)}\0".encode())
            self._hash.update(data)
        self.files.names.append(name)
        document, problems = read_document(data, name)
        self.files.problems += problems
        if document is None:
            return None
        value, problems = check(document, model)
        self.files.problems += problems
        return (document, value) if value is not None else None

    def note(self, file: str, code: str, problem: str, remedy: str) -> None:
        """A problem of a file or folder as a whole."""
        self.files.problems.append(Problem(Place(file, 1), code, "", problem, remedy))

    def baseline(self) -> None:
        """Every file of the baseline; a section in two files, or in none, is a problem."""
        for path in self.below(Path("baseline")):
            found = self.read(path, BaselineFile)
            if found is None:
                continue
            document, file = found
            for section in SECTIONS:
                if getattr(file, section) is None:
                    continue
                if section in self.files.sections:
                    first = self.files.sections[section][0].place((section,), key=True)
                    remedy = "Keep it in one file."
                    problem = f"the section '{section}' stands in {first} too"
                    self.files.problems.append(document.problem((section,), "section_twice", problem, remedy, key=True))
                else:
                    self.files.sections[section] = (document, file)

    def below(self, folder: Path) -> Iterator[Path]:
        """The YAML files of a folder, by name."""
        for full in sorted((self._root / folder).glob("*.y*ml")):
            if full.suffix == ".yaml":
                self.note(self.name(folder / full.name), "file_name", "files end in .yml here", "Rename it to .yml.")
            elif full.suffix == ".yml":
                yield folder / full.name

    def school(self, slug: str) -> None:
        """The files of one school's folder."""
        folder = Path("schools") / slug
        if not _SLUG.fullmatch(slug):
            remedy = "Use 2 to 31 small letters, digits and hyphens."
            self.note(self.name(folder), "folder_name", f"'{slug}' cannot name a school", remedy)
            return
        for path in self.below(folder):
            if path.name not in _SCHOOL_FILES:
                remedy = did_you_mean(path.name, _SCHOOL_FILES)
                self.note(self.name(path), "file_unknown", f"'{path.name}' is no file of a school", remedy)
        school = self.read(folder / "school.yml", SchoolFile, required=True)
        if school is not None and school[1].slug != slug:
            problem = f"the slug is '{school[1].slug}', the folder is '{slug}'"
            self.files.problems.append(school[0].problem(("slug",), "slug_folder", problem, "Make them the same."))
        switches = self.read(folder / "switches.yml", SwitchesFile)
        if switches is not None:
            self.captured(folder, switches[0], "switches", switches[1].switches)
        wireless = self.read(folder / "wireless.yml", WirelessFile)
        if wireless is not None:
            self.captured(folder, wireless[0], "controllers", wireless[1].controllers)
        servers = self.read(folder / "servers.yml", ServersFile)
        damaged = switches is None and any((self._root / folder).glob("switches.y*ml"))
        self.files.schools.append(SchoolFolder(slug, school, switches, wireless, servers, damaged=damaged))

    def captured(self, folder: Path, document: Document, section: str, devices: Mapping[str, DeviceFile]) -> None:
        """Every captured configuration that a device names is there, inside the school's folder."""
        for name, device in devices.items():
            if device.captured is None:
                continue
            full = self._root / folder / device.captured
            at = (section, name, "captured")
            if not full.is_file():
                problem = f"there is no file {self.name(folder / device.captured)}"
                remedy = "Put the device's `show running-config` there, or remove the line."
                self.files.problems.append(document.problem(at, "captured_missing", problem, remedy))
            elif not full.resolve().is_relative_to(self._resolved):
                problem = "the file leads out of the inventory"
                remedy = "Replace the link by a file."
                self.files.problems.append(document.problem(at, "file_outside", problem, remedy))

    def finish(self) -> Files:
        """What was read, with the digest over names and contents."""
        self.files.digest = f"sha256:{self._hash.hexdigest()}"
        return self.files


def read_files(root: Path) -> Files:
    """Read and check every file below the inventory's folder. Raises InventoryError if there is no such folder."""
    if not root.is_dir():
        raise InventoryError(
            "there is no inventory here",
            where=root.as_posix(),
            remedy="name its folder with --inventory, or make one with `trustctl init DIR`",
        )
    reader = _Reader(root)
    reader.files.trust = reader.read(Path("trust.yml"), TrustFile, required=True)
    reader.baseline()
    schools = root / "schools"
    for folder in sorted(schools.iterdir()) if schools.is_dir() else []:
        if folder.is_dir() and not folder.name.startswith("."):
            reader.school(folder.name)
    files = reader.finish()
    missing = missing_of(files)
    if missing and not any("/baseline/" in problem.place.file for problem in files.problems):
        for section in missing:
            reader.note(
                reader.name(Path("baseline")), "section_missing", f"no file has the section '{section}'", "Add it."
            )
    return files
