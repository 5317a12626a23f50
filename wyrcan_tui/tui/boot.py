"""Booting the image that was chosen: kernel words, once or always, and what is saved."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.boot import Order
from wyrcan_tui.flows.choice import Choice
from wyrcan_tui.flows.keep import WARNING, keep
from wyrcan_tui.kernel.cmdline import join, split
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.tui.confirm import ConfirmPage
from wyrcan_tui.tui.page import Page, text
from wyrcan_tui.tui.progress import ProgressPage


class BootPage(Page):
    """Extra words for the image's kernel, and the two ways to boot it."""

    keys = "Enter choose   Tab to and from the words   Esc back"

    def __init__(self, reference: Reference, arguments: tuple[str, ...]) -> None:
        super().__init__()
        self._reference = reference
        self._arguments = arguments

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return f"Boot {self._reference}"

    def body(self) -> list[Widget]:
        """The words, and the ways to go."""
        return [
            text("Extra words for the image's kernel (optional):"),
            Input(" ".join(self._arguments), placeholder="console=ttyS0 quiet"),
            text(kind="error", name="wrong"),
            OptionList(
                Option("Boot once", "once"),
                Option("Boot always: save the choice in the EFI variable, and boot", "always"),
                markup=False,
            ),
        ]

    def on_mount(self) -> None:
        """Start at the ways to go: most people need no words."""
        self.query_one(OptionList).focus()

    def on_input_submitted(self) -> None:
        """Go from the words to the ways to go."""
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Boot, or ask about saving first."""
        try:
            arguments = split(join([self.query_one(Input).value]))
        except WyrcanError as error:
            self.put("wrong", str(error))
            return
        self.put("wrong", "")
        if event.option_id == "once":
            order = Order(self._reference, arguments, self.menu.decision.site, self.menu.decision.chain)
            self.app.push_screen(ProgressPage(order))
        else:
            self.app.push_screen(SavePage(self._reference, arguments))


class SavePage(ConfirmPage):
    """Shows what will be saved, byte for byte; saves it, and boots its image, where it has one.

    With `invalid`, a value that is there and cannot be understood, it asks whether that may be lost instead.
    """

    def __init__(self, reference: Reference | None, arguments: tuple[str, ...], invalid: str = "") -> None:
        if invalid:
            super().__init__(
                "Something is saved already that cannot be understood:",
                invalid,
                "It will be lost.",
                "Yes, replace it",
                self._save,
            )
        else:
            super().__init__(
                f"This will be written to the EFI variable, and {'booted' if reference else 'used'} at every start "
                "from now on:",
                "",
                WARNING,
                "Yes, save it and boot" if reference else "Yes, save it",
                self._save,
            )
        self._reference = reference
        self._arguments = arguments
        self._invalid = invalid
        self._choice = Choice()

    def on_mount(self) -> None:
        """Show the bytes."""
        self._choice = self.menu.instructions.to_keep(self.menu.decision, self._reference, self._arguments)
        if self._invalid:
            return
        try:
            self.put("details", self._choice.shown())
        except WyrcanError as error:
            self.menu.show_error(error, back=self.leave)

    def agree(self) -> None:
        """Save; the page stays until that is done, for what can go wrong."""
        self._save()

    def _save(self) -> None:
        variables = self.menu.adapters.variables

        def save() -> WyrcanError | None:
            try:
                keep(variables, self._choice, replace_invalid=bool(self._invalid))
            except WyrcanError as error:
                if error.code != "choice-invalid":
                    raise
                return error
            return None

        self.work_on(save, self._saved)

    def _saved(self, hindrance: WyrcanError | None) -> None:
        if hindrance:
            self.app.switch_screen(SavePage(self._reference, self._arguments, hindrance.context["value"]))
        elif self._reference:
            order = Order(self._reference, self._arguments, self.menu.decision.site, self.menu.decision.chain)
            self.app.switch_screen(ProgressPage(order))
        else:
            self.leave()
