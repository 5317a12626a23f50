"""Processes that are measured."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[1]

Command = Sequence[str | Path]
"""A program and its arguments."""


def engine(what: str, *arguments: str | Path) -> Command:
    """Return the command that does `what` (see `bench.engine`), the start of Python and all imports included."""
    return _python("engine.py", what, *arguments)


def reader(what: str, *tars: Path) -> Command:
    """Return the command that goes through tar archives as `what` does (see `bench.readers`)."""
    return _python("readers.py", what, *tars)


def _python(name: str, *arguments: str | Path) -> Command:
    # As `wyrcan` is started; its folder is no place for modules: that has a `site` of its own.
    return [sys.executable, "-P", PROJECT / "bench" / name, *arguments]


@contextmanager
def started(command: Command, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a command in a folder, its standard input and output piped, and wait for it when the ``with`` block ends.

    Of Python's modules it takes those that this process was told of, as `bench/run` does of compiled ones, and else the
    project's. Where the block raises, the command is killed, and so is all that it started itself.

    Raises:
        subprocess.CalledProcessError: it failed; it has said why on standard error.
    """
    modules = filter(None, (os.environ.get("PYTHONPATH"), str(PROJECT)))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(modules)}
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
