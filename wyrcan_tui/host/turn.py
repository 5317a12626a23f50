"""Whose turn it is: one machine, many consoles, one boot.

Every console runs a menu of its own, and one more process boots without anybody there. Whoever boots holds a lock
and tells the others how far it is; whoever is at a keyboard puts a mark down that holds the unattended boot back.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, TextIO

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _

ATTENTION: Final = 600.0
"""Seconds after the last key until a machine counts as left alone again: nobody who left may keep it from booting."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the process whose turn it is does just now.

    Attributes:
        owner: the console, or "unattended".
        reference: what it boots.
        note: what it does, in a sentence.
        done: bytes that are done.
        total: bytes in all; 0 where that is not known.
        deadline: when it goes on by itself, in seconds of the system's monotonic clock; 0 where it is at work.
        error: why the last attempt failed; empty where none has.
        problems: what could not be understood of what this machine was told; empty where nothing.
        starting: whether the next kernel is about to take the machine over.
    """

    owner: str
    reference: str
    note: str
    done: int = 0
    total: int = 0
    deadline: float = 0.0
    error: str = ""
    problems: str = ""
    starting: bool = False


class Turn:
    """The turn on the machine whose system files are below `root`."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "run/wyrcan"

    @contextlib.contextmanager
    def taken(self, owner: str) -> Iterator[None]:
        """Hold the turn inside a ``with`` block.

        Raises:
            WyrcanError: ``turn-taken`` where somebody else has it, ``turn-unwritable``.
        """
        with self._lock_file() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                status = self.status()
                if status:
                    message = _("This machine is booting already ({owner} started it).").format(owner=status.owner)
                else:
                    message = _("This machine is booting already (another process started it).")
                raise WyrcanError(
                    "turn-taken",
                    message,
                    hint=_("Wait for it, or stop it there."),
                ) from error
            try:
                yield
            finally:
                self._status_file.unlink(missing_ok=True)

    def tell(self, status: Status) -> None:
        """Let the others know what is done; only for who holds the turn.

        Raises:
            WyrcanError: ``turn-unwritable``.
        """
        self._put("status", json.dumps({"process": os.getpid(), **asdict(status)}))

    def status(self) -> Status | None:
        """Return what whoever holds the turn told last; None where it is free."""
        try:
            told = json.loads(self._status_file.read_text())
            # Who was killed had no chance to take back what it told.
            os.kill(told.pop("process"), 0)
        except (OSError, ValueError):
            return None
        return Status(**told)

    def attend(self) -> None:
        """Put down the mark that somebody is at a console now: the unattended boot waits for `ATTENTION` seconds.

        Raises:
            WyrcanError: ``turn-unwritable``.
        """
        self._put("attended", str(time.monotonic()))

    @property
    def attended(self) -> bool:
        """Whether somebody was at a console within the last `ATTENTION` seconds."""
        try:
            since = float((self._folder / "attended").read_text())
        except (OSError, ValueError):
            return False
        return time.monotonic() - since < ATTENTION

    def show(self, console: str) -> None:
        """Put down the mark that a menu can be seen on `console`.

        Raises:
            WyrcanError: ``turn-unwritable``.
        """
        self._put(f"menu-{console}", "")

    @property
    def shown(self) -> bool:
        """Whether a menu can be seen anywhere."""
        return any(self._folder.glob("menu-*"))

    def stand_by(self) -> None:
        """Put down the mark that this process boots by itself when its time has come.

        Raises:
            WyrcanError: ``turn-unwritable``.
        """
        self._put("standby", str(os.getpid()))

    @property
    def stood_by(self) -> bool:
        """Whether there is a process that boots by itself when its time has come."""
        try:
            os.kill(int((self._folder / "standby").read_text()), 0)
        except (OSError, ValueError):
            return False
        return True

    @property
    def _status_file(self) -> Path:
        return self._folder / "status"

    def _lock_file(self) -> TextIO:
        with self._writing():
            return (self._folder / "turn").open("a")

    def _put(self, name: str, content: str) -> None:
        """Give a file other content, all at once for who reads it."""
        # Several processes, and several threads of one, may put the same file down at the same moment.
        fresh = self._folder / f".{name}.{threading.get_native_id()}"
        with self._writing():
            try:
                fresh.write_text(content)
                fresh.rename(self._folder / name)
            finally:
                fresh.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            yield
        except OSError as error:
            raise WyrcanError(
                "turn-unwritable",
                _("What the consoles tell each other cannot be written: {why} ({folder}).").format(
                    why=error.strerror, folder=self._folder
                ),
                hint=_("Run as root."),
            ) from error
