"""Files that a command was told to write."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.source import CHUNK
from wyrcan_tui.texts import _


def copy_file(source: int, target: Path) -> None:
    """Write all that is in the open file `source` to `target`.

    Raises:
        WyrcanError: ``file-failed``.
    """

    def copy(path: Path) -> None:
        with path.open("wb") as file:
            position = 0
            while piece := os.pread(source, CHUNK, position):
                file.write(piece)
                position += len(piece)

    write_file(target, copy)


def write_file(path: Path, write: Callable[[Path], object]) -> None:
    """Have `write` make what is to be at `path`.

    Raises:
        WyrcanError: ``file-failed``.
    """
    try:
        write(path)
    except OSError as error:
        raise file_error(_("{path} cannot be written: {reason}."), error) from error


def file_error(text: str, error: OSError) -> WyrcanError:
    """Return the ``file-failed`` for an `error`; `text` has a ``{path}`` and a ``{reason}``."""
    return WyrcanError("file-failed", text.format(path=error.filename, reason=error.strerror))
