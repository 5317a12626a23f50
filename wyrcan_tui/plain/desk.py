"""A console with its teletype: questions, work that can be stopped, and an eye on what the other consoles do."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar

from wyrcan_tui.errors import WyrcanError, in_words
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.clock import with_clock
from wyrcan_tui.flows.elsewhere import elsewhere
from wyrcan_tui.flows.history import History
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.flows.presence import PRESSING, Presence
from wyrcan_tui.plain.elsewhere import Elsewhere
from wyrcan_tui.plain.log import look_at_log
from wyrcan_tui.plain.teletype import TICK, BackError, Teletype
from wyrcan_tui.plain.way import Way, numbered, picked
from wyrcan_tui.progress import CancelledError, Meter
from wyrcan_tui.texts import _, later

Result = TypeVar("Result")

BACK: Final = "b"
HELP: Final = "?"
LOG: Final = "!"
"""Beside `HELP`, what is typed wherever something can be chosen; neither can be the name of anything that is listed."""
_KEYS: Final = later(
    "{help} shows this help, {log} what was done and what went wrong, {back} or Ctrl-C goes back one step."
)
_ABOUT_YES: Final = later("Nothing is changed unless you say yes.")
_SOON: Final = 0.05
"""Seconds in which most of what reaches no registry is done, and nobody must be listened to."""


class Desk:
    """The console `console`, where somebody may sit.

    Attributes:
        adapters: the machine.
        console: the name of the terminal, as the other consoles are told it.
        instructions: what tells this machine what to do.
        decision: what it was told when `read` looked last.
        history: what was done and what went wrong here.
    """

    def __init__(self, adapters: Adapters, console: str, keyboard: int, paper: int) -> None:
        self.adapters = adapters
        self.console = console
        self.instructions = Instructions(adapters)
        self.decision = self.instructions.read()
        self.history = History()
        self.teletype = Teletype(keyboard, paper, self._pressed)
        self._presence = Presence(adapters.turn)
        self._judged_at = 0.0
        self._log_is_open = False

    def say(self, text: str = "") -> None:
        """Print paragraphs (see `Teletype.say`)."""
        self.teletype.say(text)

    def read(self) -> None:
        """Find out anew what this machine has been told."""
        self.decision = self.work(self.instructions.read, Meter())

    def ask(self, prompt: str, about: str, *, secret: bool = False) -> str:
        """Return what somebody types; for a question mark alone print what the question is `about`, and ask again.

        In a `secret` answer a question mark is a letter as any other.

        Raises:
            BackError: at Ctrl-C.
        """
        while True:
            typed = self.teletype.ask(prompt, secret=secret, interrupted=self.watch)
            if secret or typed.strip() != HELP:
                return typed
            if self.teletype.is_quiet():
                self.say(about)

    def answer(
        self,
        show: Callable[[], None],
        understand: Callable[[str], Result | None],
        wanted: str,
        about: str,
        news: Callable[[], bool] = lambda: False,
    ) -> Result:
        """Show what can be chosen, and return what somebody chooses; where that is not understood, say what is wanted.

        It is shown once more after a boot elsewhere was. `about` is its help. `news` is called again and again, and
        tells whether it has printed something.

        Raises:
            BackError: at Ctrl-C, or where somebody types that they want to go back.
        """

        def interrupted() -> bool:
            if self.watch():
                show()
                return True
            return news()

        show()
        waits = True
        while True:
            typed = self.teletype.ask(_("Choice: "), again=waits, interrupted=interrupted).strip()
            if typed == BACK:
                raise BackError
            if (result := understand(typed)) is not None:
                return result
            # A person waits for an answer; noise, and a line that gives everything back, do not: they get none.
            waits = self.teletype.is_quiet()
            if waits and typed == LOG:
                self._show_log()
                show()
            elif waits and typed:
                self.say(f"{about}\n{_keys()}" if typed == HELP else wanted)

    def choose(self, heading: str, ways: Sequence[Way], about: str, news: Callable[[], bool] = lambda: False) -> None:
        """Have somebody choose one of several ways by its number, and go there (`about` and `news` as of `answer`).

        Raises:
            BackError: where they want to go back instead, or the way itself leads back.
        """
        back = _("  {key}  Back").format(key=BACK)

        def show() -> None:
            self.say("\n".join(["", *([heading] if heading else []), *numbered([way.line for way in ways]), back]))

        self.opened(heading)
        wanted = _("Type 1 to {last}, or {back} to go back.").format(last=len(ways), back=BACK)
        ways[self.answer(show, lambda typed: picked(typed, len(ways)), wanted, about, news)].go()

    def opened(self, heading: str) -> None:
        """Remember that somebody came to the page with this heading."""
        if heading:
            self.history.note(_("Opened: {heading}").format(heading=heading.partition("\n")[0]))

    def visit(self, page: Callable[[], None]) -> None:
        """Go through a page until somebody goes back from it."""
        with contextlib.suppress(BackError):
            page()

    def agrees(self, question: str) -> bool:
        """Have somebody say yes or no.

        Raises:
            BackError: where they want to go back instead.
        """
        # The English words as well, so that a script need not know the language.
        answers = {"y": True, "yes": True, "n": False, "no": False, _("yes"): True, _("no"): False}
        wanted = _("Type {yes} or {no}.").format(yes=_("yes"), no=_("no"))
        return self.answer(
            lambda: self.say(f"{question} {wanted}"), lambda typed: answers.get(typed.lower()), wanted, _(_ABOUT_YES)
        )

    def work(self, task: Callable[[], Result], meter: Meter, tell: Callable[[], None] = lambda: None) -> Result:
        """Run `task` in a thread, call `tell` again and again meanwhile, and return what it returns.

        Raises:
            WyrcanError: what `task` raises, or what its bug is in words.
            BackError: at Ctrl-C; the work is stopped by its `meter`.
        """
        results: list[Result] = []
        failures: list[WyrcanError] = []

        def run() -> None:
            try:
                results.append(task())
            except CancelledError:
                return
            except Exception as error:  # noqa: BLE001 - a bug must not take the menu away from who needs it
                failures.append(in_words(error))

        # A daemon: a registry that does not answer keeps its thread for minutes, and nobody may wait for that.
        thread = threading.Thread(target=run, name="work", daemon=True)
        thread.start()
        thread.join(_SOON)
        try:
            while thread.is_alive():
                self.teletype.listen(TICK)
                self._judge()
                self.watch()
                tell()
        except BaseException:
            meter.cancel()
            raise
        if failures:
            raise failures[0]
        if not results:
            raise BackError
        return results[0]

    def reach(self, task: Callable[[], Result], meter: Meter, tell: Callable[[], None] = lambda: None) -> Result:
        """Run a task that reaches a registry, whose certificate may need another time (see `work`)."""
        return self.work(lambda: with_clock(self.adapters.clock, self.decision.site, task), meter, tell)

    def watch(self) -> bool:
        """Tell what goes on without this console until it is over; tell whether anything did."""
        self._judge()
        turn = self.adapters.turn
        told = Elsewhere(self.say)
        while status := elsewhere(turn, self.console):
            told.show(status)
            # Ctrl-C is a key as any other here: it stops the unattended boot, and no other.
            with contextlib.suppress(BackError):
                self.teletype.listen(TICK)
            # A key that stops the unattended boot does nothing else.
            self.teletype.forget()
            self._judge()
        return told.anything

    def wait_for_end(self) -> None:
        """Wait for the system that starts to take the machine.

        Raises:
            BackError: at Ctrl-C.
        """
        while True:
            self.teletype.listen(TICK)
            self.teletype.forget()

    def _pressed(self, keys: int) -> None:
        if self._presence.press(keys):
            self._judged_at = time.monotonic() + PRESSING

    def _judge(self) -> None:
        """Tell the others that somebody is here, once enough keys were counted to know."""
        if self._judged_at and time.monotonic() >= self._judged_at:
            self._judged_at = 0.0
            self._presence.judge()

    def _show_log(self) -> None:
        # Nobody shall have to find out of a pile of logs.
        if not self._log_is_open:
            self._log_is_open = True
            try:
                self.visit(partial(look_at_log, self))
            finally:
                self._log_is_open = False


def _keys() -> str:
    return _(_KEYS).format(help=HELP, log=LOG, back=BACK)
