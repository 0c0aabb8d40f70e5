"""Rendering a batch of devices: what runs inside the child process."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from jinja2 import Template, TemplateError, TemplateNotFound, TemplateSyntaxError

from trustctl.errors import RenderError, RulebookError
from trustctl.inventory.notation_file import find_notation
from trustctl.model.school import School, Trust
from trustctl.model.switch import Device
from trustctl.render.dialect import Dialects, load_dialects
from trustctl.render.environment import LineEnvironment
from trustctl.render.lines import BANNER
from trustctl.render.sheet import Group, NewLine, Sheet
from trustctl.render.stamps import HoleTouchedError
from trustctl.render.trace import MARK, Node, Record, Recorder, Views

Job = tuple[School, Device]
ENTRIES = {
    "switch": ("switch.j2", "switch"),
    "wlc": ("controller.j2", "controller"),
    "linux": ("host.j2", "host"),
    "windows": ("host.j2", "host"),
    "hyperv": ("hyperv.j2", "host"),
    "directory": ("directory.j2", "host"),
}
"""Kind of device -> the template of a platform folder that stands for a whole one, and its name in templates."""


class Batch:
    """Renders devices one after the other; templates, dialects and the views of a school are made once."""

    def __init__(self, roots: Sequence[Path], trust: Trust, max_output: int) -> None:
        self._roots = roots
        self._trust = trust
        self._max_output = max_output
        self._environment = LineEnvironment(roots)
        self._dialects: dict[str, Dialects] = {}
        self._places: dict[str, str] = {}
        self._school: tuple[str, Views, Node] | None = None
        self._known: dict[str, dict[NewLine, int]] = {}

    def render(self, school: School, switch: Device) -> Sheet:
        """The device's lines with their sources. Raises RenderError, with the template's line where there is one."""
        views, school_view = self._views(school)
        views.recorder.start()
        try:
            self._environment.begin(views, find_notation(self._roots, switch.platform))
        except RulebookError as error:
            raise RenderError(error.problem, where=error.where, remedy=error.remedy) from error
        if switch.platform not in self._dialects:
            self._dialects[switch.platform] = load_dialects(self._roots, switch.platform)
        dialects = self._dialects[switch.platform]
        entry, name = ENTRIES[switch.kind]
        values: dict[str, object] = {
            "trust": Node(self._trust, "trust"),
            "school": school_view,
            "services": self._environment.getattr(school_view, "services"),
            "linux": self._environment.getattr(school_view, "linux"),
            "windows": views.table(school.windows_settings, "windows"),
            name: Node(switch, switch.path),
            "dialect": dialects.words(switch.model),
        }
        if dialects.timezones:
            values["clock"] = dialects.clock(school.services.timezone)
        views.power = frozenset(switch.poe_ports)
        try:
            return self._sheet(self._text(f"{switch.platform}/{entry}", values), views.recorder, school)
        except HoleTouchedError:
            self._environment.stamping = False
            return self.render(school, switch)
        except RenderError as error:
            raise RenderError(error.problem, where=error.where or self._where(error), remedy=error.remedy) from error
        except TemplateSyntaxError as error:
            where = f"{self._place(error.name or '')}:{error.lineno}"
            raise RenderError(f"the template is not well formed: {error.message}", where=where) from error
        except TemplateNotFound as error:
            where = self._where(error) or ", ".join(str(root) for root in self._roots)
            raise RenderError(f"template {error.name} does not exist", where=where, remedy="add it") from error
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
            raise RenderError(
                f"the template cannot be used for {switch.name}: {error}",
                where=self._where(error),
                remedy="give the value in the inventory, or correct the template",
            ) from error
        except MemoryError as error:
            raise RenderError(
                "the template uses too much memory", where=self._where(error), remedy="look for a very long text"
            ) from error

    def _views(self, school: School) -> tuple[Views, Node]:
        if self._school is None or self._school[0] != school.slug:
            self._school = (school.slug, Views(Recorder(), school), Node(school, ""))
        return self._school[1], self._school[2]

    def _text(self, name: str, values: dict[str, object]) -> str:
        size = 0
        pieces: list[str] = []
        for piece in self._environment.rows(name, values):
            size += len(piece)
            if size > self._max_output:
                raise RenderError(
                    f"the output is longer than {self._max_output} characters", remedy="look for a loop without end"
                )
            pieces.append(piece)
        return "".join(pieces)

    def _sheet(self, text: str, recorder: Recorder, school: School) -> Sheet:
        if text.count(MARK) != len(recorder.records):
            raise RenderError(
                "a template writes lines out of order", remedy="do not keep the text of several lines in a variable"
            )
        known = self._known.setdefault(school.slug, {})
        sheet = Sheet([], [], [])
        starts: list[int] = []
        at = 0
        delimiter = ""
        for marked in text.removesuffix("\n").split("\n"):
            count = marked.count(MARK)
            plain = marked.replace(MARK, "").rstrip(" ")
            if plain or delimiter:
                delimiter = _delimiter(plain, delimiter)
                line = (plain, *self._source(recorder.records[at : at + count]))
                number = known.get(line)
                if number is None:
                    number = known[line] = len(known)
                    sheet.new.append(line)
                sheet.lines.append(number)
                starts.append(at)
            at += count
        for stamp in recorder.stamps:
            ranges = [(bisect_left(starts, first), bisect_left(starts, last)) for first, last in stamp.written]
            if ranges:
                sheet.groups.append(Group(ranges[0][0], ranges[-1][1], ranges, stamp.shape_of))
        return sheet

    def _source(self, records: Sequence[Record]) -> tuple[str, int, tuple[str, ...]]:
        """Where a line comes from: the place of its first piece, the values of all its pieces."""
        if not records:
            raise RenderError(
                "a template writes a line that has no line of a template behind it",
                remedy="do not use {% filter %} around several lines; write each line by itself",
            )
        name, number, scope, reads = records[0]
        paths = [*scope, *reads]
        for _, _, more_scope, more_reads in records[1:]:
            paths += [*more_scope, *more_reads]
        return self._place(name), number, tuple(dict.fromkeys(paths))

    def _place(self, name: str) -> str:
        if name not in self._places:
            self._places[name] = self._environment.place(name)
        return self._places[name]

    def _where(self, error: BaseException) -> str:
        """`file:line` of the template in which the error was raised; empty if none was running."""
        where = ""
        step: TracebackType | None = error.__traceback__
        while step is not None:
            template = step.tb_frame.f_globals.get("__jinja_template__")
            if isinstance(template, Template):
                where = f"{self._place(template.name or '')}:{template.get_corresponding_lineno(step.tb_lineno)}"
            step = step.tb_next
        return where


def _delimiter(line: str, current: str) -> str:
    """The delimiter of the banner we are in after this line; empty outside. Blank lines count in a banner only."""
    if current:
        return "" if line == current else current
    banner = BANNER.fullmatch(line) if line.startswith("banner") else None
    return banner[1] if banner else ""
