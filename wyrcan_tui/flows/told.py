"""Booting what this machine has been told to boot, as `wyrcan boot` does at every start."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from wyrcan_tui.errors import WyrcanError, in_words
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.clock import with_clock
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.flows.unattended import Attempt, boot_unattended
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _, ngettext


def boot_as_told(adapters: Adapters, tell: Callable[[str], None]) -> None:
    """Boot what this machine has been told to boot, once it has been told, and try until it works.

    `tell` is given a line for the journal about every failure, and once about everything else worth knowing.
    """
    told = _Told(adapters, tell)
    boot_unattended(adapters.turn, told.find, told.failed)


class _Told:
    def __init__(self, adapters: Adapters, tell: Callable[[str], None]) -> None:
        self._adapters = adapters
        self._instructions = Instructions(adapters)
        self._tell = tell
        self._known: set[str] = set()
        self._listener = threading.Thread()

    def find(self) -> Attempt | None:
        decision = self._instructions.follow_and_look()
        if decision.choice.image is None:
            self._instructions.ask_medium()
            decision = self._instructions.follow_and_look()
        elif not self._listener.is_alive():
            # Nobody waits for a medium that may not be there at all; but the network and the registries that it tells
            # of count as soon as it speaks, as they do in the menu.
            self._listener = threading.Thread(target=self._listen, name="medium", daemon=True)
            self._listener.start()
        problems = " ".join(problem.message for problem in decision.problems)
        image, arguments = decision.choice.image, decision.choice.cmdline
        if problems:
            self._tell_once(problems)
        if image is None or not decision.unattended:
            self._tell_once(_("Nothing to boot until somebody chooses."))
            return None
        return Attempt(str(image), decision.timeout, self._boot(image, arguments), problems)

    def failed(self, error: WyrcanError, pause: float) -> None:
        seconds = round(pause)
        said = ngettext(
            "{error} Trying again in {seconds} second.", "{error} Trying again in {seconds} seconds.", seconds
        )
        self._tell(said.format(error=error, seconds=seconds))

    def _listen(self) -> None:
        try:
            self._instructions.ask_medium()
            self._instructions.follow()
        except Exception as error:  # noqa: BLE001 - a medium that cannot be read keeps nobody from booting
            self._tell_once(str(in_words(error)))

    def _boot(self, image: Reference, arguments: tuple[str, ...]) -> Callable[[Meter], None]:
        # Loaded only where there is something to boot, and then ahead of the countdown.
        from wyrcan_tui.flows.boot import carry_out  # noqa: PLC0415

        adapters = self._adapters

        def boot_now(meter: Meter) -> None:
            # Read once more: the medium may have spoken during the countdown.
            order = self._instructions.follow().order(image, arguments)
            with_clock(adapters.clock, order.site, partial(carry_out, order, adapters, meter))

        return boot_now

    def _tell_once(self, text: str) -> None:
        if text not in self._known:
            self._known.add(text)
            self._tell(text)
