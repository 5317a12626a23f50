"""Booting the image that was chosen: kernel words, once or always, this very image or the newest, and what is saved."""

from __future__ import annotations

from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.browse import Inspection
from wyrcan_tui.flows.choice import LARGEST, Choice
from wyrcan_tui.flows.keep import WARNING, keep, written
from wyrcan_tui.flows.length import length_line
from wyrcan_tui.image.resolve import Image
from wyrcan_tui.kernel.cmdline import join, split
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.reference import Reference, RegistryReference
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.confirm import ConfirmPage
from wyrcan_tui.tui.page import Page, text
from wyrcan_tui.tui.progress import ProgressPage


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an image already: its digest, and the words that its kernel gets of itself; None: not yet."""

    digest: Digest | None = None
    words: tuple[str, ...] | None = None


class BootPage(Page):
    """Extra words for the image's kernel, whether the tag is followed, and the two ways to boot."""

    # At the ways to go: most people need no words.
    AUTO_FOCUS = "OptionList"
    keys = later("Enter choose   Tab to and from the words   Esc back")
    help = later(
        "How the image is booted. Once: now, and nothing is saved. Always: the choice is saved in the EFI variable, "
        "and booted at every start until it is forgotten; what will be written is shown first.\n\n"
        "The line is for words that the image's kernel gets besides those that the image has itself; below it is told "
        "how many of the characters that a kernel takes are used.\n\n"
        "A tag is a name that moves: followed, it means the newest image behind it, at every start. Pinned to its "
        "digest, the very image that was looked at is booted, for as long as the registry keeps it."
    )
    help_keys = (
        (later("Tab"), later("go to the words, and back to the list")),
        (later("Enter"), later("choose what the bar is at; in the words, go to the list")),
    )

    def __init__(self, reference: Reference, arguments: tuple[str, ...], known: Known | None = None) -> None:
        super().__init__()
        self._reference = reference
        self._arguments = arguments
        self._known = known or Known()

    @property
    def reference(self) -> Reference:
        """The image that the page is about."""
        return self._reference

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Boot {reference}").format(reference=self._reference)

    def body(self) -> list[Widget]:
        """The words and their length, the ways to go, and which image is meant."""
        options = [
            Option(_("Boot once"), "once"),
            Option(_("Boot always: save the choice in the EFI variable, and boot"), "always"),
        ]
        if self._can_be_pinned:
            options.append(Option(self._pin_option, "pin"))
        return [
            text(_("Extra words for the image's kernel (optional):"), kind="step"),
            Input(" ".join(self._arguments), placeholder="console=ttyS0 quiet"),
            text(length_line(self._known.words, " ".join(self._arguments)), name="length"),
            text(kind="error", name="wrong"),
            OptionList(*options, markup=False, id="three"),
            text(self._meaning, name="meaning"),
        ]

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell how long the kernel's command line is now."""
        self.put("length", length_line(self._known.words, event.value))
        self.put("wrong", "")

    def on_input_submitted(self) -> None:
        """Go from the words to the ways to go."""
        self.set_focus(self.query_one(OptionList))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Boot, or ask about saving first; or change which image is meant."""
        if not self.is_in_front:
            return
        if event.option_id == "pin":
            self._turn_pin()
            return
        try:
            typed = join([self.query_one(Input).value])
            # The image's own are counted as well, so that nobody waits for a boot that ends in an error.
            join([*(self._known.words or ()), typed])
            arguments = split(typed)
        except WyrcanError as error:
            self.put("wrong", str(error))
            return
        self.put("wrong", "")
        if event.option_id == "once":
            order = self.menu.decision.order(self._reference, arguments)
            self.go_to(ProgressPage(order))
        else:
            self.go_to(SavePage(self._reference, arguments))

    @property
    def _can_be_pinned(self) -> bool:
        # Without a tag there is nothing to follow instead.
        return isinstance(self._reference, RegistryReference) and bool(self._reference.tag)

    @property
    def _pinned(self) -> Digest | None:
        return self._reference.digest if isinstance(self._reference, RegistryReference) else None

    @property
    def _pin_option(self) -> str:
        return _("[{mark}] Pin to this very image").format(mark="x" if self._pinned else " ")

    @property
    def _meaning(self) -> str:
        if self._pinned:
            return _("Pinned: {digest} is booted, wherever the tag moves.").format(digest=self._pinned)
        if isinstance(self._reference, RegistryReference):
            said = _("Following the tag: whatever image {tag} names then is booted.")
            return said.format(tag=self._reference.tag)
        return ""

    def _turn_pin(self) -> None:
        reference = self._reference
        assert isinstance(reference, RegistryReference), "only those are offered to be pinned"
        if self._pinned:
            self._take(reference.with_tag(reference.tag))
        elif self._known.digest:
            self._take(reference.pinned_to(self._known.digest))
        else:
            self.put("meaning", _("Asking for the image ..."))
            site, platform = self.menu.decision.site, self.menu.adapters.machine.platform

            def pin(image: Image) -> None:
                self._known = Known(image.digest, self._known.words)
                self._take(reference.pinned_to(image.digest))

            inspection = Inspection(reference, site, platform, self.meter)
            self.work_on(inspection.resolve, pin, back=lambda: self._take(reference))

    def _take(self, reference: RegistryReference) -> None:
        self._reference = reference
        self.put("meaning", self._meaning)
        self.query_one(OptionList).replace_option_prompt("pin", self._pin_option)


class SavePage(ConfirmPage):
    """Shows what will be saved, byte for byte; saves it, and boots its image, where it has one.

    With `invalid`, a value that is there and cannot be understood, it asks whether that may be lost instead.
    """

    def __init__(self, reference: Reference | None, arguments: tuple[str, ...], invalid: str = "") -> None:
        if invalid:
            super().__init__(
                _("Something is saved already that cannot be understood:"),
                invalid,
                _("It will be lost."),
                _("Yes, replace it"),
                self._save,
            )
        else:
            super().__init__(
                _("This will be written to the EFI variable, and booted at every start from now on:")
                if reference
                else _("This will be written to the EFI variable, and used at every start from now on:"),
                "",
                _(WARNING),
                _("Yes, save it and boot") if reference else _("Yes, save it"),
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
            value = written(self._choice)
        except WyrcanError as error:
            self.menu.show_error(error, back=self.leave)
            return
        said = _(
            "{attributes} (attributes: kept without power, seen at boot and at run time)\nJSON, {size} of {most} bytes:"
        )
        head = said.format(attributes=value.attributes.hex(" "), size=value.size, most=LARGEST)
        self.put("details", f"{head}\n{value.json}")
        self.query_one(".box").remove_class("hidden")

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

        self.change(save, self._saved, back=self.leave)

    def _saved(self, hindrance: WyrcanError | None) -> None:
        if hindrance:
            if not self.wants_back:
                self.app.switch_screen(SavePage(self._reference, self._arguments, hindrance.context["value"]))
            return
        self.menu.history.note(_("Saved in the EFI variable: {choice}").format(choice=self._choice.shown()))
        if self._reference and not self.wants_back:
            order = self.menu.decision.order(self._reference, self._arguments)
            self.app.switch_screen(ProgressPage(order))
        else:
            self.leave()
