"""Images that are made to be booted: those that this machine was told of, and the list that comes with Wyrcan."""

from __future__ import annotations

from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.errors import printable
from wyrcan_tui.flows.known import known_facts, offered
from wyrcan_tui.registry.known import KnownImage
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.image import ImagePage
from wyrcan_tui.tui.look import WIDE
from wyrcan_tui.tui.page import Page
from wyrcan_tui.tui.pane import ImagePane


class KnownPage(Page):
    """Images by distribution, with a line on each; where there is room, what the image is that the bar rests on."""

    help = later(
        "Images that bring a kernel and an init, so that a machine can boot them. Favourites are those that this "
        "machine was told of; the others come with Wyrcan. Where it says (login), the registry lets only its users in."
    )

    def __init__(self) -> None:
        super().__init__()
        self._images: dict[str, KnownImage] = {}
        self._is_wide = False

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Images that are made to be booted")

    def body(self) -> list[Widget]:
        """The list, under titles that cannot be chosen, and the pane beside it."""
        return [Horizontal(OptionList(*self._options(), markup=False), ImagePane(), id="beside")]

    def on_resize(self) -> None:
        """Leave the line on each image to the pane where that is there."""
        if self._is_wide != (self.app.size.width >= WIDE):
            choices = self.query_one(OptionList)
            place = choices.highlighted
            choices.clear_options().add_options(self._options())
            choices.highlighted = place

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the image is."""
        if image := self._images.get(event.option_id or ""):
            self.query_one(ImagePane).rest_on(image.reference, known_facts(image))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Look at an image."""
        self.go_to(ImagePage(self._images[str(event.option_id)].reference))

    def on_screen_suspend(self) -> None:
        """Ask for nothing while another page is seen."""
        self.query_one(ImagePane).stop()

    def on_screen_resume(self) -> None:
        """Show the image again that was left."""
        self.query_one(ImagePane).resume()

    def _options(self) -> list[Option]:
        self._is_wide = self.app.size.width >= WIDE
        options: list[Option] = []
        for title, images in offered(self.menu.decision.favourites).items():
            options.append(Option(printable(title), disabled=True))
            for image in images:
                identity = str(image.reference)
                self._images[identity] = image
                line = identity if self._is_wide else f"{identity:<44} {known_facts(image)}"
                options.append(Option(printable(f"  {line}".rstrip()), identity))
        return options
