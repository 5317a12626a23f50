"""A person at a serial terminal: reads a screen of 80 by 24 characters, and types.

Like a real terminal it answers when it is asked who it is, where its cursor is and how large it is, so that a
program on the other side of a bare serial line can find out.
"""

import codecs
import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyte

COLUMNS, LINES = 80, 24

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "page up": "\x1b[5~",
    "page down": "\x1b[6~",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "ctrl+q": "\x11",
}

_STRING_END = r"(?:\x07|\x1b\\)"
CONTROL_SEQUENCE = re.compile(rf"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*{_STRING_END}|[()#%].|[^\[\]PX^_()#%])")
UNFINISHED_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[()#%])?$")
UNDERSTOOD_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;]*[@-~]|\[\?[0-9;]*[hl]|[^\[\]PX^_])")
"""What pyte can be shown: it would take the private sequences of newer terminals for other, older ones."""

SIZE_QUERY = "\x1b[18t"


class NotOnScreenError(AssertionError):
    """What the person waited for did not come."""


class _Screen(pyte.Screen):
    """The emulated screen, which answers queries about its state through `answer`."""

    def __init__(self, answer: Callable[[str], None], columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        """What pyte calls to answer."""
        self._answer(data)


class Terminal:
    """A terminal on a connected socket; a thread of its own reads, so questions are answered at once.

    `seconds` everywhere are reference seconds: `limit` turns them into the seconds to wait on this machine.
    Everything received goes, as it came, to the file `log`.
    """

    def __init__(
        self,
        line: socket.socket,
        limit: Callable[[float], float],
        log: Path,
        size: tuple[int, int] = (COLUMNS, LINES),
    ) -> None:
        self._line = line
        self._limit = limit
        self.log = log
        self._screen = _Screen(self._send, *size)
        self._stream = pyte.Stream(self._screen)
        self._unfinished = ""
        self._text = ""
        self._news = threading.Condition()
        self._heard = 0
        self._hung_up = False
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    @property
    def screen(self) -> str:
        """What is on the screen: its lines without the spaces at their ends."""
        with self._news:
            return "\n".join(line.rstrip() for line in self._screen.display)

    @property
    def cells(self) -> list[list[Any]]:
        """The characters on the screen, line by line, each with its colours (pyte's ``Char``)."""
        with self._news:
            row = self._screen.buffer.__getitem__
            return [[row(y)[x] for x in range(self._screen.columns)] for y in range(self._screen.lines)]

    @property
    def text(self) -> str:
        """All that was written since the machine was started or `clear` was called, without control sequences."""
        with self._news:
            return self._text

    def text_on(self, colour: str) -> list[str]:
        """What stands on a background of this colour, line by line, without the lines where nothing does."""
        return self._text_where(lambda character: character.bg == colour)

    @property
    def text_in_reverse(self) -> list[str]:
        """What is shown in reverse, line by line, without the lines where nothing is."""
        return self._text_where(lambda character: character.reverse)

    def _text_where(self, looks: Callable[[Any], bool]) -> list[str]:
        with self._news:
            lines = (
                "".join(character.data for column in range(self._screen.columns) if looks(character := row[column]))
                for row in map(self._screen.buffer.__getitem__, range(self._screen.lines))
            )
            return [line.strip() for line in lines if line]

    def clear(self) -> None:
        """Forget what was written up to now, on the screen too."""
        with self._news:
            self._text = ""
            self._screen.reset()

    def type(self, text: str) -> None:
        """Type the characters of `text`."""
        self._send(text)

    def press(self, *keys: str) -> None:
        """Press keys by their names, such as ``"down"`` or ``"enter"``, or single characters."""
        for key in keys:
            self._send(KEYS.get(key, key))

    def wait_for(self, *words: str, seconds: float = 60) -> str:
        """Wait until all the `words` are on the screen at once; returns the screen.

        Raises:
            NotOnScreenError: they did not come; the message shows the screen.
        """
        self.wait_until(lambda: all(word in self.screen for word in words), " and ".join(map(repr, words)), seconds)
        return self.screen

    def wait_until(self, has_come: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Wait until something, called `what` in the message of the error, is so.

        Raises:
            NotOnScreenError: it did not come; the message shows the screen.
        """
        if not self.comes(has_come, seconds):
            reason = "The machine went off" if self._hung_up else f"{self._limit(seconds):.0f} s passed"
            raise NotOnScreenError(
                f"{reason} while waiting for {what}. All that was written is in {self.log}, "
                f"and this is on the screen:\n{self._framed()}"
            )

    def comes(self, has_come: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so; tells whether it came in time."""
        with self._news:
            return self._news.wait_for(lambda: has_come() or self._hung_up, self._limit(seconds)) and has_come()

    def wait_until_still(self, seconds: float = 0.4) -> None:
        """Wait until nothing was written for a while: then all is drawn, and the machine is ready for a key."""
        heard = -1
        while heard != self._heard:
            heard = self._heard
            self.comes(lambda heard=heard: self._heard != heard, seconds)  # type: ignore[misc]

    def wait_to_read(self, pattern: str, seconds: float = 60) -> re.Match[str]:
        """Wait until the `pattern` was written, even when it has left the screen; returns the match.

        Raises:
            NotOnScreenError: it did not come; the message shows the screen.
        """
        self.wait_until(lambda: re.search(pattern, self.text) is not None, repr(pattern), seconds)
        match = re.search(pattern, self.text)
        assert match
        return match

    def close(self) -> None:
        """Hang up."""
        self._line.close()
        self._reader.join()

    def _framed(self) -> str:
        edge = "+" + "-" * self._screen.columns + "+"
        return "\n".join([edge, *(f"|{line}|" for line in self._screen.display), edge])

    def _send(self, text: str) -> None:
        self._line.sendall(text.encode())

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        with self.log.open("ab") as log:
            while data := self._receive():
                log.write(data)
                log.flush()
                with self._news:
                    self._heard += len(data)
                    self._show(decoder.decode(data))
                    self._news.notify_all()
        with self._news:
            self._hung_up = True
            self._news.notify_all()

    def _receive(self) -> bytes:
        try:
            return self._line.recv(65536)
        except OSError:
            return b""

    def _show(self, text: str) -> None:
        """Show what came; a control sequence whose end is still to come waits for it."""
        text = self._unfinished + text
        if match := UNFINISHED_SEQUENCE.search(text):
            text, self._unfinished = text[: match.start()], text[match.start() :]
        else:
            self._unfinished = ""
        position = 0
        for match in CONTROL_SEQUENCE.finditer(text):
            self._write(text[position : match.start()])
            self._obey(match.group())
            position = match.end()
        self._write(text[position:])

    def _write(self, text: str) -> None:
        self._text += text.replace("\r", "")
        self._stream.feed(text)

    def _obey(self, sequence: str) -> None:
        if sequence == SIZE_QUERY:
            self._send(f"\x1b[8;{self._screen.lines};{self._screen.columns}t")
        elif UNDERSTOOD_SEQUENCE.match(sequence):
            self._stream.feed(sequence)
