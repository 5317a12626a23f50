"""The boot, as it goes on."""

from __future__ import annotations

from dataclasses import replace

from textual.widget import Widget

from wyrcan_tui.flows.attended import boot_attended
from wyrcan_tui.flows.boot import Order, carry_out
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.progress import Item, Meter, Pace, Progress, Stage, size_text
from wyrcan_tui.texts import _, later, ngettext
from wyrcan_tui.tui.bar import bar_text
from wyrcan_tui.tui.page import Page, text

_INTERVAL = 0.25
_MOST_ITEMS = 12


class ProgressPage(Page):
    """Fetches, packs, loads and jumps, and shows how far it is; Escape stops it without harm."""

    keys = later("Esc stop and go back")
    help = later(
        "The image is fetched, packed in memory, handed to the kernel, and started. The first bar is the whole, with "
        "the speed of the last seconds and the time that is left at this speed; below it is a bar for each layer.\n\n"
        "What fails on the way is tried again by itself, and said here. Nothing on any disk is changed, so it can be "
        "stopped at any time. Once the new system starts, the screen may stay still for a moment."
    )

    def __init__(self, order: Order) -> None:
        super().__init__()
        self._order = order
        self._begin_anew()

    @property
    def reference(self) -> Reference:
        """The image that the page is about."""
        return self._order.reference

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Booting {reference}").format(reference=self._order.reference)

    def body(self) -> list[Widget]:
        """What is done now, what was tried again, the whole, and the layers."""
        return [
            text(name="note"),
            text(kind="warning hidden", name="trouble"),
            text(name="total"),
            text(name="layers"),
        ]

    def on_mount(self) -> None:
        """Begin."""
        self.set_interval(_INTERVAL, self._refresh_progress)
        self._begin()

    def _begin(self) -> None:
        adapters = self.menu.adapters

        def start(meter: Meter) -> None:
            # Somebody may have logged in since the last try.
            carry_out(replace(self._order, site=self.menu.decision.site), adapters, meter)

        report = self.menu.history.listening(self._report, steps=True)
        self.meter, go = boot_attended(adapters.turn, self.menu.tty, str(self._order.reference), start, report)

        def run() -> None:
            self._begin_anew()
            go()

        self.work_on(run, lambda _: None)

    def _begin_anew(self) -> None:
        self._now = Progress(Stage.RESOLVE, _("Beginning."))
        self._pace = Pace()
        self._troubles = 0
        self._trouble = ""

    def _report(self, progress: Progress) -> None:
        # Only kept here: how often it is drawn is for the screen to say, and costs the transfer nothing.
        if progress.trouble and progress.trouble != self._now.trouble:
            self._troubles += 1
            self._trouble = progress.trouble
        self._now = progress

    def _refresh_progress(self) -> None:
        now = self._now
        here = now.stage is Stage.LAYERS and now.done >= now.total > 0
        self.put("note", _("All of the image is here; the rest of it is packed.") if here else now.note)
        self._show_trouble()
        if not now.total:
            return
        self._pace.take(now.done)
        whole = _("{bar} {done} of {total}, {speed}/s").format(
            bar=bar_text(now.done, now.total),
            done=size_text(now.done),
            total=size_text(now.total),
            speed=size_text(self._pace.speed),
        )
        left = None if here else self._pace.left(now.total)
        self.put(
            "total", whole if left is None else _("{whole}, {time} left").format(whole=whole, time=time_text(left))
        )
        self.put("layers", "\n".join(_layer_lines(now.items)))

    def _show_trouble(self) -> None:
        """Tell what goes wrong, and keep telling it: it heals before anybody could read it, and may come again."""
        if not self._troubles:
            return
        self.query_one("#trouble").remove_class("hidden")
        if self._now.trouble:
            self.put("trouble", self._now.trouble)
        else:
            said = ngettext(
                "Tried again once: {why}", "Tried again {times} times, the last time: {why}", self._troubles
            )
            self.put("trouble", said.format(times=self._troubles, why=self._trouble))


def time_text(seconds: float) -> str:
    """Return a time that something takes, as exactly as anybody can know it: ``40 s``, ``3 min``, ``2 h``."""
    if seconds < 100:
        return _("{seconds} s").format(seconds=round(seconds))
    if seconds < 100 * 60:
        return _("{minutes} min").format(minutes=round(seconds / 60))
    return _("{hours} h").format(hours=round(seconds / 3600))


def _layer_lines(items: tuple[Item, ...]) -> list[str]:
    lines = [
        f"{item.name}  {bar_text(item.done, item.total)} {size_text(item.total)}"
        for item in items
        # With many layers, those that are under way say more than those that are done or wait.
        if len(items) <= _MOST_ITEMS or 0 < item.done < item.total
    ]
    return lines[:_MOST_ITEMS]
