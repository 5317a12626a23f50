"""A person at a hardcopy terminal: reads what is printed, and types lines."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.plain.program import FiledKexec, FiledPower, write_adapters
from tests.support.rig import Rig
from wyrcan_tui.texts import FOLDER

PATIENCE = 30.0
COLUMNS = 79


class Person:
    """Somebody at the other end of a line, of which the program has its own end as its terminal."""

    def __init__(self, line: int, program: subprocess.Popen[bytes], kexec: FiledKexec, power: FiledPower) -> None:
        self._line = line
        self._program = program
        self.kexec = kexec
        self.power = power
        self.printed = b""
        """All that came, as it came."""
        self._read = 0
        self._typed = -1
        self._erases = False

    @property
    def text(self) -> str:
        """What was printed since the last thing that was waited for, with single spaces where lines are wrapped."""
        return " ".join(self.printed[self._read :].decode("ascii", "backslashreplace").split())

    def wait_for(self, *words: str) -> None:
        """Wait until all the words were printed, since the last time; what was printed by then counts as read."""
        self.wait_until(lambda: all(word in self.text for word in words), " and ".join(map(repr, words)))
        self._read = len(self.printed)

    def wait_until(self, has_come: Callable[[], bool], what: str) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not has_come():
            if time.monotonic() > deadline or not self._take(0.05):
                raise AssertionError(f"{what} never came; this was printed:\n{self.printed.decode(errors='replace')}")

    def wait_for_question(self, *prompts: str) -> None:
        """Wait until the program has asked, after what was typed last, in one of these words."""
        wanted = tuple(prompt.encode() for prompt in prompts or ("Choice: ",))
        self.wait_until(lambda: len(self.printed) > self._typed and self.printed.endswith(wanted), f"{wanted}")

    def wait_until_quiet(self, seconds: float = 1.0) -> None:
        """Wait until nothing is printed any more."""
        before = -1
        while before != len(self.printed):
            before, end = len(self.printed), time.monotonic() + seconds
            while time.monotonic() < end:
                self._take(0.05)

    def type(self, text: str) -> None:
        """Type a line."""
        self._typed = len(self.printed)
        self.send(f"{text}\r".encode())

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._erases |= b"\b" in data
        while data:
            data = data[os.write(self._line, data) :]

    def choose(self, entry: str) -> None:
        """Wait until something can be chosen, and type the number that stands in front of the last such line."""
        self.wait_for_question()
        self.type(str(self.number_of(entry)))

    def number_of(self, entry: str) -> int:
        """The number in front of the last line with that in it."""
        numbers = [int(line.split()[0]) for line in self.lines if re.match(r" +\d+  ", line) and entry in line]
        assert numbers, f"{entry!r} cannot be chosen:\n{self.printed.decode()}"
        return numbers[-1]

    @property
    def lines(self) -> list[str]:
        """What was printed, line by line."""
        return self.printed.decode("ascii", "backslashreplace").replace("\r\n", "\n").split("\n")

    def echo_everything(self, seconds: float) -> int:
        """Give back all that comes, as a line does that leads to another machine's login; returns how much that was."""
        deadline, before = time.monotonic() + seconds, len(self.printed)
        while time.monotonic() < deadline:
            start = len(self.printed)
            self._take(0.05)
            self.send(self.printed[start:])
        return len(self.printed) - before

    def hang_up(self) -> int:
        """Leave the line; returns the program's exit code."""
        os.close(self._line)
        self._line = -1
        return self._program.wait(PATIENCE)

    def forget_printed(self) -> None:
        """Take what was printed by now out of what every terminal can print."""
        self.printed, self._read, self._typed = b"", 0, -1

    def check_lines(self) -> None:
        """Hold that everything that was printed can be read on the plainest of terminals."""
        strange = set(self.printed) - set(range(0x20, 0x7F)) - {0x0A, 0x0D} - ({0x08} if self._erases else set())
        assert not strange, f"not every terminal can print {bytes(sorted(strange))!r}"
        assert b"\r" not in self.printed.replace(b"\r\n", b""), "the carriage goes back"
        wide = [line for line in self.lines if len(line) - 4 * line.count("\b \b") > COLUMNS]
        assert not wide, f"too wide: {wide}"
        assert b"Traceback" not in self.printed

    def end(self) -> None:
        """Leave the line where that was not done."""
        if self._line >= 0:
            self.hang_up()
        if self._program.poll() is None:
            self._program.kill()
            self._program.wait()

    def _take(self, seconds: float) -> bool:
        """Take what comes; tell whether the line is up."""
        if not select.select([self._line], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._line, 4096)
        except OSError:
            return False
        self.printed += data
        return bool(data)


@contextmanager
def somebody_at(rig: Rig, catalogs: Path = FOLDER) -> Iterator[Person]:
    """Have a person at a console of the machine; all that is printed is held against what every terminal can print."""
    kexec, power, adapters = FiledKexec(rig.root / "next"), FiledPower(rig.root / "switch"), rig.root / "adapters"
    write_adapters(rig.adapters, kexec, power, adapters)
    ours, theirs = pty.openpty()
    # A line of another kind than the kernel's own consoles has no speed that could be set here.
    (rig.root / "sys/class/tty/console").mkdir(parents=True, exist_ok=True)
    (rig.root / "sys/class/tty/console/active").write_text("ttyS0\n")
    # setsid(1) makes the line the one that the program and its shells are in front of.
    program = subprocess.Popen(
        ["setsid", "--ctty", sys.executable, "-m", "tests.plain.program", adapters, catalogs],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=Path(__file__).parents[2],
    )
    os.close(theirs)
    person = Person(ours, program, kexec, power)
    try:
        yield person
        person.check_lines()
    finally:
        person.end()
