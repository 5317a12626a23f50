"""A console with its teletype: questions, work that can be stopped, and an eye on what the other consoles do."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from wyrcan_tui.errors import WyrcanError, in_words
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.clock import with_clock
from wyrcan_tui.flows.elsewhere import elsewhere
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.flows.presence import PRESSING, Presence
from wyrcan_tui.plain.elsewhere import Elsewhere
from wyrcan_tui.plain.teletype import TICK, BackError, Teletype
from wyrcan_tui.progress import CancelledError, Meter

Result = TypeVar("Result")

_BACK: Final = "b"
_BACK_LINE: Final = f"  {_BACK}  Back"
_PROMPT: Final = "Choice: "
_SOON: Final = 0.05
"""Seconds in which most of what reaches no registry is done, and nobody must be listened to."""


@dataclass(frozen=True, slots=True)
class Way:
    """A numbered way to go on: the line that stands for it, and what goes there."""

    line: str
    go: Callable[[], None]


class Desk:
    """The console `console`, where somebody may sit.

    Attributes:
        adapters: the machine.
        console: the name of the terminal, as the other consoles are told it.
        instructions: what tells this machine what to do.
        decision: what it was told when `read` looked last.
    """

    def __init__(self, adapters: Adapters, console: str, keyboard: int, paper: int) -> None:
        self.adapters = adapters
        self.console = console
        self.instructions = Instructions(adapters)
        self.decision = self.instructions.read()
        self.teletype = Teletype(keyboard, paper, self._pressed)
        self._presence = Presence(adapters.turn)
        self._judged_at = 0.0

    def say(self, text: str = "") -> None:
        """Print paragraphs (see `Teletype.say`)."""
        self.teletype.say(text)

    def read(self) -> None:
        """Find out anew what this machine has been told."""
        self.decision = self.work(self.instructions.read, Meter())

    def ask(self, prompt: str, *, secret: bool = False) -> str:
        """Return what somebody types.

        Raises:
            BackError: at Ctrl-C.
        """
        return self.teletype.ask(prompt, secret=secret, interrupted=self.watch)

    def answer(
        self,
        show: Callable[[], None],
        understand: Callable[[str], Result | None],
        wanted: str,
        news: Callable[[], bool] = lambda: False,
    ) -> Result:
        """Show what can be chosen, and return what somebody chooses; where that is not understood, say what is wanted.

        It is shown once more after a boot elsewhere was. `news` is called again and again, and tells whether it has
        printed something.

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
            typed = self.teletype.ask(_PROMPT, again=waits, interrupted=interrupted).strip()
            if typed == _BACK:
                raise BackError
            if (result := understand(typed)) is not None:
                return result
            # A person waits for an answer; noise, and a line that gives everything back, do not: they get none.
            waits = self.teletype.is_quiet()
            if waits and typed:
                self.say(wanted)

    def choose(self, heading: str, ways: Sequence[Way]) -> None:
        """Have somebody choose one of several ways by its number, and go there.

        Raises:
            BackError: where they want to go back instead, or the way itself leads back.
        """

        def show() -> None:
            self.say(
                "\n".join(["", *([heading] if heading else []), *numbered([way.line for way in ways]), _BACK_LINE])
            )

        number = self.answer(show, lambda typed: picked(typed, len(ways)), f"Type 1 to {len(ways)}, or b to go back.")
        ways[number].go()

    def visit(self, page: Callable[[], None]) -> None:
        """Go through a page until somebody goes back from it."""
        with contextlib.suppress(BackError):
            page()

    def agrees(self, question: str) -> bool:
        """Have somebody say yes or no.

        Raises:
            BackError: where they want to go back instead.
        """
        answers = {"y": True, "yes": True, "n": False, "no": False}
        return self.answer(
            lambda: self.say(f"{question} Type yes or no."), lambda typed: answers.get(typed.lower()), "Type yes or no."
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


def numbered(lines: Sequence[str], first: int = 1) -> list[str]:
    """Return lines with numbers in front, the way they are chosen by."""
    return [f"{number:>3}  {line}" for number, line in enumerate(lines, first)]


def picked(typed: str, count: int) -> int | None:
    """Return the index behind the number that was typed; None where it is none of so many."""
    # Not more digits than any list has numbers: what is longer is noise.
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
    return number - 1 if 1 <= number <= count else None
