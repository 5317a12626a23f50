"""The proxy that this machine goes out by."""

from __future__ import annotations

from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.flows.network_edit import proxy_place
from wyrcan_tui.flows.network_entered import CHANGED
from wyrcan_tui.flows.redaction import redacted
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.error import tell_error
from wyrcan_tui.plain.teletype import BackError
from wyrcan_tui.plain.way import Way
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _, later

_HELP: Final = later(
    "The proxy that registries are reached by, and the names, addresses and networks that are reached without it, with "
    "commas between them."
)


class ProxyPage:
    """The proxy and what is reached without it; both count until the next start, unless a choice saves them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        proxy = self._seen = desk.decision.site.proxy
        self._url = proxy.url
        self._exceptions = proxy.exceptions
        # Its password is not for whoever stands at the console.
        self._shown = proxy_place(proxy)

    def run(self) -> None:
        """Go through it until somebody goes back, or it is used.

        Raises:
            BackError: then.
        """
        heading = _("The proxy of this machine")
        said = _('Registries are reached by it. "Boot always" saves it, without a password.')
        while True:
            self._desk.choose("\n".join([heading, said]), self._ways(), _(_HELP))

    def _ways(self) -> list[Way]:
        none = _("none")
        return [
            Way(_("Proxy: {place}").format(place=self._shown or none), lambda: self._desk.visit(self._ask_proxy)),
            Way(
                _("Without it: {names}").format(names=self._exceptions or none),
                lambda: self._desk.visit(self._ask_exceptions),
            ),
            Way(_("Use it now"), self._use),
        ]

    def _ask_proxy(self) -> None:
        self._say_example("http://10.0.0.2:3128")
        self._url = self._desk.ask(_("Proxy: "), _(_HELP)).strip()
        # The scheme in front tells a password from a name.
        self._shown = redacted(self._url if "://" in self._url else f"http://{self._url}") if self._url else ""

    def _ask_exceptions(self) -> None:
        self._say_example("example.com, 10.0.0.0/8")
        self._exceptions = self._desk.ask(_("Without it: "), _(_HELP)).strip()

    def _say_example(self, example: str) -> None:
        said = _("For example {example}. Enter alone for none, Ctrl-C to leave it as it is.")
        self._desk.say(said.format(example=example))

    def _use(self) -> None:
        desk = self._desk
        try:
            desk.decision = desk.work(self._take, Meter())
        except WyrcanError as error:
            tell_error(desk, error)
            if error.code == CHANGED:
                # Now that it was told that somebody else was faster, what is typed here can be used all the same.
                desk.read()
                self._seen = desk.decision.site.proxy
            return
        raise BackError

    def _take(self) -> Decision:
        return self._desk.instructions.set_proxy(self._url, self._exceptions, seen=self._seen)
