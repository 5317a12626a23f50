"""From the command line's words to an exit code: 0 done, 1 failed, 2 usage, and what single commands add."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from importlib import import_module

from wyrcan_tui.errors import WyrcanError, in_words
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.texts import _


def run(arguments: Namespace, adapters: Adapters) -> int:
    """Carry a command out and return its exit code; a failure is one line on standard error."""
    try:
        command: Callable[[Namespace, Adapters], int] = import_module(
            f"wyrcan_tui.cli.commands.{arguments.command}"
        ).run
        code = command(arguments, adapters)
        # Here and not at exit, where nobody would catch what it raises.
        sys.stdout.flush()
    except WyrcanError as error:
        print(f"wyrcan: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has gone away, as `head` does; what is left of it must not fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        stopped = _("Stopped.")
        print(f"wyrcan: {stopped}", file=sys.stderr)
        return 1
    except Exception as error:  # noqa: BLE001 - nobody is helped by a traceback at three in the morning
        print(f"wyrcan: {in_words(error)}", file=sys.stderr)
        return 1
    else:
        return code
