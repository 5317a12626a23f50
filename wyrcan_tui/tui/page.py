"""What every screen of the menu has: title, body, line of keys, help, a way back, and work that never blocks it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from wyrcan_tui.errors import WyrcanError, in_words, printable
from wyrcan_tui.flows.clock import with_clock
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.progress import CancelledError, Meter
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.look import TooSmall

if TYPE_CHECKING:
    from wyrcan_tui.tui.app import Menu

Result = TypeVar("Result")


class Page(Screen[None]):
    """A screen of the menu. Subclasses give `heading`, `keys`, `help` and `body`; Escape goes back one step.

    Attributes:
        keys: what the line of keys says, besides help and log, which every page has; at most 58 columns.
        help: what the screen is and what can be done there, in paragraphs, marked with `later`.
        help_keys: keys that only this page has, each with what it does, both marked with `later`.
        remembered: whether coming here is something that was done, for the log.
        is_changing: whether `change` is at work.
        wants_back: whether somebody asked to go back while `change` was at work, so that the page is left after it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        # In front of whatever has the focus: lists that are searched by typing take every other character.
        Binding("f1", "help", "Help", priority=True),
        Binding("question_mark", "help_unless_typing", "Help", priority=True),
        Binding("f2", "log", "Log", priority=True),
    ]

    AUTO_FOCUS: ClassVar[str | None] = "OptionList, Input"

    keys: ClassVar[str] = later("Enter choose   Esc back")
    help: ClassVar[str] = ""
    help_keys: ClassVar[tuple[tuple[str, str], ...]] = ()
    remembered: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.meter = Meter()
        self.is_changing = False
        self.wants_back = False
        self._outcome: Callable[[], None] | None = None

    @property
    def menu(self) -> Menu:
        """The application that shows this page."""
        return cast("Menu", self.app)

    @property
    def is_in_front(self) -> bool:
        """Whether this is the page that is seen; Textual's ``is_current`` is so of the one behind it as well."""
        return self.app.screen_stack[-1:] == [self]

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        raise NotImplementedError

    @property
    def reference(self) -> Reference | None:
        """The image that the page is about, where it is about one."""
        return None

    def body(self) -> list[Widget]:
        """Return the widgets between the title and the keys, from top to bottom."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Lay the page out."""
        yield Static(printable(f"Wyrcan  {self.heading}"), id="title", markup=False)
        with Vertical(id="body"):
            yield from self.body()
        yield Static(keys_line(_(self.keys)), id="keys", markup=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """Remember that somebody came here."""
        if self.remembered:
            self.menu.history.note(_("Opened: {heading}").format(heading=self.heading))

    def on_screen_resume(self) -> None:
        """Show what came of a change while another page was in front."""
        self._show_outcome()

    def put(self, name: str, content: str) -> None:
        """Change a paragraph; one that stays as it is costs a slow line nothing."""
        content = printable(content)
        paragraph = self.query_one(f"#{name}", Static)
        if paragraph.content != content:
            paragraph.update(content)

    def action_back(self) -> None:
        """Leave the page; what it was doing is stopped, but for a change, whose end is waited for."""
        if self.is_changing:
            self.wants_back = True
        # A key that was pressed twice may come to a page that has just been left.
        elif self.is_in_front:
            self.app.pop_screen()

    def action_help(self) -> None:
        """Show the help of this page."""
        self.menu.show_help(self)

    def action_help_unless_typing(self) -> None:
        """Show the help of this page."""
        self.action_help()

    def action_log(self) -> None:
        """Show what was done and what went wrong."""
        self.menu.show_log()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave a question mark to the line that is typed into."""
        return action != "help_unless_typing" or not isinstance(self.focused, Input)

    def on_unmount(self) -> None:
        """Stop what is still going on for this page."""
        self.meter.cancel()

    def go_to(self, page: Page) -> None:
        """Open a page in front of this one, once: a key pressed twice comes to a page that is no longer seen."""
        if self.is_in_front:
            self.app.push_screen(page)

    def leave(self) -> None:
        """Leave the page where it is the one that is seen, and not the first."""
        if self.is_in_front and len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    def work_on(
        self,
        task: Callable[[], Result],
        done: Callable[[Result], None],
        *,
        back: Callable[[], None] | None = None,
        retry: Callable[[], None] | None = None,
    ) -> None:
        """Run `task` in a thread and give its result to `done`; a failure gets a screen, with a way to try again.

        Going back from that screen calls `back`; without one this page is left as well, as it has nothing to show.
        Trying again calls `retry`; without one the same is done once more.
        """

        def failed(error: WyrcanError) -> None:
            self.menu.show_error(
                error,
                retry=retry or (lambda: self.work_on(task, done, back=back)),
                back=back or self.leave,
                reference=self.reference,
            )

        def run() -> None:
            try:
                result = with_clock(self.menu.adapters.clock, self.menu.decision.site, task)
            except CancelledError:
                return
            except Exception as error:  # noqa: BLE001 - a bug must not take the menu away from who needs it
                self.tell(failed, in_words(error))
            else:
                self.tell(done, result)

        # Not one of a pool: a registry that does not answer keeps its thread for minutes, and nobody may wait for that.
        threading.Thread(target=run, name=f"work of {self!r}", daemon=True).start()

    def change(
        self, task: Callable[[], Result], done: Callable[[Result], None], *, back: Callable[[], None] = lambda: None
    ) -> None:
        """Run a task that changes this machine, as `work_on` does, but only one at a time, and not left alone.

        What came of it is always said, at the latest when the page is seen again: whoever goes back meanwhile leaves
        the page once it is done, unless `done` finds that there is something to see, and takes `wants_back` away.
        Going back from a failure calls `back`, which stays on the page where there is none.
        """
        if self.is_changing:
            return
        self.is_changing = True

        def begin() -> None:
            self.wants_back = False
            self.work_on(task, ended, back=failed, retry=begin)

        def ended(result: Result) -> None:
            self._outcome = lambda: show(result)
            self._show_outcome()

        def show(result: Result) -> None:
            self.is_changing = False
            done(result)
            if self.wants_back:
                self.leave()

        def failed() -> None:
            self.is_changing = False
            back()

        begin()

    def _show_outcome(self) -> None:
        if self._outcome and self.is_in_front:
            outcome, self._outcome = self._outcome, None
            outcome()

    def tell(self, receiver: Callable[[Result], None], value: Result) -> None:
        """Give `value` to `receiver`, from whatever thread, unless the page is gone by then."""

        def deliver() -> None:
            if self.is_attached:
                receiver(value)

        # Where the menu has ended meanwhile, nobody is there to be told.
        with contextlib.suppress(RuntimeError):
            self.call_later(deliver)


def keys_line(keys: str) -> str:
    """Return what the line of keys says: the page's own, and the two that every page has."""
    return _("{keys}   ?/F1 help   F2 log").format(keys=keys).strip()


def text(content: str = "", *, kind: str = "note", name: str | None = None) -> Static:
    """Return a paragraph; `kind` is its style (menu.tcss). Square brackets in it are shown as they are."""
    return Static(printable(content), classes=kind, id=name, markup=False)


def scrolling(content: Static, *, name: str | None = None) -> VerticalScroll:
    """Return a paragraph of any length in a box that leaves room for the rest; Tab reaches it, arrows scroll it."""
    return VerticalScroll(content, classes="box", id=name)
