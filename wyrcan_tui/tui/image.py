"""What an image is, before it is booted."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from wyrcan_tui.flows.boot import own_words
from wyrcan_tui.flows.browse import Inspection, Verdict
from wyrcan_tui.flows.facts import bootable_facts, image_facts
from wyrcan_tui.flows.forecast import Forecast, forecast
from wyrcan_tui.flows.memory import Footprint
from wyrcan_tui.image.resolve import Image
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.progress import Meter, Progress, size_text
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.boot import BootPage, Known
from wyrcan_tui.tui.page import Page, text

_LINE: Final = 76
"""Characters that a fact or a loss has: all of them, wrapped, would push the choices off a small screen."""


class ImagePage(Page):
    """Digest, architecture, size, layers, and whether it boots: the last is found out by reading its layers."""

    help = later(
        "What the image is: its digest, which no other image has, what it is made for, and how much is to be fetched. "
        "Whether it boots is found out by reading its layers, which may take a while; nobody need wait for that."
    )

    def __init__(self, reference: Reference) -> None:
        super().__init__()
        self._reference = reference
        self.meter = Meter(self._report)
        self._progress: Progress | None = None
        self._forecast: Forecast | None = None
        self._begun = False
        self._judged = False
        self._known = Known()

    @property
    def reference(self) -> Reference:
        """The image that the page is about."""
        return self._reference

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return str(self._reference)

    def body(self) -> list[Widget]:
        """The facts, the verdict, and the way on."""
        return [
            text(_("Asking for the image ..."), name="facts"),
            text(name="verdict"),
            OptionList(Option(_("Boot this image ..."), "boot"), markup=False, disabled=True),
        ]

    def on_mount(self) -> None:
        """Show how far the reading is."""
        self.set_interval(0.5, self._refresh_progress)

    def on_screen_resume(self) -> None:
        """Ask for the image, also after something else was shown and the reading was stopped for that."""
        if self._judged or (self._begun and not self.meter.cancelled):
            return
        self.meter = Meter(self.menu.history.listening(self._report))
        self._begun = True
        self.work_on(lambda: self._inspection().resolve(), self._read_layers)

    def on_option_list_option_selected(self) -> None:
        """Go on to booting; what is still being read for the verdict is no longer wanted."""
        self.meter.cancel()
        self.go_to(BootPage(self._reference, (), self._known))

    def _inspection(self) -> Inspection:
        # Made anew at every try: somebody may have logged in since the last one.
        return Inspection(self._reference, self.menu.decision.site, self.menu.adapters.machine.platform, self.meter)

    def _read_layers(self, image: Image) -> None:
        found = self._forecast = forecast(image, self.menu.adapters.machine.memory)
        self._show(found)
        if found.refusal:
            # What cannot be booted however it goes on is not worth reading.
            self._judge(Verdict(None, found.refusal))
            return
        self.work_on(lambda: self._inspection().verdict(image), self._judge, back=self._give_up)

    def _show(self, found: Forecast) -> None:
        self._known = Known(found.image.digest)
        self._tell_facts(found)
        choices = self.query_one(OptionList)
        choices.disabled = False
        self.set_focus(choices)

    def _tell_facts(self, found: Forecast) -> None:
        self.put("facts", "\n".join(map(_one_line, image_facts(found))))

    def _judge(self, verdict: Verdict) -> None:
        self._judged = True
        self._progress = None
        box = self.query_one("#verdict", Static)
        if verdict.bootable:
            found = verdict.bootable
            self._known = Known(self._known.digest, own_words(found, self.menu.adapters.machine.memory))
            if self._forecast:
                # What the root takes is no estimate any more.
                footprint = Footprint(self._forecast.footprint.initrd, found.unpacked)
                self._tell_facts(replace(self._forecast, footprint=footprint))
            lines = [*bootable_facts(found), *(_one_line(loss.sentence) for loss in found.losses)]
            self.put("verdict", "\n".join(lines))
        elif verdict.refusal:
            self.put("verdict", _("Bootable: no. {why}").format(why=verdict.refusal))
            box.set_classes("error")

    def _give_up(self) -> None:
        """Keep the page after the layers could not be read: the image may be within reach when it is booted."""
        self._progress = None
        self.put("verdict", _("Bootable: not known, as its layers could not be read."))

    def _report(self, progress: Progress) -> None:
        self._progress = progress

    def _refresh_progress(self) -> None:
        now = self._progress
        if now and now.total:
            said = _("Bootable: looking for a kernel, {done} of {total} ...")
            self.put("verdict", said.format(done=size_text(now.done), total=size_text(now.total)))


def _one_line(sentence: str) -> str:
    return sentence if len(sentence) <= _LINE else f"{sentence[: _LINE - 3]}..."
