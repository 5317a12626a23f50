"""The first screen: this machine, what it has been told, and where images can be chosen from."""

from __future__ import annotations

from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.errors import WyrcanError, printable
from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.flows.facts import choice_facts
from wyrcan_tui.flows.glance import Glance, Watch
from wyrcan_tui.flows.keep import WARNING, forget
from wyrcan_tui.flows.offer import registries
from wyrcan_tui.flows.outlook import outlook
from wyrcan_tui.kernel.request import EfiAction
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui import behind
from wyrcan_tui.tui.confirm import ConfirmPage
from wyrcan_tui.tui.overview import Overview
from wyrcan_tui.tui.page import Page, scrolling, text
from wyrcan_tui.tui.power import PowerPage


class HomePage(Page):
    """Where everything starts; Escape stays here."""

    keys = later("Enter choose   Up/Down move")
    help = later(
        "The first screen: what this machine is, how it is connected, what could not be understood of what it was "
        "told, and where an image to boot can be chosen from.\n\n"
        "What is saved or was told comes first, then the registries, which can be looked around in. Images are fetched "
        "into memory and started; no disk of this machine is changed.\n\n"
        "On a screen of 106 columns or more, all that is known of the machine stands beside the list."
    )
    help_keys = ((later("Tab"), later("go to the facts about the machine, which arrows scroll")),)

    def __init__(self) -> None:
        super().__init__()
        self._addresses: dict[str, RegistryAddress] = {}
        self._readings = 0
        self._watch: Watch | None = None
        self._troubles: tuple[str, ...] = ()
        self._medium_is_asked = False
        self._wish_is_done = False

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Boot this machine straight into a container image")

    def body(self) -> list[Widget]:
        """Facts about the machine, problems, and the list to choose from, with more facts beside it."""
        return [
            scrolling(text(name="machine"), name="facts"),
            scrolling(text(kind="warning", name="problems"), name="trouble").add_class("hidden"),
            text(name="next"),
            Horizontal(OptionList(markup=False, id="choices"), Overview(), id="beside"),
        ]

    def on_mount(self) -> None:
        """Show what is known at once, and keep an eye on the network."""
        self.call_after_refresh(behind.load_in_background)
        self._list()
        watch = self._watch = Watch(self.menu.adapters)
        self.work_on(lambda: watch.run(lambda glance: self.tell(self._show_machine, glance)), lambda _: None)

    def on_unmount(self) -> None:
        """Look no longer."""
        if self._watch:
            self._watch.end()

    def on_screen_resume(self) -> None:
        """Find out what this machine has been told, also what was saved meanwhile, here or at another console."""
        self._read()
        self.query_one(Overview).read_logs()
        if not self._medium_is_asked:
            self._medium_is_asked = True
            self.work_on(self.menu.instructions.ask_medium, self._medium_has_answered)

    def select_first(self) -> None:
        """Move the bar to the first entry, which is the saved choice where there is one."""
        self.query_one("#choices", OptionList).highlighted = 0

    def _read(self) -> None:
        self._readings += 1
        reading = self._readings

        def show(decision: Decision) -> None:
            # One that was begun later knows more.
            if reading == self._readings:
                self._show(decision)

        self.work_on(self.menu.instructions.read, show)

    def _medium_has_answered(self, _: None) -> None:
        self._medium_is_asked = False
        self._read()

    def action_back(self) -> None:
        """Stay: there is nothing in front of the first screen."""

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go where the choice leads."""
        decision = self.menu.decision
        match event.option_id:
            case "saved" if decision.choice.image:
                self.go_to(behind.boot_page(decision.choice.image, decision.choice.cmdline))
            case "known":
                self.go_to(behind.known_page())
            case "type":
                self.go_to(behind.typed_page())
            case "check":
                self.go_to(behind.doctor_page(decision.choice.image))
            case "network":
                self.go_to(behind.network_page())
            case "power":
                self.go_to(PowerPage())
            case "invalid":
                self.menu.show_error(self._invalid()[0])
            case "forget":
                self._ask_to_forget()
            case str(identity) if identity in self._addresses:
                self.go_to(behind.repositories_page(self._addresses[identity]))

    def _show(self, decision: Decision) -> None:
        self.menu.decision = decision
        self._list()
        self.query_one(Overview).show_choice(decision)
        self._show_problems()
        self.show_next()
        if decision.efi and not self._wish_is_done and self.is_in_front:
            self._wish_is_done = True
            self._ask_for_wish(decision)

    def show_next(self) -> None:
        """Show what happens if nobody does anything, which another console may have changed."""
        # The menu asks for it regularly, also before there is a place to show it, and when there no longer is.
        if self.query("#next"):
            self.put("next", outlook(self.menu.decision, self.menu.adapters.turn))

    def _show_problems(self) -> None:
        problems = [*self._troubles, *(problem.message for problem in self.menu.decision.problems)]
        self.put("problems", "\n".join(problems))
        # The box, not the paragraph in it: Tab would stop at a box in which nothing is.
        self.query_one("#trouble").set_class(not problems, "hidden")

    def _show_machine(self, glance: Glance) -> None:
        self.put("machine", "\n".join([*glance.machine, *glance.network]))
        self.query_one(Overview).show_machine(glance)
        self._troubles = glance.troubles
        self._show_problems()

    def _ask_for_wish(self, decision: Decision) -> None:
        """Ask whether to do with the EFI variable what the kernel command line wants."""
        match decision.efi:
            case EfiAction.CLEAR:
                self._ask_to_forget()
            case EfiAction.WRITE:
                self.go_to(behind.save_page(decision.choice.image, decision.choice.cmdline))

    def _list(self) -> None:
        decision = self.menu.decision
        offered = registries(decision.site.addresses)
        self._addresses = {f"registry {address.host}": address for address in offered}
        options = [Option(address.host, identity) for identity, address in self._addresses.items()]
        options.append(Option(_("Images that are made to be booted ..."), "known"))
        options.append(Option(_("Type a reference ..."), "type"))
        options.append(Option(_("Check the way to an image ..."), "check"))
        options.append(Option(_("Network ..."), "network"))
        if chosen := choice_facts(decision):
            options.insert(0, Option(printable(chosen), "saved"))
        if self._invalid():
            options.append(Option(_("Look at the saved choice that cannot be understood ..."), "invalid"))
        if decision.forgettable:
            options.append(Option(_("Forget the saved choice ..."), "forget"))
        options.append(Option(_("Restart, power off ..."), "power"))
        self._replace(options)

    def _replace(self, options: list[Option]) -> None:
        """Show other entries; the bar stays where somebody has moved it."""
        choices = self.query_one("#choices", OptionList)
        if [(option.id, option.prompt) for option in options] == [(old.id, old.prompt) for old in choices.options]:
            return
        place = choices.highlighted or 0
        selected = choices.get_option_at_index(place).id if place else None
        choices.clear_options().add_options(options)
        identities = [option.id for option in options]
        choices.highlighted = identities.index(selected) if selected in identities else 0

    def _invalid(self) -> list[WyrcanError]:
        return [problem for problem in self.menu.decision.problems if problem.code == "choice-invalid"]

    def _ask_to_forget(self) -> None:
        variables = self.menu.adapters.variables

        def confirmed() -> None:
            self.work_on(lambda: forget(variables), lambda _: self._read())

        self.go_to(
            ConfirmPage(
                _("The saved choice will be removed from the EFI variable; the machine then asks at every start."),
                "",
                _(WARNING),
                _("Yes, forget it"),
                confirmed,
            )
        )
