"""Booting the image that was chosen: kernel words, once or always, and what is saved."""

from __future__ import annotations

from dataclasses import replace

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.attended import boot_attended
from wyrcan_tui.flows.boot import Order, boot
from wyrcan_tui.flows.choice import Choice
from wyrcan_tui.flows.keep import WARNING, keep
from wyrcan_tui.kernel.cmdline import join, split
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.plain.desk import Desk, Way
from wyrcan_tui.plain.error import ask_to_retry, tell_error
from wyrcan_tui.plain.progress import ProgressLines
from wyrcan_tui.plain.teletype import BackError
from wyrcan_tui.progress import Meter


class BootPage:
    """Extra words for the image's kernel, and the two ways to boot it."""

    def __init__(self, desk: Desk, reference: Reference, arguments: tuple[str, ...]) -> None:
        self._desk = desk
        self._reference = reference
        self._arguments = arguments

    def run(self) -> None:
        """Go through it until somebody goes back.

        Raises:
            BackError: then.
        """
        while True:
            words = " ".join(self._arguments) or "none"
            self._desk.choose(
                f"Boot {self._reference}",
                [
                    Way("Boot once", lambda: self._desk.visit(self._boot)),
                    Way("Boot always: save the choice in the EFI variable, and boot", self._save_and_boot),
                    Way(f"Extra words for the image's kernel (now {words})", lambda: self._desk.visit(self._ask_words)),
                ],
            )

    def _ask_words(self) -> None:
        self._desk.say("Extra words, as console=ttyS0 quiet. Enter alone for none, Ctrl-C to leave them as they are.")
        try:
            self._arguments = split(join([self._desk.ask("Words: ")]))
        except WyrcanError as error:
            tell_error(self._desk, error)

    def _save_and_boot(self) -> None:
        with_choice = self._desk.instructions.to_keep(self._desk.decision, self._reference, self._arguments)
        self._desk.visit(lambda: self._save_choice_and_boot(with_choice))

    def _save_choice_and_boot(self, choice: Choice) -> None:
        save(self._desk, choice)
        self._boot()

    def _boot(self) -> None:
        boot_here(self._desk, self._desk.decision.order(self._reference, self._arguments))


def save(desk: Desk, choice: Choice) -> None:
    """Show what will be saved, byte for byte, ask, and save it.

    Raises:
        BackError: where it is not saved: somebody does not want it, or it went wrong.
    """
    use = "booted" if choice.image else "used"
    try:
        shown = choice.shown().encode("ascii", "backslashreplace").decode()
    except WyrcanError as error:
        tell_error(desk, error)
        raise BackError from error
    desk.say(f"\nThis will be written to the EFI variable, and {use} at every start from now on:\n{shown}")
    desk.say(WARNING)
    if not desk.agrees("Save it?"):
        raise BackError
    invalid = False
    while True:
        try:
            _keep(desk, choice, replace_invalid=invalid)
        except WyrcanError as error:
            if error.code != "choice-invalid":
                ask_to_retry(desk, error)
                continue
            desk.say(f"Something is saved already that cannot be understood:\n{error.context['value']}")
            invalid = desk.agrees("Replace it? It will be lost.")
            if not invalid:
                raise BackError from error
        else:
            desk.say("Saved.")
            return


def _keep(desk: Desk, choice: Choice, *, replace_invalid: bool) -> None:
    variables = desk.adapters.variables
    desk.work(lambda: keep(variables, choice, replace_invalid=replace_invalid), Meter())


def boot_here(desk: Desk, order: Order) -> None:
    """Fetch, pack, load and jump, and print how far it is; Ctrl-C stops it without harm.

    Raises:
        BackError: where somebody stops it, or goes back after it failed.
    """
    desk.say(f"\nBooting {order.reference}. Ctrl-C stops it without harm.")
    while True:
        try:
            _boot(desk, order)
        except WyrcanError as error:
            ask_to_retry(desk, error, order.reference)
        except BackError:
            desk.say("Stopped. Nothing was started.")
            raise
        else:
            desk.wait_for_end()


def _boot(desk: Desk, order: Order) -> None:
    adapters, lines = desk.adapters, ProgressLines(desk.say)

    def start(meter: Meter) -> None:
        boot(
            # Somebody may have logged in since the last try.
            replace(order, site=desk.decision.site),
            adapters.machine.platform,
            adapters.kexec,
            adapters.networkd,
            meter,
            memory=adapters.machine.memory,
        )

    meter, go = boot_attended(adapters.turn, desk.console, str(order.reference), start, lines.report)
    desk.reach(go, meter, lines.print)
    lines.print()
