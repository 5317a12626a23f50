"""A terminal of which nothing is asked but to print ASCII, line after line, and to send what is typed."""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import signal
import termios
import textwrap
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Final

from wyrcan_tui.errors import printable

COLUMNS: Final = 79
"""Characters of a line: after the eightieth, terminals differ in what they do."""
LONGEST: Final = 2047
"""Characters of the longest line that is taken: as many as a kernel's command line may have."""
TICK: Final = 0.1
"""Seconds between two looks at what else goes on."""
_QUIET: Final = 0.3
"""Seconds without a character after which a line counts as quiet."""
_CHUNK: Final = 4096

_INTERRUPT: Final = "\x03"
_ERASE: Final = "\b\x7f"
_KILL: Final = "\x15"
_INPUT, _OUTPUT, _LOCAL, _CHARACTERS = 0, 1, 3, 6
"""Where Python has the flags of termios(3), and its control characters."""


class BackError(Exception):
    """Somebody wants to go back: nothing failed."""


class HungUpError(Exception):
    """Nobody is at the other end any more."""


class Teletype:
    """What is printed on, and typed at, the terminal behind two open files.

    Lines are edited here and not by the kernel: its echo, and that of a line which gives back all that it gets, would
    go back and forth for ever.
    """

    def __init__(self, keyboard: int, paper: int, pressed: Callable[[int], None]) -> None:
        """Read from `keyboard` and write to `paper`; `pressed` is told how many characters came."""
        self._keyboard = keyboard
        self._paper = paper
        self._pressed = pressed
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._typed_ahead = ""
        self._after_return = False
        self._column = 0
        self._before: list[Any] = []
        self._ending: Any = signal.SIG_DFL
        """How the terminal and the signal of its end were before."""

    @contextlib.contextmanager
    def ready(self) -> Iterator[None]:
        """Have characters come one by one and as they are, inside a ``with`` block."""
        self._before = termios.tcgetattr(self._keyboard)
        # What a line that has hung up raises here is told by the first reading as well, and better.
        self._ending = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self._prepare()
        try:
            yield
        finally:
            self._give_back()

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        """Give the terminal to another program inside a ``with`` block, as it was before it was `ready`.

        Raises:
            HungUpError: where nobody is there at the end.
        """
        self._start_line()
        self._give_back()
        try:
            yield
        finally:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            try:
                self._prepare()
            except termios.error as error:
                raise HungUpError from error

    def say(self, text: str = "") -> None:
        """Print paragraphs, wrapped; a line's indentation is kept where it goes on.

        Raises:
            HungUpError: where nobody is there.
        """
        self._start_line()
        self._write("".join(f"{line}\n" for line in wrapped(text)))

    def ask(
        self,
        prompt: str,
        *,
        secret: bool = False,
        again: bool = True,
        interrupted: Callable[[], bool] = lambda: False,
    ) -> str:
        """Print a prompt and return the line that is typed then; a `secret` one is not shown.

        The prompt is not printed `again` where nobody needs it. `interrupted` is called again and again meanwhile;
        where it has printed something, and says so, the prompt comes once more, with what is typed by then.

        Raises:
            BackError: at Ctrl-C.
            HungUpError: where nobody is there.
        """
        typed = ""
        if again:
            self._prompt(prompt)
        while True:
            self.listen()
            if interrupted():
                self._prompt(prompt)
                self._echo(typed, secret=secret)
            for character in self._taken():
                if character == "\n":
                    # An empty line is not answered with a line here: whoever gives everything back would answer that.
                    if typed:
                        self._start_line()
                    return typed
                if character in _ERASE and typed:
                    typed = typed[:-1]
                    self._erase(prompt, typed, secret=secret)
                elif character == _KILL and typed:
                    typed = ""
                    self._prompt(prompt)
                elif character.isprintable() and len(typed) < LONGEST:
                    typed += character
                    self._echo(character, secret=secret)

    def listen(self, seconds: float = TICK) -> bool:
        """Wait for what is typed, at most for some seconds, and tell whether something came; it is kept for `ask`.

        Raises:
            BackError: at Ctrl-C; what was typed before is forgotten.
            HungUpError: where nobody is there.
        """
        if not select.select([self._keyboard], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._keyboard, _CHUNK)
        except OSError as error:
            raise HungUpError from error
        if not data:
            raise HungUpError
        self._pressed(len(data))
        before, interrupt, after = self._decoder.decode(data).rpartition(_INTERRUPT)
        if interrupt:
            self._typed_ahead = after
            raise BackError
        # Where nothing waits, what was read at once is kept whole: its line's end is at its end.
        self._typed_ahead = f"{self._typed_ahead}{before}{after}"[: LONGEST + _CHUNK]
        return True

    def forget(self) -> None:
        """Forget what was typed and not taken yet."""
        self._typed_ahead = ""

    def is_quiet(self) -> bool:
        """Forget what comes until nothing does; tell whether nothing came at all, as where a person waits.

        Raises:
            BackError, HungUpError: as `listen`.
        """
        quiet = not self._typed_ahead.strip("\r\n")
        while self.listen(_QUIET):
            quiet = False
        self.forget()
        return quiet

    def _prepare(self) -> None:
        now = termios.tcgetattr(self._keyboard)
        now[_INPUT] &= ~(
            termios.ISTRIP | termios.INLCR | termios.IGNCR | termios.ICRNL | termios.BRKINT | termios.PARMRK
        )
        # A slow printer says when it must not be sent more; whatever is typed lets noise that says so be forgotten.
        now[_INPUT] |= termios.IXON | termios.IXANY | termios.IGNBRK
        now[_OUTPUT] |= termios.OPOST | termios.ONLCR
        now[_LOCAL] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
        now[_CHARACTERS][termios.VMIN], now[_CHARACTERS][termios.VTIME] = 1, 0
        termios.tcsetattr(self._keyboard, termios.TCSANOW, now)

    def _give_back(self) -> None:
        signal.signal(signal.SIGHUP, self._ending)
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._keyboard, termios.TCSANOW, self._before)

    def _taken(self) -> Iterator[str]:
        """Yield what was typed, character by character, with one kind of line end."""
        while self._typed_ahead:
            character, self._typed_ahead = self._typed_ahead[0], self._typed_ahead[1:]
            after_return, self._after_return = self._after_return, character == "\r"
            if character == "\n" and after_return:
                continue
            yield "\n" if character == "\r" else character

    def _prompt(self, prompt: str) -> None:
        self._start_line()
        self._echo(prompt)

    def _echo(self, text: str, *, secret: bool = False) -> None:
        for character in "" if secret else plain(text):
            if self._column == COLUMNS:
                self._start_line()
            self._write(character)

    def _erase(self, prompt: str, typed: str, *, secret: bool) -> None:
        if secret:
            return
        if self._column > 0:
            self._write("\b \b")
        else:
            self._prompt(prompt)
            self._echo(typed)

    def _start_line(self) -> None:
        if self._column:
            self._write("\n")

    def _write(self, text: str) -> None:
        data = text.encode("ascii")
        try:
            while data:
                data = data[os.write(self._paper, data) :]
        except OSError as error:
            raise HungUpError from error
        for character in text:
            self._column = {"\n": 0, "\b": self._column - 1}.get(character, self._column + 1)


def plain(text: str) -> str:
    """Return a text in ASCII: letters without their accents, and a question mark for what has no other form."""
    letters = (character for character in unicodedata.normalize("NFKD", text) if not unicodedata.combining(character))
    return printable("".join(letters)).encode("ascii", "replace").decode()


def wrapped(text: str) -> list[str]:
    """Return a text in lines that fit everywhere."""
    return [line for paragraph in text.split("\n") for line in _wrapped(paragraph)]


def _wrapped(line: str) -> list[str]:
    line = plain(line.rstrip())
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(line, COLUMNS, subsequent_indent=indent, break_on_hyphens=False) or [""]
