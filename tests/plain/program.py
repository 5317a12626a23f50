"""Plain mode as a process of its own, on the terminal that is its standard input, and on a machine in a folder.

python -m tests.plain.program ADAPTERS CATALOGS

ADAPTERS is a file into which `write_adapters` has put them, CATALOGS the folder that the languages are in.
"""

import os
import pickle
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tests.support.rig import Booted
from wyrcan_tui.flows import language
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.plain.menu import run_plain
from wyrcan_tui.registry.transport import Transport
from wyrcan_tui.texts import choose_language


@dataclass(frozen=True)
class FiledKexec:
    """Takes kernels as the real one does, and keeps what it was given in a folder, where another process finds it."""

    folder: Path

    def load(self, kernel: int, initrd: int, cmdline: str) -> None:
        """Keep what the open files hold."""
        self.folder.mkdir(exist_ok=True)
        for name, file in (("kernel", kernel), ("initrd", initrd)):
            (self.folder / name).write_bytes(os.pread(file, os.fstat(file).st_size, 0))
        (self.folder / "cmdline").write_text(cmdline)

    def unload(self) -> None:
        """Remove it again."""
        for name in ("kernel", "initrd", "cmdline"):
            (self.folder / name).unlink()

    def execute(self) -> None:
        """Take note of the jump."""
        (self.folder / "executed").touch(exist_ok=False)

    @property
    def executed(self) -> bool:
        """Whether there was one."""
        return (self.folder / "executed").exists()

    @property
    def booted(self) -> Booted:
        """What runs now."""
        assert self.executed, "nothing was booted"
        kernel, initrd = ((self.folder / name).read_bytes() for name in ("kernel", "initrd"))
        return Booted(kernel, initrd, (self.folder / "cmdline").read_text())


@dataclass(frozen=True)
class FiledPower:
    """Takes note of what it was asked for in a file, where another process finds it; this host goes on."""

    file: Path

    def restart(self) -> None:
        """Take note."""
        self._note("restart")

    def power_off(self) -> None:
        """Take note."""
        self._note("power off")

    def _note(self, word: str) -> None:
        with self.file.open("a") as file:
            file.write(f"{word}\n")

    @property
    def asked(self) -> list[str]:
        """What it was asked for, in order."""
        return self.file.read_text().splitlines() if self.file.exists() else []


def write_adapters(adapters: Adapters, kexec: FiledKexec, power: FiledPower, path: Path) -> None:
    """Put the adapters to a machine into a file for the program."""
    path.write_bytes(pickle.dumps(replace(adapters, kexec=kexec, power=power)))


def main() -> int:
    """Run it, with no patience for a registry that does not answer."""
    Transport.pause = lambda transport, attempt, why, least=0.0: None  # type: ignore[method-assign, assignment]
    language.choose_language = partial(choose_language, folder=Path(sys.argv[2]))  # type: ignore[attr-defined]
    adapters: Adapters = pickle.loads(Path(sys.argv[1]).read_bytes())
    language.speak(adapters.machine.cmdline, os.environ)
    return run_plain(adapters)


if __name__ == "__main__":
    sys.exit(main())
