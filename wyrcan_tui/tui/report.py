"""All that is known of an error, to read, to keep and to photograph."""

from __future__ import annotations

from datetime import UTC, datetime

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.report import error_report, keep_report
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.code import CodePage
from wyrcan_tui.tui.page import Page, text


class ReportPage(Page):
    """Shows the report of an error, and takes it to the boot medium or to a phone."""

    keys = later("Enter choose   Tab text, arrows scroll   Esc back")
    help = later(
        "All that is known of the error: code, facts, machine, and what was done before it. Passwords, tokens and keys "
        "are left out, so it can be shown to anybody.\n\n"
        "Saved, it is a file wyrcan-error-DATE-TIME.txt on the stick that this machine was started from: in its small "
        "partition WYRCAN-ESP, where wyrcan.json is as well; Linux shows it at once, macOS and Windows once it is "
        "mounted. A DVD cannot be written; the QR code works with any phone's camera."
    )
    help_keys = ((later("Tab"), later("go to the text, which Up and Down then scroll, and back to the list")),)
    remembered = False

    def __init__(self, error: WyrcanError, reference: Reference | None) -> None:
        super().__init__()
        self._error = error
        self._reference = reference
        self._report = ""

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Details of what did not work")

    def body(self) -> list[Widget]:
        """The report, what came of keeping it, and the ways on."""
        return [
            VerticalScroll(text(name="report"), id="whole"),
            text(name="state"),
            OptionList(
                Option(_("Save it on the boot medium"), "save"),
                Option(_("Show it as a QR code"), "code"),
                Option(_("Go back"), "back"),
                markup=False,
                id="three",
            ),
        ]

    def on_mount(self) -> None:
        """Write the report."""
        menu = self.menu
        self._report = error_report(self._error, self._reference, menu.adapters, menu.history, datetime.now(UTC))
        self.put("report", self._report)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go the way that was chosen."""
        if event.option_id == "save":
            self._save()
        elif event.option_id == "code":
            self.go_to(CodePage(self._report))
        else:
            self.action_back()

    def _save(self) -> None:
        self.put("state", _("Saving ..."))

        def save() -> str:
            # What cannot be saved needs no screen of its own, with a report that cannot be saved either.
            try:
                place = keep_report(self._report, self.menu.adapters.stick, datetime.now(UTC))
            except WyrcanError as error:
                return str(error)
            return _("Saved as {place}.").format(place=place)

        self.work_on(save, lambda said: self.put("state", said))
