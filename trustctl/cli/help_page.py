"""A verb's command class: rich-click draws its help page, and is imported only when somebody asks for one."""

from __future__ import annotations

import click

from trustctl.cli.examples import EXAMPLES


class VerbCommand(click.Command):
    """A verb whose help page is drawn by rich-click."""

    def get_help(self, ctx: click.Context) -> str:
        """The help page."""
        from rich_click import RichCommand, RichContext  # noqa: PLC0415 - most runs print no help page

        page = RichCommand(
            name=self.name,
            params=self.params,
            help=self.help,
            epilog=self.epilog,
            context_settings=self.context_settings,
        )
        text = page.get_help(RichContext(page, info_name=ctx.info_name, parent=ctx.parent))
        lines = EXAMPLES.get(ctx.command_path.removeprefix("trustctl "), ())
        return "\n".join([text.rstrip("\n"), " Examples", *(f"   {line}" for line in lines)]) if lines else text
