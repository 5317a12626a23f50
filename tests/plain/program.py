"""Plain mode as a process of its own, on the terminal that is its standard input, and on a machine in a folder.

python -m tests.plain.program ADAPTERS, a file into which `write_adapters` has put them
"""

import os
import pickle
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from tests.support.rig import Booted
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.plain.menu import run_plain
from wyrcan_tui.registry.transport import Transport


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


def write_adapters(adapters: Adapters, kexec: FiledKexec, path: Path) -> None:
    """Put the adapters to a machine into a file for the program."""
    path.write_bytes(pickle.dumps(replace(adapters, kexec=kexec)))


def main() -> int:
    """Run it, with no patience for a registry that does not answer."""
    Transport.pause = lambda transport, attempt, why, least=0.0: None  # type: ignore[method-assign, assignment]
    adapters: Adapters = pickle.loads(Path(sys.argv[1]).read_bytes())
    return run_plain(adapters)


if __name__ == "__main__":
    sys.exit(main())
