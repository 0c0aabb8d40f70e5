"""School + templates -> Intended: the device's configuration, each line with its origin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from trustctl.errors import RenderError
from trustctl.model.plan import Intended
from trustctl.model.school import School, Trust
from trustctl.model.switch import Device
from trustctl.render.batch import Job
from trustctl.render.child import Limits, run
from trustctl.render.expand import Book


class Renderer:
    """Renders devices from a list of template roots (`trustctl.platforms.roots.template_roots`).

    A template of an earlier root stands for the one of the same name in a later root; it may extend it by its name
    under `shipped/` and replace only one block.
    """

    def __init__(self, roots: Sequence[Path], limits: Limits | None = None) -> None:
        if not roots:
            raise RenderError("there are no templates", remedy="reinstall trustctl, or add a folder templates/")
        self._roots = tuple(roots)
        self._limits = limits or Limits()

    def render(self, trust: Trust, school: School, switch: Device) -> Intended:
        """One device. For several use `render_all`, which starts one process for all of them."""
        (intended,) = self.render_all(trust, [(school, switch)])
        return intended

    def render_all(self, trust: Trust, jobs: Sequence[Job]) -> Iterator[Intended]:
        """The devices in the order given; they are fastest if those of a school are next to each other.

        Raises RenderError for the first device that cannot be rendered. Forks: call it before threads are started.
        """
        books: dict[str, Book] = {}
        if not jobs:
            return
        for (school, switch), sheet in zip(jobs, run(self._roots, trust, jobs, self._limits), strict=True):
            if school.slug not in books:
                books[school.slug] = Book(school)
            yield Intended(switch.name, switch.platform, books[school.slug].expand(sheet, switch))
