"""The Jinja2 sandbox in which templates run, changed so that it knows the origin of each line.

The parsed template gets hooks (calls of the `Recorder`) where a template line, a condition or a loop begins and ends;
attribute access goes through the views of `trace`. What a template may do is an allow-list: the model's values, the
filters of `formats`, `super()` and macros. The sandbox does not stop a template from using up memory or time
(`'a' * 10**8`): that is what the child process is for (`child`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import BlockReference, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from trustctl.errors import RenderError
from trustctl.model.notation import Notation
from trustctl.model.switch import Bundle, Port
from trustctl.platforms.roots import place_name
from trustctl.render.formats import FILTERS
from trustctl.render.stamps import PORT_PATH, Hole, shapes
from trustctl.render.trace import Node, PortRow, Recorder, Row, Table, Views

_TESTS = ("defined", "undefined", "none", "in", "eq", "ne", "lt", "le", "gt", "ge", "odd", "even", "divisibleby")

_OWN_TEXT = "text of a block"
_SHAPES = "shapes of ports"
"""Names of filters that no template can write."""
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


class Rendered(str):
    """Text that a block of the same template wrote: it may contain line breaks and marks."""

    __slots__ = ()


class LineEnvironment(ImmutableSandboxedEnvironment):
    """Renders templates of a list of roots; `recorder` then knows each line's origin."""

    def __init__(self, roots: Sequence[Path]) -> None:
        loaders = [FileSystemLoader(root) for root in roots]
        super().__init__(
            loader=ChoiceLoader([*loaders, PrefixLoader({"shipped": loaders[-1]})]),
            undefined=StrictUndefined,
            # device text is not markup; lines are checked for what a device may be sent
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            optimized=False,
            cache_size=-1,
        )
        self.code_generator_class = _HookedGenerator
        self.filters = dict(FILTERS)
        self.filters |= {_OWN_TEXT: Rendered, _SHAPES: self._shapes, "having": self._having, "each": self._each}
        self.filters |= {"ports": self._ports, "ranges": self._ranges}
        self.tests = {name: self.tests[name] for name in _TESTS}
        self.globals = {}
        self.recorder = Recorder()
        self.views = Views(self.recorder)
        self.notation = Notation()
        self.stamping = True
        self._roots = tuple(roots)

    def begin(self, views: Views, notation: Notation) -> None:
        """Start a new device, whose platform writes names and sets as `notation` says."""
        self.views = views
        self.recorder = views.recorder
        self.notation = notation

    def place(self, name: str) -> str:
        """The template's file as messages call it."""
        if name.startswith("shipped/"):
            return place_name(self._roots[-1], name.removeprefix("shipped/"))
        root = next((root for root in self._roots if (root / name).is_file()), self._roots[-1])
        return place_name(root, name)

    def text(self, value: object) -> str:
        """One `{{ value }}` as text. Raises RenderError for a missing value and for anything but printable ASCII."""
        if isinstance(value, Rendered):
            return value
        if isinstance(value, Hole):
            for filling in value.values:
                self.text(filling)
            return value.token
        if value is None or isinstance(value, Node | Row | bool):
            self._refuse(value)
        text = str(value)
        if not (text.isprintable() and text.isascii()):
            raise RenderError(
                f"{self._last_read()} has a character that no device may be sent: {ascii(text)[:90]}",
                remedy="use printable ASCII on one line",
            )
        return text

    def _refuse(self, value: object) -> NoReturn:
        if value is None:
            raise RenderError(
                f"{self._last_read()} has no value, but the template writes it",
                remedy="give it a value in the inventory, or let the template ask for it with {% if %}",
            )
        raise RenderError(
            f"{self._last_read()} is not one value that can be written",
            remedy="write one of its parts, or use a filter",
        )

    def _last_read(self) -> str:
        """The path of the value that is being written."""
        return self.recorder.pending[-1].replace(PORT_PATH, "port") if self.recorder.pending else "a value"

    def getattr(self, obj: object, attribute: str) -> object:
        """`obj.attribute` in a template. An unknown name gives an undefined value that raises when it is used."""
        if type(obj) is Node:
            found = obj.memo.get(attribute)
            if found is None:
                try:
                    found = self.views.look_up(obj, attribute)
                except AttributeError:
                    path = f"{obj.path}.{attribute}" if obj.path else attribute
                    return self.undefined(hint=f"{path} does not exist", name=attribute)
            view, paths = found
            if paths:
                self.recorder.pending += paths
            return view
        if isinstance(obj, Table):
            return self.getitem(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: object, argument: object) -> object:
        """`obj[argument]` in a template."""
        if isinstance(obj, Table):
            if str(argument) not in obj.keys:
                return self.undefined(hint=f"{obj.path}.{argument} does not exist", name=str(argument))
            return obj.find(str(argument))
        return super().getitem(obj, argument)

    def _shapes(self, rows: Iterable[object]) -> Iterable[object]:
        """Filter: the shapes of a switch's ports; anything else as it is."""
        if isinstance(rows, PortRow) and self.stamping and not self.recorder.stamping:
            return shapes(rows)
        return rows

    def _having(self, rows: Iterable[object], attribute: str, *values: object) -> list[object]:
        """Filter: those rows whose attribute is true, or is one of the values: `having("profile.mode", "trunk")`."""
        return [row for row in rows if (self._part(row, attribute) in values if values else self._part(row, attribute))]

    def _each(self, rows: Iterable[object], attribute: str) -> list[object]:
        """Filter: the attribute of each row."""
        return [self._part(row, attribute) for row in rows]

    def _part(self, row: object, path: str) -> object:
        for attribute in path.split("."):
            row = self.getattr(row, attribute)
        return row

    def _ports(self, rows: Iterable[object]) -> str:
        """Filter: ports, or their names, as the platform writes a set of them; credited to where they are named.

        Before: ports 1, 2, 3, A1.  After: `1-3,A1`.
        """
        named = [(row, row.value if isinstance(row, Node) else None) for row in rows]
        self.recorder.pending += self.views.named_at(row for row, _ in named if isinstance(row, Node))
        return self.notation.print_ports(
            value.name if isinstance(value, Port | Bundle) else str(row) for row, value in named
        )

    def _ranges(self, numbers: Iterable[int]) -> str:
        """Filter: VLAN numbers as the platform writes a set of them.  Before: 10, 20, 21, 22.  After: `10,20-22`."""
        return self.notation.print_numbers(numbers)

    def is_safe_callable(self, obj: object) -> bool:
        """Only macros and `super()` can be called."""
        return isinstance(obj, Macro | BlockReference)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return _Hooks(name or "<string>").visit_body(tree)

    def rows(self, name: str, values: dict[str, object]) -> Iterator[str]:
        """The pieces of text of a template, as they are made."""
        template: Template = self.get_template(name)
        return template.root_render_func(template.new_context(values))


class _HookedGenerator(CodeGenerator):
    """Writes values through `LineEnvironment.text` and hooks as they are."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: object) -> None:
        self.write("(" if isinstance(node, nodes.EnvironmentAttribute) else "environment.text(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: object) -> None:
        self.write(")")

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: object) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return node.data


class _Hooks:
    """Puts the hooks into a parsed template.

    Jinja2 does not allow new node types; `EnvironmentAttribute` writes `environment.` and its name into the compiled
    template, which is exactly a hook. No template text can make such a node.
    """

    def __init__(self, template: str) -> None:
        self._template = template

    def visit_body(self, tree: nodes.Template) -> nodes.Template:
        """The tree with hooks."""
        tree.body = self._body(tree.body)
        return tree

    def _hook(self, call: str, line: int) -> nodes.EnvironmentAttribute:
        return nodes.EnvironmentAttribute(f"recorder.{call}", lineno=line)

    def _step(self, call: str, line: int) -> nodes.ExprStmt:
        return nodes.ExprStmt(self._hook(call, line), lineno=line)

    def _inside(self, body: list[nodes.Node], line: int, *after: str) -> list[nodes.Node]:
        return [
            self._step("enter()", line),
            *self._body(body),
            *(self._step(call, line) for call in ("leave()", *after)),
        ]

    def _body(self, body: list[nodes.Node]) -> list[nodes.Node]:
        return [new for node in body for new in self._node(node)]

    def _node(self, node: nodes.Node) -> list[nodes.Node]:
        match node:
            case nodes.Output():
                return [self._output(node)]
            case nodes.If():
                for branch in (node, *node.elif_):
                    branch.body = self._inside(branch.body, branch.lineno)
                if node.else_:
                    node.else_ = self._inside(node.else_, node.lineno)
                return [self._step("clear()", node.lineno), node]
            case nodes.For():
                if not any(name.name == "loop" for name in node.find_all(nodes.Name)):
                    node.iter = nodes.Filter(node.iter, _SHAPES, [], [], None, None, lineno=node.lineno)
                node.body = self._inside(node.body, node.lineno, "clear()")
                return [self._step("clear()", node.lineno), node]
            case nodes.Block() | nodes.With() | nodes.Scope():
                node.body = self._body(node.body)
                return [node]
            case _:
                return [node]

    def _output(self, node: nodes.Output) -> nodes.Output:
        made: list[nodes.Expr] = []
        begins = True
        for child in node.nodes:
            if not isinstance(child, nodes.TemplateData):
                if begins:
                    made.append(self._mark(child.lineno))
                begins = False
                made.append(_own_text(child))
                continue
            for count, piece in enumerate(_LINES.findall(child.data)):
                if begins:
                    made.append(self._mark(child.lineno + count))
                made.append(nodes.TemplateData(piece, lineno=child.lineno + count))
                begins = piece.endswith("\n")
        node.nodes = made
        return node

    def _mark(self, line: int) -> nodes.EnvironmentAttribute:
        return self._hook(f"mark({self._template!r}, {line})", line)


def _own_text(child: nodes.Expr) -> nodes.Expr:
    """`{{ super() }}` keeps its line breaks: it is text of a block, not a value."""
    if isinstance(child, nodes.Call) and isinstance(child.node, nodes.Name) and child.node.name == "super":
        return nodes.Filter(child, _OWN_TEXT, [], [], None, None, lineno=child.lineno)
    return child
