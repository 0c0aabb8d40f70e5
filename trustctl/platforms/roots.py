"""Where platform folders are: the trust's own first, then those that came with trustctl."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from trustctl.errors import RulebookError

SHIPPED = "_shipped"
"""Folder inside the installed package that holds templates, roles and playbooks."""


def template_roots(repo: Path) -> tuple[Path, ...]:
    """The `templates` folders to look in, in order of precedence, without those that do not exist.

    First the trust's repository, then the wheel's `trustctl/_shipped/templates`, then, in a source checkout (where
    nothing was shipped), the checkout's own `templates`. The last one always holds the platforms trustctl ships.
    Raises RulebookError if something in the trust's own leads out of its repository: it would be read, and quoted.
    """
    package = Path(str(files("trustctl")))
    candidates = (repo / "templates", package / SHIPPED / "templates", package.parent / "templates")
    _refuse_links(repo)
    found: dict[Path, None] = {}
    for folder in candidates:
        if folder.is_dir():
            found.setdefault(folder.resolve(), None)
    return tuple(found)


def playbook_roots(repo: Path) -> tuple[Path, ...]:
    """The folders that hold `playbooks` and `roles`, as `template_roots`: the trust's own first, then the shipped."""
    package = Path(str(files("trustctl")))
    candidates = (repo, package / SHIPPED, package.parent)
    found = [
        folder.resolve() for folder in candidates if (folder / "roles").is_dir() or (folder / "playbooks").is_dir()
    ]
    return tuple(dict.fromkeys(found))


def _refuse_links(repo: Path) -> None:
    own, inside = repo / "templates", repo.resolve()
    for path in (own, *own.rglob("*")) if own.is_dir() else ():
        if path.is_symlink() and not path.resolve().is_relative_to(inside):
            raise RulebookError(
                "the link leads out of the repository",
                where=str(path.relative_to(repo)),
                remedy="Replace the link by a file.",
            )


def place_name(root: Path, name: str) -> str:
    """How a file under a template root is called in messages and origins: `templates/cisco_ios/vlans.j2`.

    A file of the installed package is `shipped/cisco_ios/vlans.j2`, the name by which a template may extend it.
    """
    return f"shipped/{name}" if root.parent.name == SHIPPED else f"{root.name}/{name}"
