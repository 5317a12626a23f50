"""Images that are made to be booted: those that this machine was told of, and the list that comes with Wyrcan."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.errors import printable
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.registry.known import known_images
from wyrcan_tui.tui.image import ImagePage
from wyrcan_tui.tui.page import Page


class KnownPage(Page):
    """Images by distribution, with a line on each."""

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return "Images that are made to be booted"

    def body(self) -> list[Widget]:
        """The list; what is in it more than once is offered once."""
        options: list[Option] = []
        seen: set[str] = set()

        def offer(title: str, images: list[tuple[str, str]]) -> None:
            new = [(reference, about) for reference, about in images if reference not in seen]
            if new:
                options.append(Option(printable(title), disabled=True))
            for reference, about in new:
                seen.add(reference)
                options.append(Option(printable(f"  {reference:<44} {about}".rstrip()), reference))

        offer("Favourites", [(str(reference), "") for reference in self.menu.decision.favourites])
        for distribution, images in known_images().items():
            lines = [(str(it.reference), f"{it.about}{' (login)' if it.login else ''}") for it in images]
            offer(distribution, lines)
        return [OptionList(*options, markup=False)]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Look at an image."""
        self.app.push_screen(ImagePage(parse_reference(str(event.option_id))))
