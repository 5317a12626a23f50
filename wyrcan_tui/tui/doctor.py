"""Finding out why an image cannot be had, as it goes on."""

from __future__ import annotations

from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.flows.doctor import Doctor, Step
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.page import Page, text


class DoctorPage(Page):
    """Shows each step on the way to an image as soon as it is done, or of the network's alone; Escape stops it."""

    keys = later("Enter choose   Tab steps, arrows scroll   Esc stop")
    help = later(
        "The way to an image, step by step: from the network's link by address, name server and proxy to the registry "
        "and the image, and to this machine's memory. The first step that fails is where to begin mending; what to do "
        "about it stands below it. Looking changes nothing."
    )
    help_keys = ((later("Tab"), later("go to the steps, which Up and Down then scroll, and back")),)

    def __init__(self, reference: Reference | None) -> None:
        super().__init__()
        self._reference = reference

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("The way to {reference}").format(reference=self._reference) if self._reference else _("The network")

    def body(self) -> list[Widget]:
        """The steps, what came of them, and the ways on."""
        return [
            VerticalScroll(id="steps"),
            text(name="state"),
            OptionList(
                Option(_("Look again"), "again", disabled=True), Option(_("Go back"), "back"), markup=False, id="ways"
            ),
        ]

    def on_mount(self) -> None:
        """Begin."""
        self._look()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go the way that was chosen."""
        if event.option_id == "again":
            self._look()
        else:
            self.action_back()

    def _look(self) -> None:
        self.query_one("#steps").remove_children()
        self.put("state", _("Looking ..."))
        ways = self.query_one(OptionList)
        ways.disable_option("again")
        ways.highlighted = ways.get_option_index("back")
        self.meter = Meter()
        doctor = Doctor(self._reference, self.menu.decision.site, self.menu.adapters, self.meter)

        def take_steps() -> Step:
            for step in doctor.steps():
                self.tell(self._show, step)
            return step

        self.work_on(take_steps, self._end)

    def _show(self, step: Step) -> None:
        steps = self.query_one("#steps", VerticalScroll)
        words = text(step.error.message, kind="failed") if step.error else text(step.found, kind="found")
        steps.mount(Horizontal(text(step.name, kind="name"), words, classes="step"))
        if error := step.error:
            facts = (f"{name}: {value}" for name, value in error.context.items())
            steps.mount(text("\n".join(filter(None, [error.hint, *facts])), kind="todo"))
        # The newest is what somebody waits for.
        steps.scroll_end(animate=False)

    def _end(self, last: Step) -> None:
        if last.error:
            self.put("state", _("It ends at {step}.").format(step=last.name))
        else:
            self.put(
                "state", _("All is well.") if self._reference else _("All is well; no image is saved to look for.")
            )
        ways = self.query_one(OptionList)
        ways.enable_option("again")
        ways.highlighted = ways.get_option_index("again")
