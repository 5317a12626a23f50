"""Booting the image that was chosen: kernel words, once or always, this very image or the newest, and what is saved."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.attended import boot_attended
from wyrcan_tui.flows.boot import Order, carry_out
from wyrcan_tui.flows.browse import Inspection
from wyrcan_tui.flows.choice import LARGEST, Choice
from wyrcan_tui.flows.keep import WARNING, keep, written
from wyrcan_tui.flows.length import length_line
from wyrcan_tui.kernel.cmdline import join, split
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.reference import Reference, RegistryReference
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.error import ask_to_retry, attempt, tell_error
from wyrcan_tui.plain.progress import ProgressLines
from wyrcan_tui.plain.teletype import BackError
from wyrcan_tui.plain.way import Way
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _, later

_HELP: Final = later(
    "How the image is booted. Once: now, and nothing is saved. Always: the choice is saved in the EFI variable, and "
    "booted at every start until it is forgotten; what will be written is shown first.\n"
    "A tag is a name that moves: followed, it means the newest image behind it, at every start. Pinned, the very image "
    "that it names now is booted, for as long as the registry keeps it."
)
_ABOUT_WORDS: Final = later(
    "Words that the image's kernel gets besides those that the image has itself. A kernel takes a limited number of "
    "characters; how many are used is told once they are typed."
)


class BootPage:
    """Extra words for the image's kernel, whether the tag is followed, and the two ways to boot it.

    `digest` and `own`, the words that the image has itself, are given where the image was looked at already.
    """

    def __init__(
        self,
        desk: Desk,
        reference: Reference,
        arguments: tuple[str, ...],
        digest: Digest | None = None,
        own: tuple[str, ...] | None = None,
    ) -> None:
        self._desk = desk
        self._reference = reference
        self._arguments = arguments
        self._digest = digest
        self._own = own

    def run(self) -> None:
        """Go through it until somebody goes back.

        Raises:
            BackError: then.
        """
        while True:
            heading = _("Boot {reference}").format(reference=self._reference)
            self._desk.choose(heading, self._ways(), _(_HELP))

    def _ways(self) -> list[Way]:
        words = " ".join(self._arguments) or _("none")
        line = _("Extra words for the image's kernel (now {words})").format(words=words)
        ways = [
            Way(_("Boot once"), lambda: self._desk.visit(self._boot)),
            Way(
                _("Boot always: save the choice in the EFI variable, and boot"),
                lambda: self._desk.visit(self._save_and_boot),
            ),
            Way(line, lambda: self._desk.visit(self._ask_words)),
        ]
        reference = self._reference
        # Without a tag there is nothing to follow instead.
        if isinstance(reference, RegistryReference) and reference.tag:
            line = (
                _("Follow the tag {tag}, instead of this very image")
                if reference.digest
                else _("Pin to this very image, instead of following the tag {tag}")
            )
            ways.append(
                Way(line.format(tag=reference.tag), lambda: self._desk.visit(partial(self._turn_pin, reference)))
            )
        return ways

    def _ask_words(self) -> None:
        desk = self._desk
        desk.say(_("Extra words, as console=ttyS0 quiet. Enter alone for none, Ctrl-C to leave them as they are."))
        typed = desk.ask(_("Words: "), _(_ABOUT_WORDS))
        try:
            line = join([typed])
            desk.say(length_line(self._own, line))
            # The image's own are counted as well, so that nobody waits for a boot that ends in an error.
            join([*(self._own or ()), line])
        except WyrcanError as error:
            tell_error(desk, error)
        else:
            self._arguments = split(line)

    def _turn_pin(self, reference: RegistryReference) -> None:
        desk = self._desk
        if reference.digest:
            self._reference = reference.with_tag(reference.tag)
            return
        if self._digest is None:
            # Made anew at every try: somebody may have logged in since the last one.
            image = attempt(
                desk,
                lambda meter: Inspection(
                    reference, desk.decision.site, desk.adapters.machine.platform, meter
                ).resolve(),
                reference=reference,
            )
            self._digest = image.digest
        self._reference = reference.pinned_to(self._digest)

    def _save_and_boot(self) -> None:
        save(self._desk, self._desk.instructions.to_keep(self._desk.decision, self._reference, self._arguments))
        self._boot()

    def _boot(self) -> None:
        boot_here(self._desk, self._desk.decision.order(self._reference, self._arguments))


def save(desk: Desk, choice: Choice) -> None:
    """Show what will be saved, byte for byte, ask, and save it.

    Raises:
        BackError: where it is not saved: somebody does not want it, or it went wrong.
    """
    try:
        value = written(choice)
    except WyrcanError as error:
        tell_error(desk, error)
        raise BackError from error
    bytes_said = _(
        "{attributes} (attributes: kept without power, seen at boot and at run time)\nJSON, {size} of {most} bytes:"
    )
    shown = value.json.encode("ascii", "backslashreplace").decode()
    desk.say(
        "\n".join(
            [
                "",
                _("This will be written to the EFI variable, and booted at every start from now on:")
                if choice.image
                else _("This will be written to the EFI variable, and used at every start from now on:"),
                bytes_said.format(attributes=value.attributes.hex(" "), size=value.size, most=LARGEST),
                shown,
                _(WARNING),
            ]
        )
    )
    if not desk.agrees(_("Save it?")):
        raise BackError
    invalid = False
    while True:
        try:
            _keep(desk, choice, replace_invalid=invalid)
        except WyrcanError as error:
            if error.code != "choice-invalid":
                ask_to_retry(desk, error)
                continue
            desk.say("\n".join([_("Something is saved already that cannot be understood:"), error.context["value"]]))
            invalid = desk.agrees(_("Replace it? It will be lost."))
            if not invalid:
                raise BackError from error
        else:
            desk.say(_("Saved."))
            desk.history.note(_("Saved in the EFI variable: {choice}").format(choice=choice.shown()))
            return


def _keep(desk: Desk, choice: Choice, *, replace_invalid: bool) -> None:
    variables = desk.adapters.variables
    desk.work(lambda: keep(variables, choice, replace_invalid=replace_invalid), Meter())


def boot_here(desk: Desk, order: Order) -> None:
    """Fetch, pack, load and jump, and print how far it is; Ctrl-C stops it without harm.

    Raises:
        BackError: where somebody stops it, or goes back after it failed.
    """
    heading = _("Booting {reference}").format(reference=order.reference)
    desk.opened(heading)
    desk.say("\n" + _("{what}. Ctrl-C stops it without harm.").format(what=heading))
    while True:
        try:
            _boot(desk, order)
        except WyrcanError as error:
            ask_to_retry(desk, error, order.reference)
        except BackError:
            desk.say(_("Stopped. Nothing was started."))
            raise
        else:
            desk.wait_for_end()


def _boot(desk: Desk, order: Order) -> None:
    adapters, lines = desk.adapters, ProgressLines(desk.say)

    def start(meter: Meter) -> None:
        # Somebody may have logged in since the last try.
        carry_out(replace(order, site=desk.decision.site), adapters, meter)

    report = desk.history.listening(lines.report, steps=True)
    meter, go = boot_attended(adapters.turn, desk.console, str(order.reference), start, report)
    desk.reach(go, meter, lines.print)
    lines.print()
