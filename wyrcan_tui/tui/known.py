"""Images that are made to be booted: those that this machine was told of, and the list that comes with Wyrcan."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.errors import printable
from wyrcan_tui.flows.known import known_facts, offered
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.image import ImagePage
from wyrcan_tui.tui.page import Page


class KnownPage(Page):
    """Images by distribution, with a line on each."""

    help = later(
        "Images that bring a kernel and an init, so that a machine can boot them. Favourites are those that this "
        "machine was told of; the others come with Wyrcan. Where it says (login), the registry lets only its users in."
    )

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Images that are made to be booted")

    def body(self) -> list[Widget]:
        """The list, under titles that cannot be chosen."""
        options: list[Option] = []
        for title, images in offered(self.menu.decision.favourites).items():
            options.append(Option(printable(title), disabled=True))
            for image in images:
                line = f"  {image.reference!s:<44} {known_facts(image)}".rstrip()
                options.append(Option(printable(line), str(image.reference)))
        return [OptionList(*options, markup=False)]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Look at an image."""
        self.app.push_screen(ImagePage(parse_reference(str(event.option_id))))
