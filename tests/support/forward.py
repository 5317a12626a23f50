"""A forward proxy, tinyproxy, as the only way out of a company's network.

with ForwardProxy(folder, users={"anna": "secret"}) as proxy:
    requests.get(url, proxies={"https": f"http://anna:secret@{proxy.host}"})
    proxy.requests       # ["CONNECT 127.0.0.1:PORT"]
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.server import Server

_REQUEST = re.compile(r": Request \(file descriptor \d+\): (.*) HTTP/1\.\d$", re.MULTILINE)


class ForwardProxy(Server):
    """The server: lets everybody on loopback through, or `users` with their passwords (Basic)."""

    def __init__(self, folder: Path, port: int | None = None, *, users: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, port)
        self._users = users or {}

    @property
    def requests(self) -> list[str]:
        """What it was asked for, in order and also where it refused: the method, and the URL or host and port."""
        return _REQUEST.findall((self.folder / "log").read_text())

    def configure(self) -> Sequence[str | Path]:
        """Write ``tinyproxy.conf`` (tinyproxy.conf(5)); returns the command."""
        path = self.folder / "tinyproxy.conf"
        users = "".join(f"BasicAuth {user} {password}\n" for user, password in self._users.items())
        # Where no port is named for CONNECT, all are allowed.
        path.write_text(
            f"""\
Listen 127.0.0.1
Port {self.port}
Timeout 60
LogLevel Connect
{users}"""
        )
        return ["tinyproxy", "-d", "-c", path]
