"""The proxy that this machine goes out by."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.flows.network_edit import proxy_place
from wyrcan_tui.flows.network_entered import CHANGED
from wyrcan_tui.registry.proxy import Proxy
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.page import Page, text


class ProxyPage(Page):
    """Two lines, the proxy and what is reached without it; it counts until the next start, unless a choice saves it."""

    keys = later("Tab next   Enter choose   Esc back")
    help = later(
        "The proxy that registries are reached by, and the names, addresses and networks that are reached without it, "
        "with commas between them."
    )

    AUTO_FOCUS = "Input"

    def __init__(self) -> None:
        super().__init__()
        self._seen = Proxy()

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("The proxy of this machine")

    def body(self) -> list[Widget]:
        """The two lines, and the way on."""
        proxy = self._seen = self.menu.decision.site.proxy
        return [
            text(_('Registries are reached by it. "Boot always" saves it, without a password. Empty is none.')),
            # Its password is not for whoever stands at the console.
            Input(proxy_place(proxy), placeholder="http://10.0.0.2:3128", id="proxy"),
            text(_("Without it:")),
            Input(proxy.exceptions, placeholder="example.com, 10.0.0.0/8", id="exceptions"),
            text(kind="error", name="wrong"),
            OptionList(Option(_("Use it now"), "use"), markup=False),
        ]

    def on_mount(self) -> None:
        """Have the way on at hand."""
        self.query_one(OptionList).highlighted = 0

    def on_input_submitted(self) -> None:
        """Go on to the next line."""
        self.focus_next()

    def on_option_list_option_selected(self) -> None:
        """Take it."""
        url, exceptions = (self.query_one(f"#{name}", Input).value.strip() for name in ("proxy", "exceptions"))
        instructions, seen = self.menu.instructions, self._seen
        if url == proxy_place(seen):
            url = seen.url

        def take() -> tuple[Decision, str]:
            try:
                return instructions.set_proxy(url, exceptions, seen=seen), ""
            except WyrcanError as error:
                if error.code not in ("proxy-invalid", CHANGED):
                    raise
                return instructions.read(), str(error)

        self.change(take, self._taken)

    def _taken(self, found: tuple[Decision, str]) -> None:
        self.menu.decision, wrong = found
        self._seen = self.menu.decision.site.proxy
        self.put("wrong", wrong)
        if wrong:
            self.wants_back = False
        else:
            self.leave()
