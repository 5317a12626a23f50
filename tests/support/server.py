"""What all servers have in common that tests start as processes: a port on loopback, a folder, a start and an end."""

import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.child import Child
from tests.support.pki import KeyPair

SECONDS_TO_START = 60


def free_port() -> int:
    """A TCP port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server(ABC):
    """A server on 127.0.0.1 that keeps its files and its log in `folder`; it speaks TLS where `tls` is given.

    `port` is chosen when none is given; a server that went away can come back on it with its content.
    """

    def __init__(self, folder: Path, port: int | None = None, *, tls: KeyPair | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.tls = tls
        self._child: Child | None = None

    @property
    def host(self) -> str:
        """Its address and port."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Where this host finds it."""
        return f"{'https' if self.tls else 'http'}://{self.host}"

    @abstractmethod
    def configure(self) -> Sequence[str | Path]:
        """Write its configuration into the folder; returns the command that serves in the foreground.

        That is one process: what it left to others would outlive the tests.
        """

    def start(self) -> None:
        """Start the server and wait until it listens.

        Raises:
            RuntimeError: it ended or did not listen within a minute; the message holds its log.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        command = self.configure()
        self._child = Child(command, self.folder / "log")
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._listens():
            if not self._child.runs or time.monotonic() > deadline:
                words = self._child.log.read_text()
                self.stop()
                raise RuntimeError(f"{command[0]} does not listen at {self.url}:\n{words}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server; what it has stays in the folder."""
        if self._child:
            self._child.end()
            self._child = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _listens(self) -> bool:
        try:
            # A socket that tries the very port it was given itself would be connected to itself.
            socket.create_connection(("127.0.0.1", self.port), 1, source_address=("127.0.0.2", 0)).close()
        except OSError:
            return False
        return True
