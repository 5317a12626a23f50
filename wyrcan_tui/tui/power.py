"""Leaving: another start of this machine, the firmware's setup, off; and a shell, where `wyr.shell` allows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from textual.app import SuspendNotSupported
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.power import restart_into_setup, why_no_setup
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.confirm import ConfirmPage
from wyrcan_tui.tui.page import Page, text

_FAREWELL: Final = later(
    "A shell of the system that Wyrcan runs on, all of it in memory. The menu comes back when you type: exit"
)


@dataclass(frozen=True, slots=True)
class _Way:
    """A way that is asked about first: the question, the answer that takes it, and what is said then."""

    question: str
    answer: str
    done: str


_RESTART: Final = _Way(
    later("This machine will restart."), later("Yes, restart"), later("This machine will restart now.")
)
_OFF: Final = _Way(
    later("This machine will switch off."), later("Yes, switch off"), later("This machine will switch off now.")
)
_SETUP: Final = _Way(
    later("This machine will restart into the setup of its firmware."),
    later("Yes, restart into the setup of its firmware"),
    later("This machine will restart into the setup of its firmware now."),
)


class PowerPage(Page):
    """The ways to leave; each is asked about first, but the shell, which leads back here."""

    help = later(
        "The ways to leave: start the machine anew, switch it off, or go to the setup of its firmware, where that can "
        "be asked for. Each is asked about first. A shell is offered where wyr.shell is on the kernel command line."
    )

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Restart, power off")

    def body(self) -> list[Widget]:
        """What is being done, the ways, and why one that may be looked for is not among them."""
        options = [Option(_("Restart"), "restart"), Option(_("Power off"), "off")]
        if self.menu.decision.shell:
            options.append(Option(_("Open a shell here"), "shell"))
        return [
            text(kind="note hidden", name="doing"),
            text(kind="note hidden", name="hindrance"),
            OptionList(*options, markup=False),
        ]

    def on_mount(self) -> None:
        """Ask the firmware what it can do."""
        variables = self.menu.adapters.variables
        self.work_on(lambda: why_no_setup(variables), self._show_setup)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask, and do it."""
        adapters = self.menu.adapters
        match event.option_id:
            case "restart":
                self._ask(_RESTART, adapters.power.restart)
            case "off":
                self._ask(_OFF, adapters.power.power_off)
            case "setup":
                self._ask(_SETUP, lambda: restart_into_setup(adapters.variables, adapters.power))
            case "shell":
                self._open_shell()

    def _show_setup(self, hindrance: str) -> None:
        self._say("hindrance", hindrance)
        if not hindrance:
            self.query_one(OptionList).add_option(Option(_("Restart into the firmware setup"), "setup"))

    def _ask(self, way: _Way, act: Callable[[], None]) -> None:
        if self.is_changing:
            # Another way has been taken.
            return

        def confirmed() -> None:
            self._say("doing", _(way.done))
            self.change(act, lambda _: None, back=lambda: self._say("doing", ""))

        warning = _("What is being done at any of its consoles ends.")
        self.go_to(ConfirmPage(_(way.question), "", warning, _(way.answer), confirmed))

    def _say(self, where: str, words: str) -> None:
        self.put(where, words)
        self.query_one(f"#{where}").set_class(not words, "hidden")

    def _open_shell(self) -> None:
        adapters = self.menu.adapters
        try:
            with self.app.suspend():
                print(f"\n{_(_FAREWELL)}\n", flush=True)
                # Whoever is in the shell is here: the unattended boot must not take the machine from under it.
                adapters.shell.run(adapters.turn.attend)
        except SuspendNotSupported:
            reason = WyrcanError(
                "shell-unavailable", _("This terminal cannot be given to a shell."), hint=_("Use another one.")
            )
            self.menu.show_error(reason)
        except WyrcanError as error:
            self.menu.show_error(error)
